"""Word files: the archive is measured before it is opened, then every part is read; macros and outside parts are refused."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path
from typing import IO
from xml.parsers import expat

from documents.inspect.limits import MAX_ENTRIES, MAX_RATIO, MAX_UNPACKED_BYTES, Refused

MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO_MARKS = ("vbaproject", "macroenabled", "activex")
OUTSIDE_ALLOWED = "/hyperlink"
ENCRYPTED_FLAG = 0x1


def check(source: Path) -> None:
    """Refused: ``mixed``, ``bomb``, ``encrypted``, ``macro``, ``outside``; anything else that is wrong: broken."""
    with source.open("rb") as raw:
        if b"%PDF-" in raw.read(4096):
            raise Refused("mixed")
    with zipfile.ZipFile(source) as archive:
        entries = archive.infolist()
        measure(entries, source.stat().st_size)
        names = {entry.filename for entry in entries}
        if not {"[Content_Types].xml", "word/document.xml"} <= names:
            raise Refused("broken")
        for entry in entries:
            _read(archive, entry)


def measure(entries: list[zipfile.ZipInfo], size: int) -> None:
    """What a ZIP says of itself: no bomb, no password, no outside paths, links or programs."""
    if len(entries) > MAX_ENTRIES or len({entry.filename for entry in entries}) != len(entries):
        raise Refused("bomb")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_UNPACKED_BYTES or total > max(size, 20_000) * MAX_RATIO:
        raise Refused("bomb")
    for entry in entries:
        name = entry.filename
        if entry.flag_bits & ENCRYPTED_FLAG:
            raise Refused("encrypted")
        if name.startswith(("/", "\\")) or "\\" in name or ".." in name.split("/") or ":" in name:
            raise Refused("broken")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused("broken")
        if any(mark in name.lower() for mark in MACRO_MARKS):
            raise Refused("macro")
        if name.lower().endswith((".exe", ".dll", ".js", ".vbs", ".zip", ".docx", ".docm", ".jar")):
            raise Refused("macro")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Read a part to its end (the checksum is compared); XML parts must parse and hold no document type."""
    with archive.open(entry) as part:
        if entry.filename.endswith((".xml", ".rels")) or entry.filename == "[Content_Types].xml":
            _parse(part, entry.filename)
        else:
            while part.read(1 << 20):
                pass


def _parse(part: IO[bytes], name: str) -> None:
    parser = expat.ParserCreate()
    main_parts: list[str] = []

    def no_document_type(*_: object) -> None:
        raise Refused("outside")

    def element(tag: str, attributes: dict[str, str]) -> None:
        if tag in ("Override", "Default"):
            kind = attributes.get("ContentType", "")
            if any(mark in kind.lower() for mark in MACRO_MARKS):
                raise Refused("macro")
            if kind == MAIN:
                main_parts.append(kind)
        elif tag == "Relationship" and attributes.get("TargetMode") == "External":
            if not attributes.get("Type", "").endswith(OUTSIDE_ALLOWED):
                raise Refused("outside")

    parser.StartDoctypeDeclHandler = no_document_type
    parser.StartElementHandler = element
    parser.ParseFile(part)
    if name == "[Content_Types].xml" and not main_parts:
        raise Refused("broken")
