"""Signed JSON messages over HTTP: ECDSA P-256 over time, nonce and raw body, as both sides of the cashier speak it."""

from __future__ import annotations

import base64
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

WINDOW_SECONDS = 300
_SECONDS = re.compile(r"[0-9]{1,12}")
TIMESTAMP, NONCE, SIGNATURE = "X-Portal-Timestamp", "X-Portal-Nonce", "X-Portal-Signature"


class BadSignature(Exception):
    """The message is not from whom it says, or too old."""


@cache
def _private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path} is no ECDSA key")
    return key


@cache
def _public_key(path: Path) -> ec.EllipticCurvePublicKey:
    key = serialization.load_pem_public_key(path.read_bytes())
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TypeError(f"{path} is no ECDSA key")
    return key


def _present(key_file: Path | None) -> Path:
    """The file of a connected gateway; without one nothing is signed and nothing is believed."""
    if key_file is None:
        raise RuntimeError("no payment gateway is configured")
    return key_file


@dataclass(frozen=True)
class SignedMessage:
    """A body with the headers that prove it."""

    body: bytes
    headers: dict[str, str]


def _signed_part(timestamp: str, nonce: str, body: bytes) -> bytes:
    return f"{timestamp}\n{nonce}\n".encode() + body


def sign(data: Mapping[str, Any], key_file: Path | None) -> SignedMessage:
    """``data`` as canonical JSON with time, nonce and signature headers."""
    body = json.dumps(data, ensure_ascii=False, sort_keys=True).encode()
    timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
    signature = _private_key(_present(key_file)).sign(
        _signed_part(timestamp, nonce, body), ec.ECDSA(hashes.SHA256())
    )
    headers = {
        "Content-Type": "application/json",
        TIMESTAMP: timestamp,
        NONCE: nonce,
        SIGNATURE: base64.b64encode(signature).decode(),
    }
    return SignedMessage(body, headers)


def open_signed(body: bytes, headers: Mapping[str, str], key_file: Path | None) -> dict[str, Any]:
    """The data of a signed message. Raises BadSignature for a wrong key, a changed body or a time outside five minutes."""
    timestamp, nonce = headers.get(TIMESTAMP, ""), headers.get(NONCE, "")
    if not _SECONDS.fullmatch(timestamp) or abs(time.time() - int(timestamp)) > WINDOW_SECONDS:
        raise BadSignature("time")
    try:
        signature = base64.b64decode(headers.get(SIGNATURE, ""), validate=True)
        _public_key(_present(key_file)).verify(
            signature, _signed_part(timestamp, nonce, body), ec.ECDSA(hashes.SHA256())
        )
        data = json.loads(body)
    except (InvalidSignature, ValueError) as error:
        raise BadSignature("signature") from error
    if not isinstance(data, dict):
        raise BadSignature("shape")
    return data
