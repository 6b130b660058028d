"""Redis gone: every limit on codes and papers holds, because its counters are in the database (SEC-23, SEC-03)."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from redis.exceptions import RedisError

from accounts.models import RateCounter
from portal.demo.cast import LI
from qrlinks.models import CodeReport, ReportKind
from tests.support.scans import Told, Visitor, printed_path, printed_service_code
from tests.support.servers import Broker

Try = Callable[[], HttpResponse]
UNKNOWN = "0123456789ABCDEFGHJKMNPQRS"
ADDRESS = "10.60.0.1"


@pytest.fixture
def without_redis(told: Told, broker: Broker) -> Told:
    """Everything was issued; then broker and cache went away."""
    broker.stop()
    with pytest.raises((RedisError, OSError)):
        cache.get("anything")
    return told


def post(path: str, **values: str) -> Try:
    client = Client(REMOTE_ADDR=ADDRESS)
    return lambda: client.post(path, values)


def api(**values: str) -> Try:
    client = Client(REMOTE_ADDR=ADDRESS)
    return lambda: client.post(
        "/api/v1/documents/verify", json.dumps(values), content_type="application/json"
    )


def refused_from(attempt: Try, most: int = 60) -> int:
    """The number of the first try that is told to wait; 0 when none is."""
    for number in range(1, most + 1):
        answer = attempt()
        waits = answer.status_code == 429 or "1小时后再试" in answer.content.decode()
        if waits:
            return number
    return 0


@pytest.mark.req("SEC-23", "F-19")
def test_every_limit_holds(without_redis: Told) -> None:
    told = without_redis
    path = printed_path(told.copy(told.defendant))
    visitor = Client(REMOTE_ADDR=ADDRESS)
    limits: dict[str, tuple[Try, int]] = {
        "a code opened": (lambda: visitor.get(path), 11),
        "facts of one visitor": (
            lambda: visitor.post(f"{path}verify/", {"name": "某某", "last_six": "123456"}), 6,
        ),
        "a service code typed": (post("/scan/", service_code="ABCDEFGHJK"), 6),
        "a pass from the counter": (post("/scan/pass/", code="ABCDEFGHJK"), 6),
        "a report": (post("/scan/report/", words="可疑"), 6),
        "a paper": (api(serial="某1234-2026-999999-1", check_code="ABCDEF"), 21),
    }  # fmt: skip
    for name, (attempt, first_refused) in limits.items():
        assert refused_from(attempt) == first_refused, name
    RateCounter.objects.all().delete()
    for name, (attempt, _number) in limits.items():  # control: it was these rows that refused
        assert attempt().status_code != 429, name


@pytest.mark.req("SEC-23")
def test_a_guessed_code_is_slowed_and_the_court_told(without_redis: Told) -> None:
    told = without_redis
    path = printed_path(told.copy(told.defendant))
    facts = {"name": LI.name, "last_six": "000000"}
    for number in range(21):
        Client(REMOTE_ADDR=f"10.61.0.{number}").post(f"{path}verify/", facts)
    assert CodeReport.objects.get().kind == ReportKind.GUESSED
    assert Client(REMOTE_ADDR="10.61.0.20").post(f"{path}verify/", facts).status_code == 429


def test_who_is_right_still_gets_in(without_redis: Told) -> None:
    told = without_redis
    copy = told.copy(told.defendant)
    answer = Visitor().scans(printed_path(copy), LI)
    assert answer["Location"] == f"/my/cases/{told.case.public_id}/"
    typed = Visitor().client.post("/scan/", {"service_code": printed_service_code(copy)})
    assert typed["Location"] == "/scan/verify/"
