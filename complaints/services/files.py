"""A file on its way into the zone: checked as everywhere, cleaned, cut into sealed pieces, and out of reach (SEC-34).

Runs in the public process and in the zone's. Nothing outside the schema ``zone`` learns of a file. What remains of it on the
page is a ticket: a small box in which only the zone reads where the pieces lie and with which keys they open. A page that
comes back with an error carries its tickets along, so nobody chooses a file twice; tickets hold for half a day.
"""

from __future__ import annotations

import base64
import os
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.errors import InvalidInput
from complaints import sealing
from complaints.models import Piece
from complaints.services.counters import count
from documents.services import Checked, check_upload, extract_text

MAX_FILES, MAX_BYTES = 10, 100 * 1024 * 1024
"""With one complaint or one addition, as with a message to the court."""
AN_HOUR = 60
"""Files from one address, or for one complaint, in one hour."""
TICKET_BYTES = 1536
TEXT = "text/plain; charset=utf-8"
"""What handlers read of a Word file."""
HOLDS = timedelta(hours=12)
_SIGNER = Signer(salt="complaints.file")


@dataclass(frozen=True)
class Ticket:
    """A kept file as the page remembers it; ``box`` is for the zone."""

    name: str
    size_bytes: int
    kept_at: datetime
    box: str

    @property
    def mark(self) -> str:
        """Tells it from other tickets of the page."""
        return self.box[:24]

    @property
    def token(self) -> str:
        """The ticket as text of a hidden field."""
        kept = {"n": self.name, "s": self.size_bytes, "t": self.kept_at.isoformat(), "b": self.box}
        return _SIGNER.sign_object(kept)


def read_tokens(tokens: Sequence[str]) -> tuple[list[Ticket], list[str]]:
    """Tickets of a page, and sentences about those that are too old; what was tampered with is left out."""
    tickets, late = [], []
    for token in tokens[:MAX_FILES]:
        try:
            kept = _SIGNER.unsign_object(token)
        except BadSignature:
            continue
        ticket = Ticket(kept["n"], kept["s"], datetime.fromisoformat(kept["t"]), kept["b"])
        if clock.now() - ticket.kept_at < HOLDS:
            tickets.append(ticket)
        else:
            late.append(_("%(name)s：放得太久了，请重新选一次") % {"name": ticket.name})
    return tickets, late


def keep(upload: UploadedFile[Any], *, others: Sequence[Ticket], counted_as: str) -> Ticket:
    """Check a file and lay its pieces down, beside the ``others`` of the same page. InvalidInput with the sentence that
    helps; TooManyRequests above sixty an hour for ``counted_as``, of which only a forgetful counter hears.
    """
    now = clock.now()
    if len(others) >= MAX_FILES:
        sentence = _("最多上传%(count)s个文件，请合并后再上传") % {"count": MAX_FILES}
        raise InvalidInput(sentence, code="too_many_files", file=sentence)
    count(f"files:{counted_as}", AN_HOUR, _("传的文件太多了，请过一会儿再传。"), now=now)
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        checked = check_upload(upload, Path(folder), silent=True)
        if sum(ticket.size_bytes for ticket in others) + checked.size_bytes > MAX_BYTES:
            sentence = _("全部文件加起来超过%(limit)sMB，请压缩或者合并后再上传") % {
                "limit": MAX_BYTES // 1024 // 1024
            }
            raise InvalidInput(sentence, code="files_too_large", file=sentence)
        shown, shown_type = _shown_copy(checked, Path(folder))
        with transaction.atomic():
            original = _lay_down(checked.original, now)
            cleaned = _lay_down(shown, now) | {"type": shown_type} if shown is not None else None
    content = {
        "name": checked.name,
        "kind": checked.kind,
        "type": checked.content_type,
        "pages": checked.pages,
        "sha256": checked.sha256,
        "original": original,
        "shown": cleaned,
    }
    box = base64.b64encode(sealing.close_box(content, size=TICKET_BYTES)).decode()
    return Ticket(checked.name, checked.size_bytes, now, box)


def _shown_copy(checked: Checked, folder: Path) -> tuple[Path | None, str]:
    """What handlers read: the cleaned preview, of a Word file its text; nothing when there is neither."""
    if checked.preview is not None:
        return checked.preview, checked.preview_type
    text = folder / "text"
    if extract_text(checked.kind, checked.original, text, silent=True):
        return text, TEXT
    return None, ""


def _lay_down(source: Path, now: datetime) -> dict[str, Any]:
    """Seal a file piece by piece; what opens it again is in the answer only."""
    size, parcel, key = source.stat().st_size, uuid.uuid4(), os.urandom(32)
    pieces = -(-size // sealing.PIECE_BYTES)
    with source.open("rb") as raw:
        for number in range(pieces):
            sealed = sealing.seal_piece(
                raw.read(sealing.PIECE_BYTES), key=key, place=f"{parcel}:{pieces}", number=number
            )
            piece = Piece(id=uuid.uuid4(), parcel=parcel, number=number, sealed=sealed, laid_at=now)
            piece.save(force_insert=True)
    return {"parcel": str(parcel), "key": base64.b64encode(key).decode(), "pieces": pieces, "size": size}
