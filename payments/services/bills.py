"""Bills: what has to be paid, why, and by when."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from cases.models import Case, Party, Side, Track
from cases.policies import live_access
from cases.services import case_stream
from common import clock
from common.actor import Actor
from courts.calendar import deadline
from courts.selectors import base_fees
from courts.services import next_number
from eventlog.services import act, emit, one_by_one
from payments import events
from payments.fees import QuoteInput, book_on, quote
from payments.models import Bill, BillStatus, ReliefState

PAYMENT_RULE = "D07"
REMIND_BEFORE = timedelta(days=2)
PROPERTY, NO_PROPERTY = "property", "other_nonproperty"
SIMPLIFIED = ("simplified",)
SIMPLIFIED_TRACKS = (Track.SUMMARY, Track.SMALL_CLAIM)


def fee_item_of(case: Case, item: str) -> str:
    """The item a case is charged by; a suit about property without an amount is charged per piece."""
    return NO_PROPERTY if item == PROPERTY and not case.amount else item


def issue_bill(
    *,
    case: Case,
    actor: Actor,
    item: str = PROPERTY,
    reduce_pct: Decimal | None = None,
    due_on: date | None = None,
) -> Bill:
    """What a new case is charged beforehand for its applicants (诉讼费用交纳办法13, 14, 20), due in seven days (22).

    Several applicants owe it together; the bill is addressed to the one who filed, else to the first.
    The amount comes from the fee rules in force on the day of acceptance; what is tried in a simplified procedure pays half
    (16; 民诉法解释281). Inputs and steps are stored beside it. After a decision on relief ``reduce_pct`` is taken off and
    ``due_on`` is the new last day.
    Runs inside the acceptance (handler marked together).
    """
    with act():
        day = clock.beijing_day(case.accepted_at)
        item = fee_item_of(case, item)
        asked = case.amount or None
        halve = SIMPLIFIED if case.track in SIMPLIFIED_TRACKS else ()
        asking = QuoteInput(item=item, amount=asked, halve=halve, reduce_pct=reduce_pct)
        result = quote(asking, on=day, bases=base_fees(case.court))
        amount = result.fee if result.fee is not None else _lower(result.range)
        payer = _payer(case)
        sequence = next_number(case.court_id, "bill", str(day.year))
        bill = Bill.objects.create(
            court_id=case.court_id,
            case=case,
            party=payer,
            number=f"JF{case.court.code}-{day.year}-{sequence:06d}",
            item=item,
            label=_("申请费") if book_on(day).items[item].is_application else _("案件受理费"),
            amount=amount,
            inputs={
                "item": item,
                "amount": str(asked) if asked is not None else None,
                "halve": halve,
                "reduce_pct": str(reduce_pct or ""),
            },
            steps=[_step(step) for step in result.steps],
            rule_version=result.rule_version,
            issued_at=clock.now(),
            due_on=due_on or payment_due(case, day),
        )
        emit(
            events.BILL_ISSUED,
            subject=bill,
            actor=actor,
            stream=case_stream(case),
            court_id=case.court_id,
            case_id=case.pk,
            bill=bill.public_id,
            amount=amount,
            due_on=bill.due_on,
        )
    return bill


def payment_due(case: Case, told_on: date) -> date:
    """Seven days after the notice (诉讼费用交纳办法22)."""
    due: date = deadline(PAYMENT_RULE, told_on, court=case.court).due
    return due


def remind_of_bills(actor: Actor) -> int:
    """Remind, once, of every bill that is still open two days before its last day. Returns how many."""
    today = clock.today()
    waiting = Bill.objects.filter(
        status=BillStatus.OPEN, reminded_at=None, due_on__gte=today, due_on__lte=today + REMIND_BEFORE
    ).exclude(reliefs__state=ReliefState.ASKED)

    def remind(bill: Bill) -> None:
        bill.reminded_at = clock.now()
        bill.save(update_fields=["reminded_at"])
        emit(
            events.BILL_REMINDED,
            subject=bill,
            actor=actor,
            stream=case_stream(bill.case),
            court_id=bill.court_id,
            case_id=bill.case_id,
            bill=bill.public_id,
            due_on=bill.due_on,
        )

    return one_by_one(waiting.order_by("due_on", "id"), remind)


def _payer(case: Case) -> Party:
    bound = Exists(live_access().filter(party=OuterRef("pk")))
    plaintiffs = Party.objects.filter(case=case, side=Side.PLAINTIFF).order_by(bound.desc(), "order")
    return plaintiffs[0]


def _lower(bounds: tuple[Decimal, Decimal] | None) -> Decimal:
    if bounds is None:
        raise ValueError("a quote has a fee or a range")
    return bounds[0]


def _step(step: Any) -> dict[str, str]:
    return {
        "text": step.text,
        "article": step.article,
        "amount": "" if step.amount is None else str(step.amount),
    }
