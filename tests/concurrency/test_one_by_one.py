"""Two workers and one row: the second looks before the first has committed, and gets the lock after it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet

from common import clock
from common.actor import system
from eventlog.models import Event
from eventlog.services import act, one_by_one
from payments.models import Bill
from payments.services import overdue, propose_overdue
from tests.concurrency.together import at_once
from tests.payments.closings import case_over, open_bills
from tests.support.court import Cast

GATE = 7700777
"""Key of an advisory lock at which the second worker is held inside its statement."""
PORTAL = system("test")


def in_one_look(rows: QuerySet[Bill], work: Callable[[Bill], object]) -> int:
    """The loop without the second look: lock and condition in one statement."""
    done = 0
    for pk in list(rows.values_list("pk", flat=True)):
        with act():
            row = rows.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(pk=pk).first()
            if row is not None:
                work(row)
                done += 1
    return done


def held_while_it_looks(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    """The statement has its view of the tables, its row is not locked yet."""
    if "SKIP LOCKED" in sql:
        sql = sql.replace(" WHERE ", f" WHERE pg_advisory_xact_lock_shared({GATE}) IS NOT NULL AND ", 1)
    return execute(sql, *rest)


def wait_until_it_looks() -> None:
    for _try in range(2000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone()[0]:
                return
        threading.Event().wait(0.005)
    raise AssertionError("the second worker never came to its lock")


@pytest.mark.parametrize("loop", [in_one_look, one_by_one])
def test_what_the_first_wrote_elsewhere_is_seen(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, loop: Callable[..., int]
) -> None:
    """The proposal is a row of another table, so the lock alone says nothing. Without the second look a proposal is made
    again, which only the database's own rule stops."""
    case = case_over(cast, 60000)
    bill = open_bills(case)[0]
    Bill.objects.filter(pk=bill.pk).update(due_on=clock.today() - timedelta(days=1))

    def first() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [GATE])
            ready.set()
            wait_until_it_looks()
            made = propose_overdue(PORTAL)
            cursor.execute("SELECT pg_advisory_unlock(%s)", [GATE])
        return made

    def second() -> int:
        assert ready.wait(30)
        with connection.execute_wrapper(held_while_it_looks):
            return propose_overdue(PORTAL)

    ready = threading.Event()
    monkeypatch.setattr(overdue, "one_by_one", loop)
    by_first, by_second = at_once(first, second)
    assert by_first == 1
    if loop is one_by_one:
        assert by_second == 0
    else:
        assert isinstance(by_second, IntegrityError)
    assert Event.objects.filter(name="payments.bill_overdue").count() == 1
