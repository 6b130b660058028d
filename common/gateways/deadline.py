"""A deadline over all of an HTTP call: time-outs of single reads let an answer drip for ever (REL-59)."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore


class Stream(httpcore.NetworkStream):
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
        return Stream(self.inner.start_tls(ssl_context, server_hostname, self._left(timeout)), self.end)

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


class Backend(httpcore.NetworkBackend):
    """Connections for one call that ends at a moment of the process's clock (``time.monotonic``)."""

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
        return Stream(self.inner.connect_tcp(host, port, timeout, local_address, socket_options), self.end)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        return Stream(self.inner.connect_unix_socket(path, timeout, socket_options), self.end)
