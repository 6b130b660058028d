"""The database's clock: read once where it cannot change, never carried over the border of a transaction."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.middleware import ActorMiddleware
from accounts.models import RateCounter
from common import clock
from common.actor import system
from courts.models import Court
from courts.services import change_setting
from eventlog.models import Event
from eventlog.services import act

pytestmark = pytest.mark.django_db(transaction=True)
MOMENT = datetime(2026, 2, 3, 4, 5, tzinfo=UTC)


def readings(work: Callable[[], Any]) -> int:
    """How often ``work`` asked the database for the time."""
    with CaptureQueriesContext(connection) as queries:
        work()
    return sum(query["sql"] == "SELECT now()" for query in queries)


def test_an_act_reads_the_clock_once_and_gets_the_time_of_its_transaction() -> None:
    with CaptureQueriesContext(connection) as queries, act():
        first, second = clock.now(), clock.now()
        with connection.cursor() as cursor:
            cursor.execute("SELECT transaction_timestamp()")
            of_transaction = cursor.fetchone()[0]
    assert first == second == of_transaction
    assert sum(query["sql"] == "SELECT now()" for query in queries) == 1


def test_two_acts_have_two_times() -> None:
    with act():
        first = clock.now()
    with act():
        second = clock.now()
    assert second > first


def test_an_act_that_failed_leaves_no_time_behind() -> None:
    times = []
    with pytest.raises(ZeroDivisionError), act():
        times.append(clock.now())
        raise ZeroDivisionError
    with act():
        times.append(clock.now())
    assert times[1] > times[0]


def test_outside_acts_every_reading_asks() -> None:
    assert readings(lambda: (clock.now(), clock.now())) == 2


def test_the_event_of_an_act_carries_the_time_of_its_transaction() -> None:
    court = Court.objects.order_by("id").first()
    assert court is not None
    with act():
        before = clock.now()
        change_setting(court_id=court.pk, key="reply_workdays", value=4, actor=system("test"))
    change_setting(court_id=court.pk, key="reply_workdays", value=None, actor=system("test"))
    first = Event.objects.order_by("id").first()
    assert first is not None and first.happened_at == before


def answered(method: str, view: Callable[[], None]) -> None:
    def get_response(request: HttpRequest) -> HttpResponse:
        view()
        return HttpResponse()

    request = RequestFactory().generic(method, "/")
    request.session = type("NoSession", (), {"session_key": None})()  # type: ignore[assignment]
    ActorMiddleware(get_response)(request)


@pytest.mark.parametrize(("method", "expected"), [("GET", 1), ("HEAD", 1), ("POST", 3)])
def test_a_page_that_only_reads_asks_for_the_time_once(method: str, expected: int) -> None:
    def view() -> None:
        assert clock.now() <= clock.now() <= clock.now()

    assert readings(lambda: answered(method, view)) == expected


def test_a_transaction_inside_a_page_has_its_own_time() -> None:
    times: dict[str, datetime] = {}

    def view() -> None:
        times["page"] = clock.now()
        with act():
            times["act"] = clock.now()
        with transaction.atomic():
            times["atomic"] = clock.now()
        times["page again"] = clock.now()

    answered("GET", view)
    assert times["page"] == times["page again"] < times["act"] < times["atomic"]


def test_the_next_page_reads_again() -> None:
    times: list[datetime] = []
    for _page in range(2):
        answered("GET", lambda: times.append(clock.now()))
    assert times[1] > times[0]


def test_a_moved_clock_counts_everywhere() -> None:
    RateCounter.objects.create(key="k", window_start=MOMENT, count=1)
    with clock.at(MOMENT), act():
        assert clock.now() == MOMENT
        assert RateCounter.objects.filter(window_start=clock.sql_now()).exists()
    assert RateCounter.objects.filter(window_start__lt=clock.sql_now()).exists()
    assert not RateCounter.objects.filter(window_start=clock.sql_now()).exists()
