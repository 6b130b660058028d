"""The keys of the zone: a box that anyone can close and only the zone can open, and sealed columns (SEC-30, SEC-33).

A closed box is X25519 with a fresh key pair for each box, HKDF-SHA-256 and AES-256-GCM. Its content is filled up to one
size, so that its length says nothing. Columns and look-up hashes of the zone use keys derived from the private key:
contents, identities and look-ups have one each.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

BOX_BYTES = 32 * 1024
"""Every box has this content size; the longest complaint a form takes fits in."""
BOX_LABEL = b"complaint box v1"
CONTENT, IDENTITY, INDEX = b"zone content", b"zone identity", b"zone index"


class NoZoneKey(RuntimeError):
    """This process is not the zone's: it can close boxes and open none."""


def _raw(key: X25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


@lru_cache(maxsize=2)
def _public(path: Path) -> X25519PublicKey:
    key = serialization.load_pem_public_key(path.read_bytes())
    if not isinstance(key, X25519PublicKey):
        raise TypeError("ZONE_PUBLIC_KEY_FILE must hold an X25519 key")
    return key


@lru_cache(maxsize=2)
def _private(path: Path) -> X25519PrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, X25519PrivateKey):
        raise TypeError("ZONE_PRIVATE_KEY_FILE must hold an X25519 key")
    return key


def _zone_key() -> X25519PrivateKey:
    if settings.ZONE_PRIVATE_KEY_FILE is None:
        raise NoZoneKey("only the process of the complaint zone has the private key")
    return _private(settings.ZONE_PRIVATE_KEY_FILE)


def _derive(secret: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(secret)


def _own_key(purpose: bytes) -> bytes:
    raw = _zone_key().private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    return _derive(raw, purpose)


def close_box(content: dict[str, Any]) -> bytes:
    """Seal for the zone with its public key; whoever closes a box cannot open it again. ValueError when too long."""
    raw = json.dumps(content, ensure_ascii=False).encode()
    if len(raw) > BOX_BYTES:
        raise ValueError("content of a box is too long")
    target = _public(settings.ZONE_PUBLIC_KEY_FILE)
    once = X25519PrivateKey.generate()
    key = _derive(once.exchange(target), BOX_LABEL + _raw(once.public_key()) + _raw(target))
    # the key serves this one box, so a fixed nonce is never used twice with it
    sealed = AESGCM(key).encrypt(bytes(12), raw.ljust(BOX_BYTES), BOX_LABEL)
    return _raw(once.public_key()) + sealed


def open_box(box: bytes) -> dict[str, Any]:
    """Content of a box, in the zone's process only (NoZoneKey elsewhere); ValueError for what is no box of ours."""
    own = _zone_key()
    try:
        once = X25519PublicKey.from_public_bytes(box[:32])
        key = _derive(own.exchange(once), BOX_LABEL + box[:32] + _raw(own.public_key()))
        content = json.loads(AESGCM(key).decrypt(bytes(12), box[32:], BOX_LABEL))
    except Exception as error:
        raise ValueError("not a box of this zone") from error
    if not isinstance(content, dict):
        raise ValueError("not a box of this zone")
    return content


def encrypt(text: str, *, context: str, key: bytes = CONTENT) -> str:
    """AES-256-GCM with a key of the zone; ``context`` ties the value to its place."""
    nonce = os.urandom(12)
    sealed = AESGCM(_own_key(key)).encrypt(nonce, text.encode(), context.encode())
    return base64.b64encode(nonce + sealed).decode()


def decrypt(value: str, *, context: str, key: bytes = CONTENT) -> str:
    """Inverse of :func:`encrypt`."""
    raw = base64.b64decode(value)
    return AESGCM(_own_key(key)).decrypt(raw[:12], raw[12:], context.encode()).decode()


def look_up(purpose: str, value: str) -> str:
    """Keyed hash by which the zone finds a receipt or an author again; 64 hex characters."""
    return hmac.new(_own_key(INDEX), f"{purpose}\x00{value}".encode(), hashlib.sha256).hexdigest()
