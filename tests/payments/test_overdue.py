"""A bill whose last day is over: proposed to the judge, never decided by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest

from cases.models import Case, Outcome, Stage
from common import clock
from common.actor import system
from common.errors import Conflict, InvalidInput, InvalidTransition, NotAllowed
from eventlog.models import Event
from payments import services
from payments.models import Bill, BillStatus, OrderState, Overdue, OverdueState
from payments.words import consequence, demand, otherwise, otherwise_in_short
from tests.concurrency.together import at_once
from tests.payments.callbacks import order_for
from tests.payments.closings import case_over, claim, end, open_bills, opened, paid, pay, sums, to_track
from tests.support.court import Cast

PORTAL = system("test")


@pytest.fixture
def case(cast: Cast) -> Case:
    return case_over(cast, 60000)


def after(bill: Bill, days: int = 1) -> datetime:
    return datetime.combine(bill.due_on + timedelta(days=days), time(9), clock.BEIJING)


def propose(bill: Bill, days: int = 1) -> int:
    with clock.at(after(bill, days)):
        return services.propose_overdue(PORTAL)


def late(case: Case) -> Overdue:
    """The proposal about the one open bill."""
    bill = open_bills(case)[0]
    assert propose(bill) == 1
    return Overdue.objects.get(bill=bill)


def test_the_day_after_the_last_one_it_is_proposed_once(cast: Cast, case: Case) -> None:
    bill = open_bills(case)[0]
    assert [propose(bill, days) for days in (-1, 0, 1, 2)] == [0, 0, 1, 0]
    overdue = Overdue.objects.get()
    assert (overdue.bill, overdue.state) == (bill, OverdueState.PROPOSED)
    case.refresh_from_db()
    bill.refresh_from_db()
    assert (case.stage, bill.status) == (Stage.ACCEPTED, BillStatus.OPEN), "nothing happens by itself"
    assert Event.objects.filter(name="payments.bill_overdue").count() == 1


def test_two_workers_propose_once(cast: Cast, case: Case) -> None:
    Bill.objects.filter(case=case, status="open").update(due_on=clock.today() - timedelta(days=1))
    assert sum(at_once(*[lambda: services.propose_overdue(PORTAL)] * 3)) == 1


@pytest.mark.parametrize("why", ["paid", "relief", "paying", "closed", "afterwards"])
def test_what_is_not_proposed(cast: Cast, case: Case, why: str) -> None:
    bill = open_bills(case)[0]
    if why == "paid":
        pay(bill)
    if why == "relief":
        ground = services.grounds_for("defer")[0]
        services.ask_relief(bill_id=bill.pk, kind="defer", ground=ground, words="x", actor=cast.zhang)
    if why == "paying":
        order_for(case, bill=bill, state=OrderState.UNKNOWN)
    if why == "closed":
        end(cast, case, "terminated")
    if why == "afterwards":
        pay(bill)
        end(cast, case, "judged", fee_borne=Decimal(0), effective_on=clock.today())
        bill = open_bills(case)[0]
    assert propose(bill, 400) == 0


def test_deemed_withdrawn_the_case_is_closed_and_the_bill_void(cast: Cast, case: Case) -> None:
    overdue = late(case)
    services.deem_withdrawn(overdue_id=overdue.pk, reasons="逾期未交", actor=cast.judge)
    overdue.refresh_from_db()
    case.refresh_from_db()
    assert (overdue.state, overdue.decided_by) == (OverdueState.DEEMED_WITHDRAWN, cast.posts["judge"])
    assert (case.stage, case.closing.outcome) == (Stage.CLOSED, Outcome.DEEMED_WITHDRAWN)
    assert case.closing.effective_on == clock.today()
    assert sums(case) == []
    with pytest.raises(InvalidTransition):
        services.deem_withdrawn(overdue_id=overdue.pk, reasons="又一次", actor=cast.judge)


def test_a_new_last_day_is_a_new_bill(cast: Cast, case: Case) -> None:
    overdue = late(case)
    until = clock.today() + timedelta(days=20)
    for wrong in (None, clock.today()):
        with pytest.raises(InvalidInput):
            services.give_new_day(overdue_id=overdue.pk, due_on=wrong, reasons="住院", actor=cast.judge)
    new = services.give_new_day(overdue_id=overdue.pk, due_on=until, reasons="住院", actor=cast.judge)
    old = Bill.objects.get(pk=overdue.bill_id)
    assert (old.status, new.due_on, new.amount, new.steps) == ("void", until, old.amount, old.steps)
    assert new.number != old.number
    overdue.refresh_from_db()
    assert overdue.state == OverdueState.KEPT
    assert propose(new) == 1, "the new one can be late too"


def test_paid_late_it_needs_no_decision(cast: Cast, case: Case) -> None:
    overdue = late(case)
    pay(overdue.bill)
    overdue.refresh_from_db()
    case.refresh_from_db()
    assert overdue.state == OverdueState.SETTLED
    with pytest.raises(InvalidTransition):
        services.deem_withdrawn(overdue_id=overdue.pk, reasons="逾期", actor=cast.judge)
    assert case.stage != Stage.CLOSED


def test_while_it_is_being_paid_or_relief_is_asked_nothing_is_decided(cast: Cast, case: Case) -> None:
    overdue = late(case)
    order = order_for(case, bill=overdue.bill)
    for decide in (
        lambda: services.deem_withdrawn(overdue_id=overdue.pk, reasons="逾期", actor=cast.judge),
        lambda: services.give_new_day(
            overdue_id=overdue.pk,
            due_on=clock.today() + timedelta(days=5),
            reasons="住院",
            actor=cast.judge,
        ),
    ):
        with pytest.raises(Conflict):
            decide()
    type(order).objects.update(state=OrderState.CLOSED)
    ground = services.grounds_for("exempt")[0]
    relief = services.ask_relief(
        bill_id=overdue.bill_id, kind="exempt", ground=ground, words="x", actor=cast.zhang
    )
    with pytest.raises(Conflict):
        services.deem_withdrawn(overdue_id=overdue.pk, reasons="逾期", actor=cast.judge)
    answer = services.Answer(granted=True, reasons="属实")
    services.decide_relief(relief_id=relief.pk, answer=answer, actor=cast.judge)
    overdue.refresh_from_db()
    assert overdue.state == OverdueState.SETTLED


def test_only_the_judge_of_the_case_decides_and_with_reasons(cast: Cast, case: Case) -> None:
    overdue = late(case)
    for name in ("clerk", "caseclerk", "judge-b", "head", "finance1", "zhang"):
        with pytest.raises(NotAllowed):
            services.deem_withdrawn(overdue_id=overdue.pk, reasons="逾期", actor=cast.actors[name])
        with pytest.raises(NotAllowed):
            services.give_new_day(
                overdue_id=overdue.pk, due_on=clock.today(), reasons="逾期", actor=cast.actors[name]
            )
    with pytest.raises(InvalidInput):
        services.deem_withdrawn(overdue_id=overdue.pk, reasons="", actor=cast.judge)


def test_paid_and_decided_at_once_one_of_them_wins(cast: Cast, case: Case) -> None:
    overdue = late(case)
    bill = overdue.bill
    results = at_once(
        lambda: services.deem_withdrawn(overdue_id=overdue.pk, reasons="逾期", actor=cast.judge),
        lambda: services.give_new_day(
            overdue_id=overdue.pk,
            due_on=clock.today() + timedelta(days=9),
            reasons="住院",
            actor=cast.judge,
        ),
    )
    assert sum(isinstance(result, InvalidTransition) for result in results) == 1
    case.refresh_from_db()
    bill.refresh_from_db()
    assert bill.status == BillStatus.VOID
    assert (case.stage == Stage.CLOSED) == (sums(case) == [])


def test_a_missing_top_up_can_end_the_case_but_a_bigger_claim_cannot(cast: Cast) -> None:
    case = paid(case_over(cast, 50000, "summary"))
    to_track(cast, case, "ordinary")
    bill = open_bills(case)[0]
    assert "一半" in otherwise(bill) and "一百九十九" in consequence(bill) and "程序" in demand(bill)
    overdue = late(case)
    services.deem_withdrawn(overdue_id=overdue.pk, reasons="未补交", actor=cast.judge)
    decided = Event.objects.get(name="payments.overdue_decided").payload
    assert (decided["state"], decided["top_up"]) == ("deemed", True)

    other = paid(case_over(cast, 60000))
    claim(cast, other, "160000")
    bill = open_bills(other)[0]
    told = (otherwise(bill), consequence(bill), otherwise_in_short(bill))
    assert all("增加的" in words for words in told) and "第二十一条" in demand(bill)
    overdue = late(other)
    with pytest.raises(Conflict):
        services.deem_withdrawn(overdue_id=overdue.pk, reasons="未补交", actor=cast.judge)
    claim(cast, other, "60000")
    overdue.refresh_from_db()
    assert (overdue.state, sums(other)) == (OverdueState.SETTLED, [])


def test_words_of_a_bill_at_the_end(cast: Cast, run_outbox: Callable[..., int]) -> None:
    case = opened(cast, "EXEC_FIRST", "民间借贷纠纷", "60000", type_code="执")
    end(cast, case, "executed", obtained=Decimal(60000))
    bill = open_bills(case)[0]
    told = (otherwise(bill), consequence(bill), otherwise_in_short(bill))
    assert all("强制执行" in words for words in told)
    assert "案件办结后" in demand(bill)
    run_outbox()
