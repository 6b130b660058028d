"""The certificates of the demo: two small authorities, the seals of the demo courts, the time stamp stand-in.

In production the court's own certificate authority does all this; the portal only reads the public half
(docs/operations.md). Everything is made once and kept, the keys of the two authorities too, so that a seal that a later
version adds belongs to the same authority.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAYS_BEFORE, DAYS_AFTER = 366, 3650
"""Certificates begin before the demo court's story does."""
ORGANIZATION = "码上通演示"
SEAL_AUTHORITY, STAMP_AUTHORITY = "码上通演示根证书", "码上通演示时间戳根证书"
STAMP_NAME = "码上通演示时间戳服务"
DEFAULT_SEAL = "court"
DEMO_SEALS = {
    DEFAULT_SEAL: "某省某市示例区人民法院电子签章(演示)",
    "filing": "某省某市示例区人民法院立案庭电子签章(演示)",
    "neighbour": "某省某市样本县人民法院电子签章(演示)",
    "above": "某省某市中级人民法院电子签章(演示)",
}
"""Seal name → who the certificate is for."""


def write_once(path: Path, content: bytes) -> bool:
    """Create a file only its owner can read; an existing file stays as it is (False)."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "wb") as target:
        target.write(content)
    return True


@dataclass(frozen=True)
class Authority:
    """A root certificate with its key."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def certify(
        self, subject: str, key: ec.EllipticCurvePrivateKey, *, stamps: bool = False
    ) -> x509.Certificate:
        """A certificate for a seal, or for an authority that ``stamps`` time."""
        builder = _builder(_name(subject), self.certificate.subject, key, self.key)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(ca=False), critical=True)
        if stamps:
            purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(purpose, critical=True)
        return builder.sign(self.key, hashes.SHA256())

    def crl(
        self, revoked: Iterable[int] = (), *, until: datetime | None = None
    ) -> x509.CertificateRevocationList:
        """The list of certificates that count no more, by serial number; the next one comes at ``until``."""
        begins, ends = _span()
        ends = until or ends
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(begins).next_update(ends)
        builder = builder.add_extension(x509.CRLNumber(1), critical=False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = builder.add_extension(issuer, critical=False)
        for serial in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(begins)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256())


def new_authority(common_name: str) -> Authority:
    """A fresh self-signed root."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(common_name)
    builder = _builder(name, name, key, key)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(ca=True), critical=True)
    return Authority(key, builder.sign(key, hashes.SHA256()))


def _span() -> tuple[datetime, datetime]:
    now = datetime.now(UTC)  # the host clock: there is no database yet
    return now - timedelta(days=DAYS_BEFORE), now + timedelta(days=DAYS_AFTER)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    begins, ends = _span()
    known = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(begins).not_valid_after(ends)
    return builder.add_extension(known, critical=False).add_extension(by, critical=False)


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """PKCS #8 without a password."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_pem(made: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    """A certificate or list as PEM."""
    return made.public_bytes(serialization.Encoding.PEM)


def make_demo(directory: Path, mark: bytes) -> None:
    """Make what is missing: ``authorities/`` (keys of the roots), ``seals/`` (for the signer alone), ``tsa/`` (for the stand-in
    alone), and for the portal the public ``seal-trust.pem`` and ``seal-crls.pem``. ``mark`` begins every key file.
    """
    seals, stamps = demo_authorities(directory, mark)
    for name, subject in DEMO_SEALS.items():
        _kept_pair(directory / "seals" / name, subject, seals, mark)
    make_anchor_key(directory / "seals" / "anchors" / "anchor.key.pem", mark)
    _kept_pair(directory / "tsa" / "tsa", STAMP_NAME, stamps, mark, stamps=True)
    roots = b"".join(public_pem(made.certificate) for made in (seals, stamps))
    write_once(directory / "seal-trust.pem", mark + roots)
    write_once(directory / "seal-crls.pem", b"".join(public_pem(made.crl()) for made in (seals, stamps)))


def make_anchor_key(place: Path, mark: bytes) -> None:
    """The key of the trail's anchors (docs/adr/0024); an existing one stays."""
    if not place.exists():
        _private_parent(place)
        write_once(place, mark + private_pem(ec.generate_private_key(ec.SECP256R1())))


def demo_authorities(directory: Path, mark: bytes) -> tuple[Authority, Authority]:
    """The demo's authorities of seals and of time stamps, made on first use."""
    home = directory / "authorities"
    seals = _kept_authority(home / "seals", SEAL_AUTHORITY, mark)
    return seals, _kept_authority(home / "stamps", STAMP_AUTHORITY, mark)


def _kept_authority(place: Path, common_name: str, mark: bytes) -> Authority:
    """The root whose key lies at ``place``; a new one when there is none. The certificate is written last."""
    key_file, certificate_file = place.with_suffix(".key.pem"), place.with_suffix(".cert.pem")
    if not certificate_file.exists():
        key_file.unlink(missing_ok=True)
        made = new_authority(common_name)
        _private_parent(key_file)
        write_once(key_file, mark + private_pem(made.key))
        write_once(certificate_file, public_pem(made.certificate))
        return made
    key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{key_file} is no ECDSA key")
    return Authority(key, x509.load_pem_x509_certificate(certificate_file.read_bytes()))


def _kept_pair(place: Path, subject: str, issuer: Authority, mark: bytes, *, stamps: bool = False) -> None:
    key_file, certificate_file = (
        place.with_name(f"{place.name}.key.pem"),
        place.with_name(f"{place.name}.cert.pem"),
    )
    if certificate_file.exists():
        return
    key_file.unlink(missing_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    _private_parent(key_file)
    write_once(key_file, mark + private_pem(key))
    write_once(certificate_file, public_pem(issuer.certify(subject, key, stamps=stamps)))


def _private_parent(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
