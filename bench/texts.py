"""A provider of text messages for what is measured."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Texts(ThreadingHTTPServer):
    """Takes text messages as ``common.gateways.sms`` sends them; with ``hang`` it takes the call and never says a word."""

    daemon_threads = True
    request_queue_size = 512
    hang = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Text)
        self.over = threading.Event()


class _Text(BaseHTTPRequestHandler):
    server: Texts

    def do_POST(self) -> None:
        """One message."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.hang:
            self.server.over.wait()
            return
        body = json.dumps({"id": asked["id"], "state": "accepted"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_arguments: Any) -> None:
        """Nothing: the measured portal has its own log."""


@contextmanager
def texts_provider() -> Iterator[Texts]:
    """One that listens."""
    with Texts() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
