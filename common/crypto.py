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

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE, TAG = 12, 16
"""Bytes."""


def sm3(content: bytes) -> str:
    """The national digest (GB/T 32905) in hexadecimal."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(content)
    return digest.finalize().hex()


def label() -> str:
    """What stands before the colon of values that are encrypted now: the key's id, and the cipher where it is not AES."""
    key_id = next(iter(settings.FIELD_KEYS))
    return key_id if settings.FIELD_CIPHER == "aes" else f"{key_id}.{settings.FIELD_CIPHER}"


def encrypt(text: str, *, context: str) -> str:
    """AES-256-GCM, or SM4-GCM by ``FIELD_CIPHER``; ``context`` (model and field) is authenticated, so a value cannot be moved to
    another column."""
    name, nonce = label(), os.urandom(NONCE)
    sealed = _cipher(name).encrypt(nonce, text.encode(), context.encode())
    return f"{name}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(value: str, *, context: str) -> str:
    """Inverse of :func:`encrypt`, whatever the cipher is now; raises KeyError for an unknown key id and InvalidTag for a changed
    value."""
    name, _, body = value.partition(":")
    raw = base64.b64decode(body)
    return _cipher(name).decrypt(raw[:NONCE], raw[NONCE:], context.encode()).decode()


def _cipher(name: str) -> AESGCM | SM4GCM:
    key_id, _dot, cipher = name.partition(".")
    key = settings.FIELD_KEYS[key_id]
    return SM4GCM(key) if cipher == "sm4" else AESGCM(key)


class SM4GCM:
    """SM4 (GB/T 32907) in GCM (RFC 8998) as AESGCM is called; its 16 bytes are drawn from a ring's 32 by HKDF."""

    def __init__(self, ring_key: bytes) -> None:
        self._key = HKDF(hashes.SHA256(), 16, salt=None, info=b"field sm4").derive(ring_key)

    def encrypt(self, nonce: bytes, data: bytes, context: bytes) -> bytes:
        """Ciphertext and tag."""
        work = Cipher(algorithms.SM4(self._key), modes.GCM(nonce)).encryptor()
        work.authenticate_additional_data(context)
        return work.update(data) + work.finalize() + work.tag

    def decrypt(self, nonce: bytes, sealed: bytes, context: bytes) -> bytes:
        """InvalidTag for anything but what was encrypted."""
        if len(sealed) < TAG:
            raise InvalidTag
        work = Cipher(algorithms.SM4(self._key), modes.GCM(nonce, sealed[-TAG:])).decryptor()
        work.authenticate_additional_data(context)
        return work.update(sealed[:-TAG]) + work.finalize()


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
