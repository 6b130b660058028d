"""Guessing of staff passwords, and codes beyond the usual number: what is counted, who waits, who does not (SEC-03, SEC-05)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import CodePurpose
from accounts.services import start_code
from accounts.services.guessing import ACCOUNT, ADDRESS, WINDOW_SECONDS
from accounts.services.limits import count
from accounts.services.spending import KEPT_SECONDS, usual
from common import clock
from common.errors import TooManyRequests
from portal.demo.cast import PASSWORD
from tests.filing.pages import text_of
from tests.support.court import Cast
from tests.support.servers import Live

HOME, ELSEWHERE = "10.0.0.7", "203.0.113.9"


def ask(password: str, address: str = HOME, username: str = "judge") -> int:
    sent = {"username": username, "password": password}
    return Client().post("/staff/login/", sent, REMOTE_ADDR=address).status_code


@pytest.mark.req("SEC-05")
def test_ten_wrong_ones_close_the_pair_for_a_quarter_of_an_hour(cast: Cast) -> None:
    assert [ask("wrong", ELSEWHERE) for _try in range(11)] == [422] * 10 + [429]
    assert ask(PASSWORD, ELSEWHERE) == 429, "the right one too"
    assert ask(PASSWORD) == 302, "not from the judge's own network"
    with clock.at(clock.now() + timedelta(seconds=WINDOW_SECONDS)):
        assert ask(PASSWORD, ELSEWHERE) == 302


@pytest.mark.req("SEC-05")
def test_a_right_password_begins_the_count_anew(cast: Cast) -> None:
    for _round in range(2):
        assert [ask("wrong") for _try in range(9)] == [422] * 9
        assert ask(PASSWORD) == 302


@pytest.mark.req("SEC-05")
@pytest.mark.parametrize(
    ("key", "at_most"), [("staff-account:judge", ACCOUNT), (f"staff-address:{HOME}", ADDRESS)]
)
def test_nobody_locks_a_judge_out_of_his_own_network(cast: Cast, key: str, at_most: int) -> None:
    """Many tries for one account, or from one network: only who never signed in there before waits."""
    assert ask(PASSWORD) == 302
    for _try in range(at_most):
        count(key, WINDOW_SECONDS)
    assert ask(PASSWORD) == 302
    stranger = ELSEWHERE if "account" in key else HOME
    assert ask(PASSWORD, stranger, "judge" if "account" in key else "clerk") == 429


@pytest.mark.req("SEC-05", "SEC-06")
def test_names_that_do_not_exist_are_counted_alike(cast: Cast) -> None:
    assert [ask("wrong", username="nobody") for _try in range(11)] == [422] * 10 + [429]


def send(number: int) -> None:
    start_code(purpose=CodePurpose.SIGN_IN, phone=f"139000{number:05d}", browser="b")


@pytest.mark.req("SEC-03")
def test_above_three_times_the_usual_number_people_wait_their_turn(
    cast: Cast, live: Live, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.OTP_USUAL = 1
    start = clock.now().replace(minute=5)
    with clock.at(start):
        for number in range(4):
            send(number)
        assert [record.message for record in caplog.records].count("codes.spend_breaker") == 1
        with pytest.raises(TooManyRequests, match="1分钟后再试"):
            send(5)
        answer = Client().post("/login/", {"phone": "13900000099"})
        assert answer.status_code == 429 and "13900000099" in text_of(answer)
        assert 0 < int(answer["Retry-After"]) <= 60
    with clock.at(start + timedelta(minutes=1)):
        send(6)
    assert [record.message for record in caplog.records].count("codes.spend_breaker") == 1
    with clock.at(start + timedelta(hours=1)):
        send(7)
        send(8)


@pytest.mark.req("SEC-03")
def test_usual_is_the_median_of_four_weeks(cast: Cast, settings: Any) -> None:
    settings.OTP_USUAL = 2
    now = clock.now().replace(minute=30)
    for weeks, sent in enumerate((3, 9, 4, 100), start=1):
        hour = now - timedelta(weeks=weeks)
        for _code in range(sent):
            count(f"otp-hour:{hour:%Y-%m-%dT%H}", KEPT_SECONDS)
    with clock.at(now):
        assert usual() == 6
    with clock.at(now + timedelta(hours=1)):
        assert usual() == 2
