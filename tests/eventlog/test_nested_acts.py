"""Acts in acts, acts in plain transactions, two chains at once, payloads, and effects whose worker dies each time."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from common import clock
from common.actor import system
from courts.models import Court
from eventlog.models import Event, Outbox, OutboxState, StreamHead
from eventlog.relay import LEASE_SECONDS, MAX_ATTEMPTS, run_due
from eventlog.services import act, emit
from eventlog.verify import verify
from tests.concurrency.together import Gate, at_once
from tests.support.court import Cast, submitted

ACTOR = system("test")
pytestmark = pytest.mark.django_db(transaction=True)


def happen(*streams: str, **data: Any) -> None:
    court = Court.objects.get(code="某1234")
    for stream in streams:
        emit("courts.setting_changed", subject=court, actor=ACTOR, stream=stream, **data)


def rename(court: Court, note: str) -> None:
    Court.objects.filter(pk=court.pk).update(note=note)


@pytest.fixture
def court() -> Any:
    found = Court.objects.get(code="某1234")
    yield found
    rename(found, found.note)


@pytest.mark.parametrize("with_event", [True, False])
def test_a_swallowed_error_of_an_inner_act_is_no_silent_success(court: Court, with_event: bool) -> None:
    """The inner error has undone everything; whoever goes on as if nothing had happened hears of it."""
    with pytest.raises(Exception, match=r"undone|transaction"), act():
        rename(court, "outer")
        if with_event:
            happen("court:a")
        with suppress(ValueError), act():
            raise ValueError("inner")
    court.refresh_from_db()
    assert court.note != "outer"
    assert not Event.objects.exists()
    with act():  # and the next act starts clean
        happen("court:a")
    assert Event.objects.get().seq == 1


def test_an_act_in_a_plain_transaction_goes_with_it(court: Court) -> None:
    with suppress(ValueError), transaction.atomic():
        with act():
            happen("court:a")
        assert Event.objects.count() == 1
        raise ValueError("outside")
    assert not Event.objects.exists() and not Outbox.objects.exists()
    with transaction.atomic(), act():
        happen("court:a")
    assert [(head.stream, head.seq) for head in StreamHead.objects.all()] == [("court:a", 1)]


def test_an_error_inside_leaves_no_event_for_the_next_act(court: Court) -> None:
    with suppress(ValueError), act():
        happen("court:a", "court:b")
        raise ValueError("late")
    with act():
        happen("court:c")
    assert [event.stream for event in Event.objects.all()] == ["court:c"]


@pytest.mark.req("REL-35")
@pytest.mark.parametrize("known", [True, False])
def test_two_chains_in_opposite_order_do_not_deadlock(court: Court, known: bool) -> None:
    if known:
        with act():
            happen("court:a", "court:b")
    gate = Gate(2)

    def job(*streams: str) -> None:
        with act():
            happen(*streams)
            gate.pass_through()

    for _round in range(5):
        results = at_once(lambda: job("court:a", "court:b"), lambda: job("court:b", "court:a"))
        assert results == [None, None]
    assert verify() == []
    assert {head.seq for head in StreamHead.objects.all()} == {11 if known else 10}


def test_payload_of_plain_things_verifies_after_reading_back(court: Court) -> None:
    with act():
        happen(
            "court:a",
            amount=Decimal("1390.00"),
            day=date(2026, 3, 1),
            at=datetime(2026, 3, 1, 1, 2, 3, 456789, tzinfo=UTC),
            thing=uuid.UUID(int=7),
            many=[Decimal("0.10"), None, True, 10**17],
            words="案由",
        )
    stored = Event.objects.get().payload
    assert (stored["amount"], stored["day"], stored["many"]) == (
        "1390.00",
        "2026-03-01",
        ["0.10", None, True, 10**17],
    )
    assert verify() == []


def test_verifying_nothing_is_good_and_an_unknown_chain_is_not() -> None:
    call_command("audit", "verify")
    with pytest.raises(CommandError):
        call_command("audit", "verify", stream="case:mistyped")


@pytest.mark.req("REL-21")
def test_an_effect_that_kills_its_worker_ends_among_the_dead(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is left to count the failure; the next worker that takes the row does."""

    class Killed(BaseException):
        """What SIGKILL looks like from inside: nothing after it runs."""

    def die(*args: Any, **kwargs: Any) -> None:
        raise Killed

    monkeypatch.setattr("notifications.handlers.notify", die)
    submitted(cast)
    moment = clock.now()
    for attempt in range(MAX_ATTEMPTS + 2):
        with clock.at(moment + timedelta(seconds=(LEASE_SECONDS + 1) * attempt)), suppress(Killed):
            run_due()
    row = Outbox.objects.get(handler="notifications.handlers.tell_submitted")
    assert (row.state, row.attempts) == (OutboxState.DEAD, MAX_ATTEMPTS)
