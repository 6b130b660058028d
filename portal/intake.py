"""The body of a request is taken in on the loop, whole, before a thread is taken for it (F-24): a slow sender costs a file, no page.

Limits stand here too: bytes by the kind of request, time in all, a least rate, and the bytes of unfinished and waiting bodies of this
process together.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

IN_MEMORY = 256 * 1024
"""Bytes of one body that need no file."""
FORM_BYTES = 4 * 1024 * 1024
"""A request that brings no files: twice what Django reads, so that Django's own page answers whoever is a little above it."""
FILES_BYTES = 210 * 1024 * 1024
"""A form with files, as at the edge: ten files that are too large together still get a page that says so."""
FORM_SECONDS = 60.0
"""A request without files is here by then; one with files has ``UPLOAD_SECONDS``."""
PAUSE_SECONDS, LEAST_RATE = 20.0, 2_000
"""Nobody is silent for longer than this, and over any longer time so many bytes arrive a second."""
LINGER_SECONDS = 10.0
"""Whoever is told that it is too much may go on sending for so long: many browsers read the answer only afterwards."""

PAGES = {408: "errors/408.html", 413: "errors/413.html", 503: "errors/503.html"}
WORDS = {
    408: ("too_slow", "网络太慢，这次提交没有收完，没有生效。请换一个网络好的地方再提交。"),
    413: ("too_large", "一次提交的内容太多，没有收下。请分几次提交。"),
    503: ("unavailable", "现在同时上传的人太多，这次提交没有收下。请过几分钟再提交。"),
}
"""For programs: code and message."""


class Refused(Exception):
    """The body is not taken: 408 too slow, 413 too large, 503 no room. ``goes_on``: more of it is on its way."""

    def __init__(self, status: int, *, goes_on: bool) -> None:
        super().__init__(status)
        self.status, self.goes_on = status, goes_on


class Left(Exception):
    """The client left before its request was complete: it is none, and nobody waits for an answer."""


class Room:
    """Bytes of bodies that lie in files or memory of this process."""

    def __init__(self) -> None:
        self.taken = 0


room = Room()


def _header(scope: Message, wanted: bytes) -> bytes:
    return next((value for name, value in scope["headers"] if name.lower() == wanted), b"")


def brings_files(scope: Message) -> bool:
    """Whether this is a request of the class of uploads (REL-60): a form with files for an address that exists."""
    if scope["method"] in ("GET", "HEAD", "OPTIONS") or not _header(
        scope, b"content-type"
    ).lower().startswith(b"multipart/"):
        return False
    try:
        resolve(scope["path"])
    except Resolver404:
        return False
    return True


async def with_body(
    scope: Message,
    receive: Receive,
    send: Send,
    page: Callable[[IO[bytes]], Awaitable[None]],
    *,
    files: bool | None = None,
) -> None:
    """Take the body in whole and let ``page`` answer with it; what is not taken in gets the page that says so. ``files``: whether it
    counts as one that brings files, where its address does not say it."""
    try:
        async with _taken_in(scope, receive, brings_files(scope) if files is None else files) as body:
            await page(body)
    except Refused as refused:
        await _say_refused(refused, scope, receive, send)
    except Left:
        return


@asynccontextmanager
async def _taken_in(scope: Message, receive: Receive, files: bool) -> AsyncIterator[IO[bytes]]:
    """The whole body as a file at its start, gone afterwards. Refused and Left say why there is none."""
    most = FILES_BYTES if files else FORM_BYTES
    declared = _header(scope, b"content-length")
    if declared.isdigit() and int(declared) > most:
        raise Refused(413, goes_on=True)
    with SpooledTemporaryFile(max_size=IN_MEMORY) as body:
        size = 0
        try:
            if declared or _header(scope, b"transfer-encoding"):
                seconds = float(settings.UPLOAD_SECONDS) if files else FORM_SECONDS
                async for piece, more in _pieces(receive, seconds):
                    size += len(piece)
                    room.taken += len(piece)
                    if size > most:
                        raise Refused(413, goes_on=more)
                    if room.taken > settings.BODIES_BYTES:
                        raise Refused(503, goes_on=more)
                    try:
                        body.write(piece)
                    except OSError as error:  # no room on the disk
                        raise Refused(503, goes_on=more) from error
            body.seek(0)
            yield body
        finally:
            room.taken -= size


async def _pieces(receive: Receive, seconds: float) -> AsyncIterator[tuple[bytes, bool]]:
    """What arrives, each piece with whether more will come, as long as it comes fast enough. Whoever was fast for a while may pause for PAUSE_SECONDS, no longer."""
    loop = asyncio.get_running_loop()
    end, allowance, more = loop.time() + seconds, PAUSE_SECONDS, True
    while more:
        asked = loop.time()
        try:
            async with asyncio.timeout(min(allowance, end - asked)):
                message = await receive()
        except TimeoutError:
            raise Refused(408, goes_on=False) from None
        if message["type"] == "http.disconnect":
            raise Left
        piece = message.get("body", b"")
        waited = loop.time() - asked
        allowance = min(PAUSE_SECONDS, allowance - waited + len(piece) / LEAST_RATE)
        more = message.get("more_body", False)
        if piece:
            yield piece, more


async def _say_refused(refused: Refused, scope: Message, receive: Receive, send: Send) -> None:
    """The plain page, or JSON under /api/; afterwards the line is closed."""
    if scope["path"].startswith("/api/"):
        code, words = WORDS[refused.status]
        kind = b"application/json"
        content = json.dumps({"code": code, "message": words, "fields": {}}).encode()
    else:
        kind, content = b"text/html; charset=utf-8", render_to_string(PAGES[refused.status]).encode()
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"no-store"),
        (
            b"content-security-policy",
            b"default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'",
        ),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"retry-after", b"30"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": content, "more_body": True})
    if refused.goes_on:
        await _linger(receive)
    await send({"type": "http.response.body", "body": b""})


async def _linger(receive: Receive) -> None:
    """Read on and keep nothing, until the client has sent all or the time is over."""
    try:
        async with asyncio.timeout(LINGER_SECONDS):
            more = True
            while more:
                message = await receive()
                more = message["type"] == "http.request" and message.get("more_body", False)
    except TimeoutError:
        return
