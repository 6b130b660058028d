"""Words of finance for templates."""

from __future__ import annotations

from django import template

from payments.services.counter import METHODS
from payments.sources import gateway_words

register = template.Library()


@register.filter
def gateway_label(code: str) -> str:
    """A gateway, the counter or the bank as finance says it."""
    return gateway_words(code)


@register.filter
def way_label(way: str | None) -> str:
    """Cash or card at the counter; nothing for ways of gateways."""
    return str(METHODS.get(way or "", ""))
