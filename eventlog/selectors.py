"""Reads of the event log."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from common import clock
from eventlog.models import Event, Outbox, OutboxState, Receipt
from eventlog.registry import NAMES, Timeline


def events_of(subjects: Iterable[models.Model], *, audience: Timeline, limit: int = 200) -> list[Event]:
    """Events about ``subjects`` that the audience may see on a timeline, newest first. One query."""
    visible = {Timeline.PARTIES} if audience == Timeline.PARTIES else {Timeline.PARTIES, Timeline.STAFF}
    names = [entry.name for entry in NAMES.values() if entry.timeline in visible]
    which = models.Q(pk__in=[])
    for subject in subjects:
        which |= models.Q(subject_kind=subject._meta.label_lower, subject_id=subject.pk)
    return list(Event.objects.filter(which, name__in=names).order_by("-id")[:limit])


def receipt_of(subject: models.Model, name: str) -> Receipt | None:
    """The newest receipt for event ``name`` of ``subject``. Two queries."""
    event = (
        Event.objects.filter(subject_kind=subject._meta.label_lower, subject_id=subject.pk, name=name)
        .order_by("-id")
        .first()
    )
    return Receipt.objects.filter(event_id=event.pk).first() if event else None


def outbox_age_seconds() -> float:
    """Seconds the oldest waiting effect has been due; 0 when nothing waits."""
    oldest = Outbox.objects.filter(state=OutboxState.PENDING).aggregate(at=models.Min("next_at"))["at"]
    return max(0.0, (clock.now() - oldest).total_seconds()) if oldest else 0.0


def dead_letters() -> models.QuerySet[Outbox]:
    """Effects that failed too often and wait for a person."""
    return Outbox.objects.filter(state=OutboxState.DEAD).order_by("id")
