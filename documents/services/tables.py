"""Tables of claims that were received: their rows, and taking back one that turned out to be of no use."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.core.files.storage import default_storage

from documents.models import StoredFile
from eventlog.services import act


def rows_of(file: StoredFile, *, skip: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Number in the table and cells of each row below the heading, read one by one; the first ``skip`` are left out."""
    with default_storage.open(file.preview_key) as lines:
        for place, line in enumerate(lines):
            if place > skip:
                number, cells = json.loads(line)
                yield number, cells


def heading_of(file: StoredFile) -> list[str]:
    """The cells of the first row."""
    with default_storage.open(file.preview_key) as lines:
        cells: list[str] = json.loads(lines.readline())[1]
        return cells


def discard_file(file: StoredFile) -> None:
    """Take back a file that was received a moment ago and became part of nothing: the row, then the bytes."""
    with act():
        file.delete()
    for key in (file.storage_key, file.preview_key):
        if key:
            default_storage.delete(key)
