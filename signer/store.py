"""The seals this process holds: ``<id>.key.pem`` with ``<id>.cert.pem`` in one directory."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import pem, x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from signer.protocol import SEAL_ID

DEMO_MARK = b"demo key"
"""How files begin that the launcher made; production refuses them."""


class BadStore(Exception):
    """The key directory is not one a signer may start with."""


@dataclass(frozen=True)
class Seal:
    """One key with its certificate."""

    name: str
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    pem: str

    def sign(self, data: bytes) -> bytes:
        """ECDSA P-256 over SHA-256, as DER."""
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))


def load(directory: Path, *, production: bool) -> dict[str, Seal]:
    """All seals of a directory by name. BadStore when there is none or one of them is not usable."""
    seals = {}
    for path in sorted(directory.glob("*.key.pem")):
        name = path.name.removesuffix(".key.pem")
        seals[name] = _seal(name, path, production=production)
    if not seals:
        raise BadStore(f"{directory} holds no *.key.pem")
    return seals


def _seal(name: str, path: Path, *, production: bool) -> Seal:
    if not SEAL_ID.fullmatch(name):
        raise BadStore(f"{path}: names are small letters, digits and hyphens")
    key = read_key(path, production=production)
    try:
        certificate_pem = path.with_name(f"{name}.cert.pem").read_bytes()
        _kind, _headers, der = pem.unarmor(certificate_pem)
        certificate = x509.Certificate.load(der)
        public = serialization.load_der_public_key(certificate.public_key.dump())
    except (OSError, ValueError, TypeError) as error:
        raise BadStore(f"{path} or its certificate cannot be read") from error
    if key.public_key() != public:
        raise BadStore(f"{path} and its certificate do not belong together")
    return Seal(name, key, certificate, pem.armor("CERTIFICATE", der).decode())


def private_bytes(path: Path, *, production: bool) -> bytes:
    """A key's file. BadStore unless it can be read and, in production, is nobody else's and no demo key."""
    try:
        written = path.read_bytes()
        if production and written.startswith(DEMO_MARK):
            raise BadStore(f"{path} is a demo key; have one made for production")
        if production and path.stat().st_mode & (stat.S_IRWXO | stat.S_IRWXG):
            raise BadStore(f"{path} is open to other users; set its mode to 0400")
    except OSError as error:
        raise BadStore(f"{path} cannot be read") from error
    return written


def read_key(path: Path, *, production: bool) -> ec.EllipticCurvePrivateKey:
    """A private key. BadStore unless it is ECDSA P-256 and, in production, nobody else's and no demo key."""
    try:
        key = serialization.load_pem_private_key(private_bytes(path, production=production), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadStore(f"{path} cannot be read") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BadStore(f"{path} is no ECDSA P-256 key")
    return key
