"""The key of anchors or of receipts: ECDSA P-256 in this process, or SM2 with SM3 by OpenSSL's program (docs/adr/0041).

The key's file says which of them, so that no setting can disagree with it. An SM2 key is never read into this process: the program gets
its path, and what is signed comes by a pipe.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from signer.store import BadStore, private_bytes, read_key

SM2_CURVE = bytes.fromhex("06082a811ccf5501822d")
"""DER of the curve's OID, 1.2.156.10197.1.301 (GM/T 0006), as it stands in a key."""
IDENTITY = "distid:1234567812345678"
"""Of whoever signs (GM/T 0009)."""
SECONDS = 5
"""For one signature; it takes some milliseconds."""
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "OPENSSL_CONF", "OPENSSL_MODULES")
"""All that the program sees of the environment: no secret of ours, but the court's own provider."""


class NotSigned(Exception):
    """OpenSSL's program gave no signature."""


@dataclass(frozen=True)
class P256:
    """A key that signs in this process."""

    private: ec.EllipticCurvePrivateKey

    @property
    def public_pem(self) -> str:
        """The public half, for everybody."""
        encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(encoding, form).decode()

    def sign(self, data: bytes) -> bytes:
        """ECDSA over SHA-256, as DER."""
        return self.private.sign(data, ec.ECDSA(hashes.SHA256()))


@dataclass(frozen=True)
class SM2:
    """A key that OpenSSL's program signs with."""

    path: Path
    program: str
    public_pem: str

    def sign(self, data: bytes) -> bytes:
        """SM2 with SM3, as DER. NotSigned when the program does not do it."""
        return _run(
            self.program, "pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-pkeyopt", IDENTITY,
            "-inkey", str(self.path), given=data,
        )  # fmt: skip


Key = P256 | SM2


def read(path: Path, *, production: bool) -> Key:
    """The key in a file. BadStore when it is neither ECDSA P-256 nor SM2, nobody can sign with it here, or, in production, it is open to
    others or a demo key."""
    written = private_bytes(path, production=production)
    if SM2_CURVE not in _der(written):
        return P256(read_key(path, production=production))
    program = shutil.which("openssl")
    if program is None:
        raise BadStore(f"{path} is an SM2 key, and OpenSSL's program is not there")
    try:
        public = _run(program, "pkey", "-in", str(path), "-pubout").decode()
        key = SM2(path, program, public)
        key.sign(b"whether it can")
    except NotSigned as error:
        raise BadStore(f"{path} is an SM2 key, and OpenSSL's program cannot sign with it: {error}") from error
    return key


def _der(written: bytes) -> bytes:
    """What stands between the lines of a PEM file; nothing when it is none."""
    found = re.search(
        rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s(.+?)-----END [A-Z ]*PRIVATE KEY-----", written, re.DOTALL
    )
    try:
        return base64.b64decode(b"".join(found[1].split()), validate=True) if found else b""
    except ValueError:
        return b""


def _run(program: str, *arguments: str, given: bytes = b"") -> bytes:
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603  (a fixed program, our own path)
            [program, *arguments],
            input=given,
            capture_output=True,
            check=False,
            timeout=SECONDS,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotSigned(type(error).__name__) from error
    if done.returncode or not done.stdout:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NotSigned(said[-1] if said else f"it ended with {done.returncode}")
    return done.stdout
