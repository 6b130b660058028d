"""Lines of visitors who dawdle: a head that does not come and an answer that nobody takes end (F-24). In production the edge does the
same before the portal (deploy/Caddyfile)."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 15.0
"""From the opening of a line, or the first byte of a further request, to the end of the headers."""
READER_SECONDS = 60.0
"""So long the reader may take no part of what waits for him: some 60 KB beside what the system's buffers hold."""
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Line(HttpToolsProtocol):
    """uvicorn's connection with these two limits."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.begun = False
        self.head_limit: asyncio.TimerHandle | None = None
        self.reader_limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """The line is open: a head must come."""
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """The first bytes of a further request start the limit anew."""
        if self.head_limit is None and self.cycle is not None and self.cycle.response_complete:
            self._wait_for_head()
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A request has begun."""
        self.begun = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is here."""
        self._stop("head_limit")
        super().on_headers_complete()

    def pause_writing(self) -> None:
        """The reader is behind."""
        super().pause_writing()
        self.reader_limit = self.loop.call_later(READER_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """He has caught up."""
        self._stop("reader_limit")
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """The line is closed."""
        self._stop("head_limit")
        self._stop("reader_limit")
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        self.begun = False
        self.head_limit = self.loop.call_later(HEAD_SECONDS, self._no_head)

    def _no_head(self) -> None:
        self.head_limit = None
        if self.transport.is_closing():
            return
        if self.begun:  # a line that was only opened, as browsers do in advance, is closed without a word
            self.transport.write(TOO_SLOW)
        self.transport.close()

    def _stop(self, name: str) -> None:
        timer: asyncio.TimerHandle | None = getattr(self, name)
        if timer is not None:
            timer.cancel()
            setattr(self, name, None)
