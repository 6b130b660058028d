"""Timelines from the event log: public and internal entries come from different queries, never hidden by style."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model, Q
from django.utils.functional import Promise

from eventlog.models import Event
from eventlog.registry import NAMES, Timeline


@dataclass(frozen=True)
class Entry:
    """One line of a timeline; ``actor`` is a role or a staff name, never a party's name."""

    what: str | Promise
    at: datetime
    actor: str


def timeline(
    stream: str, *, audience: Timeline, extra: Iterable[Model] = (), limit: int = 100
) -> list[Entry]:
    """Entries of a stream plus those about ``extra`` rows of other streams, newest first. One query."""
    visible = {Timeline.PARTIES} if audience is Timeline.PARTIES else {Timeline.PARTIES, Timeline.STAFF}
    names = [entry.name for entry in NAMES.values() if entry.timeline in visible]
    which = Q(stream=stream)
    for row in extra:
        which |= Q(subject_kind=row._meta.label_lower, subject_id=row.pk)
    events = Event.objects.filter(which, name__in=names).order_by("-id")[:limit]
    return [Entry(NAMES[event.name].label, event.happened_at, event.actor_name) for event in events]
