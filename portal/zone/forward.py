"""On one machine the web process hands the zone's addresses on to its socket; in production the edge does (DESIGN §9).

What goes on is method, path, query, body and a few headers: no address, no browser, no referrer (SEC-34).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httpx
from django.conf import settings

from complaints import paths

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = logging.getLogger(__name__)
PASSED_ON = frozenset({b"host", b"cookie", b"content-type", b"content-length", b"origin", b"accept-language"})
NOT_PASSED_BACK = frozenset({b"connection", b"transfer-encoding", b"date", b"server", b"keep-alive"})
MOST_BYTES = 1024 * 1024
AWAY = "<!doctype html><html lang=zh-CN><meta charset=utf-8><title>暂时不可用</title><h1>暂时不可用</h1><p>刚才的操作没有生效，请稍后重试。</p>"


def is_for_zone(path: str) -> bool:
    """True when the zone's process on this machine answers the path."""
    return bool(settings.ZONE_SOCKET) and path.startswith(paths.ALL)


async def forward(scope: Scope, receive: Receive, send: Send) -> None:
    """Ask the zone and pass its answer on; 503 while it is away, never a false answer."""
    body = await _body(receive)
    if body is None:
        return await _answer(send, 413, b"")
    path = scope["raw_path"].decode("ascii") + (
        "?" + scope["query_string"].decode() if scope["query_string"] else ""
    )
    headers = [(name, value) for name, value in scope["headers"] if name in PASSED_ON]
    transport = httpx.AsyncHTTPTransport(uds=settings.ZONE_SOCKET)
    try:
        async with httpx.AsyncClient(transport=transport, timeout=httpx.Timeout(30.0, connect=2.0)) as client:
            request = client.build_request(
                scope["method"], f"http://zone{path}", headers=headers, content=body
            )
            request.headers["accept-encoding"] = "identity"
            found = await client.send(request)
    except httpx.HTTPError:
        log.warning("the process of the complaint zone does not answer")
        return await _answer(send, 503, AWAY.encode())
    passed = [
        (name.lower(), value) for name, value in found.headers.raw if name.lower() not in NOT_PASSED_BACK
    ]
    await send({"type": "http.response.start", "status": found.status_code, "headers": passed})
    await send({"type": "http.response.body", "body": found.content})


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None when it is larger than any form of the zone. ConnectionResetError when the client left."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the client left before its request was complete")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BYTES:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"retry-after", b"30"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
