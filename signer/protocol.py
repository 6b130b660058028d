"""What both sides of the signer's door agree on: addresses, fields and the proof of who asks.

The proof is an HMAC over the body, so the shared secret never travels and a body changed on the way is refused. Asking
the same thing again gives a signature over the same paper, hence nothing that the caller did not have.
"""

from __future__ import annotations

import hashlib
import hmac
import re

SIGN, SEALS, HEALTH = "/sign", "/seals/", "/healthz"
ANCHOR = "/anchor"
"""GET: the public key of anchors; POST: the signature of one (docs/adr/0024)."""
PROOF = "X-Signer-Proof"
MAX_BODY_BYTES = 16 * 1024
SEAL_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
"""A seal's name: that of its key file, and what a row of the portal says."""


def proof(secret: str, body: bytes) -> str:
    """What the caller sends in ``PROOF``."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_proven(secret: str, body: bytes, given: str) -> bool:
    """Whether a body comes from somebody who knows the secret; takes the same time for every wrong answer."""
    return hmac.compare_digest(proof(secret, body).encode(), given.encode("utf-8", "replace"))
