"""Makes the keys of an installation: `python -m portal.keys DIRECTORY [--demo]`. Existing files are kept.

`python -m portal.keys DIRECTORY --new-zone-key` gives the complaint zone there a new key pair; its older private keys stay
in the file behind the new one, because what they sealed is never sealed anew.

Writes `keys.env` (lines for the environment) and PEM files, all 0600. With `--demo` every key carries a mark that
production refuses, a test CA signs the papers' certificate, and the stand-in gateways get their key pairs.
Needs neither settings nor database.
"""

import argparse
import base64
import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from cryptography.x509.oid import NameOID

from portal.env import DEMO_FILE_LINE, DEMO_PREFIX

CERTIFICATE_DAYS = 3650
_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | x25519.X25519PrivateKey


def _write(path: Path, content: bytes) -> None:
    """Create a file only its owner can read; an existing file stays as it is."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "wb") as target:
        target.write(content)


def _private_pem(key: _Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public_pem(key: _Key) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "码上通演示"),
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


def _certificate(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    ca: bool,
) -> bytes:
    now = datetime.now(UTC)  # the host clock: there is no database yet
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=366))
        .not_valid_after(now + timedelta(days=CERTIFICATE_DAYS))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(_usage(ca=ca), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .sign(issuer_key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


def _environment(prefix: str) -> str:
    """The symmetric keys as lines for the environment."""

    def random_key() -> str:
        return prefix + base64.b64encode(secrets.token_bytes(32)).decode()

    lines = {
        "SECRET_KEY": prefix + secrets.token_urlsafe(64),
        "FIELD_KEYS": f"k1={random_key()}",
        "INDEX_KEY": random_key(),
        "TOKEN_KEY": random_key(),
    }
    if prefix:
        lines["SMS_TOKEN"] = prefix + secrets.token_urlsafe(32)
    return "".join(f"{name}={value}\n" for name, value in lines.items())


def make(directory: Path, *, demo: bool) -> None:
    """Create what is missing in the directory."""
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    mark = f"{DEMO_FILE_LINE}\n".encode() if demo else b""
    _write(directory / "keys.env", _environment(DEMO_PREFIX if demo else "").encode())
    _write(directory / "receipt.key.pem", mark + _private_pem(ec.generate_private_key(ec.SECP256R1())))
    _write_pair(directory, "zone", mark, x25519.X25519PrivateKey.generate)
    if not demo:
        return
    if not (directory / "signer.cert.pem").exists():
        for name in ("signer.key.pem", "signer.ca.pem"):
            (directory / name).unlink(missing_ok=True)
        ca_key, signer_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        ca_name, signer_name = "码上通演示根证书", "某市某区人民法院电子签章(演示)"
        _write(directory / "signer.ca.pem", mark + _certificate(ca_name, ca_key, ca_name, ca_key, ca=True))
        _write(directory / "signer.key.pem", mark + _private_pem(signer_key))
        _write(
            directory / "signer.cert.pem",
            mark + _certificate(signer_name, signer_key, ca_name, ca_key, ca=False),
        )
    for side in ("cashier", "merchant"):
        _write_pair(directory, side, mark, lambda: ec.generate_private_key(ec.SECP256R1()))
    for side in ("wechat", "wechat-merchant", "alipay", "alipay-app"):  # these gateways sign with RSA
        _write_pair(directory, side, mark, lambda: rsa.generate_private_key(65537, 2048))
    _write(directory / "wechat-api.key", mark + f"{secrets.token_hex(16)}\n".encode())


def _write_pair(directory: Path, side: str, mark: bytes, generate: Callable[[], _Key]) -> None:
    """Both halves of a key pair (a side of a stand-in gateway, the complaint zone); a half-made pair is made anew."""
    if (directory / f"{side}.public.pem").exists():
        return
    (directory / f"{side}.key.pem").unlink(missing_ok=True)
    key = generate()
    _write(directory / f"{side}.key.pem", mark + _private_pem(key))
    _write(directory / f"{side}.public.pem", mark + _public_pem(key))


def renew_zone_key(directory: Path) -> None:
    """A new key pair of the complaint zone: the new public key seals, the new private key stands before the older ones.

    The private file comes first, so at no moment a public key is there that nobody can open. FileNotFoundError where
    there is no key yet.
    """
    private, public = directory / "zone.key.pem", directory / "zone.public.pem"
    mark = f"{DEMO_FILE_LINE}\n".encode()
    older = private.read_bytes()
    own = mark if older.startswith(mark) else b""
    key = x25519.X25519PrivateKey.generate()
    _replace(private, own + _private_pem(key) + older.removeprefix(mark))
    _replace(public, own + _public_pem(key))


def _replace(path: Path, content: bytes) -> None:
    """The whole new file or the whole old one, whatever happens in between."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    _write(new, content)
    os.replace(new, path)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        prog="python -m portal.keys", description="Make the keys of an installation."
    )
    parser.add_argument("directory", type=Path)
    parser.add_argument("--demo", action="store_true", help="mark the keys so that production refuses them")
    parser.add_argument(
        "--new-zone-key",
        action="store_true",
        help="give the complaint zone a new key pair, keep its older ones",
    )
    arguments = parser.parse_args()
    if arguments.new_zone_key:
        return renew_zone_key(arguments.directory)
    make(arguments.directory, demo=arguments.demo)


if __name__ == "__main__":
    main()
