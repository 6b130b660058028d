"""Chromium for the browser tests: what the machine has, else what root may install, else a copy without root."""

import os
import shutil
import subprocess
from pathlib import Path

from launcher.fonts import npm_ci
from launcher.paths import CACHE, ROOT, VENV

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""
UNPACK = """
const fs = require("fs"), zlib = require("zlib"), { execFileSync } = require("child_process");
const [, bin, target] = process.argv;
for (const name of ["chromium", "al2023.tar", "swiftshader.tar"])
  fs.writeFileSync(target + "/" + name, zlib.brotliDecompressSync(fs.readFileSync(bin + "/" + name + ".br")));
for (const name of ["al2023.tar", "swiftshader.tar"]) {
  execFileSync("tar", ["-xf", target + "/" + name, "-C", target]);
  fs.unlinkSync(target + "/" + name);
}
fs.chmodSync(target + "/chromium", 0o755);
"""
HELP = """
The browser tests need Chromium and found none. One of these will do:
  as root:      apt-get install -y chromium fonts-noto-cjk
  without root: install Node.js 20 or newer with npm and run again (a private copy goes to var/chromium)
  otherwise:    set CHROMIUM to the path of a Chromium or Chrome program
"""


def ensure_browser() -> dict[str, str]:
    """Environment that names a working Chromium; ends the run with instructions when there is none."""
    given = os.environ.get("CHROMIUM")
    if given:
        if not shutil.which(given):
            raise SystemExit(f"CHROMIUM is {given}, but no such program exists.")
        return {"CHROMIUM": given}
    found = _installed() or _from_apt()
    if found:
        return {"CHROMIUM": found}
    copy = _private_copy()
    if copy:
        return copy
    raise SystemExit(HELP)


def _installed() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _from_apt() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("Installing chromium and fonts-noto-cjk with apt-get (once) …", flush=True)
    environment = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["update", "-q"],
        ["install", "-qy", "--no-install-recommends", "chromium", "fonts-noto-cjk"],
    ):
        step = ["apt-get", *command]
        if subprocess.run(step, env=environment, capture_output=True, check=False).returncode:
            return None
    return _installed()


def _private_copy() -> dict[str, str] | None:
    """The npm copy, unpacked into var/chromium with its own libraries and a Chinese font."""
    target = CACHE / "chromium"
    if not (target / ".complete").exists() and not _unpack(target):
        return None
    return {
        "CHROMIUM": str(target / "chromium"),
        "CHROMIUM_LIBRARIES": str(target / "lib"),
        "CHROMIUM_FONTS": str(target / "fonts.conf"),
    }


def _unpack(target: Path) -> bool:
    in_venv = VENV / "bin"
    search = f"{os.environ.get('PATH', '')}:{in_venv}"
    npm, node = shutil.which("npm", path=search), shutil.which("node", path=search)
    if not npm or not node:
        return False
    print("Fetching a private copy of Chromium with npm (once) …", flush=True)
    os.environ["PATH"] = search
    place = npm_ci(npm, ROOT / "launcher" / "chromium", CACHE / "npm-chromium")
    if place is None:
        return False
    shutil.rmtree(target, ignore_errors=True)
    (target / "fonts").mkdir(parents=True)
    source = place / "node_modules" / "@sparticuz" / "chromium" / "bin"
    for folder in (source, source / "x64"):  # newer versions keep one folder per processor
        if (folder / "chromium.br").exists():
            source = folder
    script = [node, "-e", UNPACK, source, target]
    if subprocess.run([str(part) for part in script], check=False).returncode:
        return False
    for font in (place / "node_modules" / "@expo-google-fonts" / "noto-sans-sc").rglob("*400Regular.ttf"):
        shutil.copyfile(font, target / "fonts" / font.name)
    (target / "fonts.conf").write_text(FONTS_CONF.format(fonts=target / "fonts", cache=target / "font-cache"))
    shutil.rmtree(place, ignore_errors=True)
    (target / ".complete").touch()
    return True
