"""The open case package: a ZIP with ``case.json``, ``files/`` and ``hashes.txt``. Reading refuses whatever is no plain package.

``case.json`` carries ``{"format": "court-case-package", "version": 1, "filing": …, "case": …, "files": […]}``; hashes.txt has
one line ``<sha256>  <path>`` for every other entry, so that ``sha256sum -c`` checks it.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from common.errors import InvalidInput

FORMAT, VERSION = "court-case-package", 1
CASE, HASHES, FILES = "case.json", "hashes.txt", "files/"
MAX_ENTRIES, MAX_BYTES, MAX_JSON, MAX_RATIO = 200, 200 * 1024 * 1024, 2 * 1024 * 1024, 200
CHUNK = 1 << 20
_PATH = re.compile(r"files/[^/\\:\x00-\x1f]{1,180}")
_HASH_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


@dataclass(frozen=True)
class PackedFile:
    """One file of a package: its slot, the name it was given, where it lies."""

    slot: str
    name: str
    path: str


@dataclass(frozen=True)
class Package:
    """What ``case.json`` says, checked for shape only: the values are checked by the forms of the pages."""

    filing: dict[str, Any]
    files: list[PackedFile]


def refuse(sentence: str) -> InvalidInput:
    """A package that cannot be taken."""
    return InvalidInput(sentence, code="package", package=sentence)


def digest(source: IO[bytes]) -> str:
    """SHA-256 of the rest of a stream."""
    found = hashlib.sha256()
    while piece := source.read(CHUNK):
        found.update(piece)
    return found.hexdigest()


def open_package(source: IO[bytes] | Path) -> tuple[zipfile.ZipFile, Package]:
    """Measure, compare every hash, read ``case.json``. InvalidInput (``package``) says what is wrong."""
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise refuse(_("案件包打不开，应是一个ZIP文件")) from error
    try:
        _measure(archive)
        _compare(archive)
        return archive, _read(archive)
    except (zipfile.BadZipFile, OSError, RuntimeError, EOFError) as error:
        raise refuse(_("案件包损坏，或者有密码。请重新导出一份")) from error


def _measure(archive: zipfile.ZipFile) -> None:
    """No bomb, no link, nothing outside ``files/``, no name twice."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    names = [entry.filename for entry in entries]
    size = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MAX_ENTRIES or size > MAX_BYTES or size > max(packed, 20_000) * MAX_RATIO:
        raise refuse(_("案件包太大：最多200个文件，合计200MB"))
    if len({name.lower() for name in names}) != len(names):
        raise refuse(_("案件包里有重名的文件"))
    if CASE not in names or HASHES not in names:
        raise refuse(_("案件包里应有case.json和hashes.txt"))
    for entry in entries:
        plain = entry.filename in (CASE, HASHES) or (
            _PATH.fullmatch(entry.filename) and ".." not in entry.filename
        )
        if not plain or stat.S_ISLNK(entry.external_attr >> 16) or entry.flag_bits & 0x1:
            raise refuse(_("案件包里有不能用的文件：%(name)s") % {"name": entry.filename[:60]})


def _compare(archive: zipfile.ZipFile) -> None:
    lines = archive.read(HASHES).decode("utf-8", "replace").splitlines() if _small(archive, HASHES) else []
    known = {found.group(2): found.group(1) for line in lines if (found := _HASH_LINE.fullmatch(line))}
    for entry in archive.infolist():
        if entry.is_dir() or entry.filename == HASHES:
            continue
        with archive.open(entry) as part:
            if known.get(entry.filename) != digest(part):
                raise refuse(_("%(name)s和hashes.txt里的不一致，请重新导出") % {"name": entry.filename[:60]})


def _small(archive: zipfile.ZipFile, name: str) -> bool:
    return archive.getinfo(name).file_size <= MAX_JSON


def _read(archive: zipfile.ZipFile) -> Package:
    if not _small(archive, CASE):
        raise refuse(_("case.json太大"))
    try:
        raw = json.loads(archive.read(CASE).decode("utf-8"), parse_float=str, object_pairs_hook=_distinct)
    except (ValueError, RecursionError) as error:
        raise refuse(_("case.json读不出来，应是UTF-8的JSON")) from error
    if not isinstance(raw, dict) or raw.get("format") != FORMAT or raw.get("version") != VERSION:
        raise refuse(_("不认识这种案件包。应是court-case-package第1版"))
    filing, listed = raw.get("filing"), raw.get("files", [])
    if not isinstance(filing, dict) or not isinstance(listed, list):
        raise refuse(_("case.json里缺少filing或files"))
    return Package(filing, [_packed(entry, archive) for entry in listed])


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("repeated key")
    return found


def _packed(entry: Any, archive: zipfile.ZipFile) -> PackedFile:
    words: list[Any] = (
        [entry.get(name) for name in ("slot", "name", "path")] if isinstance(entry, dict) else []
    )
    if len(words) != 3 or not all(isinstance(word, str) for word in words):
        raise refuse(_("case.json里的files写得不对：每个文件要有slot、name、path"))
    slot, name, path = words
    if path not in archive.namelist() or not path.startswith(FILES):
        raise refuse(_("案件包里没有%(path)s这个文件") % {"path": path[:60]})
    return PackedFile(slot, name, path)


def write_package(target: IO[bytes], content: dict[str, Any], files: list[tuple[str, IO[bytes]]]) -> None:
    """Write a package; ``files`` are path and opened bytes, which are closed."""
    hashes = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        body = json.dumps(content, ensure_ascii=False, indent=2).encode()
        archive.writestr(CASE, body)
        hashes.append(f"{hashlib.sha256(body).hexdigest()}  {CASE}")
        for path, source in files:
            found = hashlib.sha256()
            with source, archive.open(path, "w") as part:
                while piece := source.read(CHUNK):
                    found.update(piece)
                    part.write(piece)
            hashes.append(f"{found.hexdigest()}  {path}")
        archive.writestr(HASHES, "\n".join(hashes) + "\n")
