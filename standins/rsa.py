"""SHA-256 with RSA, as WeChat Pay and Alipay sign."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


@cache
def _private(path: Path) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path} is no RSA key")
    return key


@cache
def _public(path: Path) -> rsa.RSAPublicKey:
    key = serialization.load_pem_public_key(path.read_bytes())
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError(f"{path} is no RSA key")
    return key


def present(key_file: Path | None) -> Path:
    """The file of a gateway that is played here; one that is not connected has none."""
    if key_file is None:
        raise RuntimeError("this gateway is not configured")
    return key_file


def signature(text: str, key_file: Path | None) -> str:
    """Base64 signature of a text."""
    return base64.b64encode(
        _private(present(key_file)).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    ).decode()


def proves(text: str, signed: str, key_file: Path | None) -> bool:
    """Whether the signature is that key's."""
    try:
        _public(present(key_file)).verify(
            base64.b64decode(signed), text.encode(), padding.PKCS1v15(), hashes.SHA256()
        )
    except (InvalidSignature, ValueError):
        return False
    return True
