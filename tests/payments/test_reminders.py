"""Two days before the last day of a bill its payers are reminded, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from common import clock
from common.actor import system
from eventlog.models import Event
from eventlog.services import act, one_by_one
from notifications.models import Message
from payments import tasks
from payments.models import Bill, BillStatus
from payments.services import bills, remind_of_bills
from tests.concurrency.together import Gate, at_once
from tests.support.court import Cast, accepted

PORTAL = system("test")


def nine_o_clock(bill: Bill, *, days_before: int) -> datetime:
    return datetime.combine(bill.due_on - timedelta(days=days_before), time(9), clock.BEIJING)


def test_an_open_bill_is_reminded_of_once_two_days_before_its_last(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    bill = Bill.objects.get(case=accepted(cast))
    told = []
    for days_before in (3, 2, 2, 1, -1):
        with clock.at(nine_o_clock(bill, days_before=days_before)):
            told.append(remind_of_bills(PORTAL))
            run_outbox()
    assert told == [0, 1, 0, 0, 0]
    reminders = Message.objects.filter(kind="bill_reminded")
    assert reminders and {message.user for message in reminders} == {cast.users["zhang"]}
    day = f"{bill.due_on.month}月{bill.due_on.day}日"
    assert all(day in message.body and "按撤诉处理" in message.body for message in reminders)


def test_nobody_is_reminded_of_what_is_paid(cast: Cast) -> None:
    bill = Bill.objects.get(case=accepted(cast))
    Bill.objects.filter(pk=bill.pk).update(status=BillStatus.PAID, paid_at=clock.now())
    with clock.at(nine_o_clock(bill, days_before=1)):
        assert remind_of_bills(PORTAL) == 0


def without_a_lock(rows: QuerySet[Bill], work: Callable[[Bill], object]) -> int:
    """The loop as one would first write it."""
    found = list(rows)
    for bill in found:
        with act():
            work(bill)
    return len(found)


@pytest.mark.parametrize(("loop", "reminded"), [(without_a_lock, 2), (one_by_one, 1)])
def test_two_workers_at_once_remind_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, loop: Callable[..., int], reminded: int
) -> None:
    bill = Bill.objects.get(case=accepted(cast))
    Bill.objects.filter(pk=bill.pk).update(due_on=clock.today() + timedelta(days=1))
    gate, original = Gate(2), bills.emit

    def meet_then_emit(*names: Any, **values: Any) -> Any:
        gate.pass_through()
        return original(*names, **values)

    monkeypatch.setattr(bills, "one_by_one", loop)
    monkeypatch.setattr(bills, "emit", meet_then_emit)
    assert sum(at_once(*[lambda: remind_of_bills(PORTAL)] * 2)) == reminded
    assert Event.objects.filter(name="payments.bill_reminded").count() == reminded


def test_the_daily_tasks_find_what_is_due_and_nothing_twice(cast: Cast) -> None:
    bill = Bill.objects.get(case=accepted(cast))
    with clock.at(nine_o_clock(bill, days_before=2)):
        assert [tasks.remind(), tasks.remind()] == [1, 0]
    with clock.at(nine_o_clock(bill, days_before=-1)):
        assert [tasks.propose(), tasks.propose()] == [1, 0]
