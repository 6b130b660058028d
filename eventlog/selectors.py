"""Reads of the event log."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import models

from common import clock
from eventlog.events import ANCHORS_ADOPTED
from eventlog.models import (
    Anchor,
    AnchorProof,
    Event,
    Outbox,
    OutboxState,
    ProofKind,
    Receipt,
    StreamHead,
)

logger = logging.getLogger(__name__)

OLD_ANCHOR_SECONDS = 4 * 3600
"""Behind this the portal says it is degraded (SEC-44)."""


def receipt_of(subject: models.Model, name: str) -> Receipt | None:
    """The newest receipt for event ``name`` of ``subject``. Two queries."""
    event = (
        Event.objects.filter(subject_kind=subject._meta.label_lower, subject_id=subject.pk, name=name)
        .order_by("-id")
        .first()
    )
    return Receipt.objects.filter(event_id=event.pk).first() if event else None


def receipts_of(subjects: Sequence[models.Model], name: str) -> dict[int, Receipt]:
    """Receipts for event ``name`` by the key of the subject; subjects are of one kind. Two queries."""
    if not subjects:
        return {}
    kind = subjects[0]._meta.label_lower
    rows = Event.objects.filter(subject_kind=kind, subject_id__in=[row.pk for row in subjects], name=name)
    by_event = dict(rows.values_list("pk", "subject_id"))
    found = Receipt.objects.filter(event_id__in=list(by_event)).order_by("event_id")
    return {by_event[receipt.event_id]: receipt for receipt in found}


def is_known_stream(name: str) -> bool:
    """True when something happened in this stream. Two queries."""
    return StreamHead.objects.filter(stream=name).exists() or Event.objects.filter(stream=name).exists()


def outbox_age_seconds() -> float:
    """Seconds the oldest waiting effect has been due; 0 when nothing waits."""
    oldest = Outbox.objects.filter(state=OutboxState.PENDING).aggregate(at=models.Min("next_at"))["at"]
    return max(0.0, (clock.now() - oldest).total_seconds()) if oldest else 0.0


def dead_letters() -> models.QuerySet[Outbox]:
    """Effects that failed too often and wait for a person."""
    return Outbox.objects.filter(state=OutboxState.DEAD).order_by("id")


def standing_anchor() -> Anchor | None:
    """The newest anchor that counts: signed, and known to somebody outside. One query."""
    proofs = AnchorProof.objects.order_by()
    signed = proofs.filter(kind=ProofKind.SIGNATURE).values("anchor_number")
    witnessed = proofs.filter(kind__in=[ProofKind.TIMESTAMP, ProofKind.FOLDER]).values("anchor_number")
    return Anchor.objects.filter(number__in=signed).filter(number__in=witnessed).first()


def lost_anchors() -> list[Event]:
    """What was recorded of anchors that were taken over after a restore, oldest first: ``first``, ``last``, ``entries``, ``reason``."""
    told = Event.objects.filter(
        name=ANCHORS_ADOPTED, payload__has_keys=["first", "last", "entries", "reason"]
    )
    return list(told.order_by("id"))


def anchor_age_seconds() -> float:
    """Seconds since the newest anchor that counts; where there is none yet, since the first entry; 0 without any entry."""
    anchor = standing_anchor()
    first = Event.objects.order_by("id").values_list("happened_at", flat=True)
    since = anchor.cut_at if anchor else first.first()
    return max(0.0, (clock.now() - since).total_seconds()) if since else 0.0


def warn_of_old_anchor() -> None:
    """The alarm of SEC-44, in the log."""
    age = anchor_age_seconds()
    if age > OLD_ANCHOR_SECONDS:
        logger.error("the newest anchor is %d seconds old", age)


def dead_letter(row_id: int) -> tuple[Outbox, Event | None, int] | None:
    """A failed effect, the event it is about (None when there is none), and how many failed alike. Three queries."""
    row = dead_letters().filter(pk=row_id).first()
    if row is None:
        return None
    alike = dead_letters().filter(handler=row.handler, last_error=row.last_error).count()
    return row, Event.objects.filter(pk=row.event_id).first(), alike


def events_of(rows: Sequence[Outbox]) -> dict[int, Event]:
    """The events that effects are about, by id. One query."""
    return Event.objects.in_bulk([row.event_id for row in rows])
