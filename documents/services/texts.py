"""The text of an uploaded file, read by the inspecting process. It only pre-fills; people confirm each field."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.core.files.storage import default_storage

from documents.models import StoredFile
from documents.services.inspection import extract_text

KINDS = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}


def is_read(file: StoredFile) -> bool:
    """Whether it is of a kind that may have text."""
    return file.content_type in KINDS


def text_of(file: StoredFile) -> str:
    """The text of a PDF or Word file, at most 100,000 characters; "" for a scan, a photo or anything unreadable."""
    kind = KINDS.get(file.content_type)
    if kind is None:
        return ""
    with tempfile.TemporaryDirectory(prefix="text-") as folder:
        original, found = Path(folder) / "source", Path(folder) / "text"
        with default_storage.open(file.storage_key) as kept, original.open("wb") as target:
            for chunk in kept.chunks(1 << 20):
                target.write(chunk)
        return found.read_text(encoding="utf-8") if extract_text(kind, original, found) else ""
