"""The one breaker (REL-59): five failures in thirty seconds, one probe every thirty seconds, the first answer closes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from common.errors import GatewayUnavailable
from common.gateways import breaker
from common.gateways.breaker import FAILURES, PAUSE, WINDOW, Memory, admit, note_failure

START = datetime(2026, 3, 2, 1, tzinfo=UTC)


class At(Memory):
    """A store whose clock is set."""

    moment = START

    def now(self) -> datetime:
        return self.moment


def fail(store: At, times: int) -> None:
    for _time in range(times):
        note_failure(store, "x")


@pytest.mark.req("REL-59")
def test_it_opens_at_the_fifth_and_lets_one_probe_through() -> None:
    store = At()
    fail(store, FAILURES - 1)
    assert admit(store, "x")
    fail(store, 1)
    assert not admit(store, "x") and admit(store, "another")
    store.moment = START + PAUSE
    assert [admit(store, "x") for _caller in range(3)] == [True, False, False]
    fail(store, 1)  # the probe failed
    assert not admit(store, "x")
    store.moment = START + 2 * PAUSE
    assert admit(store, "x")
    store.close("x")
    assert admit(store, "x") and admit(store, "x")


@pytest.mark.req("REL-59")
def test_failures_far_apart_do_not_count_together() -> None:
    store = At()
    for number in range(FAILURES + 2):
        store.moment = START + number * (WINDOW + timedelta(seconds=1))
        fail(store, 1)
    assert admit(store, "x")


@pytest.mark.req("REL-59")
def test_where_others_take_their_turn_in_between_failures_in_a_row_count_without_a_window() -> None:
    store = At()
    for number in range(FAILURES):
        assert admit(store, "x")
        store.moment = START + number * (WINDOW + timedelta(seconds=1))
        note_failure(store, "x", None)
    assert not admit(store, "x")
    store.close("x")
    for _time in range(FAILURES - 1):
        note_failure(store, "x", None)
    assert admit(store, "x"), "an answer begins a new row"


@pytest.mark.req("REL-59")
def test_around_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    store = At()
    monkeypatch.setattr(breaker, "IN_MEMORY", store)
    asked: list[object] = []

    def call(answer: Callable[[], object]) -> None:
        with breaker.guarded("x", (OSError,), lambda: GatewayUnavailable("away")):
            asked.append(answer())

    def broken() -> None:
        asked.append("broken")
        raise ConnectionError

    for _time in range(FAILURES + 3):
        with pytest.raises(GatewayUnavailable, match="away"):
            call(broken)
    assert asked == ["broken"] * FAILURES
    store.moment = START + PAUSE
    call(lambda: "answer")
    call(lambda: "answer")
    assert asked[FAILURES:] == ["answer"] * 2
    with pytest.raises(ZeroDivisionError):  # a fault of our own is none of the service's
        call(lambda: 1 // 0)
    assert store.get("x").failures == 0
