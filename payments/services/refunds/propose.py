"""A refund begins: its sum with the steps, the 15-day clock, and the payments it comes out of."""

from __future__ import annotations

import secrets
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cases.models import Party
from cases.services import case_stream
from common import clock
from common.actor import Actor
from common.errors import Conflict, NotAllowed
from common.money import ZERO
from courts.calendar import deadline
from courts.models import Court
from courts.services import next_number
from eventlog.services import act, emit
from payments import events
from payments.fees import Step
from payments.models import (
    REFUND_FLOW,
    SUSPENSE_FLOW,
    Bill,
    Payment,
    Refund,
    RefundPart,
    RefundReason,
    RefundState,
    Route,
    Suspense,
    SuspenseState,
)
from payments.services.arrivals import money_stream
from payments.services.bills import step_row
from payments.services.refunds.money import (
    can_go_back,
    fee_bills,
    going_back,
    lock_money_of,
    payments_of,
)

REFUND_RULE = "D66"
Steps = list[dict[str, str]]


def refund_stream(refund: Refund) -> str:
    """The stream of the case, or the money stream of the court for money that fits no case."""
    return case_stream(refund.case) if refund.case else money_stream(refund.court)


def record(name: str, refund: Refund, actor: Actor, *, receipt: str | None = None, **data: Any) -> None:
    """Write down what happened to a refund; ``receipt``: its number where its person gets a signed receipt (SEC-45)."""
    emit(
        name,
        subject=refund,
        actor=actor,
        stream=refund_stream(refund),
        court_id=refund.court_id,
        receipt=receipt,
        case_id=refund.case_id,
        refund=refund.public_id,
        **data,
    )


def step(text: str, article: str = "", amount: Decimal | None = None) -> dict[str, str]:
    """One line of the reckoning as it is stored and shown."""
    return step_row(Step(text, article, amount))


def refund_due(court: Court, due_from: date) -> date:
    """Fifteen days after the ruling has effect (诉讼费用交纳办法53)."""
    due: date = deadline(REFUND_RULE, due_from, court=court).due
    return due


def propose_refund(
    *,
    bill: Bill,
    reason: str,
    amount: Decimal,
    steps: Steps,
    source: UUID,
    actor: Actor,
    due_from: date,
    rule_version: str = "",
) -> Refund | None:
    """Give back ``amount`` yuan of the acceptance fee that the party of ``bill`` paid in this case.

    Never more than it paid and is not going back yet; None when nothing is left to come back. The same reason, source and
    party twice gives the same refund. ``due_from`` is the day from which the 15 days count.
    """
    with act():
        lock_money_of(bill)
        known = Refund.objects.filter(reason=reason, source=source, party_id=bill.party_id).first()
        if known is not None:
            return known
        payments = payments_of(fee_bills(bill))
        amount = min(amount, free_of(payments))
        if amount <= 0:
            return None
        refund = Refund.objects.create(
            **new_refund(bill.court, due_from),
            case=bill.case,
            party=bill.party,
            bill=bill,
            reason=reason,
            source=source,
            amount=amount,
            steps=steps,
            rule_version=rule_version or bill.rule_version,
            state=RefundState.PROPOSED,
        )
        plan_parts(refund, payments)
        record(events.REFUND_PROPOSED, refund, actor, amount=amount, due_on=refund.due_on)
    return refund


def new_refund(court: Court, due_from: date) -> dict[str, Any]:
    """The columns every new refund has: court, number without gaps, clock."""
    now = clock.now()
    year = clock.beijing_day(now).year
    sequence = next_number(court.pk, "refund", str(year))
    return {
        "court": court,
        "number": f"TF{court.code}-{year}-{sequence:06d}",
        "proposed_at": now,
        "due_on": refund_due(court, due_from),
    }


def free_of(payments: list[Payment]) -> Decimal:
    """What of these payments is not going back yet. One query."""
    return sum((p.amount for p in payments), ZERO) - sum(going_back(payments).values(), ZERO)


def plan_parts(refund: Refund, payments: list[Payment]) -> None:
    """Spread what is not planned yet over the payments, in their order, each by the way that is open to it. Inside an act."""
    taken, now = going_back(payments), clock.now()
    planned = refund.parts.exclude(state="dropped").values_list("amount", flat=True)
    missing = refund.amount - sum(planned, ZERO)
    for payment in payments:
        amount = min(missing, payment.amount - taken.get(payment.pk, ZERO))
        if amount <= 0:
            continue
        RefundPart.objects.create(
            refund=refund,
            payment=payment,
            out_no=part_number(),
            route=Route.ORIGINAL if can_go_back(payment, now) else Route.BANK,
            amount=amount,
            created_at=now,
        )
        missing -= amount
    if missing > 0:
        raise Conflict(_("已交的费用里没有这么多可以退了，请重新核对金额。"), code="refund_exceeds_paid")


def part_number() -> str:
    """Our number of a part; it never changes and no two are alike (REL-05)."""
    return f"R{clock.today():%Y%m%d}{secrets.token_hex(10)}"


def give_back_suspense(
    *, suspense_id: int, actor: Actor, party: Party | None = None, words: str = ""
) -> Refund:
    """Money that is nobody's fee goes back whole: late, doubled, for a settled bill, or because an officer says so.

    What the gateway can return the way it came waits for nobody's word: it goes straight to finance (CONFIRMED). Anything
    else needs an account first. ``party`` names whose money an unmatched transfer is, when finance found out; ``words`` is
    the officer's reason. Raises Conflict when the money is applied already; the same suspense twice gives the same refund.
    """
    with act():
        suspense = _locked_suspense(suspense_id)
        same = Refund.objects.filter(reason=RefundReason.OVERPAID, source=suspense.public_id)
        known = same.exclude(state=RefundState.REFUSED).first()
        if known is not None:
            return known
        if actor.is_staff and actor.court_id != suspense.court_id:
            raise NotAllowed(_("这笔款由收款法院的财务处理。"))
        if suspense.state != SuspenseState.OPEN:
            raise Conflict(_("这笔款已经处理过了。"), code="suspense_settled")
        payment = suspense.payment
        bill = payment.order.bill if payment.order else None
        owner = bill.party if bill else party
        SUSPENSE_FLOW.move(suspense, "give_back")
        suspense.save(update_fields=["state"])
        refund = _refund_of(suspense, bill, owner, words, actor)
        plan_parts(refund, [payment])
        own_way = can_go_back(payment, clock.now())
        if own_way:
            refund.route = Route.ORIGINAL
            refund.confirmed_at = clock.now()
            REFUND_FLOW.move(refund, "confirm")
            refund.save(update_fields=["route", "confirmed_at", "state"])
        record(
            events.REFUND_PROPOSED,
            refund,
            actor,
            amount=refund.amount,
            due_on=refund.due_on,
            own_way=own_way,
        )
    return refund


def _locked_suspense(suspense_id: int) -> Suspense:
    rows = Suspense.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("court", "payment__order__bill__case", "payment__order__bill__party").get(
        pk=suspense_id
    )


def _refund_of(
    suspense: Suspense, bill: Bill | None, owner: Party | None, words: str, actor: Actor
) -> Refund:
    payment = suspense.payment
    steps = [step(suspense.get_reason_display(), "", payment.amount)]
    if words:
        steps.append(step(words))
    steps.append(step(_("不是应交的诉讼费，全部退还"), "", payment.amount))
    return Refund.objects.create(
        **new_refund(suspense.court, clock.beijing_day(payment.recorded_at)),
        case=owner.case if owner else None,
        party=owner,
        bill=bill,
        reason=RefundReason.OVERPAID,
        source=suspense.public_id,
        amount=payment.amount,
        steps=steps,
        proposed_by_id=actor.post_id,
        state=RefundState.PROPOSED,
    )
