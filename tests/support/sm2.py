"""SM2 keys of the tests, made by OpenSSL's program, which is also the outside judge of what they sign (docs/adr/0041)."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

IDENTITY = ("-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678")


def openssl(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """One command of OpenSSL."""
    command = ["openssl", *(str(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, check=False, timeout=60)


def make_key(place: Path) -> Path:
    """A new private key at this place; an older one there is gone."""
    place.unlink(missing_ok=True)
    made = openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", place)
    assert made.returncode == 0, made.stderr
    place.chmod(0o400)
    return place


def believes(folder: Path, public_pem: str, text: str, signature: str) -> bool:
    """Whether OpenSSL says that the base64 signature over the text holds."""
    files = {"key.pem": public_pem.encode(), "text": text.encode(), "der": base64.b64decode(signature)}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    checked = openssl(
        "pkeyutl", "-verify", "-pubin", "-inkey", folder / "key.pem", "-in", folder / "text", "-sigfile", folder / "der",
        *IDENTITY,
    )  # fmt: skip
    return checked.returncode == 0


def signed(key: Path, text: str, folder: Path, *options: str) -> str:
    """Base64 of what OpenSSL signs with these options, or with those of the standard."""
    (folder / "text").write_text(text)
    made = openssl("pkeyutl", "-sign", "-inkey", key, "-in", folder / "text", *(options or IDENTITY))
    assert made.returncode == 0, made.stderr
    return base64.b64encode(made.stdout).decode()
