"""Stage 0: the virtual environment and its hashed requirements."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from launcher.paths import PYTHON, ROOT, VENV, file_hash

REQUIREMENTS = ROOT / "requirements"
INSTALLED = VENV / ".installed"
SOURCE = "source"
"""The lock of packages that exist only as source."""
SUPERSETS = {"local": ("local", "dev"), "dev": ("dev",)}
"""Which installed lock satisfies which need; `dev.txt` holds everything of `local.txt` in the same versions."""


def ensure_environment(need: str) -> None:
    """Install requirements/<need>.txt unless `.venv/.installed` says that it, or a larger lock, is there."""
    have = set(INSTALLED.read_text().split()) if INSTALLED.exists() else set()
    if PYTHON.exists() and any(f"{name}:{_lock_hash(name)}" in have for name in SUPERSETS[need]):
        return
    if not _works():
        _create()
    print(f"Installing requirements/{need}.txt into .venv (once, about a minute) …", flush=True)
    _install(need, "--only-binary", ":all:")
    _install(
        SOURCE, "--no-build-isolation"
    )  # built with the setuptools of the first lock, nothing downloaded
    INSTALLED.write_text(f"{need}:{_lock_hash(need)}\n")


def _install(name: str, *how: str) -> None:
    """Install one lock with its hashes and nothing that it does not name."""
    command: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--no-deps", "--require-hashes", *how, "-r", REQUIREMENTS / f"{name}.txt"]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise SystemExit(
            "The installation failed, see above. It needs a Python package index; run again to go on."
        )


def _lock_hash(name: str) -> str:
    """One hash over a lock and the lock of what is built from source."""
    return file_hash(REQUIREMENTS / f"{name}.txt", REQUIREMENTS / f"{SOURCE}.txt")


def _works() -> bool:
    """Whether .venv exists, runs here and has pip (a moved or half-made one is replaced)."""
    if not PYTHON.exists():
        return False
    probe = subprocess.run(
        [PYTHON, "-c", "import pip, sys; print(sys.prefix)"], capture_output=True, text=True, check=False
    )
    return probe.returncode == 0 and os.path.realpath(probe.stdout.strip()) == os.path.realpath(VENV)


def _create() -> None:
    print("Creating .venv …", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if made.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    # Debian ships venv without ensurepip; a system pip can still fill the environment
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", VENV], check=True)
    bootstrap: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        PYTHON,
        "install",
        "--quiet",
        "pip",
    ]
    if subprocess.run(bootstrap, check=False).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SystemExit(
            "Python's venv module cannot install pip here. As root: apt-get install python3-venv; then run again."
        )


def become_environment(arguments: list[str]) -> None:
    """Continue under .venv's Python."""
    if os.path.realpath(sys.prefix) != os.path.realpath(VENV):
        os.execv(PYTHON, [str(PYTHON), str(ROOT / "dev.py"), *arguments])
