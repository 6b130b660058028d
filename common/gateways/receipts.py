"""What proves a carrier's callback: HMAC-SHA256 with the secret both know, over time, a dot and the raw body."""

from __future__ import annotations

import hashlib
import hmac
import time

from common import crypto
from common.gateways.signing import BadSignature

WINDOW_SECONDS = 300


def proof(secret: str, moment: str, body: bytes) -> str:
    """Hexadecimal; ``moment`` is seconds since 1970."""
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def check(secret: str, moment: str, given: str, body: bytes) -> None:
    """BadSignature for a wrong proof or a time outside five minutes."""
    if not (moment.isascii() and moment.isdigit() and len(moment) < 13):
        raise BadSignature("time")
    if abs(time.time() - int(moment)) > WINDOW_SECONDS:
        raise BadSignature("time")
    if not crypto.same(proof(secret, moment, body), given):
        raise BadSignature("signature")
