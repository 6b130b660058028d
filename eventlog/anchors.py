"""Anchors: from time to time a signed root over everything written since, witnessed outside (SEC-44, docs/adr/0024).

Which entries an anchor holds is said by the heads of the streams and not by ids or times: a head moves in the transaction that
writes its entries, so one look at the heads sees whole acts only, and what commits later belongs to the next anchor.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Max, Q

from common import clock
from common.errors import GatewayUnavailable
from common.write_once import Folder, LockedBucket, place_of
from eventlog import offline, receipts, witness
from eventlog.models import (
    Anchor,
    AnchorMark,
    AnchorProof,
    Event,
    KeyKind,
    ProofKind,
    StreamHead,
    TrailKey,
)
from signer.anchors import compose

logger = logging.getLogger(__name__)

DUE_SECONDS, DUE_ENTRIES = 600, 1000
IDLE_SECONDS = 3600
"""Where nothing happens an empty anchor is cut this often, so that its age says that anchoring works."""
MAX_STREAMS = 5000
"""In one anchor; the rest waits for the next, a minute later."""
CHUNK = 200
_first: list[Callable[[], object]] = []


def before_each(bring: Callable[[], object]) -> None:
    """Have the job of anchors call this first: it writes entries of what others published. Safe to run twice."""
    _first.append(bring)


def run() -> Anchor | None:
    """Complete what waits, cut the next anchor when it is due, complete it. Safe to run twice and at once."""
    note_key(KeyKind.RECEIPT, receipts.public_pem())
    for bring in _first:
        bring()
    complete_pending()
    anchor = cut()
    if anchor is not None:
        complete_pending()
    return anchor


def cut(*, now_at_once: bool = False) -> Anchor | None:
    """Write the next anchor's row, when it is due and the one before it is signed. No outside call."""
    with transaction.atomic(), clock.read_once(in_transaction=True):
        if not _alone():
            return None
        newest = Anchor.objects.first()
        if (
            newest
            and not AnchorProof.objects.filter(anchor_number=newest.number, kind=ProofKind.SIGNATURE).exists()
        ):
            return None
        heads = list(  # one statement, one snapshot
            StreamHead.objects.filter(seq__gt=F("anchored_seq")).order_by("stream")[:MAX_STREAMS]
        )
        marks = _new_marks(heads)
        if not now_at_once and not _is_due(newest, sum(mark.last - mark.first + 1 for mark in marks)):
            return None
        anchor = _anchor(newest, marks)
        anchor.save(force_insert=True)
        for mark in marks:
            mark.anchor_number = anchor.number
        AnchorMark.objects.bulk_create(marks, batch_size=1000)
    _remember(heads)
    return anchor


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('eventlog.anchor', 0))")
        row = cursor.fetchone()
    return bool(row and row[0])


def _is_due(newest: Anchor | None, entries: int) -> bool:
    if newest is None:
        return entries > 0
    age = (clock.now() - newest.cut_at).total_seconds()
    return entries >= DUE_ENTRIES or age >= (DUE_SECONDS if entries else IDLE_SECONDS)


def _new_marks(heads: list[StreamHead]) -> list[AnchorMark]:
    """What of these streams no anchor holds yet. Asks the marks: the number in the head is only a hint."""
    names = [head.stream for head in heads]
    rows = AnchorMark.objects.filter(stream__in=names).order_by().values_list("stream")
    reached = dict(rows.annotate(to=Max("last")))
    return [
        AnchorMark(stream=head.stream, first=reached.get(head.stream, 0) + 1, last=head.seq, hash=head.hash)
        for head in heads
        if head.seq > reached.get(head.stream, 0)
    ]


def leaves(marks: list[AnchorMark]) -> Iterator[bytes]:
    """The leaves of an anchor: entries by stream and number."""
    for some in batched_marks(marks):
        wanted = Q()
        for mark in some:
            wanted |= Q(stream=mark.stream, seq__range=(mark.first, mark.last))
        rows = Event.objects.filter(wanted).order_by("stream", "seq").values_list("stream", "seq", "hash")
        for row in rows:
            yield offline.leaf_of(*row)


def batched_marks(marks: list[AnchorMark]) -> Iterator[list[AnchorMark]]:
    """Some at a time."""
    for start in range(0, len(marks), CHUNK):
        yield marks[start : start + CHUNK]


def _anchor(newest: Anchor | None, marks: list[AnchorMark]) -> Anchor:
    tree = offline.Tree()
    for leaf in leaves(marks):
        tree.add(leaf)
    number, before = (newest.number + 1, newest.last) if newest else (1, 0)
    previous = hashlib.sha256(newest.text.encode()).hexdigest() if newest else offline.FIRST_PREVIOUS
    moment = clock.now()
    text = compose(
        number=number,
        first=before + 1,
        last=before + tree.count,
        streams=len(marks),
        root=tree.root(),
        previous=previous,
        time=moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    return Anchor(
        number=number,
        cut_at=moment,
        first=before + 1,
        last=before + tree.count,
        streams=len(marks),
        root=tree.root(),
        previous_hash=previous,
        text=text,
    )


def _remember(heads: list[StreamHead]) -> None:
    """Note in the heads how far they are anchored. One that an act holds just now is left to the next anchor."""
    statement = (
        "WITH free AS (SELECT stream FROM eventlog_streamhead WHERE stream = ANY(%s) ORDER BY stream"
        " FOR NO KEY UPDATE SKIP LOCKED)"
        " UPDATE eventlog_streamhead h SET anchored_seq = v.seq FROM free, unnest(%s, %s::bigint[]) v (stream, seq)"
        " WHERE h.stream = free.stream AND v.stream = h.stream AND h.anchored_seq < v.seq"
    )
    for start in range(0, len(heads), CHUNK):
        some = heads[start : start + CHUNK]
        names = [head.stream for head in some]
        with connection.cursor() as cursor:
            cursor.execute(statement, [names, names, [head.seq for head in some]])


def complete_pending() -> int:
    """Get for each anchor what it lacks, oldest first, and give how many proofs came in. What is away is asked again later."""
    done = 0
    kinds = [ProofKind.SIGNATURE, ProofKind.TIMESTAMP]
    if settings.ANCHORS_DIR:
        kinds.append(ProofKind.FOLDER)
    for kind in kinds:
        have = AnchorProof.objects.filter(kind=kind).values("anchor_number")
        ready = Anchor.objects.exclude(number__in=have)
        if kind != ProofKind.SIGNATURE:
            ready = ready.filter(
                number__in=AnchorProof.objects.filter(kind=ProofKind.SIGNATURE).values("anchor_number")
            )
        for anchor in ready.order_by("number")[:CHUNK]:
            try:
                _prove(anchor, kind)
            except witness.AnchorRefused as error:  # after a restore: manage.py adopt_anchors
                logger.error("anchor %s is not signed, docs/operations.md: %s", anchor.number, error)
                break
            except FileExistsError:  # of this number only: the others go on
                logger.error("anchor %s: another file lies at its place outside, look at both", anchor.number)
                continue
            except (GatewayUnavailable, OSError) as error:
                logger.warning("anchor %s pending: %s %s", anchor.number, kind, type(error).__name__)
                break
            done += 1
    return done


def _prove(anchor: Anchor, kind: str) -> None:
    value, key_id = "", ""
    if kind == ProofKind.SIGNATURE:
        value, pem = witness.signature_of(anchor.text)
        key_id = offline.key_id_of(pem.encode())
        note_key(KeyKind.ANCHOR, pem)
    elif kind == ProofKind.TIMESTAMP:
        value = witness.stamp_of(anchor.text)
    else:
        with place_of(settings.ANCHORS_DIR) as place:
            write_once(place, anchor)
    proof = AnchorProof(
        anchor_number=anchor.number, kind=kind, value=value, key_id=key_id, made_at=clock.now()
    )
    AnchorProof.objects.bulk_create([proof], ignore_conflicts=True)


def note_key(kind: str, pem: str) -> str:
    """Keep this public key for good; gives its id."""
    key_id = offline.key_id_of(pem.encode())
    if not TrailKey.objects.filter(kind=kind, key_id=key_id).exists():
        row = TrailKey(kind=kind, key_id=key_id, public_pem=pem, since=clock.now())
        TrailKey.objects.bulk_create([row], ignore_conflicts=True)
    return key_id


def published(anchor: Anchor, proofs: dict[str, AnchorProof]) -> dict[str, Any]:
    """One line of the published anchors; ``eventlog.offline`` reads it."""
    signature, stamp = proofs[ProofKind.SIGNATURE], proofs.get(ProofKind.TIMESTAMP)
    return {
        "number": anchor.number,
        "text": anchor.text,
        "signature": signature.value,
        "key_id": signature.key_id,
        "timestamp": stamp.value if stamp else "",
    }


def proofs_of(anchors: list[Anchor]) -> dict[int, dict[str, AnchorProof]]:
    """Proofs by anchor and kind. One query."""
    found: dict[int, dict[str, AnchorProof]] = {anchor.number: {} for anchor in anchors}
    for proof in AnchorProof.objects.filter(anchor_number__in=list(found)):
        found[proof.anchor_number][proof.kind] = proof
    return found


def write_once(place: Folder | LockedBucket, anchor: Anchor) -> None:
    """The anchor as a file that nobody overwrites. FileExistsError when another text, or what nobody can read, lies there under its
    number."""
    name = f"anchor-{anchor.number:09}.jsonl"
    line = json.dumps(published(anchor, proofs_of([anchor])[anchor.number]), sort_keys=True) + "\n"
    try:
        place.put(name, line.encode())
    except FileExistsError:  # its time stamp may have come in between
        if _text_in(place.read(name)) != anchor.text:
            raise


def _text_in(content: bytes) -> str:
    """The text of an anchor's file; empty when it is none, as of a file that broke off."""
    try:
        return str(json.loads(content)["text"])
    except (ValueError, KeyError, TypeError):
        return ""
