"""One HTTP call to an outside service: connect 2 s, read 5 s, a deadline over all of it, no redirects, no proxies, never more of an
answer than is asked for, never inside a transaction (REL-35, REL-59). What the answer means is its caller's business."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpcore
from django.conf import settings

from common.gateways.deadline import Backend
from common.gateways.sms import refuse_inside_transaction

SILENCE = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)
"""What is raised when no whole answer came."""


class TooLong(ValueError):
    """The answer has more than was asked for."""


@dataclass(frozen=True)
class Answer:
    """Status, headers (names in lower case) and body as they came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def exchange(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes,
    most: int,
    cut: bool = False,
    seconds: float | None = None,
    backend: type[Backend] = Backend,
    socket: str | None = None,
) -> Answer:
    """What the service answers, with a body of at most ``most`` bytes: TooLong for more, or the beginning where ``cut`` is set.

    ``seconds`` are allowed for the whole answer instead of one read's time. ``socket`` is the path of a local one to connect to.
    Raises one of ``SILENCE``, or what ``backend`` raises.
    """
    refuse_inside_transaction()
    connect, read = settings.OUTSIDE_CONNECT_SECONDS, settings.OUTSIDE_READ_SECONDS
    end = time.monotonic() + connect + (seconds or read)
    timeout = {"connect": connect, "read": read, "write": read, "pool": connect}
    content = b""
    with (
        httpcore.ConnectionPool(network_backend=backend(end), uds=socket) as pool,
        pool.stream(
            method, url, headers=list(headers.items()), content=body, extensions={"timeout": timeout}
        ) as response,
    ):
        for chunk in response.iter_stream():
            content += chunk
            if len(content) > most:
                if not cut:
                    raise TooLong(most)
                break
        found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    return Answer(response.status, found, content[:most])
