"""People who send their heads and forms drop by drop, for as long as something is measured beside them (F-24)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
FORM = b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4000\r\n\r\n"
DROP_SECONDS = 1.0


@contextmanager
def slow_senders(port: int, people: int) -> Iterator[None]:
    """So many, half of them with heads; who is sent away comes again."""
    over = threading.Event()
    thread = threading.Thread(target=_drip, args=(port, people, over))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _drip(port: int, people: int, over: threading.Event) -> None:
    links: list[socket.socket | None] = [None] * people
    while not over.wait(DROP_SECONDS):
        for number, link in enumerate(links):
            try:
                if link is None:
                    link = links[number] = socket.create_connection(("127.0.0.1", port), timeout=10)
                    link.sendall(HEAD if number % 2 else FORM)
                link.sendall(b"a")
            except OSError:
                if link is not None:
                    link.close()
                links[number] = None
    for link in links:
        if link is not None:
            with suppress(OSError):
                link.close()
