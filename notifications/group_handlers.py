"""What the court's own staff group hears of at once: that a kept file is damaged, that money came which fits nothing. A kind of
thing and a place to look, never a case, a name or a sum."""

from __future__ import annotations

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.gateways import dingtalk
from common.gateways.channels import Outgoing
from eventlog.models import Event
from eventlog.registry import Mode, on

NEWS: dict[str, tuple[str | Promise, str]] = {
    "documents.damaged": (gettext_lazy("有文件缺失或被改动，请马上看“损坏的文件”。"), "/desk/damaged/"),
    "payments.money_suspended": (gettext_lazy("有一笔款对不上账单，请看财务工作台。"), "/desk/finance/"),
}


def has_group(_event: Event) -> bool:
    """Nothing enters the outbox while no group is configured."""
    return dingtalk.is_on()


def tell_group(event: Event) -> None:
    """One sentence; told again when the process dies in between, which does no harm."""
    words, where = NEWS[event.name]
    text = _("【%(service)s】%(words)s %(where)s") % {
        "service": settings.SERVICE_NAME,
        "words": words,
        "where": settings.PUBLIC_URL + where,
    }
    dingtalk.send(Outgoing(str(event.public_id), "", text))


for _name in NEWS:
    on(_name, Mode.OUTSIDE, wants=has_group)(tell_group)
