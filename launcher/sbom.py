"""`make sbom`: what the production image is made of, as CycloneDX 1.5 JSON, from the locks alone (SEC-64).

Nothing is asked of any network: names, versions and hashes are those that the build insists on. Give the file to whatever
compares it with lists of known weaknesses.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from launcher.images import images
from launcher.paths import ROOT

PYTHON_LOCKS = ("requirements/base.txt", "requirements/source.txt")
NPM_LOCK = "package-lock.json"
PINNED = re.compile(r"^([A-Za-z0-9_.\-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def python_parts(text: str) -> Iterator[dict[str, Any]]:
    """Components of a compiled lock, each with the hash of every file that pip may take for it."""
    found: dict[str, Any] | None = None
    for line in text.splitlines():
        if match := PINNED.match(line):
            if found:
                yield found
            name, version = match[1].lower().replace("_", "-"), match[2]
            found = {
                "type": "library", "name": name, "version": version,
                "purl": f"pkg:pypi/{name}@{version}", "hashes": [],
            }  # fmt: skip
        if found:
            found["hashes"] += [{"alg": "SHA-256", "content": digest} for digest in HASH.findall(line)]
    if found:
        yield found


def npm_parts(text: str) -> Iterator[dict[str, Any]]:
    """Components of the npm lock."""
    for place, entry in json.loads(text)["packages"].items():
        if not place:
            continue
        name = place.rpartition("node_modules/")[2]
        kind, _dash, digest = entry["integrity"].partition("-")
        yield {
            "type": "library", "name": name, "version": entry["version"],
            "purl": f"pkg:npm/{name.replace('@', '%40')}@{entry['version']}",
            "hashes": [{"alg": kind.upper().replace("SHA", "SHA-"), "content": base64.b64decode(digest).hex()}],
        }  # fmt: skip


def image_parts(text: str) -> Iterator[dict[str, Any]]:
    """Images that a Dockerfile or compose file starts from."""
    for image, digest in sorted(images(text).items()):
        name, _colon, tag = image.rpartition(":")
        part = {"type": "container", "name": name, "version": tag, "purl": f"pkg:docker/{name}@{tag}"}
        yield part | ({"hashes": [{"alg": "SHA-256", "content": digest.partition(":")[2]}]} if digest else {})


def bill_of_materials(root: Path = ROOT) -> dict[str, Any]:
    """The whole document; the same for the same locks."""
    parts = [part for name in PYTHON_LOCKS for part in python_parts((root / name).read_text())]
    parts += npm_parts((root / NPM_LOCK).read_text())
    for name in ("Dockerfile", "docker-compose.yml"):
        parts += image_parts((root / name).read_text())
    unique = {part["purl"]: part for part in parts}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "court-portal"}},
        "components": [unique[purl] for purl in sorted(unique)],
    }
