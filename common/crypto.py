"""Encryption of personal columns and keyed hashes (DESIGN §9, SEC-67).

Keys come from settings: ``FIELD_KEYS`` maps a key id to 32 bytes, the first entry encrypts, all of them
decrypt, so that a key can be rotated without a stop. ``INDEX_KEY`` makes blind indexes, ``TOKEN_KEY``
hashes codes printed on paper and one-time codes; what lies in a column of these goes under later keys in ``common.keyed``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


def sm3(content: bytes) -> str:
    """The national digest (GB/T 32905) in hexadecimal."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(content)
    return digest.finalize().hex()


def encrypt(text: str, *, context: str) -> str:
    """AES-256-GCM; ``context`` (model and field) is authenticated, so a value cannot be moved to another column."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), context.encode())
    return f"{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(value: str, *, context: str) -> str:
    """Inverse of :func:`encrypt`; raises KeyError for an unknown key id and InvalidTag for a changed value."""
    key_id, _, body = value.partition(":")
    raw = base64.b64decode(body)
    return AESGCM(settings.FIELD_KEYS[key_id]).decrypt(raw[:12], raw[12:], context.encode()).decode()


def _keyed(key: bytes, purpose: str, value: str) -> str:
    return hmac.new(key, f"{purpose}\x00{value}".encode(), hashlib.sha256).hexdigest()


def blind_index(purpose: str, value: str) -> str:
    """64 hex characters for equality search of an encrypted value; empty for an empty value."""
    return _keyed(settings.INDEX_KEY, purpose, value) if value else ""


def keyed_hash(purpose: str, value: str) -> str:
    """64 hex characters; for tokens, service codes and one-time codes, which are never stored themselves."""
    return _keyed(settings.TOKEN_KEY, purpose, value)


def passing_hash(purpose: str, value: str) -> str:
    """64 hex characters under the newest key, for names of counters: with a new key they begin anew."""
    newest = [settings.TOKEN_KEY, *settings.TOKEN_LATER_KEYS.values()][-1]
    return _keyed(newest, purpose, value)


def same(left: str, right: str) -> bool:
    """Comparison in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
