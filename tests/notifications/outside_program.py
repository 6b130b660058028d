"""Software of a law firm that knows the court's portal by its documents only: API, webhooks, feeds. Standard library and httpx.

Prints its port, reads the webhooks' secret from its input, then keeps the list of cases up to date: a webhook makes it ask
the API again, with the ETag it has. ``GET /list`` gives what it holds; ``GET /feeds`` what stands in its calendar and feed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import xml.etree.ElementTree as ElementTree
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx

PORTAL, TOKEN = os.environ["PORTAL"], os.environ["TOKEN"]


class Office:
    """What the firm knows."""

    def __init__(self) -> None:
        self.http = httpx.Client(
            base_url=PORTAL, headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False
        )
        self.secret, self.seen = b"", set[str]()
        self.rows: list[dict[str, Any]] = []
        self.tag, self.asked, self.unchanged, self.doubled = "", 0, 0, 0

    def ask(self) -> None:
        """The whole list, unless the court says that it is the same."""
        self.asked += 1
        answer = self.http.get("/api/v1/cases", headers={"If-None-Match": self.tag})
        if answer.status_code == 304:
            self.unchanged += 1
            return
        answer.raise_for_status()
        self.tag, body = answer.headers["ETag"], answer.json()
        rows = body["results"]
        while body["next"]:
            body = self.http.get(body["next"]).raise_for_status().json()
            rows += body["results"]
        self.rows = rows

    def believes(self, headers: Any, body: bytes) -> bool:
        """A signature by the secret over id, time and body, not older than five minutes."""
        identity, moment = headers["webhook-id"], headers["webhook-timestamp"]
        mac = hmac.new(self.secret, f"{identity}.{moment}.".encode() + body, hashlib.sha256).digest()
        given = headers["webhook-signature"].split()
        fresh = abs(time.time() - int(moment)) < 300
        return fresh and any(
            hmac.compare_digest(f"v1,{base64.b64encode(mac).decode()}", one) for one in given
        )

    def told(self, identity: str) -> None:
        """Something happened; told twice is told once."""
        if identity in self.seen:
            self.doubled += 1
            return
        self.seen.add(identity)
        self.ask()

    def feeds(self) -> dict[str, Any]:
        """Summaries of the calendar and titles of the feed."""
        calendar = self.http.get(os.environ["CALENDAR"]).raise_for_status().text.replace("\r\n ", "")
        feed = ElementTree.fromstring(self.http.get(os.environ["FEED"]).raise_for_status().content)
        atom = "{http://www.w3.org/2005/Atom}"
        return {
            "dates": [line.partition(":")[2] for line in calendar.splitlines() if line.startswith("SUMMARY")],
            "news": [entry.findtext(f"{atom}title") for entry in feed.iter(f"{atom}entry")],
        }


office = Office()


class Door(BaseHTTPRequestHandler):
    """One request at a time, so that an answer to ``/list`` comes after all that was told before."""

    def do_POST(self) -> None:
        """A webhook: answered first, worked on afterwards."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not office.believes(self.headers, body):
            return self.say(401, {})
        news = json.loads(body)
        if news["type"] == "webhook.challenge":
            return self.say(200, {"challenge": news["challenge"]})
        self.say(202, {})
        office.told(self.headers["webhook-id"])

    def do_GET(self) -> None:
        """What the firm holds."""
        if self.path == "/feeds":
            return self.say(200, office.feeds())
        known = {name: getattr(office, name) for name in ("rows", "asked", "unchanged", "doubled")}
        self.say(200, known)

    def say(self, status: int, body: dict[str, Any]) -> None:
        """JSON."""
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)
        self.wfile.flush()

    def log_message(self, *_words: Any) -> None:
        """Quiet."""


with HTTPServer(("127.0.0.1", 0), Door) as server:
    print(server.server_address[1], flush=True)
    office.secret = base64.b64decode(sys.stdin.readline().strip().removeprefix("whsec_"))
    office.ask()
    server.serve_forever()
