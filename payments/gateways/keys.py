"""Keys of the gateways as their SDKs want them: bare PEM, whatever stands before it in the file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


@cache
def _private(path: Path) -> str:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path} is no RSA key")
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@cache
def _public(path: Path) -> str:
    key = serialization.load_pem_public_key(path.read_bytes())
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError(f"{path} is no RSA key")
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def _present(path: Path | None) -> Path:
    if path is None:
        raise RuntimeError("this payment gateway is not configured")
    return path


def private_pem(path: Path | None) -> str:
    """Our signing key (RSA, PKCS#8)."""
    return _private(_present(path))


def public_pem(path: Path | None) -> str:
    """The gateway's key that proves its answers and notices (RSA)."""
    return _public(_present(path))


def secret_line(path: Path | None) -> str:
    """A secret of one line; the last line counts."""
    return _present(path).read_text().strip().splitlines()[-1]
