"""The tree whose root a day publishes: receipts can be checked against it, and nothing tells how many there are (SEC-35, SEC-45).

It has always the same depth. A box lies at a place drawn from its own hash, all other places are filled with numbers that look like
hashes, so a way to the root has the same length and look on every day. On the left of the root lies the zone's own trail.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from uuid import UUID

from django.db.models import BinaryField, F, Func

from common import clock
from complaints.models import Submission
from eventlog.offline import DAY_FIRST, DAY_LEVELS, leaf_hash, leaf_of, node_hash

Leaf = tuple[UUID, bytes]
"""A box and its hash in the tree."""


def place_of(box_id: UUID | str, digest: str) -> int:
    """Where a box lies; also the number on its receipt. ``digest``: SHA-256 of the box in hexadecimal."""
    drawn = hashlib.sha256(f"{box_id}\n{digest}".encode()).hexdigest()
    return DAY_FIRST + int(drawn[: DAY_LEVELS // 4], 16)


def leaves_until(day: date) -> dict[int, Leaf]:
    """Boxes that came before the end of ``day`` and lie in no tree yet, by place. One whose place is taken waits for the next day."""
    end = clock.end_of_day(day) + timedelta(seconds=1)
    digest = Func(F("box"), function="sha256", output_field=BinaryField())
    boxes = Submission.objects.filter(way=None, received_at__lt=end).order_by("received_at", "pk")
    return _placed(boxes.values_list("pk", digest))


def _placed(boxes: Iterable[tuple[UUID, bytes]]) -> dict[int, Leaf]:
    leaves: dict[int, Leaf] = {}
    for box_id, raw in boxes:
        digest = bytes(raw).hex()
        place = place_of(box_id, digest)
        leaves.setdefault(place, (box_id, leaf_hash(leaf_of(str(box_id), place, digest))))
    return leaves


def grow(leaves: Mapping[int, bytes], fill: bytes) -> tuple[bytes, dict[int, list[str]]]:
    """Root and ways of a day's tree; ``leaves`` by place, ``fill`` a secret of that day."""

    def node(level: int, index: int) -> bytes:
        return rows[level].get(index) or hmac.digest(fill, f"{level}:{index}".encode(), "sha256")

    rows = [{place - DAY_FIRST: leaf for place, leaf in leaves.items()}]
    for level in range(DAY_LEVELS):
        above = {index >> 1 for index in rows[level]}
        rows.append({one: node_hash(node(level, 2 * one), node(level, 2 * one + 1)) for one in above})
    ways = {
        place: [node(level, (place - DAY_FIRST) >> level ^ 1).hex() for level in range(DAY_LEVELS)]
        for place in leaves
    }
    return node(DAY_LEVELS, 0), ways
