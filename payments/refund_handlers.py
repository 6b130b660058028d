"""What gives money back by itself: the end of a case, a simpler procedure, a smaller claim, money that is nobody's fee."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import ClaimChange, Closing, TrackChange
from common.actor import system
from eventlog.models import Event
from eventlog.registry import Mode, on
from payments.models import Refund, Suspense, SuspenseReason
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
    refunds.send_refund(Refund.objects.get(pk=event.subject_id).pk)
