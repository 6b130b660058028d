"""What the end of a case, a change of procedure or a smaller claim gives back, with the reckoning.

Every sum comes from the fee rules (``payments.fees.quote``). The fee is halved once whatever happens (解释206): what is kept
is always compared with what the law charges in the end, so that a fee already halved gives nothing more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from cases.models import Case, ClaimChange, Closing, Outcome, TrackChange
from common import clock
from common.actor import Actor
from common.money import ZERO, to_yuan
from courts.selectors import base_fees
from courts.services import setting
from payments.fees import Quote, QuoteInput, book_on, quote
from payments.models import (
    Bill,
    BillReason,
    BillStatus,
    OverdueState,
    Refund,
    RefundReason,
)
from payments.services.bills import SIMPLIFIED, SIMPLIFIED_TRACKS, step_row
from payments.services.dues import fee_basis
from payments.services.refunds.money import kept_of
from payments.services.refunds.propose import Steps, propose_refund, step

WITHDRAWAL, MEDIATION = ("withdrawal",), ("mediation",)
HALF = "half"
Owed = tuple[RefundReason, Decimal, Steps]


def refund_after_closing(closing: Closing, actor: Actor) -> list[Refund]:
    """What comes back when a ruling, agreement or judgment has effect, for everybody who paid a fee of the case."""
    due_from = closing.effective_on or closing.decided_on
    owed = [(bill, _after(closing, bill, kept)) for bill, kept in _kept(closing.case)]
    return _propose(owed, closing.public_id, due_from, actor)


def refund_after_track_change(change: TrackChange, actor: Actor) -> list[Refund]:
    """Ordinary to simplified: half comes back (诉讼费用交纳办法16; 解释281)."""
    if change.new not in SIMPLIFIED_TRACKS or change.old in SIMPLIFIED_TRACKS:
        return []
    owed = [
        (bill, _owed(RefundReason.SIMPLIFIED, kept, *_halved(bill, kept, SIMPLIFIED, simplified=False)))
        for bill, kept in _kept(change.case)
    ]
    return _propose(owed, change.public_id, clock.beijing_day(change.changed_at), actor)


def refund_after_claim_change(change: ClaimChange, actor: Actor) -> list[Refund]:
    """A smaller claim before the end of the court's investigation: the difference comes back as far as it was paid (办法21,
    35)."""
    if not change.before_end or not 0 < change.new < change.old:
        return []
    owed = [(bill, _after_decrease(change, bill, kept)) for bill, kept in _kept(change.case)]
    return _propose(owed, change.public_id, clock.beijing_day(change.changed_at), actor)


def back_on_withdrawal(case: Case) -> tuple[Decimal, Decimal]:
    """What the court holds of the fee, and what of it comes back when the case is withdrawn today: the very sum that
    :func:`refund_after_closing` then proposes, yuan."""
    held = back = ZERO
    for bill, kept in _kept(case):
        owed = _after_withdrawal(bill, kept)
        held, back = held + kept, back + (owed[1] if owed else ZERO)
    return held, back


def _kept(case: Case) -> list[tuple[Bill, Decimal]]:
    """Who paid a fee of the case, by the first bill, with what the court holds of it."""
    found = [(bill, kept_of(bill)) for bill in _first_bills(case)]
    return [(bill, kept) for bill, kept in found if kept > 0]


def _propose(
    owed: list[tuple[Bill, Owed | None]], source: UUID, due_from: date, actor: Actor
) -> list[Refund]:
    found = [
        propose_refund(
            bill=bill,
            reason=back[0],
            amount=back[1],
            steps=back[2],
            source=source,
            actor=actor,
            due_from=due_from,
        )
        for bill, back in owed
        if back is not None
    ]
    return [refund for refund in found if refund is not None]


def _after_decrease(change: ClaimChange, bill: Bill, kept: Decimal) -> Owed | None:
    ask = QuoteInput(
        operation="decrease_claim",
        item=bill.item,
        old=change.old,
        new=change.new,
        before_end=True,
        halve=SIMPLIFIED if change.case.track in SIMPLIFIED_TRACKS else (),
        reduce_pct=_reduced(bill),
    )
    answer = _quoted(bill, ask)
    back = answer.fee or ZERO
    if _still_quoted(bill):
        due = _quoted(bill, replace(ask, operation="fee", amount=fee_basis(bill.case))).fee
        back = min(back, kept - (due or ZERO))
    return (RefundReason.CLAIM_REDUCED, back, _steps(answer)) if back > 0 else None


def _first_bills(case: Case) -> list[Bill]:
    """One bill for each party that owes an acceptance fee: the first that was not replaced. One query."""
    rows = Bill.objects.filter(case=case, reason=BillReason.FIRST).select_related("case__court", "party")
    items = book_on(clock.beijing_day(case.accepted_at)).items
    by_party: dict[int, Bill] = {}
    for bill in rows.order_by("id"):
        known = by_party.get(bill.party_id)
        if not items[bill.item].is_application and (known is None or known.status == BillStatus.VOID):
            by_party[bill.party_id] = bill
    return list(by_party.values())


def _after(closing: Closing, bill: Bill, kept: Decimal) -> Owed | None:
    match closing.outcome:
        case Outcome.WITHDRAWN:
            return _after_withdrawal(bill, kept)
        case Outcome.MEDIATED:
            due, steps = _due_at_end(bill, kept, MEDIATION)
            return _shared(RefundReason.MEDIATED, bill, kept, (due, steps), closing.fee_borne)
        case Outcome.JUDGED if closing.fee_borne is not None:
            return _shared(RefundReason.WON, bill, kept, (kept, []), closing.fee_borne)
        case Outcome.DISMISSED:
            answer = _quoted(bill, QuoteInput(operation="refund_inadmissible", prepaid=kept))
            return RefundReason.DISMISSED, answer.fee or ZERO, _steps(answer)
        case Outcome.CRIMINAL:
            ask = QuoteInput(operation="refund_crime_transfer", prepaid=kept, civil_continues=False)
            answer = _quoted(bill, ask)
            return RefundReason.DISMISSED, answer.fee or ZERO, _steps(answer)
        case Outcome.DEEMED_WITHDRAWN:
            return _after_deemed(bill, kept)
    return None  # 终结诉讼 and the ends of an enforcement give nothing back (办法28)


def _after_withdrawal(bill: Bill, kept: Decimal) -> Owed | None:
    """撤诉: half stays (办法15)."""
    return _owed(RefundReason.WITHDRAWN, kept, *_due_at_end(bill, kept, WITHDRAWAL))


def _after_deemed(bill: Bill, kept: Decimal) -> Owed | None:
    """按撤诉处理: as the court's own setting says; a top-up left unpaid gives back half of what came in (解释199)."""
    if _top_up_unpaid(bill):
        ask = QuoteInput(
            operation="simplified_to_ordinary_unpaid_refund",
            item=bill.item,
            amount=fee_basis(bill.case),
            reduce_pct=_reduced(bill),
            prepaid=kept,
        )
        answer = _quoted(bill, ask)
        return RefundReason.WITHDRAWN, answer.fee or ZERO, _steps(answer)
    half = setting(bill.court, "deemed_withdrawn_fee") == HALF
    return _after_withdrawal(bill, kept) if half else None


def _top_up_unpaid(bill: Bill) -> bool:
    topped = Bill.objects.filter(case_id=bill.case_id, party_id=bill.party_id, reason=BillReason.TOP_UP)
    changes = TrackChange.objects.filter(case_id=bill.case_id).values("public_id")
    return topped.filter(source__in=changes, overdue__state=OverdueState.DEEMED_WITHDRAWN).exists()


def _owed(reason: RefundReason, kept: Decimal, due: Decimal, steps: Steps) -> Owed | None:
    back = kept - due
    if back <= 0:
        return None
    words = _("已交%(kept)s元，应收%(due)s元，退还差额") % {"kept": kept, "due": due}
    return reason, back, [*steps, step(words, _("诉讼费用交纳办法第53条"), back)]


def _shared(
    reason: RefundReason, bill: Bill, kept: Decimal, due: tuple[Decimal, Steps], borne: Decimal | None
) -> Owed | None:
    """Of what is due in the end only the part that the judgment or agreement lets the prepayer bear (办法29, 31; 解释207)."""
    if borne is None or borne >= due[0]:
        return _owed(reason, kept, *due)
    ask = QuoteInput(operation="refund_winner", prepaid=kept, borne_by_prepayer=min(borne, kept))
    answer = _quoted(bill, ask)
    return (reason, answer.fee, [*due[1], *_steps(answer)]) if answer.fee else None


def _due_at_end(bill: Bill, kept: Decimal, halve: tuple[str, ...]) -> tuple[Decimal, Steps]:
    """What the law charges when the case ends like this. A fee halved for its procedure is not halved again (解释206)."""
    return _halved(bill, kept, halve, simplified=bill.case.track in SIMPLIFIED_TRACKS)


def _halved(bill: Bill, kept: Decimal, halve: tuple[str, ...], *, simplified: bool) -> tuple[Decimal, Steps]:
    """The fee of the claim as it counts, halved once. Where the court's own base fee has changed since the bill was made the
    rules no longer give the sum that was paid: then half of what is kept."""
    ask = QuoteInput(
        operation="halve",
        item=bill.item,
        amount=fee_basis(bill.case),
        halve=(*SIMPLIFIED, *halve) if simplified else halve,
        reduce_pct=_reduced(bill),
    )
    if _still_quoted(bill):
        answer = _quoted(bill, ask)
        return answer.fee or ZERO, _steps(answer)
    if simplified:
        return kept, [step(_("适用简易程序已减半收取，不再减半"), _("民诉法解释第206条"), kept)]
    half = to_yuan(kept / 2)
    return half, [step(_("减半收取"), _("诉讼费用交纳办法第15、16条"), half)]


def _still_quoted(bill: Bill) -> bool:
    """True when the rules still give the amount of the bill from its inputs; only a base fee can have changed."""
    item = book_on(clock.beijing_day(bill.case.accepted_at)).items[bill.item]
    if item.base_range is None:
        return True
    asked = bill.inputs.get("amount")
    ask = QuoteInput(
        item=bill.item,
        amount=Decimal(asked) if asked else None,
        halve=tuple(bill.inputs.get("halve") or ()),
        reduce_pct=_reduced(bill),
    )
    return bool(_quoted(bill, ask).fee == bill.amount)


def _reduced(bill: Bill) -> Decimal | None:
    """减交: what a relief took off the bill stays off."""
    written = bill.inputs.get("reduce_pct")
    return Decimal(written) if written else None


def _quoted(bill: Bill, ask: QuoteInput) -> Quote:
    """By the rules and base fees under which the bill was made."""
    day: date = clock.beijing_day(bill.case.accepted_at)
    return quote(ask, on=day, bases=base_fees(bill.court))


def _steps(answer: Quote) -> Steps:
    return [step_row(one) for one in answer.steps]
