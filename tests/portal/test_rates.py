"""How often one account and one address may ask, by class of route (REL-60)."""

from __future__ import annotations

import inspect
import os
import re
import uuid
from collections.abc import Iterator
from math import inf
from typing import Any

import httpx
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver
from redis.exceptions import RedisError

from accounts.models import RateCounter
from common.requests import client_address
from portal import live as live_streams
from portal import rates
from portal import settings as settings_of_portal
from tests.concurrency.together import at_once
from tests.consistency.access_table import rows
from tests.consistency.addresses import OUTSIDE, all_addresses
from tests.support.court import Cast
from tests.support.servers import Broker, Live

ADDRESS = "10.70.0.1"


@pytest.fixture
def low(settings: Any) -> None:
    """Limits that a test can reach, and counters of its own in the Redis that all tests share."""
    settings.TOKEN_KEY = os.urandom(32)
    settings.RATE_LIMITS_TIMES = 1
    settings.RATE_LIMITS = {
        "read": (3, 5, 60),
        "write": (2, 4, 60),
        "search": (1, 2, 60),
        "upload": (1, 2, 60),
        "export": (1, 0, 3600),
    }


def statuses(client: Client, path: str, times: int) -> list[int]:
    return [client.get(path).status_code for _number in range(times)]


@pytest.mark.req("REL-60")
def test_every_route_has_a_class_and_every_named_one_exists() -> None:
    addresses = {name for name in all_addresses() if name not in OUTSIDE and not name.startswith("/live/")}
    named = rates.EXPORTS | rates.SEARCHES | rates.FREE_ROUTES
    assert named - addresses == set()
    known = {rates.READ, rates.WRITE, rates.SEARCH, rates.UPLOAD, rates.EXPORT, rates.FREE}
    found = {
        row.key: rates.class_of(row.address, row.method)
        for row in rows()
        if row.address in addresses and not row.address.startswith("demo/")
    }
    assert set(found.values()) <= known
    free = {
        row.address
        for row in rows()
        if found.get(row.key) == rates.FREE and not row.address.startswith("standins:")
    }
    assert free == rates.FREE_ROUTES


@pytest.mark.req("REL-60")
@pytest.mark.parametrize(
    ("route", "method", "more", "kind"),
    [
        ("pages:case", "GET", {}, "read"),
        ("pages:case", "HEAD", {}, "read"),
        ("filing:submit", "POST", {}, "write"),
        ("filing:evidence", "POST", {"multipart": True}, "upload"),
        ("filing:evidence", "GET", {"multipart": True}, "read"),
        ("filing:queue", "GET", {"words": True}, "search"),
        ("api:causes", "GET", {}, "search"),
        ("stats:funnel_csv", "GET", {}, "export"),
        ("payments:notify", "POST", {}, "free"),
        ("", "GET", {}, "read"),
    ],
)
def test_the_class_of_a_request(route: str, method: str, more: dict[str, bool], kind: str) -> None:
    assert rates.class_of(route, method, **more) == kind


@pytest.mark.req("REL-60")
@pytest.mark.django_db
def test_an_address_is_told_to_wait_as_page_and_api(low: None) -> None:
    client = Client(REMOTE_ADDR=ADDRESS)
    assert statuses(client, "/help/", 6) == [200] * 5 + [429]
    refused = client.get("/help/")
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert "这一会儿的请求太多了" in refused.content.decode()
    assert "default-src 'none'" in refused["Content-Security-Policy"]
    api = client.get("/api/v1/case-numbers/parse?number=1")
    assert (api.status_code, api.json()["code"]) == (429, "too_many_requests")
    assert Client(REMOTE_ADDR="10.70.0.2").get("/help/").status_code == 200
    assert client.get("/healthz").status_code == 200


@pytest.mark.req("REL-60")
@pytest.mark.django_db
def test_unknown_addresses_and_pages_behind_the_sign_in_count(low: None) -> None:
    client = Client(REMOTE_ADDR=ADDRESS)
    assert statuses(client, "/no-such-page/", 3) == [404] * 3
    assert statuses(client, "/my/", 3) == [302, 302, 429]
    assert client.get("/no-such-page/").status_code == 429


@pytest.mark.req("REL-60")
def test_an_account_is_counted_wherever_it_comes_from(cast: Cast, low: None) -> None:
    client = cast.client("zhang")
    answers = [client.get("/my/notices/", REMOTE_ADDR=f"10.71.0.{number}") for number in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]


@pytest.mark.req("REL-60")
@pytest.mark.django_db
def test_classes_are_counted_apart(low: None) -> None:
    client = Client(REMOTE_ADDR=ADDRESS)
    assert statuses(client, "/api/v1/causes?q=借贷", 3) == [200, 200, 429]
    assert statuses(client, "/help/", 5) == [200] * 5
    forms = [
        client.post("/prefs/", "text=large", content_type="application/x-www-form-urlencoded")
        for _ in range(5)
    ]
    assert [answer.status_code for answer in forms] == [302] * 4 + [429]


@pytest.mark.req("REL-60")
@pytest.mark.parametrize(
    ("depth", "header", "seen"),
    [
        (0, "203.0.113.9", "10.0.0.9"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.8", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "not an address", "unknown"),
    ],
)
def test_only_own_proxies_are_believed(
    settings: Any, rf: RequestFactory, depth: int, header: str, seen: str
) -> None:
    settings.TRUSTED_PROXIES = depth
    request = rf.get("/", REMOTE_ADDR="10.0.0.9", headers={"X-Forwarded-For": header})
    assert client_address(request) == seen


@pytest.mark.req("REL-60")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("redis_again_at", [0.0, inf], ids=["redis", "database"])
def test_counting_together_loses_nothing(low: None, redis_again_at: float) -> None:
    limits, counters = [("together", 5)], rates.Counters()
    counters.redis_again_at = redis_again_at
    waits = at_once(*[lambda: counters.waits(limits, 60)[0]] * 12)
    assert sum(1 for wait in waits if wait) == 7


@pytest.mark.req("REL-60")
@pytest.mark.django_db(transaction=True)
def test_without_redis_the_database_counts(low: None, broker: Broker) -> None:
    broker.stop()
    with pytest.raises((RedisError, OSError)):
        cache.get("anything")
    counters = rates.Counters()
    limits = [("alone", 2)]
    assert [bool(counters.waits(limits, 60)[0]) for _number in range(4)] == [False, False, True, True]
    assert RateCounter.objects.count() == 1


@pytest.mark.req("REL-60")
@pytest.mark.django_db(transaction=True)
def test_without_any_counter_reading_goes_on_and_nothing_else(low: None, broker: Broker) -> None:
    """Control: the same answers while the counters can be written."""
    client = Client(raise_request_exception=False, REMOTE_ADDR=ADDRESS)
    ask = {
        "read": lambda: client.get("/help/"),
        "sign-in": lambda: client.post(
            "/staff/login/", "username=clerk&password=x", content_type="application/x-www-form-urlencoded"
        ),
        "printed code": lambda: client.get("/m/0123456789ABCDEFGHJKMNPQRS/"),
    }
    broker.stop()
    assert {name: request().status_code for name, request in ask.items()} == {
        "read": 200, "sign-in": 422, "printed code": 200,
    }  # fmt: skip
    holder = connection.copy()
    try:
        with holder.cursor() as blocking, connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
            blocking.execute("BEGIN; LOCK TABLE accounts_ratecounter IN SHARE ROW EXCLUSIVE MODE")
            answers = {name: request().status_code for name, request in ask.items()}
            cursor.execute("RESET lock_timeout")
    finally:
        holder.close()
    assert answers == {"read": 200, "sign-in": 503, "printed code": 503}


MAKES_A_FILE = re.compile(
    r"\b(?:csv_|xlsx_)?download\(|\b(?:Streaming|File)\w*Response\(.*zip|application/zip|csv_lines\("
)
"""In a view: a table to take along, or many files in one."""
NO_EXPORT = {
    "filing:batch_template": "an empty table",
    "filing:batch_problems": "the sender's own rows back, which he corrects and sends again",
    "payments:bank_sample": "an example",
    "payments:day_file": "sums of a day, of no person",
    "payments:month_file": "sums of a month, of no person",
}


def _views(resolver: Any = None, space: str = "") -> Iterator[tuple[str, str]]:
    """Every named address with the text of its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            callback = inspect.unwrap(getattr(entry.callback, "cls", entry.callback))
            yield f"{space}:{entry.name}".lstrip(":"), inspect.getsource(callback)
        else:
            inner = f"{space}:{entry.namespace}".strip(":") if entry.namespace else space
            yield from _views(entry, inner)


@pytest.mark.req("REL-60")
def test_every_view_that_gives_many_rows_or_files_is_an_export() -> None:
    """Two an hour for an account, as the settings say by default."""
    found = {
        name
        for name, text in _views()
        if MAKES_A_FILE.search(text) and name.partition(":")[0] not in rates.FREE_SPACES
    }
    assert found - NO_EXPORT.keys() == rates.EXPORTS
    assert NO_EXPORT.keys() <= found, "nothing is excused that makes no file"
    assert {rates.class_of(name, method) for name in rates.EXPORTS for method in ("GET", "POST")} == {
        "export"
    }
    assert settings_of_portal.RATE_LIMITS["export"] == (2, 0, 3600)


@pytest.mark.req("REL-60")
@pytest.mark.django_db
def test_the_files_host_counts_too(low: None, settings: Any) -> None:
    settings.FILES_URL, settings.FILES_HOST = "http://files.testserver", "files.testserver"
    settings.ALLOWED_HOSTS = ["testserver", "files.testserver"]
    client = Client(REMOTE_ADDR=ADDRESS, headers={"host": "files.testserver"})
    assert statuses(client, "/files/links/no-such-link/", 3) == [404] * 3
    assert statuses(client, "/", 3) == [404, 404, 429]
    assert client.get("/files/links/no-such-link/").status_code == 429


@pytest.mark.req("REL-60")
def test_live_streams_count_as_reading(live: Live, low: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(live_streams._may_listen, "probe", lambda _actor, _public_id: False)
    with httpx.Client(base_url=live.url, trust_env=False, timeout=30) as client:
        answers = [client.get(f"/live/probe/{uuid.uuid4()}/").status_code for _number in range(6)]
        assert answers == [404] * 5 + [429]
        assert client.get("/help/").status_code == 429
