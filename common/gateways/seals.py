"""What portal and a vendor's sealing service agree on: addresses, fields, and how each proves to the other who it is.

A request proves itself by an HMAC over all of it; a time and a number used once let nobody send it again. The answer proves
itself by an HMAC over that number and all of the answer, so it is the answer to this request and of who knows the
secret. What comes in it is checked besides (docs/adr/0022).
"""

from __future__ import annotations

import hashlib
import hmac

SEALS = "/v1/seals/"
SIGNATURES = "/signatures"
APP, TIME, NONCE, PROOF = "X-App", "X-Time", "X-Nonce", "X-Proof"
ORIGINAL = "application/pdf;ByteRange"
"""``original`` of a signature: what the digest is of."""
SKEW_SECONDS = 300
MAX_BODY_BYTES = 4096


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
