"""Counters: a window begins with what is first counted in it, so that one a minute is never two in a second (SEC-03)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import CodePurpose, RateCounter
from accounts.services import count, limit, start_code
from accounts.services.limits import counted, seconds_to_wait
from common import clock
from common.errors import TooManyRequests
from eventlog.services import act
from tests.concurrency.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
JUST_BEFORE = datetime(2026, 3, 2, 1, 59, 59, tzinfo=UTC)
"""One second before a minute, an hour and (in no zone) a round window begins."""


@pytest.mark.req("SEC-03")
def test_one_a_minute_also_when_the_clock_strikes() -> None:
    with clock.at(JUST_BEFORE):
        limit("k", 60, 1, "no")
    with clock.at(JUST_BEFORE + timedelta(seconds=2)), pytest.raises(TooManyRequests) as refusal:
        limit("k", 60, 1, "no")
    assert refusal.value.retry_after_seconds == 58
    with clock.at(JUST_BEFORE + timedelta(seconds=60)):
        limit("k", 60, 1, "no")


@pytest.mark.req("SEC-03")
def test_a_refused_try_does_not_prolong_the_wait() -> None:
    with clock.at(JUST_BEFORE):
        limit("k", 60, 1, "no")
    for second in (10, 30, 59):
        with clock.at(JUST_BEFORE + timedelta(seconds=second)), pytest.raises(TooManyRequests):
            limit("k", 60, 1, "no")
    with clock.at(JUST_BEFORE + timedelta(seconds=60)):
        limit("k", 60, 1, "no")


def test_windows_of_one_key_are_counted_apart_and_one_row_each() -> None:
    with clock.at(JUST_BEFORE):
        assert [count("k", 60), count("k", 60), count("k", 3600)] == [1, 2, 1]
    with clock.at(JUST_BEFORE + timedelta(minutes=2)):
        assert [counted("k", 60), counted("k", 3600), counted("other", 60)] == [0, 1, 0]
        assert [count("k", 60), count("k", 3600)] == [1, 2]
        assert (seconds_to_wait("k", 60), seconds_to_wait("k", 3600)) == (60, 3480)
    assert RateCounter.objects.count() == 2
    assert not RateCounter.objects.filter(key__contains="k").exclude(key__regex="^[0-9a-f]+$").exists()


def test_ten_at_once_are_ten() -> None:
    assert sorted(at_once(*[lambda: count("k", 60)] * 10)) == list(range(1, 11))


def test_a_limit_inside_an_act_is_a_mistake() -> None:
    with pytest.raises(RuntimeError), act():
        limit("k", 60, 1, "no")


@pytest.mark.req("SEC-02", "SEC-03")
def test_another_purpose_or_browser_does_not_escape_the_limit_of_a_phone() -> None:
    start_code(purpose=CodePurpose.SCAN, phone="", browser="one", limit_key="13800000001")
    with pytest.raises(TooManyRequests):
        start_code(purpose=CodePurpose.SIGN_IN, phone="13800000001", browser="two")
