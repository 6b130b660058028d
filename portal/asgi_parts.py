"""Small parts of the ASGI entries of the portal and of the complaint zone."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


LONGEST_ADDRESS, LONGEST_HEAD = 8_000, 32_000
"""Bytes of an address with its query, and of all headers together (RELIABILITY §6, 45)."""


def oversized(scope: MutableMapping[str, Any]) -> int:
    """414 for an address and 431 for headers beyond all measure, 0 for a request of ordinary size."""
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
        return 414
    return 431 if sum(len(name) + len(value) for name, value in scope["headers"]) > LONGEST_HEAD else 0


async def refuse(status: int, send: Send) -> None:
    """An answer without a page: no browser of a person sends such a request."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
