"""Are the kept bytes still those that were received? Asked at each download and, in slices, every night (SEC-55)."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor, system
from courts.models import Court
from courts.services import access_stream
from documents import events
from documents.models import Copy, Damage, DamageKind, FixityRound, PaperState, StoredFile
from documents.storage import kept_files
from eventlog.services import act, emit

log = logging.getLogger(__name__)
SLICE = 50
"""So many files between two notes of how far the round has come."""
LONGEST = timedelta(seconds=150)
"""A run ends after this; the next one goes on."""
FILES, PAPERS = "files", "papers"


def compare(subject: StoredFile | Copy) -> DamageKind | None:
    """What is wrong with the kept bytes, read piece by piece; None: nothing. StorageAway (OSError) while the storage does
    not answer, which says nothing of the bytes."""
    digest = hashlib.sha256()
    try:
        for piece in kept_files().pieces(key_of(subject)):
            digest.update(piece)
    except FileNotFoundError:
        return DamageKind.MISSING
    return None if digest.hexdigest() == subject.sha256 else DamageKind.CHANGED


def key_of(subject: StoredFile | Copy) -> str:
    """Where its bytes lie."""
    return subject.storage_key if isinstance(subject, StoredFile) else subject.file_key


def note(subject: StoredFile | Copy, wrong: DamageKind | None, *, actor: Actor) -> None:
    """Record what a comparison found: a damage once, with ``documents.damaged``, and once that it is over. One query when
    all is well."""
    open_damage = Damage.objects.filter(public_id=subject.public_id, recovered_at=None)
    if wrong is None and not open_damage.exists():
        return
    if wrong is not None:
        log.error("a kept file is missing or changed", extra={"subject": str(subject.public_id)})
    with act():
        if wrong is None:
            if open_damage.update(recovered_at=clock.now()):
                record_access(events.RECOVERED, subject, actor)
            return
        _row, is_new = Damage.objects.get_or_create(
            public_id=subject.public_id,
            recovered_at=None,
            defaults={
                "court": _court_of(subject),
                "is_paper": isinstance(subject, Copy),
                "kind": wrong,
                "found_at": clock.now(),
            },
        )
        if is_new:
            record_access(events.DAMAGED, subject, actor, missing=wrong == DamageKind.MISSING)


def _court_of(subject: StoredFile | Copy) -> Court:
    return subject.court if isinstance(subject, StoredFile) else subject.paper.court


def record_access(name: str, subject: StoredFile | Copy, actor: Actor, **data: Any) -> None:
    """An event about kept bytes, in the access stream of their court and day. Inside an act."""
    court = _court_of(subject)
    emit(
        name,
        subject=subject,
        actor=actor,
        stream=access_stream(court.code),
        court_id=court.pk,
        public_id=subject.public_id,
        **data,
    )


def check_kept_bytes() -> int:
    """Go on with tonight's comparison of everything that is kept, for at most 150 s; returns how many were compared.

    Bytes are read outside transactions, piece by piece. Safe to kill, to repeat and to run twice at a time: a run whose place
    another one has moved on stops. Ends quietly while the storage does not answer.
    """
    end = clock.process_now() + LONGEST
    number = 0
    try:
        for subject in (FILES, PAPERS):
            while clock.process_now() < end and (done := _check_slice(subject)) is not None:
                number += done
    except OSError:
        log.exception("the storage of the files does not answer; the comparison goes on later")
    return number


def _check_slice(subject: str) -> int | None:
    """Compare the next files of a round; None when there is nothing left to do today, or another run is at it."""
    place = _place(subject)
    if place is None:
        return None
    actor = system(str(_("完整性核对")))
    found = _after(subject, place.last_pk)
    for row in found:
        note(row, compare(row), actor=actor)
    here = FixityRound.objects.filter(pk=place.pk, last_pk=place.last_pk, ended_at=None)
    ended_at = clock.now() if len(found) < SLICE else None
    last_pk = found[-1].pk if found else place.last_pk
    moved = here.update(last_pk=last_pk, checked=F("checked") + len(found), ended_at=ended_at)
    return len(found) if moved else None


def _place(subject: str) -> FixityRound | None:
    """The round that is under way, a new one on a new day; None when today's is ended."""
    now = clock.now()
    place, _is_new = FixityRound.objects.get_or_create(subject=subject, defaults={"started_at": now})
    if place.ended_at is None:
        return place
    if clock.beijing_day(place.started_at) == clock.today():
        return None
    ended = FixityRound.objects.filter(pk=place.pk, ended_at=place.ended_at)
    ended.update(last_pk=0, checked=0, started_at=now, ended_at=None)
    place.refresh_from_db()
    return place


def _after(subject: str, last_pk: int) -> Sequence[StoredFile | Copy]:
    if subject == FILES:
        return list(StoredFile.objects.filter(pk__gt=last_pk).select_related("court").order_by("pk")[:SLICE])
    rows = Copy.objects.filter(pk__gt=last_pk, state=PaperState.ISSUED).select_related("paper__court")
    return list(rows.order_by("pk")[:SLICE])
