"""What the public process may ask of a box whose id it has, and the signed receipt of it (SEC-45). The id follows from the form's
random key: only who sent the form, or holds its receipt, has it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from complaints.models import DailyRoot
from complaints.services.days import place_of
from eventlog import offline, receipts


@dataclass(frozen=True)
class Taken:
    """A box that lies in the zone. ``digest``: SHA-256 in hexadecimal; ``day`` and ``path`` when its day's root is published."""

    place: int
    digest: str
    received_at: datetime
    day: date | None
    path: tuple[str, ...]

    def root(self) -> DailyRoot | None:
        """What its day published; None before the day is over. One query."""
        return DailyRoot.objects.filter(day=self.day).first() if self.day else None


def taken(box_id: UUID | str) -> Taken | None:
    """The box with this id; None when there is none. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest, received_at, day, path FROM zone.taken(%s::uuid)", [str(box_id)])
        row = cursor.fetchone()
    if row is None:
        return None
    digest, received_at, day, path = row
    return Taken(place_of(box_id, digest), digest, received_at, day, tuple(json.loads(path or "[]")))


def box_of(claim: offline.Claim) -> Taken | None:
    """The box of a receipt, when it is there as the receipt says and, once its day is over, leads to that day's published root.
    Two queries."""
    if claim.seq < offline.DAY_FIRST:
        return None
    box = taken(claim.event)
    if box is None or (box.place, box.digest) != (claim.seq, claim.hash):
        return None
    return box if box.day is None or _leads_to_root(claim, box) else None


def _leads_to_root(claim: offline.Claim, box: Taken) -> bool:
    root, leaf = box.root(), offline.leaf_of(claim.event, claim.seq, claim.hash)
    try:
        way = offline.root_by_path(leaf, claim.seq, 2 * offline.DAY_FIRST, box.path)
    except ValueError:
        return False
    return root is not None and root.root == way


def receipt_of_box(box_id: UUID) -> tuple[str, str]:
    """Text and signature of the receipt of a box that was just put in; like any other, it does not say what came. One query."""
    box = taken(box_id)
    if box is None:
        raise LookupError("no such box")
    text = receipts.words(
        _("收到一份来件"),
        box_id.hex[:8].upper(),
        box.received_at,
        record=str(box_id),
        seq=box.place,
        hashed=box.digest,
    )
    return text, receipts.signature_of(text)
