"""One HTTP call to a gateway: connect 2 s, read 5 s, a deadline for the whole, no redirects, no proxies, never inside a
transaction (REL-35, REL-59). Whatever is not an answer that its caller accepts is GatewayUnavailable (F-18)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import httpcore
from django.conf import settings

from common.gateways.deadline import Backend
from common.gateways.sms import refuse_inside_transaction
from payments.gateways.breaker import admit, note_answer, note_failure, unavailable

T = TypeVar("T")
ANSWER_BYTES = 1024 * 1024
FILE_BYTES = 64 * 1024 * 1024
FILE_SECONDS = 120
"""How long a bill of a day may take altogether; each read still has five seconds."""
TROUBLE = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)


class BadAnswer(Exception):
    """The gateway answered, but not as the gateway: unsigned, malformed, too long, 5xx."""


@dataclass(frozen=True)
class Answer:
    """Status, headers (names in lower case) and body as they came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def call(
    code: str,
    method: str,
    url: str,
    *,
    read: Callable[[Answer], T],
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    file: bool = False,
) -> T:
    """Ask gateway ``code`` and return what ``read`` makes of the answer.

    ``read`` raises BadAnswer for what the gateway cannot have said; that, silence, a reset and a 5xx all count against
    the breaker and become GatewayUnavailable. ``file`` allows for the size of a day's bill.
    """
    refuse_inside_transaction()
    admit(code)
    try:
        answer = _exchange(method, url, headers or {}, body, file)
        result = read(answer)
    except (*TROUBLE, BadAnswer) as error:
        note_failure(code)
        raise unavailable() from error
    note_answer(code)
    return result


def shaped(read: Callable[[], T]) -> T:
    """What ``read`` makes of an answer; one that lacks what it must hold is no answer."""
    try:
        return read()
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise unavailable() from error


def _exchange(method: str, url: str, headers: Mapping[str, str], body: bytes, file: bool) -> Answer:
    connect, read = settings.OUTSIDE_CONNECT_SECONDS, settings.OUTSIDE_READ_SECONDS
    end = time.monotonic() + connect + (FILE_SECONDS if file else read)
    limit = FILE_BYTES if file else ANSWER_BYTES
    timeout = {"connect": connect, "read": read, "write": read, "pool": connect}
    sent = list(headers.items())
    with (
        httpcore.ConnectionPool(network_backend=Backend(end)) as pool,
        pool.stream(method, url, headers=sent, content=body, extensions={"timeout": timeout}) as response,
    ):
        if response.status >= 500:
            raise BadAnswer(str(response.status))
        content = b""
        for chunk in response.iter_stream():
            content += chunk
            if len(content) > limit:
                raise BadAnswer("too long")
        names = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    return Answer(response.status, names, content)
