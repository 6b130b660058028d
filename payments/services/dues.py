"""What a case owes as it stands: bills follow a change of procedure or claim, and the end of the case.

The sum that is due beforehand is always worked out anew from the facts of the case; what was billed, paid, given back or
forgiven before is taken off. So no order of changes bills anything twice.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from cases.models import Case, Closing, Outcome, Party, Side
from cases.services import COLLECTED, SHARED, record_fee_paid
from common import clock
from common.actor import Actor
from common.errors import InvalidInput
from common.money import ZERO, format_yuan, to_yuan
from courts.selectors import cause_path
from eventlog.services import act
from payments.fees import Step, book_on
from payments.models import (
    RELIEF_FLOW,
    Bill,
    BillReason,
    BillStatus,
    Refund,
    RefundReason,
    RefundState,
    Relief,
    ReliefKind,
    ReliefState,
)
from payments.selectors import live_order_of
from payments.services.bills import (
    NO_PROPERTY,
    PAYMENT_RULE,
    PROPERTY,
    Charge,
    create_bill,
    payer_of,
    payment_due,
    void_bill,
    work_out,
)

LABOUR = "劳动争议"
"""How the branch of causes begins whose suits are charged per piece (诉讼费用交纳办法13)."""
SUITS = "CIVIL_"
"""How the codes of civil suits begin: what of them is not paid beforehand is paid afterwards (20; 解释194)."""
COLLECTED_ITEMS = {"EXEC_FIRST": "enforcement", "EXEC_RESUME": "enforcement", "BANKRUPTCY": "bankruptcy"}
"""What is paid out of what was obtained (20, 38, 42)."""
BEFOREHAND = (BillReason.FIRST, BillReason.TOP_UP)
LESS = (RefundReason.SIMPLIFIED, RefundReason.CLAIM_REDUCED)
"""Refunds by which the sum that is due beforehand became smaller."""


class Why(NamedTuple):
    """Why more is due: the operation of the fee rules, its words, and the rule of the period to pay."""

    operation: str
    words: str
    rule: str


def to_ordinary() -> Why:
    """The case goes to the ordinary procedure (解释199)."""
    return Why("simplified_to_ordinary", _("转为普通程序，补交差额"), "D10")


def to_simplified() -> Why:
    """The case goes to a simplified procedure (诉讼费用交纳办法16)."""
    return Why("halve", _("转为简易程序，重新计算"), PAYMENT_RULE)


def claim_changed() -> Why:
    """The claim has another amount (诉讼费用交纳办法21)."""
    return Why("increase_claim", _("变更诉讼请求，补交差额"), PAYMENT_RULE)


def fee_basis(case: Case) -> Decimal | None:
    """The amount the fee follows: a claim that shrank after the court's investigation keeps its fee (21)."""
    if case.amount is None:
        return None
    basis: Decimal | None = None
    for change in case.claim_changes.order_by("id"):
        before = change.old if basis is None else basis
        basis = change.new if change.new > before or change.before_end else before
    return (case.amount if basis is None else basis) or None


def _item(case: Case) -> str:
    """The item the case is charged by, whenever that is paid; "" when it is charged nothing."""
    first = Bill.objects.filter(case=case, reason=BillReason.FIRST).order_by("id").first()
    if first is not None:
        return first.item
    if not case.procedure.startswith(SUITS):
        return ""
    if any(name.startswith(LABOUR) for name in cause_path(case.cause)):
        return "labour"
    return PROPERTY if case.amount else NO_PROPERTY


def whole_fee(case: Case, *halve: str) -> Charge | None:
    """The fee of the case whoever pays it, without regard to relief; None when it is charged nothing."""
    item = _item(case)
    return work_out(case, item, fee_basis(case), halve=halve) if item else None


def due_beforehand(case: Case, *halve: str) -> Charge | None:
    """What those who sued owe of it by the relief they were granted; None when nothing is prepaid or they are exempt."""
    if not Bill.objects.filter(case=case, reason=BillReason.FIRST).exists():
        return None
    granted = Relief.objects.filter(
        bill__case=case, bill__reason=BillReason.FIRST, state=ReliefState.GRANTED
    ).exclude(kind=ReliefKind.DEFER)
    relief = granted.order_by("-id").first()
    if relief is not None and relief.kind == ReliefKind.EXEMPT:
        return None
    reduce_pct = relief.reduce_pct if relief else None
    return work_out(case, _item(case), fee_basis(case), halve=halve, reduce_pct=reduce_pct)


def held(case: Case) -> Decimal:
    """What was paid beforehand and is not on its way back because the fee became smaller, yuan. Two queries."""
    paid = Bill.objects.filter(case=case, reason__in=BEFOREHAND, status=BillStatus.PAID)
    back = Refund.objects.filter(case=case, reason__in=LESS).exclude(state=RefundState.REFUSED)
    return _sum(paid) - _sum(back)


def _sum(rows: object) -> Decimal:
    return to_yuan(rows.aggregate(sum=Sum("amount"))["sum"] or ZERO)  # type: ignore[attr-defined]


def _forgiven(case: Case) -> Decimal:
    """What was let off of top-ups."""
    granted = Relief.objects.filter(
        bill__case=case, bill__reason=BillReason.TOP_UP, state=ReliefState.GRANTED
    )
    return sum((relief.bill.amount - reduced(relief) for relief in granted.select_related("bill")), ZERO)


def reduced(relief: Relief) -> Decimal:
    """What a granted request leaves of its bill, yuan."""
    if relief.kind == ReliefKind.EXEMPT:
        return ZERO
    return to_yuan(relief.bill.amount * (1 - (relief.reduce_pct or ZERO) / 100))


def fee_at_end(case: Case, outcome: str) -> Charge | None:
    """The fee that is shared when the case ends like this; None when it is charged nothing."""
    return whole_fee(case, *_halved(outcome))


def open_bills(case: Case) -> list[Bill]:
    """Bills of the case that are to be paid beforehand and are not, locked. Inside an act."""
    rows = Bill.objects.select_for_update(of=("self",), no_key=True).select_related("case__court", "party")
    return list(rows.filter(case=case, status=BillStatus.OPEN, reason__in=BEFOREHAND).order_by("id"))


def adjust_bills(*, case: Case, why: Why, source: UUID, actor: Actor) -> Bill | None:
    """The facts that the fee follows have changed: bill what is due now and not billed yet (21; 解释199), and take back
    bills that ask for too much. Gives the new bill, None when none is needed.

    An open bill is replaced by one over the new sum, with a new last day; one that somebody is paying or that the judge
    decides about stays, and the rest is billed beside it. What is paid too much comes back as a refund elsewhere.
    """
    with act():
        due = due_beforehand(case)
        if due is None:
            return None
        waiting, covered = open_bills(case), held(case) + _forgiven(case)
        asked = covered + sum((bill.amount for bill in waiting), ZERO)
        if due.amount == asked:
            return None
        replaced = [bill for bill in waiting if _can_replace(bill, grown=due.amount > asked)]
        for bill in replaced:
            void_bill(bill)
        charge = still_due(case, due, why)
        if charge is None:
            if replaced:
                record_fee_paid(case_id=case.pk, actor=actor, free=True)
            return None
        last_day = max([payment_due(case, clock.today(), rule=why.rule), *(bill.due_on for bill in replaced)])
        rest = "operation" in charge.inputs
        return create_bill(
            case=case,
            party=payer_of(case),
            charge=charge,
            due_on=last_day,
            reason=BillReason.TOP_UP if rest else BillReason.FIRST,
            source=source if rest else None,
            actor=actor,
        )


def still_due(case: Case, due: Charge, why: Why) -> Charge | None:
    """What of the fee ``due`` beforehand is neither billed nor settled, with the steps that lead to it; None when nothing
    is."""
    known = held(case) + _forgiven(case) + sum((bill.amount for bill in open_bills(case)), ZERO)
    left = due.amount - known
    if left <= 0:
        return None
    return due if known == 0 else _rest(case, due, left, why)


def _can_replace(bill: Bill, *, grown: bool) -> bool:
    """A bill about which the judge decides is replaced by his decision; more is billed beside what is being paid or
    split, less takes its place."""
    if bill.reliefs.filter(state=ReliefState.ASKED).exists():
        return False
    split = Bill.objects.filter(case_id=bill.case_id, part__gt=1).exclude(status=BillStatus.VOID).exists()
    return not grown or not (split or live_order_of(bill))


def _rest(case: Case, due: Charge, left: Decimal, why: Why) -> Charge:
    """The difference, as one would explain it at the counter."""
    known = due.amount - left
    text = _("%(why)s：%(due)s－%(known)s（已通知交纳）") % {
        "why": why.words,
        "due": format_yuan(due.amount),
        "known": format_yuan(known),
    }
    return due.part(left, Step(text, _article(case, why.operation), left), operation=why.operation)


def _article(case: Case, operation: str) -> str:
    return book_on(clock.beijing_day(case.accepted_at)).operations[operation].article


def void_open_bills(*, case: Case, actor: Actor) -> list[Bill]:
    """The case has ended: what was to be paid beforehand and is not, is not to be paid any more; requests about it fall."""
    with act():
        bills = open_bills(case)
        for bill in bills:
            void_bill(bill)
            for relief in bill.reliefs.select_for_update(no_key=True).filter(state=ReliefState.ASKED):
                RELIEF_FLOW.move(relief, "withdraw")
                relief.save(update_fields=["state"])
    return bills


def check_shares(closing: Closing) -> None:
    """Nobody bears more than the fee. Raises InvalidInput naming ``fee_borne``."""
    if closing.fee_borne is None:
        return
    whole = fee_at_end(closing.case, closing.outcome)
    most = whole.amount if whole else ZERO
    if closing.fee_borne > most:
        words = _("不应超过本案的受理费%(sum)s") % {"sum": format_yuan(most)}
        raise InvalidInput(words, fee_borne=words)


def _halved(outcome: str) -> tuple[str, ...]:
    """A mediated case pays half (15)."""
    return ("mediation",) if outcome == Outcome.MEDIATED else ()


def bill_afterwards(*, closing: Closing, actor: Actor) -> list[Bill]:
    """What is paid when the case has ended: out of what an enforcement or bankruptcy brought (20, 38, 42); by those who
    lost what the prepayers need not bear (29; 解释207); by those who sued what they bear and have not paid (20; 解释194).

    Each within seven days; a repeat finds its bills. Nobody is billed nothing.
    """
    with act():
        if closing.outcome in COLLECTED:
            shares = _collected(closing)
        elif closing.outcome in SHARED:
            shares = _shares(closing)
        else:
            return []
        due_on = payment_due(closing.case, clock.today())
        return [_bill_once(closing, party, charge, due_on, actor) for party, charge in shares]


def _bill_once(closing: Closing, party: Party, charge: Charge, due_on: date, actor: Actor) -> Bill:
    known = Bill.objects.filter(
        case=closing.case, party=party, reason=BillReason.AFTERWARDS, source=closing.public_id
    ).first()
    return known or create_bill(
        case=closing.case,
        party=party,
        charge=charge,
        due_on=due_on,
        reason=BillReason.AFTERWARDS,
        source=closing.public_id,
        actor=actor,
    )


def _opposed(case: Case) -> Party | None:
    return case.parties.filter(side=Side.DEFENDANT).order_by("order").first()


def _collected(closing: Closing) -> list[tuple[Party, Charge]]:
    case, payer = closing.case, _opposed(closing.case)
    item = COLLECTED_ITEMS.get(case.procedure)
    if payer is None or item is None or not closing.obtained:
        return []
    return [(payer, work_out(case, item, closing.obtained))]


def _shares(closing: Closing) -> list[tuple[Party, Charge]]:
    """Who still has to pay how much of the fee."""
    case, halve = closing.case, _halved(closing.outcome)
    whole = whole_fee(case, *halve)
    if whole is None:
        return []
    borne, other = own_and_other_share(closing, whole)
    article, shares, payer = _article(case, "refund_winner"), [], _opposed(case)
    if other > 0 and payer is not None:
        text = _("原告方负担%(borne)s，其余由对方负担") % {"borne": format_yuan(borne)}
        shares.append((payer, whole.part(other, Step(text, article, other))))
    own = _own_share(case, halve, borne)
    if own > 0:
        text = _("由原告方负担%(borne)s，尚未交纳的") % {"borne": format_yuan(borne)}
        shares.append((payer_of(case), whole.part(own, Step(text, article, own))))
    return shares


def own_and_other_share(closing: Closing, whole: Charge) -> tuple[Decimal, Decimal]:
    """What those who sued and what the other side bears of the fee: where nothing is said, those who sued, all of it."""
    borne = whole.amount if closing.fee_borne is None else closing.fee_borne
    return borne, whole.amount - borne


def _own_share(case: Case, halve: tuple[str, ...], borne: Decimal) -> Decimal:
    """What those who sued bear and have not paid: never more than relief leaves them."""
    if Bill.objects.filter(case=case, reason=BillReason.FIRST).exists():
        due = due_beforehand(case, *halve)
        borne = min(borne, due.amount if due else ZERO)
    return borne - held(case)
