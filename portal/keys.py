"""Makes the keys of an installation: `python -m portal.keys DIRECTORY [--demo]`. Existing files are kept.

`python -m portal.keys DIRECTORY --new-zone-key` gives the complaint zone there a new key pair; its older private keys stay
in the file behind the new one, because what they sealed is never sealed anew.

`python -m portal.keys DIRECTORY --backup-key` makes the key pair of the backups (docs/adr/0031): `backup.public` goes to the portal,
`backup.key` to a safe in another house.

Writes `keys.env` (lines for the environment) and PEM files, all 0600. With `--demo` every key carries a mark that
production refuses, a test CA signs the papers' certificate, and the stand-in gateways get their key pairs.
Needs neither settings nor database.
"""

import argparse
import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from pyrage import x25519 as x25519_age

from portal.authority import make_anchor_key, make_demo, write_once
from portal.env import DEMO_FILE_LINE, DEMO_PREFIX

_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | x25519.X25519PrivateKey


def _private_pem(key: _Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public_pem(key: _Key) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _environment(prefix: str) -> dict[str, str]:
    """The symmetric keys by the name of their variable."""

    def random_key() -> str:
        return prefix + base64.b64encode(secrets.token_bytes(32)).decode()

    lines = {
        "SECRET_KEY": prefix + secrets.token_urlsafe(64),
        "FIELD_KEYS": f"k1={random_key()}",
        "INDEX_KEY": random_key(),
        "TOKEN_KEY": random_key(),
        "SIGNER_SECRET": prefix + secrets.token_urlsafe(32),
    }
    if prefix:
        lines["SMS_TOKEN"] = prefix + secrets.token_urlsafe(32)
        lines["MAIL_TOKEN"] = prefix + secrets.token_urlsafe(32)
        lines["IDENTITY_SECRET"] = prefix + secrets.token_urlsafe(32)
    return lines


def _complete(path: Path, values: dict[str, str]) -> None:
    """Write the lines that an environment file does not have; those it has stay."""
    known = path.read_text() if path.exists() else ""
    have = {line.partition("=")[0] for line in known.splitlines()}
    missing = "".join(f"{name}={value}\n" for name, value in values.items() if name not in have)
    if not write_once(path, missing.encode()) and missing:
        with path.open("a") as target:
            target.write(missing)


def make(directory: Path, *, demo: bool) -> None:
    """Create what is missing in the directory."""
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    mark = f"{DEMO_FILE_LINE}\n".encode() if demo else b""
    _complete(directory / "keys.env", _environment(DEMO_PREFIX if demo else ""))
    write_once(directory / "receipt.key.pem", mark + _private_pem(ec.generate_private_key(ec.SECP256R1())))
    _write_pair(directory, "zone", mark, x25519.X25519PrivateKey.generate)
    if not demo:
        make_anchor_key(directory / "seals" / "anchors" / "anchor.key.pem", mark)
        return
    make_demo(directory, mark)
    for side in ("cashier", "merchant"):
        _write_pair(directory, side, mark, lambda: ec.generate_private_key(ec.SECP256R1()))
    for side in ("wechat", "wechat-merchant", "alipay", "alipay-app"):  # these gateways sign with RSA
        _write_pair(directory, side, mark, lambda: rsa.generate_private_key(65537, 2048))
    write_once(directory / "wechat-api.key", mark + f"{secrets.token_hex(16)}\n".encode())


def _write_pair(directory: Path, side: str, mark: bytes, generate: Callable[[], _Key]) -> None:
    """Both halves of a key pair (a side of a stand-in gateway, the complaint zone); a half-made pair is made anew."""
    if (directory / f"{side}.public.pem").exists():
        return
    (directory / f"{side}.key.pem").unlink(missing_ok=True)
    key = generate()
    write_once(directory / f"{side}.key.pem", mark + _private_pem(key))
    write_once(directory / f"{side}.public.pem", mark + _public_pem(key))


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


def make_backup_key(directory: Path) -> None:
    """A key pair of age. FileExistsError where there is one: what it closed needs it."""
    directory.mkdir(parents=True, exist_ok=True)
    key = x25519_age.Identity.generate()
    if not write_once(directory / "backup.key", f"{key}\n".encode()):
        raise FileExistsError(directory / "backup.key")
    write_once(directory / "backup.public", f"{key.to_public()}\n".encode())


def _replace(path: Path, content: bytes) -> None:
    """The whole new file or the whole old one, whatever happens in between."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    write_once(new, content)
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
    parser.add_argument(
        "--backup-key", action="store_true", help="make the key pair that backups are closed for"
    )
    arguments = parser.parse_args()
    if arguments.backup_key:
        return make_backup_key(arguments.directory)
    if arguments.new_zone_key:
        return renew_zone_key(arguments.directory)
    make(arguments.directory, demo=arguments.demo)


if __name__ == "__main__":
    main()
