"""On one machine the web process hands the zone's addresses on to its socket; in production the edge does (DESIGN §9).

What goes on is method, path, query, body and a few headers: no address, no browser, no referrer (SEC-34). The body is taken in whole
before the zone is asked, so that a slow sender keeps no thread there (F-24).
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from functools import partial
from typing import IO, Any

import httpx
from django.conf import settings

from accounts.middleware import is_staff_network
from common.requests import address_seen
from complaints import paths
from portal.intake import with_body

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = logging.getLogger(__name__)
PASSED_ON = frozenset({b"host", b"cookie", b"content-type", b"content-length", b"origin", b"accept-language"})
NOT_PASSED_BACK = frozenset({b"connection", b"transfer-encoding", b"date", b"server", b"keep-alive"})
PIECE_BYTES = 64 * 1024
ANSWER_SECONDS = 300.0
"""Each file that goes along is opened and checked before the answer."""
AWAY = "<!doctype html><html lang=zh-CN><meta charset=utf-8><title>暂时不可用</title><h1>暂时不可用</h1><p>刚才的操作可能办成了，也可能没有。请过几分钟先看“我的投诉”，没有的再交一次，同一份交两次只算一次。</p>"


def is_for_zone(path: str) -> bool:
    """True when the zone's process on this machine answers the path."""
    return bool(settings.ZONE_SOCKET) and path.startswith(paths.ALL)


async def forward(scope: Scope, receive: Receive, send: Send) -> None:
    """Ask the zone and pass its answer on piece by piece; 503 while it is away, never a false answer.

    The zone knows no address, so the network of its staff pages is asked for here (SEC-04).
    """
    if scope["path"].startswith(paths.STAFF) and not is_staff_network(_address(scope)):
        await _answer(send, 404, b"")
        return
    await with_body(scope, receive, send, partial(_ask, scope, send), files=True)


def _address(scope: Scope) -> str:
    """Of who asks, as every page sees it."""
    forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return address_seen(str((scope.get("client") or ("",))[0]), ",".join(forwarded))


async def _ask(scope: Scope, send: Send, body: IO[bytes]) -> None:
    path = scope["raw_path"].decode("ascii") + (
        "?" + scope["query_string"].decode() if scope["query_string"] else ""
    )
    headers = [(name, value) for name, value in scope["headers"] if name in PASSED_ON]
    transport = httpx.AsyncHTTPTransport(uds=settings.ZONE_SOCKET)
    timeout, started = httpx.Timeout(ANSWER_SECONDS, connect=2.0), False
    try:
        async with httpx.AsyncClient(transport=transport, timeout=timeout) as client:
            content = _pieces(body) if scope["method"] == "POST" else None
            request = client.build_request(
                scope["method"], f"http://zone{path}", headers=headers, content=content
            )
            request.headers["accept-encoding"] = "identity"
            found = await client.send(request, stream=True)
            try:
                await send(_start(found))
                started = True
                async for part in found.aiter_raw():
                    await send({"type": "http.response.body", "body": part, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
            finally:
                await found.aclose()
    except httpx.HTTPError:
        log.warning("the process of the complaint zone does not answer")
        if started:
            raise  # the visitor's connection breaks too, so half an answer never looks whole
        await _answer(send, 503, AWAY.encode())


def _start(found: httpx.Response) -> MutableMapping[str, Any]:
    passed = [
        (name.lower(), value) for name, value in found.headers.raw if name.lower() not in NOT_PASSED_BACK
    ]
    return {"type": "http.response.start", "status": found.status_code, "headers": passed}


async def _pieces(body: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := body.read(PIECE_BYTES):
        yield piece


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"retry-after", b"30"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
