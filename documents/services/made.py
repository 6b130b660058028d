"""A PDF that the portal made itself, without seal and code, kept like a file that somebody sent."""

from __future__ import annotations

import uuid
from hashlib import sha256
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pypdf import PdfReader

from common import clock
from documents.models import ScanState, StoredFile

PDF = "application/pdf"


def made_file(
    *, pdf: bytes, name: str, court_id: int, owner_kind: str, owner_public_id: uuid.UUID
) -> StoredFile:
    """Keep the bytes of a PDF of our own making; its row is not saved yet. The caller saves it in the act that says what the
    file is, or calls :func:`drop_made`; bytes that no row names are removed by ``sweep_files``. It is its own preview: nothing
    in it came from outside but text. Call it outside a transaction.
    """
    key = str(default_storage.save(f"files/{uuid.uuid4().hex}", ContentFile(pdf)))
    return StoredFile(
        court_id=court_id,
        owner_kind=owner_kind,
        owner_public_id=owner_public_id,
        display_name=name,
        storage_key=key,
        preview_key=key,
        preview_type=PDF,
        content_type=PDF,
        size_bytes=len(pdf),
        pages=len(PdfReader(BytesIO(pdf)).pages),
        sha256=sha256(pdf).hexdigest(),
        scan_state=ScanState.CLEAN,
        received_at=clock.now(),
    )


def drop_made(file: StoredFile) -> None:
    """Bytes of a row that was not saved."""
    default_storage.delete(file.storage_key)
