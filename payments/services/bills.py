"""Bills: what has to be paid, why, and by when. A bill is never changed: another takes its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from cases.models import Case, Party, Side, Track
from cases.policies import live_access
from cases.services import case_stream
from common import clock
from common.actor import Actor
from common.money import to_yuan
from courts.calendar import deadline
from courts.selectors import base_fees
from courts.services import next_number
from eventlog.services import act, emit, one_by_one
from payments import events
from payments.fees import QuoteInput, Step, book_on, quote
from payments.models import BILL_FLOW, OVERDUE_FLOW, Bill, BillReason, BillStatus, Overdue, ReliefState

PAYMENT_RULE = "D07"
REMIND_BEFORE = timedelta(days=2)
PROPERTY, NO_PROPERTY = "property", "other_nonproperty"
SIMPLIFIED = ("simplified",)
SIMPLIFIED_TRACKS = (Track.SUMMARY, Track.SMALL_CLAIM)


@dataclass(frozen=True)
class Charge:
    """A sum in yuan with everything that explains it, ready to become a bill."""

    item: str
    amount: Decimal
    inputs: dict[str, Any]
    steps: list[dict[str, str]]
    rule_version: str

    def part(self, amount: Decimal, *more: Step, **inputs: Any) -> Charge:
        """Another sum out of this one, with the steps that lead to it."""
        steps = [*self.steps, *(step_row(step) for step in more)]
        return replace(self, amount=amount, steps=steps, inputs=self.inputs | inputs)


def charge_of(bill: Bill) -> Charge:
    """What a bill charges."""
    return Charge(bill.item, bill.amount, bill.inputs, bill.steps, bill.rule_version)


def fee_item_of(case: Case, item: str) -> str:
    """The item a case is charged by; a suit about property without an amount is charged per piece."""
    return NO_PROPERTY if item == PROPERTY and not case.amount else item


def work_out(
    case: Case,
    item: str,
    amount: Decimal | None,
    *,
    halve: Iterable[str] = (),
    reduce_pct: Decimal | None = None,
) -> Charge:
    """The fee by the rules in force on the day of acceptance; what is tried in a simplified procedure pays half (16;
    民诉法解释281), once with whatever other reason there is (206). A base fee the court has not set counts at its lower end.
    """
    day = clock.beijing_day(case.accepted_at)
    reasons = (*(SIMPLIFIED if case.track in SIMPLIFIED_TRACKS else ()), *halve)
    asking = QuoteInput(item=item, amount=amount, halve=reasons, reduce_pct=reduce_pct)
    result = quote(asking, on=day, bases=base_fees(case.court))
    return Charge(
        item=item,
        amount=to_yuan(result.range[0] if result.range else result.fee or 0),
        inputs={
            "item": item,
            "amount": str(amount) if amount is not None else None,
            "halve": list(reasons),
            "reduce_pct": str(reduce_pct or ""),
        },
        steps=[step_row(step) for step in result.steps],
        rule_version=result.rule_version,
    )


def issue_bill(*, case: Case, actor: Actor, item: str = PROPERTY) -> Bill:
    """What a new case is charged beforehand for its applicants (诉讼费用交纳办法13, 14, 20), due in seven days (22).

    Several applicants owe it together; the bill is addressed to the one who filed, else to the first.
    Runs inside the acceptance (handler marked together).
    """
    charge = work_out(case, fee_item_of(case, item), case.amount or None)
    due_on = payment_due(case, clock.beijing_day(case.accepted_at))
    return create_bill(case=case, party=payer_of(case), charge=charge, due_on=due_on, actor=actor)


def create_bill(
    *,
    case: Case,
    party: Party,
    charge: Charge,
    due_on: date,
    actor: Actor,
    reason: str = BillReason.FIRST,
    source: UUID | None = None,
    part: int = 1,
) -> Bill:
    """One bill with its number; its payer is told and gets the notice (22)."""
    with act():
        now = clock.now()
        year = clock.beijing_day(now).year
        sequence = next_number(case.court_id, "bill", str(year))
        application = book_on(clock.beijing_day(case.accepted_at)).items[charge.item].is_application
        bill = Bill.objects.create(
            court_id=case.court_id,
            case=case,
            party=party,
            number=f"JF{case.court.code}-{year}-{sequence:06d}",
            item=charge.item,
            label=_("申请费") if application else _("案件受理费"),
            reason=reason,
            source=source,
            part=part,
            amount=charge.amount,
            inputs=charge.inputs,
            steps=charge.steps,
            rule_version=charge.rule_version,
            issued_at=now,
            due_on=due_on,
        )
        emit(
            events.BILL_ISSUED,
            subject=bill,
            actor=actor,
            stream=case_stream(case),
            court_id=case.court_id,
            case_id=case.pk,
            bill=bill.public_id,
            amount=bill.amount,
            due_on=bill.due_on,
        )
    return bill


def replace_bill(bill: Bill, *, charge: Charge, due_on: date, actor: Actor, part: int | None = None) -> Bill:
    """The bill that takes the place of a void one, for the same thing and the same payer."""
    return create_bill(
        case=bill.case,
        party=bill.party,
        charge=charge,
        due_on=due_on,
        actor=actor,
        reason=bill.reason,
        source=bill.source,
        part=part or bill.part,
    )


def void_bill(bill: Bill) -> None:
    """The bill is not to be paid any more, and nobody has to decide that it was not. The caller holds its lock."""
    BILL_FLOW.move(bill, "void")
    bill.save(update_fields=["status"])
    settle_overdue(bill.public_id)


def settle_overdue(bill: UUID | str) -> None:
    """What was proposed because the bill (its public id) was late needs no decision any more. Inside an act."""
    rows = Overdue.objects.select_for_update(of=("self",), no_key=True)
    for overdue in rows.filter(bill__public_id=bill):
        if OVERDUE_FLOW.can(overdue, "settle"):
            OVERDUE_FLOW.move(overdue, "settle")
            overdue.save(update_fields=["state"])


def payment_due(case: Case, told_on: date, *, rule: str = PAYMENT_RULE) -> date:
    """Seven days after the notice (诉讼费用交纳办法22; 民诉法解释199)."""
    due: date = deadline(rule, told_on, court=case.court).due
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


def payer_of(case: Case) -> Party:
    """Who is billed for those who sued: the one who filed, else the first."""
    bound = Exists(live_access().filter(party=OuterRef("pk")))
    plaintiffs = Party.objects.filter(case=case, side=Side.PLAINTIFF).order_by(bound.desc(), "order")
    return plaintiffs[0]


def step_row(step: Step) -> dict[str, str]:
    """A step as it is kept beside a sum."""
    return {
        "text": step.text,
        "article": step.article,
        "amount": "" if step.amount is None else str(step.amount),
    }
