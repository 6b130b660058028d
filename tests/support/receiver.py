"""An address outside the court that takes webhooks or texts, in a thread of the test."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """Listens until it is stopped. ``status`` or ``answer`` is what it says; ``repeats``: it answers a challenge as it should."""

    def __init__(self) -> None:
        self.status, self.repeats, self.length = 204, True, 0
        self.answer: dict[str, Any] = {}
        self.got: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                answer = b"a" * receiver.length
                challenge = json.loads(body).get("challenge")
                if challenge and receiver.repeats:
                    answer = json.dumps({"challenge": challenge}).encode()
                elif receiver.answer:
                    answer = json.dumps(receiver.answer).encode()
                spoken = receiver.answer or (challenge and receiver.repeats)
                self.send_response(200 if spoken else receiver.status)
                if receiver.status in (301, 302, 307, 308):
                    self.send_header("Location", receiver.url)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_words: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def bodies(self) -> list[dict[str, Any]]:
        """What came, read."""
        return [json.loads(body) for _headers, body in self.got]

    def told(self) -> list[dict[str, Any]]:
        """The same without challenges."""
        return [body for body in self.bodies() if body["type"] != "webhook.challenge"]

    def stop(self) -> None:
        """Close the port."""
        self.server.shutdown()
        self.thread.join(10)
        self.server.server_close()
