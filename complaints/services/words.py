"""One entry of what is written to and fro; a form sent twice writes it once (REL-04)."""

from __future__ import annotations

import uuid

from common import clock
from complaints import sealing
from complaints.models import Matter, Word, WordKind


def add(*, matter: Matter, kind: WordKind, text: str, by: int | None, form_key: str) -> tuple[Word, bool]:
    """The word, and whether it is new. The caller holds the lock of the matter's standing."""
    found = sealing.look_ups("word", f"{matter.pk}:{kind}:{by}:{form_key}")
    keys = [uuid.UUID(key[:32]) for key in found]
    word = Word.objects.filter(public_id__in=keys).first()
    if word is not None:
        return word, False
    now = clock.now()
    return Word.objects.create(
        public_id=keys[0], matter=matter, kind=kind, text=text, by=by, written_at=now
    ), True
