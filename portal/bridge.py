"""Pages, which are WSGI, in threads behind the loop. A thread makes an answer and never waits for who reads it (F-24).

The body lies there whole before the thread begins (``portal.intake``). What the page says is kept, in memory or a file, until the loop has
sent it. Stored files are not copied: the loop asks for each piece when the reader has taken the last one, in threads of their own.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import IO, Any

from a2wsgi.wsgi import build_environ
from django.db import close_old_connections
from django.http import FileResponse

from common.pieces import is_by_pieces

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Page = Callable[..., Iterable[bytes]]

IN_MEMORY = 256 * 1024
"""Bytes of one answer that need no file."""
PIECE_BYTES = 64 * 1024
PIECE_THREADS = 4
END: Message = {"type": "http.response.body", "body": b""}


class Answer:
    """What a page says in its thread, kept until the loop has passed it on."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop, self.news, self.lock = loop, asyncio.Event(), Lock()
        self.start: Message | None = None
        self.kept, self.said, self.passed_on = SpooledTemporaryFile(max_size=IN_MEMORY), 0, 0

    def start_response(self, status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
        """Called by the page: status and headers."""
        found = [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers]
        self.start = {"type": "http.response.start", "status": int(status.split(" ", 1)[0]), "headers": found}
        return self.say

    def say(self, piece: bytes) -> None:
        """Called by the page's thread: never waits for the reader. BrokenPipeError when nobody wants it any more."""
        with self.lock:
            if self.kept.closed:
                raise BrokenPipeError("the answer is not wanted any more")
            self.kept.seek(self.said)
            self.kept.write(piece)
            self.said += len(piece)
        with suppress(RuntimeError):  # the server has ended
            self.loop.call_soon_threadsafe(self.news.set)

    def take(self) -> bytes:
        """Called by the loop: what was not passed on yet, at most PIECE_BYTES."""
        with self.lock:
            self.kept.seek(self.passed_on)
            piece = self.kept.read(min(PIECE_BYTES, self.said - self.passed_on))
            self.passed_on += len(piece)
            if self.passed_on == self.said:
                self.said = self.passed_on = 0
                self.kept.seek(0)
                self.kept.truncate()
        return piece

    def close(self) -> None:
        """Throw away what is left."""
        with self.lock:
            self.kept.close()


class Bridge:
    """An ASGI side of WSGI pages with so many threads."""

    def __init__(self, pages: Page, *, threads: int) -> None:
        self.page = pages
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="pages")
        self.piece_threads = ThreadPoolExecutor(PIECE_THREADS, thread_name_prefix="pieces")

    async def __call__(self, scope: Message, receive: Receive, send: Send, body: IO[bytes]) -> None:
        """Answer one request whose body is here."""
        loop, context = asyncio.get_running_loop(), contextvars.copy_context()
        answer = Answer(loop)
        environ: Any = build_environ(scope, body)  # type: ignore[arg-type]
        work = loop.run_in_executor(self.threads, partial(context.run, self._make, environ, answer))
        work.add_done_callback(lambda _work: answer.news.set())
        try:
            await self._pass_on(answer, work, send)
            pieces = work.result()
            if pieces is not None:
                await self._pass_pieces(pieces, context, receive, send)
            else:
                await send(END)
        finally:
            answer.close()

    def _make(self, environ: dict[str, Any], answer: Answer) -> Iterable[bytes] | None:
        """In a thread: the whole answer, or the rest of it when it is to be asked for piece by piece."""
        said = self.page(environ, answer.start_response)
        if isinstance(said, FileResponse) or is_by_pieces(said):
            return said
        try:
            for piece in said:
                answer.say(piece)
        finally:
            getattr(said, "close", lambda: None)()
        return None

    @staticmethod
    async def _pass_on(answer: Answer, work: asyncio.Future[Any], send: Send) -> None:
        """Send what is said, until the page has ended and nothing is left."""
        ended = False
        while not ended:
            await answer.news.wait()
            answer.news.clear()
            ended = work.done()
            if answer.start is not None:
                start, answer.start = answer.start, None
                await send(start)
            while piece := answer.take():
                await send({"type": "http.response.body", "body": piece, "more_body": True})

    async def _pass_pieces(
        self, said: Iterable[bytes], context: contextvars.Context, receive: Receive, send: Send
    ) -> None:
        """Ask for a piece when the last one is on its way, as long as somebody reads."""
        loop = asyncio.get_running_loop()
        gone = asyncio.ensure_future(_left(receive))
        pieces = iter(said)
        try:
            while not gone.done():
                piece = await loop.run_in_executor(self.piece_threads, context.run, _next, pieces)
                if piece is None:
                    await send(END)
                    return
                if piece:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        finally:
            gone.cancel()
            close = getattr(said, "close", None)
            if close is not None:
                await loop.run_in_executor(self.piece_threads, close)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":  # the end of the request comes first
        pass


def _next(pieces: Iterator[bytes]) -> bytes | None:
    close_old_connections()  # no request begins in this thread, which would do it
    taken, size = [], 0
    for piece in pieces:  # Django's own files come in 4 KB
        taken.append(piece)
        size += len(piece)
        if size >= PIECE_BYTES:
            break
    return b"".join(taken) if taken else None
