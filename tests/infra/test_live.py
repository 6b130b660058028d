"""The live stream: committed changes reach those who may listen, and nobody else learns that there is anything."""

import socket
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.db import connection, transaction

from common.actor import Actor
from common.live import announce
from portal import live as module
from tests.support.servers import Live

PUBLIC_ID = uuid.UUID("7d0f3c5e-6a52-4a8b-9b55-0a5c0f9f3a11")
OTHER_ID = uuid.UUID("7d0f3c5e-6a52-4a8b-9b55-0a5c0f9f3a12")


@pytest.fixture
def channel(live: Live, monkeypatch: pytest.MonkeyPatch) -> str:
    """A kind of channel that lets everybody hear PUBLIC_ID and nobody anything else."""

    def may_listen(actor: Actor, public_id: uuid.UUID) -> bool:
        with connection.cursor() as cursor:  # as a policy would
            cursor.execute("SELECT 1")
        return public_id == PUBLIC_ID

    monkeypatch.setitem(module._may_listen, "probe", may_listen)
    return f"{live.url}/live/probe/{PUBLIC_ID}/"


def listening() -> int:
    """Open LISTEN connections to the test database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'portal live' AND datname = current_database()"
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def events(answer: httpx.Response) -> Iterator[str]:
    """The data lines of a stream."""
    for line in answer.iter_lines():
        if line.startswith("data: "):
            yield line.removeprefix("data: ")


def test_committed_change_arrives_and_rolled_back_does_not(channel: str) -> None:
    with httpx.Client(timeout=10, trust_env=False) as client, client.stream("GET", channel) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            announce("probe", PUBLIC_ID)
            raise ZeroDivisionError
        announce("probe", OTHER_ID)
        announce("probe", PUBLIC_ID)
        assert next(events(answer)) == f'{{"kind": "probe", "id": "{PUBLIC_ID}"}}'


def test_many_streams_cost_one_connection(channel: str) -> None:
    with httpx.Client(timeout=10, trust_env=False, limits=httpx.Limits(max_connections=50)) as client:
        streams = [client.stream("GET", channel) for _ in range(20)]
        answers = [stream.__enter__() for stream in streams]
        announce("probe", PUBLIC_ID)
        assert all(str(PUBLIC_ID) in next(events(answer)) for answer in answers)
        assert listening() == 1
        for stream in streams:
            stream.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"/live/probe/{OTHER_ID}/", {}),
        (f"/live/unknown/{PUBLIC_ID}/", {}),
        ("/live/probe/not-an-id/", {}),
        ("/live/", {}),
        (f"/live/probe/{PUBLIC_ID}/", {"Origin": "https://evil.example"}),
        (f"/live/probe/{PUBLIC_ID}/", {"Host": "evil.example"}),
    ],
)
def test_everything_else_is_the_same_404(
    live: Live, channel: str, path: str, headers: dict[str, str]
) -> None:
    answer = httpx.get(live.url + path, headers=headers, trust_env=False)
    assert (answer.status_code, answer.content) == (404, b"")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_only_get_is_answered(live: Live, channel: str) -> None:
    assert httpx.post(channel, trust_env=False).status_code == 404


def test_half_a_form_is_no_form(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that hangs up in the middle of its body must not have sent the first half: no page hears of it."""
    from portal import asgi  # only inside a test: its import wants the database

    seen: list[str] = []
    inner = asgi.pages.page

    def watch(environ: dict[str, Any], start_response: Any) -> Any:
        seen.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    monkeypatch.setattr(asgi.pages, "page", watch)
    parts = urlsplit(live.url)
    with socket.create_connection((parts.hostname, parts.port)) as link:
        link.sendall(b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nphone=138")
    assert httpx.get(f"{live.url}/healthz", trust_env=False).status_code == 200
    live.stop()
    assert seen == ["/healthz"]


@pytest.mark.req("SEC-07", "SEC-17")
def test_who_may_no_longer_hear_is_told_nothing_more(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    may = [True]
    monkeypatch.setitem(module._may_listen, "probe", lambda _actor, _public_id: may[0])
    address = f"{live.url}/live/probe/{PUBLIC_ID}/"
    with httpx.Client(timeout=10, trust_env=False) as client, client.stream("GET", address) as answer:
        told = events(answer)
        announce("probe", PUBLIC_ID)
        assert str(PUBLIC_ID) in next(told)
        may[0] = False
        announce("probe", PUBLIC_ID)
        assert list(told) == [], "the stream ends instead"
