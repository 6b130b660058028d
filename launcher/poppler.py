"""Poppler's pdfsig and pdftotext with NSS's tools, for tests only: a judge of sealed papers that shares nothing with the one that signs.

What the machine has, else a private copy of Debian's packages, which needs no root.
"""

import os
import shutil
import subprocess
from pathlib import Path

from launcher.paths import CACHE

PROGRAMS = ("pdfsig", "pdftotext", "certutil", "crlutil")
PACKAGES = ("poppler-utils", "libpoppler126", "libnss3-tools", "libnss3")
"""Debian 12; the two libraries belong to the programs of the same version."""
HELP = "as root: apt-get install -y poppler-utils libnss3-tools; without root: the same by who may, or a Debian with apt-get"


def ensure_poppler() -> dict[str, str]:
    """Environment that names the programs; nothing, and a sentence, when there are none: the tests that want them fail."""
    if all(shutil.which(name) for name in PROGRAMS):
        return {}
    target = CACHE / "poppler"
    if not (target / ".complete").exists() and not _unpack(target):
        print(f"No pdfsig: tests/documents/test_second_validator.py will fail ({HELP}).", flush=True)
        return {}
    libraries = next((target / "usr" / "lib").glob("*-linux-gnu"))
    return {"POPPLER_BIN": str(target / "usr" / "bin"), "POPPLER_LIBRARIES": str(libraries)}


def _unpack(target: Path) -> bool:
    """`apt-get download` and `dpkg -x`, as an ordinary user. False when that cannot be or what came does not run."""
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        return False
    print("Fetching a private copy of poppler-utils and libnss3-tools (once) …", flush=True)
    shutil.rmtree(target, ignore_errors=True)
    packed = target / "packages"
    packed.mkdir(parents=True)
    if subprocess.run(
        ["apt-get", "download", "-q", *PACKAGES], cwd=packed, capture_output=True, check=False
    ).returncode:
        return False
    for package in packed.glob("*.deb"):
        if subprocess.run(["dpkg", "-x", package, target], capture_output=True, check=False).returncode:
            return False
    shutil.rmtree(packed)
    libraries = next((target / "usr" / "lib").glob("*-linux-gnu"))
    runs = subprocess.run(
        [target / "usr" / "bin" / "pdfsig", "-v"],
        env=dict(os.environ) | {"LD_LIBRARY_PATH": str(libraries)},
        capture_output=True,
        check=False,
    )
    if runs.returncode:
        return False
    (target / ".complete").touch()
    return True
