"""What gives money back by itself: the end of a case, a simpler procedure, a smaller claim, money that is nobody's fee."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import ClaimChange, Closing, TrackChange
from cases.papers import addressee_of, common_data
from cases.services import case_stream
from common import clock
from common.actor import system
from common.money import format_yuan, in_capitals
from documents.services import issue
from eventlog.models import Event
from eventlog.registry import Mode, on
from payments.models import Refund, RefundPart, Suspense, SuspenseReason
from payments.services import refunds

ACTOR = system(str(_("诉讼费管理")))
BY_ITSELF = (SuspenseReason.LATE, SuspenseReason.SETTLED)
"""Money that is surely not due goes back by itself; what might still be a fee is looked at by finance first."""


@on("cases.took_effect", Mode.TOGETHER)
def refund_at_end(event: Event) -> None:
    """The refund exists with the effect of the ruling, its 15 days count from there (诉讼费用交纳办法53)."""
    closing = Closing.objects.select_related("case__court").get(pk=event.subject_id)
    refunds.refund_after_closing(closing, ACTOR)


@on("cases.track_changed", Mode.TOGETHER)
def refund_half(event: Event) -> None:
    """From the ordinary to a simplified procedure."""
    change = TrackChange.objects.select_related("case__court").get(pk=event.subject_id)
    refunds.refund_after_track_change(change, ACTOR)


@on("cases.claim_changed", Mode.TOGETHER)
def refund_difference(event: Event) -> None:
    """A smaller claim in time."""
    change = ClaimChange.objects.select_related("case__court").get(pk=event.subject_id)
    refunds.refund_after_claim_change(change, ACTOR)


@on("payments.money_suspended", Mode.TOGETHER)
def refund_overpaid(event: Event) -> None:
    """Paid late, twice, or for a settled bill: the whole payment goes back."""
    suspense = Suspense.objects.filter(payment_id=event.subject_id, reason__in=BY_ITSELF).first()
    if suspense is not None:
        refunds.give_back_suspense(suspense_id=suspense.pk, actor=ACTOR)


@on("payments.refund_approved", Mode.OUTSIDE)
def send_approved(event: Event) -> None:
    """Approved parts leave at once; the sweep brings the rest."""
    refunds.send_refund(event.subject_id)


@on("payments.refund_completed")
def issue_voucher(event: Event) -> None:
    """退费通知书 once the money has arrived: what came back, why, how, with the vouchers. Money of no case has no paper."""
    refund = Refund.objects.select_related("case__court", "case__cause", "party").get(pk=event.subject_id)
    if refund.case is None or refund.party is None or refund.done_at is None:
        return
    issue(
        template="refund_notice",
        subject_kind="cases.case",
        subject_public_id=refund.case.public_id,
        court_id=refund.court_id,
        title=_("退费通知书"),
        data=common_data(refund.case)
        | {
            "amount": format_yuan(refund.amount),
            "amount_capitals": in_capitals(refund.amount),
            "reason": refund.get_reason_display(),
            "steps": refund.steps,
            "refund_number": refund.number,
            "done_on": clock.beijing_day(refund.done_at).isoformat(),
            "parts": [_line(part) for part in refunds.live_parts(refund)],
        },
        addressees=[addressee_of(refund.party)],
        stream=case_stream(refund.case),
        actor=ACTOR,
        dedupe_key=f"refund_notice:{refund.public_id}",
    )


def _line(part: RefundPart) -> dict[str, str]:
    return {
        "amount": format_yuan(part.amount),
        "way": part.get_route_display(),
        "paid_on": clock.beijing_day(part.payment.paid_at).isoformat(),
        "number": part.gateway_no or part.out_no,
    }
