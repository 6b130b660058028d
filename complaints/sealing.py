"""The keys of the zone: a box that anyone can close and only the zone can open, and sealed columns (SEC-30, SEC-33).

A closed box is X25519 with a fresh key pair for each box, HKDF-SHA-256 and AES-256-GCM. Its content is filled up to one
size, so that its length says nothing. Columns and look-up hashes of the zone use keys derived from the private key:
contents, identities, originals of files and look-ups have one each. The file of the private key may hold several, newest
first: the newest seals, all of them open and find what older ones left (``portal.keys --new-zone-key``).

Files are too large for a box: their pieces are sealed with a key of the file, which lies in a box.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

BOX_BYTES = 64 * 1024
"""Every complaint's box has this content size; the longest complaint a form takes, with its files' tickets, fits in."""
PIECE_BYTES = 256 * 1024
"""Files are cut into pieces of this size; the last is filled up."""
BOX_LABEL = b"complaint box v1"
CONTENT, IDENTITY, ORIGINAL, INDEX = b"zone content", b"zone identity", b"zone original", b"zone index"
_PEM = re.compile(rb"-----BEGIN PRIVATE KEY-----.*?-----END PRIVATE KEY-----", re.DOTALL)


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
def _private(path: Path) -> tuple[X25519PrivateKey, ...]:
    keys = []
    for block in _PEM.findall(path.read_bytes()):
        key = serialization.load_pem_private_key(block, password=None)
        if not isinstance(key, X25519PrivateKey):
            raise TypeError("ZONE_PRIVATE_KEY_FILE must hold X25519 keys")
        keys.append(key)
    if not keys:
        raise ValueError("ZONE_PRIVATE_KEY_FILE holds no key")
    return tuple(keys)


def _zone_keys() -> tuple[X25519PrivateKey, ...]:
    """Newest first."""
    if settings.ZONE_PRIVATE_KEY_FILE is None:
        raise NoZoneKey("only the process of the complaint zone has the private key")
    return _private(settings.ZONE_PRIVATE_KEY_FILE)


def _name_of(key: X25519PublicKey) -> str:
    return hashlib.sha256(_raw(key)).hexdigest()[:16]


def sealing_key() -> str:
    """Name of the public key with which this process seals; 16 hex characters."""
    return _name_of(_public(settings.ZONE_PUBLIC_KEY_FILE))


def opening_keys() -> list[str]:
    """Names of the keys that this process opens (NoZoneKey outside the zone)."""
    return [_name_of(key.public_key()) for key in _zone_keys()]


def _derive(secret: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(secret)


def _own_keys(purpose: bytes) -> list[bytes]:
    return [_derive(key.private_bytes_raw(), purpose) for key in _zone_keys()]


def close_box(content: dict[str, Any], *, size: int = BOX_BYTES) -> bytes:
    """Seal for the zone with its public key; whoever closes a box cannot open it again. Boxes of one ``size`` (bytes of
    content) have one length. ValueError when the content is longer.
    """
    raw = json.dumps(content, ensure_ascii=False).encode()
    if len(raw) > size:
        raise ValueError("content of a box is too long")
    target = _public(settings.ZONE_PUBLIC_KEY_FILE)
    once = X25519PrivateKey.generate()
    key = _derive(once.exchange(target), BOX_LABEL + _raw(once.public_key()) + _raw(target))
    # the key serves this one box, so a fixed nonce is never used twice with it
    sealed = AESGCM(key).encrypt(bytes(12), raw.ljust(size), BOX_LABEL)
    return _raw(once.public_key()) + sealed


def open_box(box: bytes) -> dict[str, Any]:
    """Content of a box, in the zone's process only (NoZoneKey elsewhere); ValueError for what is no box of ours."""
    for own in _zone_keys():
        try:
            once = X25519PublicKey.from_public_bytes(box[:32])
            key = _derive(own.exchange(once), BOX_LABEL + box[:32] + _raw(own.public_key()))
            content = json.loads(AESGCM(key).decrypt(bytes(12), box[32:], BOX_LABEL))
        except (ValueError, InvalidTag):
            continue
        if isinstance(content, dict):
            return content
    raise ValueError("not a box of this zone")


def seal_piece(raw: bytes, *, key: bytes, place: str, number: int) -> bytes:
    """One piece of a file; ``place`` names the file and how many pieces it has, so none can be moved or left out."""
    return AESGCM(key).encrypt(number.to_bytes(12), raw.ljust(PIECE_BYTES, b"\0"), place.encode())


def open_piece(sealed: bytes, *, key: bytes, place: str, number: int) -> bytes:
    """Inverse of :func:`seal_piece`, still filled up. InvalidTag for anything else than this piece."""
    return AESGCM(key).decrypt(number.to_bytes(12), sealed, place.encode())


def encrypt(text: str, *, context: str, key: bytes = CONTENT) -> str:
    """AES-256-GCM with a key of the zone; ``context`` ties the value to its place."""
    nonce = os.urandom(12)
    sealed = AESGCM(_own_keys(key)[0]).encrypt(nonce, text.encode(), context.encode())
    return base64.b64encode(nonce + sealed).decode()


def decrypt(value: str, *, context: str, key: bytes = CONTENT) -> str:
    """Inverse of :func:`encrypt`, by whichever key of the zone. InvalidTag for a changed or moved value."""
    raw = base64.b64decode(value)
    for own in _own_keys(key):
        try:
            return AESGCM(own).decrypt(raw[:12], raw[12:], context.encode()).decode()
        except InvalidTag:
            continue
    raise InvalidTag


def look_ups(purpose: str, value: str) -> list[str]:
    """Keyed hashes by which the zone finds a receipt or an author again, one for each key it ever had, newest first."""
    message = f"{purpose}\x00{value}".encode()
    return [hmac.new(key, message, hashlib.sha256).hexdigest() for key in _own_keys(INDEX)]


def look_up(purpose: str, value: str) -> str:
    """The keyed hash that a new row carries; 64 hex characters."""
    return look_ups(purpose, value)[0]
