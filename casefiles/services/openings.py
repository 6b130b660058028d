"""Who opened which entry: on record in the court's access stream, once for each sitting."""

from __future__ import annotations

from datetime import timedelta

from casefiles import events
from casefiles.models import Entry
from common import clock
from common.actor import Actor
from courts.services import access_stream
from documents.models import Copy, StoredFile
from documents.services import brake, record_opening
from eventlog.models import Event
from eventlog.services import act, emit

SITTING = timedelta(minutes=30)
"""Turning pages within this time belongs to one opening."""


def record_reading(entry: Entry, shown: Copy | StoredFile | None, *, actor: Actor) -> None:
    """Write that the actor opened this entry. A copy of a paper is recorded like every other opening of it, so that one list
    shows them all, and the addressee's first one is a fact of its delivery (REL-23); everything else by its entry, because a
    file may lie in several cases. Who opens what he handed in himself leaves no record: nobody else read it."""
    if isinstance(shown, StoredFile) and actor.user_id is not None and shown.uploaded_by_id == actor.user_id:
        return
    subject = shown if isinstance(shown, Copy) else entry
    if _sits(subject, actor):
        return
    if isinstance(subject, Copy):
        record_opening(subject=subject, actor=actor)
        return
    if shown is not None:
        brake(shown, actor=actor)
    with act():
        emit(
            events.OPENED,
            subject=entry,
            actor=actor,
            stream=access_stream(entry.case.court.code),
            court_id=entry.case.court_id,
            public_id=entry.public_id,
            party=actor.scan.party_id if actor.scan else None,
        )


def _sits(subject: Entry | Copy, actor: Actor) -> bool:
    rows = Event.objects.filter(
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        name__in=("documents.opened", events.OPENED),
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        actor_post_id=actor.post_id,
        happened_at__gt=clock.now() - SITTING,
    )
    if actor.scan is not None:
        rows = rows.filter(payload__party=actor.scan.party_id)
    return rows.exists()
