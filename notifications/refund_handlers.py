"""Messages about refunds: the person hears of every stage, and of each account that was named (REL-14)."""

from __future__ import annotations

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


@on("payments.refund_proposed")
def tell_proposed(event: Event) -> None:
    own_way = event.payload.get("own_way", False)
    _tell(event, "refund_proposed", OWN_WAY if own_way else PROPOSED)


@on("payments.refund_returned")
def tell_returned(event: Event) -> None:
    _tell(event, "refund_returned", RETURNED)


@on("payments.refund_approved")
def tell_approved(event: Event) -> None:
    _tell(event, "refund_approved", APPROVED)


@on("payments.refund_refused")
def tell_refused(event: Event) -> None:
    _tell(event, "refund_refused", REFUSED)


@on("payments.refund_failed")
def tell_failed(event: Event) -> None:
    _tell(event, "refund_failed", FAILED)


@on("payments.refund_completed")
def tell_completed(event: Event) -> None:
    _tell(event, "refund_completed", COMPLETED)


@on("payments.account_named")
def tell_account(event: Event) -> None:
    changed = event.payload["changed"]
    _tell(event, "account_changed" if changed else "account_named", CHANGED if changed else NAMED)


def _tell(event: Event, kind: str, words: Words) -> None:
    """To everybody bound to the party; money whose owner nobody knows yet has nobody to tell."""
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
