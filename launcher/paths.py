"""Where things lie on one machine."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VAR = Path(os.environ.get("PORTAL_VAR", ROOT / "var"))
"""Data of the demo."""
CACHE = ROOT / "var"
"""Fonts and browser: fetched once, the same for every data directory."""
LONGEST_SOCKET_DIRECTORY = 80
"""Bytes; a socket's whole path must stay below about 100."""


def private_directory(path: Path) -> Path:
    """Create a directory only its owner can enter."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def socket_directory(home: Path) -> Path:
    """A 0700 directory for sockets: `home/run`, or a fixed one under the temp directory when the path is too long."""
    wanted = home / "run"
    if len(os.fsencode(wanted)) <= LONGEST_SOCKET_DIRECTORY:
        return private_directory(wanted)
    mark = hashlib.sha256(f"{os.getuid()}:{home}".encode()).hexdigest()[:16]
    path = private_directory(Path(tempfile.gettempdir()) / f"portal-{mark}")
    status = path.lstat()
    if status.st_uid != os.getuid() or not stat.S_ISDIR(status.st_mode):
        raise SystemExit(f"{path} belongs to somebody else; set TMPDIR to a directory of your own.")
    return path


def file_hash(*paths: Path) -> str:
    """SHA-256 over the contents of files."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()
