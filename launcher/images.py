"""`make images`, `make deploy`: images are started by digest or not at all (SEC-64)."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from launcher.paths import ROOT

FILES = ("Dockerfile", "docker-compose.yml")
IMAGE = re.compile(
    r"^(?:FROM|\s*image:)[ ]+([a-z0-9][a-z0-9/.\-]*):([A-Za-z0-9_.\-]+)(?:@(sha256:[0-9a-f]{64}))?(?=\s|$)",
    re.MULTILINE,
)
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def images(text: str) -> dict[str, str]:
    """Images that a file starts from, as name:tag, with their digest or nothing."""
    return {f"{name}:{tag}": digest for name, tag, digest in IMAGE.findall(text)}


def unpinned(root: Path = ROOT) -> list[str]:
    """Images of all files that have no digest."""
    found = [images((root / name).read_text()) for name in FILES]
    return sorted({image for part in found for image, digest in part.items() if not digest})


def pin(root: Path = ROOT) -> list[str]:
    """Write a digest behind each image that has none, and say which. RuntimeError when the registry does not give one; then
    nothing is written."""
    digests = {image: _digest(image) for image in unpinned(root)}
    for name in FILES:
        place = root / name
        text = place.read_text()
        place.write_text(IMAGE.sub(lambda match: _pinned(match, digests), text))
    return [f"{image}@{digest}" for image, digest in digests.items()]


def _pinned(match: re.Match[str], digests: dict[str, str]) -> str:
    return match[0] if match[3] else f"{match[0]}@{digests[f'{match[1]}:{match[2]}']}"


def _digest(image: str) -> str:
    command = ["docker", "buildx", "imagetools", "inspect", "--format", "{{.Manifest.Digest}}", image]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RuntimeError(f"{image}: {error}") from error
    if told.returncode or not DIGEST.fullmatch(told.stdout.strip()):
        raise RuntimeError(f"{image}: {(told.stderr or told.stdout).strip()}")
    return told.stdout.strip()


def deploy(arguments: list[str], root: Path = ROOT) -> int:
    """Build and start what the compose file says; 1 without starting anything while an image has no digest."""
    missing = unpinned(root)
    if missing:
        print(f"Refused: no digest for {', '.join(missing)}. `make images ARGS=pin` writes them.")
        return 1
    for step in (["build"], ["up", "-d", "--remove-orphans"]):
        failed = subprocess.run(["docker", "compose", *arguments, *step], cwd=root, check=False).returncode
        if failed:
            return failed
    return 0
