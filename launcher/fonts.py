"""Fonts for the papers: Noto Serif SC from npm where node is, and always the Sans of the Python lock as last resort."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from launcher.paths import CACHE, ROOT, VENV, file_hash

LOCK = ROOT / "package-lock.json"
PACKAGE = "@expo-google-fonts/noto-serif-sc"
WEIGHTS = ("400Regular", "700Bold")


def ensure_fonts() -> None:
    """Fill var/fonts unless its mark names the present lock."""
    fonts, mark = CACHE / "fonts", CACHE / "fonts" / ".installed"
    npm = shutil.which("npm") if shutil.which("node") else None
    wanted = f"{file_hash(LOCK)} {'serif' if npm else 'sans'}"
    if mark.exists() and mark.read_text() in (wanted, wanted.replace(" sans", " serif")):
        return
    fonts.mkdir(parents=True, exist_ok=True)
    _copy_sans(fonts)
    if npm and not _install_serif(npm, fonts):
        print(
            "Noto Serif SC could not be fetched with npm; papers use Noto Sans until the next start.",
            flush=True,
        )
        return
    mark.write_text(wanted)


def _copy_sans(fonts: Path) -> None:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    source = VENV / "lib" / version / "site-packages" / "noto_cjk_sans_otc"
    for font in source.glob("*.ttc"):
        _place(font, fonts)


def _place(source: Path, fonts: Path) -> None:
    part = fonts / f".{source.name}.part"
    shutil.copyfile(source, part)
    part.rename(fonts / source.name)


def _install_serif(npm: str, fonts: Path) -> bool:
    """`npm ci` in var/npm, then copy the two weights. False when npm cannot."""
    print("Fetching Noto Serif SC for the papers (once) …", flush=True)
    place = npm_ci(npm, ROOT, CACHE / "npm")
    if place is None:
        return False
    package = place / "node_modules" / PACKAGE
    files = [file for weight in WEIGHTS for file in package.rglob(f"*{weight}.ttf")]
    for font in files:
        _place(font, fonts)
    shutil.rmtree(place, ignore_errors=True)
    return len(files) == len(WEIGHTS)


def npm_ci(npm: str, source: Path, place: Path) -> Path | None:
    """Install the lock of `source` in `place`, without running anybody's scripts; None when npm fails."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        if (source / name).exists():
            shutil.copyfile(source / name, place / name)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
    environment = dict(os.environ) | {
        "npm_config_cache": str(place / ".cache"),
        "npm_config_update_notifier": "false",
    }
    result = subprocess.run(
        command,
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    shutil.rmtree(place / ".cache", ignore_errors=True)
    return place if result.returncode == 0 else None


def locked_version(lock: Path, package: str) -> str:
    """The version a lock file pins."""
    return str(json.loads(lock.read_text())["packages"][f"node_modules/{package}"]["version"])
