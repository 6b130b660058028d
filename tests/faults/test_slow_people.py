"""Two hundred people who send their heads, their forms or take their answers drop by drop: everybody else is answered beside them, and
whoever is too slow or sends too much is told so (F-24). How fast the others are answered is measured by `make load-ratio`."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest
from a2wsgi import WSGIMiddleware
from django.http import StreamingHttpResponse

from common.pieces import by_pieces
from portal import intake, lines
from portal.wsgi import application as pages_wsgi
from tests.support.servers import Live

pytestmark = [pytest.mark.req("F-24"), pytest.mark.django_db(transaction=True)]
PEOPLE, PAGES, THREADS = 200, 5, 2
FORM = json.dumps({"item": "property", "amount": "60000"}).encode()
QUOTE = f"POST /api/v1/fees/quote HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(FORM)}\r\n\r\n"
LENGTH = {"/long/": 16, "/file/": 24, "/endless/": 160, "/pieces/": 1600}
LONG, FILE, ENDLESS, PIECES = LENGTH
PIECE = bytes(64 * 1024)


class Pages:
    """The portal's pages, and two answers far larger than anything that lies between a server and its reader."""

    def __init__(self) -> None:
        self.begun, self.closed = threading.Semaphore(0), threading.Event()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        self.begun.release()
        pieces = (PIECE for _number in range(LENGTH.get(environ["PATH_INFO"], 0)))
        if environ["PATH_INFO"] not in LENGTH:
            return pages_wsgi(environ, start)
        start("200 OK", [("Content-Type", "application/octet-stream")])
        if environ["PATH_INFO"] not in (FILE, PIECES):
            return pieces
        answer = by_pieces(StreamingHttpResponse(pieces))
        answer._resource_closers.append(self.closed.set)
        return answer


@pytest.fixture
def door(transactional_db: None) -> Any:
    """What the web process serves; it looks at the database when it is imported."""
    from portal.asgi import application

    return application


@pytest.fixture
def pages(door: Any, monkeypatch: pytest.MonkeyPatch) -> Pages:
    """Behind the portal's door in this test."""
    from portal import asgi

    made = Pages()
    monkeypatch.setattr(asgi.pages, "page", made)
    return made


@contextmanager
def served(application: Any) -> Iterator[Live]:
    live = Live(application)
    live.start()
    try:
        yield live
    finally:
        live.stop()


def slow(live: Live, sent: bytes) -> socket.socket:
    """Somebody who has sent so much, and takes little at a time."""
    link = socket.socket()
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    link.settimeout(30)
    link.connect(("127.0.0.1", live.socket.getsockname()[1]))
    link.sendall(sent)
    return link


def asking(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


WAYS = {
    "heads": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: a",
    "bodies": QUOTE.encode() + FORM[:9],
    "readers": asking(LONG),
    "readers of files": asking(PIECES),
}


def is_served(live: Live, *, within: float = 30) -> bool:
    try:
        return httpx.get(f"{live.url}/login/", timeout=within, trust_env=False).status_code == 200
    except httpx.ReadTimeout:
        return False


def has_nothing(link: socket.socket) -> bool:
    """No answer, and the line is open."""
    link.setblocking(False)
    try:
        return link.recv(1) is None
    except BlockingIOError:
        return True
    finally:
        link.settimeout(30)


@pytest.mark.parametrize("way", ["bodies", "readers"])
def test_control_as_many_slow_people_as_threads_stop_everything(way: str) -> None:
    """A thread for each request from its head to its last byte."""
    pages = Pages()
    old = WSGIMiddleware(pages, workers=THREADS)
    with served(old) as live, ExitStack() as links:
        sent = asking(ENDLESS) if way == "readers" else WAYS[way]
        people = [links.enter_context(slow(live, sent)) for _number in range(THREADS)]
        for _person in people:
            assert pages.begun.acquire(timeout=30)
        assert not is_served(live, within=1)
        for person in people:
            person.close()
        old.executor.shutdown()  # what waited is made after all, while there is still a loop to send it


@pytest.mark.parametrize("way", WAYS)
def test_everybody_else_is_answered_beside_slow_people(
    way: str, door: Any, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in (
        (intake, "PAUSE_SECONDS"),
        (intake, "FORM_SECONDS"),
        (lines, "HEAD_SECONDS"),
        (lines, "READER_SECONDS"),
    ):
        monkeypatch.setattr(module, name, 600.0)  # none of them is sent away during this test
    with served(door) as live, ExitStack() as links:
        people = [links.enter_context(slow(live, WAYS[way])) for _number in range(PEOPLE)]
        if way.startswith("readers"):
            for person in people:
                assert person.recv(15) == b"HTTP/1.1 200 OK"
        assert all(is_served(live) for _number in range(PAGES))
        if not way.startswith("readers"):
            assert all(has_nothing(person) for person in people)
        if way == "bodies":
            people[0].sendall(FORM[9:])
            assert people[0].recv(15) == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize("path", [LONG, FILE])
def test_whoever_reads_gets_all_of_it(path: str, door: Any, pages: Pages) -> None:
    with served(door) as live, httpx.Client(base_url=live.url, trust_env=False, timeout=60) as client:
        for _number in range(2):
            assert len(client.get(path).content) == LENGTH[path] * len(PIECE)
        assert path != FILE or pages.closed.wait(30), "and it is closed"


def answer_to(link: socket.socket) -> bytes:
    said = b""
    try:
        while piece := link.recv(65536):
            said += piece
    except ConnectionResetError:
        pass
    return said


def test_a_form_that_drips_is_told_so_and_none_of_it_is_kept(
    door: Any, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "PAUSE_SECONDS", 0.05)
    with served(door) as live:
        with slow(live, WAYS["bodies"]) as person:
            assert answer_to(person).startswith(b"HTTP/1.1 408 ")
        page = WAYS["bodies"].replace(b"/api/v1/fees/quote", b"/login/")
        with slow(live, page) as person:
            said = answer_to(person).decode()
    assert said.startswith("HTTP/1.1 408 ") and "没有收完" in said and "connection: close" in said
    assert not pages.begun.acquire(blocking=False), "no page heard of them"
    assert intake.room.taken == 0


@pytest.mark.parametrize("told", [True, False])
def test_more_than_any_form_is_refused_before_a_page_hears_of_it(
    door: Any, pages: Pages, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    monkeypatch.setattr(intake, "FORM_BYTES", 50_000)
    head = b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if told:
        request = head + b"Content-Length: 60000\r\n\r\n" + bytes(60_000)
    else:
        request = head + b"Transfer-Encoding: chunked\r\n\r\nea60\r\n" + bytes(60_000) + b"\r\n0\r\n\r\n"
    with served(door) as live, slow(live, request) as person:
        said = answer_to(person).decode()
    assert said.startswith("HTTP/1.1 413 ") and "少选几个文件" in said
    assert not pages.begun.acquire(blocking=False)


def test_files_may_be_larger_than_a_form_and_only_where_there_is_a_page() -> None:
    def scope(path: str, kind: bytes, method: str = "POST") -> dict[str, Any]:
        return {"method": method, "path": path, "headers": [(b"content-type", kind)]}

    files = b"multipart/form-data; boundary=b"
    assert intake.brings_files(scope("/login/", files))
    assert not intake.brings_files(scope("/login/", b"application/json"))
    assert not intake.brings_files(scope("/nothing/at/all/", files))
    assert not intake.brings_files(scope("/login/", files, "GET"))


def test_without_room_for_a_further_body_it_waits_outside(
    door: Any, pages: Pages, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BODIES_BYTES = 100
    with served(door) as live:
        answer = httpx.post(f"{live.url}/login/", data={"phone": "1" * 200}, trust_env=False)
        assert answer.status_code == 503 and answer.headers["retry-after"] and "也可能没有" in answer.text
        assert intake.room.taken == 0 and is_served(live)


def test_a_head_that_does_not_come_and_a_reader_who_does_not_read_lose_the_line(
    door: Any, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "HEAD_SECONDS", 0.05)
    with served(door) as live:
        with slow(live, WAYS["heads"]) as person:
            assert answer_to(person).startswith(b"HTTP/1.1 408 ")
        with slow(live, b"") as person:
            assert answer_to(person) == b""
        monkeypatch.setattr(lines, "HEAD_SECONDS", 600.0)
        monkeypatch.setattr(lines, "READER_SECONDS", 0.05)
        with slow(live, asking(PIECES)) as person:
            assert pages.closed.wait(30), "nobody asks for further pieces"
            assert len(answer_to(person)) < LENGTH[PIECES] * len(PIECE)
