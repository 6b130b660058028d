"""Messages about refunds: the person hears of every stage, and of each account that was named (REL-14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eventlog.models import Event
from eventlog.registry import on
from notifications.recipients import of_party
from notifications.services import notify
from notifications.words import spoken_day
from payments.models import Refund


@dataclass(frozen=True)
class Words:
    """Title and body of one message; the body may name %(day)s, the last day on which the court gives the money back."""

    title: str | Promise
    body: str | Promise


PROPOSED = Words(
    gettext_lazy("法院要退给您诉讼费"),
    gettext_lazy("法院要退给您一笔诉讼费，最晚%(day)s退还。请登录确认怎么收款。"),
)
OWN_WAY = Words(
    gettext_lazy("多交的钱会退给您"),
    gettext_lazy("您多交的一笔款，法院会原路退回，最晚%(day)s，不用您办手续。"),
)
RETURNED = Words(
    gettext_lazy("请重新确认退费的收款方式"),
    gettext_lazy("您的退费要重新确认收款方式，请登录看原因。"),
)
APPROVED = Words(
    gettext_lazy("退费已批准"),
    gettext_lazy("您的退费已批准，正在退回，最晚%(day)s到账。"),
)
REFUSED = Words(
    gettext_lazy("退费申请有结果"),
    gettext_lazy("您的退费申请有结果了，请登录查看。"),
)
FAILED = Words(
    gettext_lazy("退费没有退成"),
    gettext_lazy("您的退费没有退成，钱还在法院。请登录查看，可以换一个银行账户。"),
)
COMPLETED = Words(
    gettext_lazy("诉讼费已退给您"),
    gettext_lazy("您的诉讼费已退回，可登录看退费通知书。"),
)
NAMED = Words(
    gettext_lazy("登记了退费收款账户"),
    gettext_lazy("您的退费登记了收款账户。不是您登记的，请马上拨打法院电话。"),
)
CHANGED = Words(
    gettext_lazy("退费收款账户改了"),
    gettext_lazy("您的退费收款账户改了，满24小时才会付款。不是您改的，请马上拨打法院电话。"),
)


def _proposed(event: Event) -> tuple[str, Words]:
    return "refund_proposed", OWN_WAY if event.payload.get("own_way") else PROPOSED


def _account(event: Event) -> tuple[str, Words]:
    return ("account_changed", CHANGED) if event.payload["changed"] else ("account_named", NAMED)


NEWS: dict[str, Callable[[Event], tuple[str, Words]]] = {
    "payments.refund_proposed": _proposed,
    "payments.refund_returned": lambda _event: ("refund_returned", RETURNED),
    "payments.refund_approved": lambda _event: ("refund_approved", APPROVED),
    "payments.refund_refused": lambda _event: ("refund_refused", REFUSED),
    "payments.refund_failed": lambda _event: ("refund_failed", FAILED),
    "payments.refund_completed": lambda _event: ("refund_completed", COMPLETED),
    "payments.account_named": _account,
}
"""What each event tells: the kind of the message and its words."""


def tell_refund(event: Event) -> None:
    """To everybody bound to the party; money whose owner nobody knows yet has nobody to tell."""
    kind, words = NEWS[event.name](event)
    refund = Refund.objects.select_related("party", "court").get(public_id=event.payload["refund"])
    if refund.party is None:
        return
    day = _("%(day)s24:00前") % {"day": spoken_day(refund.due_on)}
    notify(
        event,
        of_party(refund.party),
        kind=kind,
        court=refund.court,
        title=str(words.title),
        body=str(words.body) % {"day": day},
        link=f"/my/refunds/{refund.public_id}/",
    )


for _name in NEWS:
    on(_name)(tell_refund)
