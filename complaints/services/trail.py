"""The zone's own trail: one chain, from which a single hash a day leaves (SEC-35)."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import date, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from common import clock
from complaints.models import DailyRoot, Entry, Head, Matter, Way
from complaints.services.days import grow, leaves_until
from eventlog.offline import leaf_hash, node_hash, payload_hash
from eventlog.services import act

ONLY_HEAD = 1
FIRST_PREVIOUS = "0" * 64
DAY_CLOSED = "day.closed"


def write(name: str, matter: Matter | None, user_id: int | None, **data: Any) -> Entry:
    """Append what happened; the last statement of an act, because it locks the head. ``data`` holds ids and codes."""
    Head.objects.bulk_create([Head(pk=ONLY_HEAD)], ignore_conflicts=True)
    head = Head.objects.select_for_update().get(pk=ONLY_HEAD)
    entry = Entry(
        seq=head.seq + 1,
        previous_hash=head.hash,
        name=name,
        matter_id=matter.pk if matter else None,
        user_id=user_id,
        happened_at=clock.now(),
        payload=json.loads(json.dumps(data, cls=DjangoJSONEncoder)),
        salt=secrets.token_hex(16),
    )
    entry.payload_hash = payload_hash(entry.payload, entry.salt)
    entry.hash = entry_hash(entry)
    entry.save(force_insert=True)
    head.seq, head.hash = entry.seq, entry.hash
    head.save(update_fields=["seq", "hash"])
    return entry


def entry_hash(entry: Entry) -> str:
    """SHA-256 over every column, each length-prefixed (SEC-43)."""
    moment = entry.happened_at.strftime("%Y-%m-%dT%H:%M:%S.%f")
    parts = [
        entry.seq,
        entry.previous_hash,
        entry.name,
        entry.matter_id,
        entry.user_id,
        moment,
        entry.payload_hash,
    ]
    digest = hashlib.sha256()
    for part in parts:
        raw = ("" if part is None else str(part)).encode()
        digest.update(f"{len(raw)}:".encode() + raw)
    return digest.hexdigest()


def first_bad() -> int | None:
    """The first entry that does not fit, or the place of a missing one; None when the chain is whole."""
    previous, expected = FIRST_PREVIOUS, 1
    for entry in Entry.objects.order_by("seq").iterator():
        sound = (
            entry.seq == expected
            and entry.previous_hash == previous
            and entry.payload_hash == payload_hash(entry.payload, entry.salt)
            and entry.hash == entry_hash(entry)
        )
        if not sound or not _is_published(entry):
            return expected
        previous, expected = entry.hash, expected + 1
    head = Head.objects.filter(pk=ONLY_HEAD).first()
    return expected if head is not None and head.hash != previous else None


def close_days() -> int:
    """Publish the root of each day that is over. A day's closing entry is salted and stands in the chain whether or not
    anything else happened, so the root of an empty day looks like that of any other. Gives how many were published.
    """
    yesterday = clock.today() - timedelta(days=1)
    last = DailyRoot.objects.order_by("-day").values_list("day", flat=True).first()
    day, done = (last + timedelta(days=1) if last else yesterday), 0
    while day <= yesterday:
        done += _close(day)
        day += timedelta(days=1)
    return done


def _close(day: date) -> int:
    with act():
        Head.objects.bulk_create([Head(pk=ONLY_HEAD)], ignore_conflicts=True)
        Head.objects.select_for_update().get(pk=ONLY_HEAD)
        if DailyRoot.objects.filter(day=day).exists():
            return 0
        leaves, fill = leaves_until(day), secrets.token_bytes(32)
        tree, ways = grow({place: leaf for place, (_box, leaf) in leaves.items()}, fill)
        entry = write(DAY_CLOSED, None, None, day=day, tree=tree.hex(), fill=fill.hex())
        DailyRoot.objects.create(day=day, root=root_of(entry))
        beside = leaf_hash(entry.hash.encode()).hex()
        Way.objects.bulk_create(
            Way(submission_id=box, day=day, path=[*ways[place], beside])
            for place, (box, _leaf) in leaves.items()
        )
    return 1


def root_of(entry: Entry) -> str:
    """What a day's closing entry publishes: the trail up to itself, and the tree of receipts. Older ones had no tree."""
    tree = entry.payload.get("tree")
    return node_hash(leaf_hash(entry.hash.encode()), bytes.fromhex(tree)).hex() if tree else entry.hash


def _is_published(entry: Entry) -> bool:
    if entry.name != DAY_CLOSED:
        return True
    return DailyRoot.objects.filter(day=entry.payload["day"], root=root_of(entry)).exists()
