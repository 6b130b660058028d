"""The name a user gave a file: text for the screen only, it never reaches the file system (SEC-52)."""

from __future__ import annotations

import re
import unicodedata

from common.text import strip_invisible

LONGEST = 200


def display_name(raw: str) -> str:
    """NFC, last part of any path, no control or direction marks, one line, at most 200 characters with its extension."""
    text = raw.encode("utf-8", "ignore").decode()
    text = unicodedata.normalize("NFC", strip_invisible(text))
    text = " ".join(re.split(r"[/\\]", text)[-1].split()).strip(" .")
    if len(text) <= LONGEST:
        return text
    stem, dot, extension = text.rpartition(".")
    if not dot or len(extension) > 10:
        return text[:LONGEST]
    return f"{stem[: LONGEST - len(extension) - 1]}.{extension}"


def extension(name: str) -> str:
    """Lower-case extension without the dot, "" without one."""
    stem, dot, last = name.rpartition(".")
    return last.lower() if dot and stem else ""
