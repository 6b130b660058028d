"""Headers of every kind of answer, health addresses, and what people see when the database is away."""

import json
import logging
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from cases.models import Case
from common import clock, security
from eventlog.models import Event, Outbox
from portal import health
from portal.logging import JsonFormatter, describe_exception

UNKNOWN = "/there-is-nothing-here/"


@pytest.mark.req("SEC-61")
@pytest.mark.django_db
@pytest.mark.parametrize("address", [UNKNOWN, "/", "/login/", "/healthz", "/static/css/portal.css"])
def test_security_headers(client: Client, address: str) -> None:
    answer = client.get(address)
    answer.close()
    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"].split()[0] == "'self'"
    assert "unsafe-inline" not in str(policy) and "unsafe-eval" not in str(policy)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]
    assert len(answer["X-Request-ID"]) == 32


@pytest.mark.req("SEC-61")
@pytest.mark.django_db
def test_pages_are_not_stored(client: Client) -> None:
    for address in (UNKNOWN, "/", "/login/"):
        assert "no-store" in client.get(address)["Cache-Control"]


def test_health_is_the_process_only(client: Client) -> None:
    """No database is needed (this test has none)."""
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.req("REL-52")
@pytest.mark.django_db
def test_ready_with_details_for_the_staff_network_only(client: Client) -> None:
    inside = client.get("/readyz")
    assert inside.status_code == 200
    assert inside.json()["checks"]["database"] == inside.json()["checks"]["migrations"] == "ok"
    outside = client.get("/readyz", REMOTE_ADDR="203.0.113.9")
    assert outside.json().keys() == {"status"}
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404


@pytest.mark.req("REL-52")
def test_ready_is_degraded_without_the_broker(transactional_db: None, broker: Any, client: Client) -> None:
    assert client.get("/readyz").json()["status"] == "ok"
    broker.stop()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"], answer.json()["checks"]["redis"]) == (
        200,
        "degraded",
        "degraded",
    )
    broker.start()
    assert client.get("/readyz").json()["status"] == "ok"


@pytest.mark.req("REL-52", "F-22")
def test_each_check_of_readiness_by_its_own_limit(
    case: Case, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Down is only what cannot serve; a wrong clock, an old anchor are degraded; strangers learn one word."""

    def ready() -> tuple[int, str, set[str]]:
        inside, outside = client.get("/readyz"), client.get("/readyz", REMOTE_ADDR="203.0.113.9")
        assert outside.json() == {"status": inside.json()["status"]}
        assert outside.status_code == inside.status_code
        bad = {name for name, state in inside.json()["checks"].items() if state != "ok"}
        return inside.status_code, inside.json()["status"], bad

    settings.FILES_STORAGE = "local"
    Outbox.objects.all().delete()  # what waits in it was made with the case, whenever that was
    with monkeypatch.context() as off:
        room = shutil.disk_usage("/")._replace(total=1000)
        off.setattr(shutil, "disk_usage", lambda _path: room._replace(free=101))
        assert ready() == (200, "ok", set())
        off.setattr(shutil, "disk_usage", lambda _path: room._replace(free=100))
        assert ready() == (503, "down", {"disk"})
    now = time.time
    for seconds in (-60, 60):
        with monkeypatch.context() as off:
            off.setattr(health.time, "time", lambda seconds=seconds: now() + seconds)
            assert ready() == (200, "degraded", {"clock"})
    assert health.MAX_CLOCK_SKEW_SECONDS == 2
    since = Event.objects.earliest("id").happened_at
    with clock.at(since + timedelta(hours=4)):
        assert "anchor" not in ready()[2]
    with clock.at(since + timedelta(hours=4, seconds=1)):
        assert ready() == (200, "degraded", {"anchor"})


def _fails(request: HttpRequest) -> HttpResponse:
    raise OperationalError("could not connect; phone 13800000001")


_fails.login_required = False  # type: ignore[attr-defined]


@pytest.fixture
def failing_address(monkeypatch: pytest.MonkeyPatch) -> str:
    """A page whose database is away."""
    from django.urls import clear_url_caches

    from portal import urls

    monkeypatch.setattr(
        urls, "urlpatterns", [path("fails/", _fails), path("api/fails/", _fails), *urls.urlpatterns]
    )
    clear_url_caches()
    yield "/fails/"
    monkeypatch.undo()
    clear_url_caches()


@pytest.mark.req("REL-50")
@pytest.mark.django_db
def test_database_away_is_503_in_plain_words(failing_address: str) -> None:
    client = Client(raise_request_exception=False)
    answer = client.get(failing_address)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert "也可能没有" in answer.content.decode()
    assert "已提交" not in answer.content.decode()
    assert answer["Content-Security-Policy"]
    api = client.get("/api" + failing_address)
    assert api.status_code == 503
    assert api.json()["code"] == "unavailable"


@pytest.mark.req("REL-53")
@pytest.mark.django_db
def test_log_of_a_failure_names_places_not_data(
    failing_address: str, caplog: pytest.LogCaptureFixture
) -> None:
    Client(raise_request_exception=False).get(failing_address + "?q=13800000001")
    lines = [JsonFormatter().format(record) for record in caplog.records]
    assert lines and all(json.loads(line) for line in lines)
    assert "13800000001" not in "".join(lines)
    assert any(json.loads(line).get("error", {}).get("type") == "OperationalError" for line in lines)


@pytest.mark.req("REL-53")
def test_log_line_stays_one_line() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "a\nb %s", ("c\r\nd",), None)
    line = JsonFormatter().format(record)
    assert "\n" not in line and "\r" not in line
    assert json.loads(line)["event"] == "a\nb c\r\nd"


def test_exception_is_described_without_message() -> None:
    try:
        int("张某的号码")
    except ValueError as error:
        described = describe_exception(error)
    assert described["type"] == "ValueError"
    assert "张某" not in json.dumps(described, ensure_ascii=False)


def test_pseudonym_is_stable_and_says_nothing() -> None:
    assert security.pseudonym(7) == security.pseudonym(7) != security.pseudonym(8)
    assert len(security.pseudonym(7)) == 12


def test_staff_network(rf: RequestFactory, settings: Any) -> None:
    settings.STAFF_NETWORKS = ["10.1.0.0/16"]
    inside: Callable[[str], bool] = lambda address: health.is_inside(rf.get("/", REMOTE_ADDR=address))  # noqa: E731
    assert inside("10.1.2.3")
    assert not inside("10.2.0.1")
    assert not inside("")
