"""The complaint zone's daily roots in the trail, so that anchors and their witnesses hold them, and receipts that lead to one (SEC-45).

One entry a day, on days with nothing too. What can be said of such a receipt is what is said of every other.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from common.actor import system
from complaints.models import DailyRoot
from complaints.services.taken import Taken, box_of
from eventlog import anchors, offline, proofs, receipts
from eventlog.models import Event
from eventlog.receipts import Checked
from eventlog.services import act, emit
from portal import events

STREAM = "days"
NOTING = 7_202_611_45
KIND = DailyRoot._meta.label_lower


def note_day_roots() -> int:
    """Write down each daily root that is not in the trail yet; how many. Safe to run twice and at once."""
    noted = Event.objects.filter(subject_kind=KIND, name=events.DAY_ROOT_NOTED).values("subject_id")
    fresh = DailyRoot.objects.exclude(pk__in=noted).order_by("day")
    if not fresh.exists():
        return 0
    with act(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NOTING])
        rows = list(fresh.all())
        for row in rows:
            emit(
                events.DAY_ROOT_NOTED,
                subject=row,
                actor=system("anchors"),
                stream=STREAM,
                day=row.day,
                root=row.root,
            )
    return len(rows)


anchors.before_each(note_day_roots)


def check(text: str, signature: str) -> Checked:
    """What a receipt is worth, of whatever kind (``eventlog.receipts.check``). At most ten queries."""
    checked, box = receipts.check(text, signature), None
    if checked.genuine and not checked.recorded:
        box = _box(text)
    if box is None:
        return checked
    event = _entry_of(box)
    return Checked(genuine=True, recorded=True, anchor=receipts.anchor_of(event) if event else None)


def proof(text: str, signature: str) -> dict[str, Any]:
    """A receipt that ``check`` finds recorded, with its way into an anchor, for ``offline.check_proof``."""
    claim = offline.claim_of(text)
    assert claim  # noqa: S101  (it was checked)
    made: dict[str, Any] = {"text": text, "signature": signature}
    box = _box(text)
    if box is None:
        return made | proofs.way_of(Event.objects.get(public_id=claim.event))
    event = _entry_of(box)
    if event is None:
        return made | {"stream": STREAM, "anchor": None}
    day = {
        "path": list(box.path),
        "entry": event.entry(),
        "payload": event.payload,
        "salt": event.payload_salt,
    }
    return made | proofs.way_of(event) | {"day": day}


def _box(text: str) -> Taken | None:
    claim = offline.claim_of(text)
    return box_of(claim) if claim else None


def _entry_of(box: Taken) -> Event | None:
    root = box.root()
    if root is None:
        return None
    return Event.objects.filter(subject_kind=KIND, subject_id=root.pk, name=events.DAY_ROOT_NOTED).first()
