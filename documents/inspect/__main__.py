"""Command line of the inspecting process; see the package."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from documents.inspect import limits

BROKEN = 1


def main(arguments: list[str]) -> int:
    """Print ``{"pages": n, "preview": "image/jpeg" | "application/pdf" | "application/x-ndjson" | ""}``
    (pages of a table are its rows), for ``text`` ``{"characters": n}``, for ``seals`` ``{"seals": [...]}``, or
    ``{"refused": code}``."""
    limits.apply()
    command, kind, source, target, *rest = arguments
    try:
        if command == "page":
            answer = _page(kind, Path(source), Path(target), int(rest[0]))
        elif command == "seals":
            answer = _seals(Path(source), *(Path(place) for place in rest))
        elif command == "text":
            answer = _text(kind, Path(source), Path(target))
        else:
            answer = _check(kind, Path(source), Path(target))
    except limits.Refused as refusal:
        answer = {"refused": refusal.code}
    except MemoryError:
        answer = {"refused": "too_heavy"}
    except Exception:  # a foreign file can break its parser in any way; each of them means: cannot be opened
        answer = {"refused": "broken"}
    print(json.dumps(answer))
    return 0


def _check(kind: str, source: Path, target: Path) -> dict[str, object]:
    if kind == "docx":
        from documents.inspect import word

        word.check(source)
        return {"pages": 1, "preview": ""}
    if kind in ("xlsx", "csv"):
        from documents.inspect import tables

        return {"pages": tables.write_rows(kind, source, target), "preview": "application/x-ndjson"}
    refuse_archive_inside(source)
    if kind == "pdf":
        from documents.inspect import pdfs

        return {"pages": pdfs.clean(source, target), "preview": "application/pdf"}
    from documents.inspect import photos

    photos.preview(kind, source, target)
    return {"pages": 1, "preview": "image/jpeg"}


def _page(kind: str, source: Path, target: Path, number: int) -> dict[str, object]:
    if kind == "pdf":
        from documents.inspect import pdfs

        pdfs.page_image(source, target, number)
    else:
        from documents.inspect import photos

        photos.small(source, target)
    return {"preview": "image/jpeg"}


def _text(kind: str, source: Path, target: Path) -> dict[str, object]:
    from documents.inspect import texts

    return {"characters": texts.write_text(kind, source, target)}


def _seals(source: Path, roots: Path, crls: Path) -> dict[str, object]:
    from documents.inspect import seals

    return {"seals": seals.check(source, roots, crls)}


def refuse_archive_inside(source: Path) -> None:
    """A file that is at the same time a ZIP archive is refused (polyglot)."""
    import zipfile

    if zipfile.is_zipfile(source):
        raise limits.Refused("mixed")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
