"""How portal and a service that keeps a secret with it prove to each other who they are: the sealing service of a vendor
(docs/adr/0022) and the register of identities (docs/adr/0029).

A request proves itself by an HMAC over all of it; a time and a number used once let nobody send it again. The answer proves
itself by an HMAC over that number and all of the answer, so it is the answer to this request and of who knows the
secret. What comes in it is checked besides.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from common import clock
from common.gateways.exchange import Answer, exchange

APP, TIME, NONCE, PROOF = "X-App", "X-Time", "X-Nonce", "X-Proof"
SKEW_SECONDS = 300


class NotProven(ValueError):
    """The answer is somebody else's."""


def proven_exchange(
    secret: str, app: str, method: str, url: str, body: bytes, *, most: int, socket: str | None = None
) -> Answer:
    """One call that is proven both ways (:func:`common.gateways.exchange.exchange`). NotProven, TooLong, one of ``SILENCE``."""
    moment, nonce = str(int(clock.process_now().timestamp())), secrets.token_hex(16)
    proof = request_proof(
        secret, method=method, path=urlsplit(url).path, app=app, moment=moment, nonce=nonce, body=body
    )
    headers = {
        "Content-Type": "application/json",
        APP: app,
        TIME: moment,
        NONCE: nonce,
        PROOF: proof,
    }
    answer = exchange(method, url, headers=headers, body=body, most=most, socket=socket)
    expected = answer_proof(secret, nonce=nonce, status=answer.status, body=answer.body)
    if not is_same(expected, answer.headers.get(PROOF.lower(), "")):
        raise NotProven(str(answer.status))
    return answer


def request_proof(
    secret: str, *, method: str, path: str, app: str, moment: str, nonce: str, body: bytes
) -> str:
    """What the portal sends in ``PROOF``."""
    return _mac(secret, "request", method, path, app, moment, nonce, hashlib.sha256(body).hexdigest())


def answer_proof(secret: str, *, nonce: str, status: int, body: bytes) -> str:
    """What the service sends in ``PROOF``."""
    return _mac(secret, "answer", nonce, str(status), hashlib.sha256(body).hexdigest())


def is_same(expected: str, given: str) -> bool:
    """Compare two proofs in constant time."""
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def _mac(secret: str, *parts: str) -> str:
    return hmac.new(secret.encode(), "\n".join(parts).encode(), hashlib.sha256).hexdigest()
