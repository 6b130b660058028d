"""Start-up check: what is printed on paper must fit the code."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from documents.rendering.codes import CROCKFORD, TOKEN_LENGTH, printed_address


@register()
def printed_address_fits(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """PUBLIC_URL must leave room for the token in a QR of version 3 (60 characters)."""
    try:
        printed_address(CROCKFORD[0] * TOKEN_LENGTH)
    except ValueError as error:
        return [Error(str(error), hint="Use a host name of at most 22 characters.", id="documents.E001")]
    return []
