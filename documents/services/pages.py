"""Page images for screens that read without a PDF viewer: drawn once by the inspecting process, then kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from documents.models import Copy, StoredFile
from documents.services.inspection import draw_page

LONGEST_PAPER = 500
"""A number above it cannot be a page of a court paper; below it the drawing process says whether there is one."""


def page_image(subject: StoredFile | Copy, number: int) -> bytes | None:
    """Page ``number`` (from 1) as a JPEG of about 80 KB at most; None without such a page (Word files have none)."""
    kind, source = _source(subject)
    last = subject.pages if isinstance(subject, StoredFile) else LONGEST_PAPER
    if not source or not 1 <= number <= last:
        return None
    key = f"pages/{subject.public_id}/{number}.jpg"
    if default_storage.exists(key):
        with default_storage.open(key) as kept:
            return bytes(kept.read())
    with tempfile.TemporaryDirectory(prefix="page-") as folder:
        original, drawn = Path(folder) / "source", Path(folder) / "page"
        with default_storage.open(source) as kept, original.open("wb") as target:
            for chunk in kept.chunks(1 << 20):
                target.write(chunk)
        if not draw_page(kind, original, drawn, number):
            return None
        image = drawn.read_bytes()
    stored = default_storage.save(key, ContentFile(image))
    if stored != key:  # another request drew the same page meanwhile
        default_storage.delete(stored)
    return image


def _source(subject: StoredFile | Copy) -> tuple[str, str]:
    if isinstance(subject, Copy):
        return "pdf", subject.file_key
    return ("pdf" if subject.preview_type == "application/pdf" else "jpg"), subject.preview_key
