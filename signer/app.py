"""The signer's door: ``POST /sign``, ``GET /seals/<id>``, ``/anchor`` and ``GET /healthz``, as a small ASGI application.

Environment: ``SIGNER_DIRECTORY`` (directory), ``SIGNER_SECRET`` (shared with the portal), ``SIGNER_JOURNAL`` (file) and
``PORTAL_MODE``. Without any of them the process does not start, in production neither without the key of anchors.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from signer import anchors, keys, protocol, store
from signer.attributes import NotASignature, digest_signed
from signer.journal import Journal

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Reply = tuple[int, dict[str, str]]
MAX_REFERENCE = 80
SHORTEST_SECRET = 32


class Refused(Exception):
    """The answer to a request that is not granted."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.reply: Reply = (status, {"code": code})


class Signer:
    """The application: seals, journal, the secret that callers prove, and the book of anchors where it has their key."""

    def __init__(
        self,
        seals: Mapping[str, store.Seal],
        journal: Journal,
        secret: str,
        book: anchors.AnchorBook | None = None,
    ) -> None:
        self.seals, self.journal, self.secret, self.book = seals, journal, secret, book

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError("this application speaks HTTP only")
        try:
            body = await _body(receive)
            status, answer = self._answer(scope, body)
        except Refused as refused:
            status, answer = refused.reply
        content = json.dumps(answer).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, scope: Message, body: bytes) -> Reply:
        method, path = scope["method"], scope["path"]
        if method == "GET" and path == protocol.HEALTH:
            return 200, {"status": "ok"}
        if method == "GET" and path.startswith(protocol.SEALS):  # certificates are public
            return 200, {"certificate": self._seal(path.removeprefix(protocol.SEALS)).pem}
        if method == "GET" and path == protocol.ANCHOR:
            return 200, {"key": self._book().public_pem}
        if method != "POST" or path not in (protocol.SIGN, protocol.ANCHOR):
            raise Refused(404, "unknown_address")
        given = dict(scope["headers"]).get(protocol.PROOF.lower().encode(), b"").decode("latin-1")
        if not protocol.is_proven(self.secret, body, given):
            raise Refused(401, "not_proven")
        made = self._sign(body) if path == protocol.SIGN else self._anchor(body)
        return 200, {"signature": base64.b64encode(made).decode()}

    def _book(self) -> anchors.AnchorBook:
        if self.book is None:
            raise Refused(404, "no_anchor_key")
        return self.book

    def _anchor(self, body: bytes) -> bytes:
        """Noted first, like every signature."""
        try:
            return self._book().sign(body.decode())
        except (UnicodeDecodeError, anchors.NoAnchor) as error:
            raise Refused(422, "no_anchor") from error
        except anchors.OutOfTurn as error:
            raise Refused(409, "out_of_turn") from error
        except OSError as error:
            raise Refused(503, "journal_closed") from error
        except keys.NotSigned as error:
            print(f"not signed: {error}", file=sys.stderr, flush=True)
            raise Refused(503, "not_signed") from error

    def _seal(self, name: object) -> store.Seal:
        seal = self.seals.get(name) if isinstance(name, str) else None
        if seal is None:
            raise Refused(404, "unknown_seal")
        return seal

    def _sign(self, body: bytes) -> bytes:
        """The journal line first: what cannot be noted is not signed."""
        try:
            asked = json.loads(body)
            seal = self._seal(asked["seal"])
            reference = str(asked["reference"])[:MAX_REFERENCE]
            attributes = base64.b64decode(asked["attributes"], validate=True)
            digest = digest_signed(attributes, seal.certificate)
        except (ValueError, KeyError, TypeError, NotASignature) as error:
            print(f"refused: {type(error).__name__} {error}", file=sys.stderr, flush=True)
            raise Refused(422, "no_pdf_signature") from error
        try:
            self.journal.write(seal=seal.name, reference=reference, digest=digest)
        except OSError as error:
            raise Refused(503, "journal_closed") from error
        return seal.sign(attributes)


async def _body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "gone")
        body += message.get("body", b"")
        if len(body) > protocol.MAX_BODY_BYTES:
            raise Refused(413, "too_large")
        if not message.get("more_body"):
            return body


def from_environment(environment: Mapping[str, str]) -> Signer:
    """The signer an environment describes; SystemExit with one sentence when it describes none."""
    try:
        secret = environment["SIGNER_SECRET"]
        production = environment["PORTAL_MODE"] == "production"
        directory, noted = Path(environment["SIGNER_DIRECTORY"]), Path(environment["SIGNER_JOURNAL"])
        seals = store.load(directory, production=production)
        journal = Journal(noted)
        book = None
        if anchors.absent(directory):
            _no_anchor_key(directory / anchors.KEY, production=production)
        else:
            book = anchors.AnchorBook(
                directory / anchors.KEY, noted.with_name(anchors.JOURNAL), production=production
            )
    except KeyError as error:
        raise SystemExit(f"{error.args[0]} is not set; docs/operations.md says what belongs there.") from None
    except (store.BadStore, OSError) as error:
        raise SystemExit(f"The signer cannot start: {error}.") from None
    if len(secret) < SHORTEST_SECRET or (production and secret.startswith("demo:")):
        raise SystemExit("SIGNER_SECRET is too short or a demo secret.")
    return Signer(seals, journal, secret, book)


def _no_anchor_key(path: Path, *, production: bool) -> None:
    """Say so; SystemExit in production, where after ``TRAIL_HOLD_HOURS`` without an anchor nothing is accepted any more."""
    if production:
        raise SystemExit(f"The signer cannot start: the key of anchors {path} is not there.")
    print(f"no key of anchors at {path}: papers are sealed, no anchor is signed", file=sys.stderr, flush=True)


def application() -> Signer:
    """Factory for uvicorn (``--factory``)."""
    return from_environment(os.environ)
