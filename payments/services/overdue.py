"""Bills whose last day passed: 按撤诉处理 is proposed to the judge, who decides; nothing happens by itself (立案规定11; 解释199,
213)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from cases.models import Outcome
from cases.services import case_stream, close_case, locked_case
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput
from eventlog.services import act, emit, one_by_one
from payments import events
from payments.models import (
    ORDER_LIVE,
    OVERDUE_FLOW,
    Bill,
    BillReason,
    BillStatus,
    Overdue,
    ReliefState,
)
from payments.services.bills import charge_of, replace_bill, void_bill
from payments.services.dues import BEFOREHAND

GREW = "increase_claim"


def propose_overdue(actor: Actor) -> int:
    """Put every bill before its judge that was to be paid beforehand and whose last day is over: nobody asks for relief,
    nobody is paying, the case is open. Once for each bill; safe to run twice and in parallel. Returns how many."""
    waiting = (
        Bill.objects.filter(
            status=BillStatus.OPEN,
            reason__in=BEFOREHAND,
            amount__gt=0,
            due_on__lt=clock.today(),
            overdue=None,
            case__closed_at=None,
        )
        .exclude(reliefs__state=ReliefState.ASKED)
        .exclude(orders__state__in=ORDER_LIVE)
    )

    def propose(bill: Bill) -> None:
        overdue = Overdue.objects.create(court_id=bill.court_id, bill=bill, proposed_at=clock.now())
        _record(events.BILL_OVERDUE, overdue, actor, due_on=bill.due_on)

    return one_by_one(waiting.order_by("due_on", "id"), propose)


def ends_the_case(bill: Bill) -> bool:
    """Whether leaving this bill unpaid can end the case; what a bigger claim costs ends only its being heard."""
    return bool(bill.inputs.get("operation") != GREW)


def deem_withdrawn(*, overdue_id: int, reasons: str, actor: Actor) -> Overdue:
    """按撤诉处理: the case is closed, the bill is void. Half of what was paid comes back when a top-up is missing (解释199).

    Raises InvalidInput without reasons; Conflict when the bill is being paid, asked to be relieved, or only for a bigger
    claim; InvalidTransition when it is decided or the bill was settled; NotAllowed for anybody but the judge.
    """
    with act():
        overdue = _locked(overdue_id, actor)
        bill = overdue.bill
        if not ends_the_case(bill):
            raise Conflict(
                _("只是增加的请求没有补交费，不能按撤诉处理。不审理增加的部分，请把标的额改回原来的数。"),
                code="only_the_increase",
            )
        _decide(overdue, "deem_withdrawn", reasons, actor)
        close_case(
            case_id=bill.case_id,
            outcome=Outcome.DEEMED_WITHDRAWN,
            decided_on=clock.today(),
            words=reasons,
            actor=actor,
        )
    return overdue


def give_new_day(*, overdue_id: int, due_on: date | None, reasons: str, actor: Actor) -> Bill:
    """A new last day with reasons: the same sum on a new bill. Errors as :func:`deem_withdrawn`."""
    with act():
        overdue = _locked(overdue_id, actor)
        if due_on is None or due_on <= clock.today():
            words = _("请填写今天以后的日期")
            raise InvalidInput(words, due_on=words)
        _decide(overdue, "keep", reasons, actor)
        void_bill(overdue.bill)
        return replace_bill(overdue.bill, charge=charge_of(overdue.bill), due_on=due_on, actor=actor)


def _locked(overdue_id: int, actor: Actor) -> Overdue:
    """Case, bill, then the proposal (REL-35), for the judge of the case."""
    known = Overdue.objects.select_related("bill").get(pk=overdue_id)
    case = locked_case(known.bill.case_id, actor)
    rows = Bill.objects.select_for_update(of=("self",), no_key=True).select_related("party")
    bill = rows.get(pk=known.bill_id)
    overdue = Overdue.objects.select_for_update(of=("self",), no_key=True).get(pk=overdue_id)
    bill.case, overdue.bill = case, bill
    return overdue


def _decide(overdue: Overdue, move: str, reasons: str, actor: Actor) -> None:
    if not reasons:
        raise InvalidInput(_("请写明理由"), reasons=_("请写明理由"))
    bill = overdue.bill
    OVERDUE_FLOW.move(overdue, move)
    if bill.orders.filter(state__in=ORDER_LIVE).exists():
        raise Conflict(_("当事人正在付款，等付款有结果再决定。"), code="being_paid")
    if bill.reliefs.filter(state=ReliefState.ASKED).exists():
        raise Conflict(_("当事人申请了缓减免，请先对申请作出决定。"), code="relief_waits")
    overdue.decided_at, overdue.decided_by_id, overdue.reasons = clock.now(), actor.post_id, reasons
    overdue.save(update_fields=["state", "decided_at", "decided_by", "reasons"])
    _record(events.OVERDUE_DECIDED, overdue, actor, state=overdue.state, top_up=is_top_up(bill))


def is_top_up(bill: Bill) -> bool:
    """Whether the bill asked for the rest of a fee of which a part is paid."""
    return bill.reason == BillReason.TOP_UP


def _record(name: str, overdue: Overdue, actor: Actor, **data: Any) -> None:
    bill = overdue.bill
    emit(
        name,
        subject=overdue,
        actor=actor,
        stream=case_stream(bill.case),
        court_id=bill.court_id,
        case_id=bill.case_id,
        bill=bill.public_id,
        overdue=overdue.public_id,
        **data,
    )
