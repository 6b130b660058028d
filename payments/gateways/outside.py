"""One HTTP call to a gateway: connect 2 s, read 5 s, a deadline for the whole, no redirects, no proxies, never inside a
transaction (REL-35, REL-59). Whatever is not an answer that its caller accepts is GatewayUnavailable (F-18)."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpcore
from django.conf import settings

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


class _Stream(httpcore.NetworkStream):
    """A connection whose reads and writes together end at a moment, however slowly the other side drips."""

    def __init__(self, inner: httpcore.NetworkStream, end: float) -> None:
        self.inner, self.end = inner, end

    def _left(self, timeout: float | None) -> float:
        left = self.end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("deadline")
        return left if timeout is None else min(timeout, left)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.inner.write(buffer, self._left(timeout))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self.inner.start_tls(ssl_context, server_hostname, self._left(timeout)), self.end)

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, end: float) -> None:
        self.inner, self.end = httpcore.SyncBackend(), end

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self.inner.connect_tcp(host, port, timeout, local_address, socket_options), self.end)


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
        httpcore.ConnectionPool(network_backend=_Backend(end)) as pool,
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
