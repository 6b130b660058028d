"""Files become part of a complaint, by the tickets that came with its words; what nobody sent is removed (SEC-34)."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from common import clock
from complaints import sealing
from complaints.models import Enclosure, Matter, Piece, Submission, Word
from documents.services import EVERY_KIND

LEFT_AFTER = timedelta(hours=24)
"""Pieces that nobody sent are removed; their tickets were good for half of that."""


def enclose(matter: Matter, boxes: Sequence[str], word: Word | None = None) -> tuple[int, int]:
    """The files of these tickets belong to the matter from now on. How many, and how many could not be found.

    Part of the act that takes in the words; the caller writes it into the trail.
    """
    taken = lost = 0
    for box in boxes:
        try:
            ticket = sealing.open_box(base64.b64decode(box))
            parcels = [ticket[name] for name in ("original", "shown") if ticket[name] is not None]
            whole = ticket["kind"] in EVERY_KIND and all(_is_whole(parcel) for parcel in parcels)
        except (ValueError, LookupError):
            whole = False
        if whole:
            _add(matter, word, ticket)
            taken += 1
        else:
            lost += 1
    return taken, lost


def _is_whole(parcel: dict[str, Any]) -> bool:
    """All its pieces are there, and it belongs to nothing yet."""
    key = UUID(parcel["parcel"])
    if Enclosure.objects.filter(Q(original=key) | Q(shown=key)).exists():
        return False
    return bool(Piece.objects.filter(parcel=key).count() == parcel["pieces"])


def _add(matter: Matter, word: Word | None, ticket: dict[str, Any]) -> None:
    original, shown = ticket["original"], ticket["shown"]
    hidden = {name: ticket[name] for name in ("name", "sha256")} | {"parcel": original}
    sealed = sealing.encrypt(
        json.dumps(hidden, ensure_ascii=False),
        context=f"original:{original['parcel']}",
        key=sealing.ORIGINAL,
    )
    Enclosure.objects.create(
        matter=matter,
        word=word,
        kind=ticket["kind"],
        facts={"type": ticket["type"], "pages": ticket["pages"], "size": original["size"], "shown": shown},
        original=original["parcel"],
        shown=shown["parcel"] if shown is not None else None,
        sealed=sealed,
    )


def remove_left() -> int:
    """Pieces of files whose page was never sent. Nothing is removed while a box waits that may name them."""
    if Submission.objects.filter(opened=None).exists():
        return 0
    owner = Enclosure.objects.filter(Q(original=OuterRef("parcel")) | Q(shown=OuterRef("parcel")))
    left = Piece.objects.filter(~Exists(owner), laid_at__lt=clock.now() - LEFT_AFTER)
    removed, _by_model = left.delete()
    return removed
