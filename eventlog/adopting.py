"""Anchors that were signed behind what a restore brought back: taken over from outside, so that the next one is signed (SEC-44).

The signer never signs two texts for one number. A database that is back at number M cannot cut M+1 anew when the signer stands at N:
it takes over M+1 to N as they lie outside, without marks, because the entries they held are gone. ``verify`` names them by the entry
that says so; a stranger's check calls each of them short, for ever, as it should.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asn1crypto import cms
from django.db import connection

from common import clock
from common.actor import Actor
from common.write_once import place_of
from eventlog import events, offline
from eventlog.anchors import note_key
from eventlog.models import Anchor, AnchorMark, AnchorProof, KeyKind, ProofKind, StreamHead, TrailKey
from eventlog.services import act, emit
from eventlog.verify import published_anchors
from signer.anchors import TEXT

Row = Mapping[str, Any]


class NotAdopted(Exception):
    """There is nothing to take over, or it does not follow what is here."""


@dataclass(frozen=True)
class Adopted:
    """What was taken over without marks: anchors ``first`` to ``last``, which held so many entries. Those of them that the backup has wait for
    the next anchor."""

    first: int
    last: int
    entries: int


def lying_outside(address: str) -> list[Row]:
    """Published anchors in a folder, a bucket (``s3://…``) or a file of JSON lines, by number. OSError, or ValueError when one of them
    is none."""
    if Path(address).is_file():
        lines = Path(address).read_bytes().splitlines()
    else:
        with place_of(address) as place:
            names = [name for name in place.names() if name.startswith("anchor-") and name.endswith(".jsonl")]
            lines = [line for name in names for line in place.read(name).splitlines()]
    rows: dict[int, Row] = {}
    for line in lines:
        row = json.loads(line)
        if not isinstance(row, dict) or any(
            not isinstance(row.get(name), kind)
            for name, kind in (("number", int), ("text", str), ("signature", str), ("key_id", str))
        ):
            raise ValueError("not an anchor as it is published")
        rows[int(row["number"])] = row
    return [rows[number] for number in sorted(rows)]


def adopt(outside: Sequence[Row], *, more_keys: str = "", actor: Actor, reason: str) -> Adopted:
    """Take over the anchors behind the newest signed one here; one of ours that the signer refused goes. Run as owner.

    ``more_keys``: public keys of anchors noted down elsewhere (PEM), for a key younger than this database. NotAdopted when there is
    nothing to take over, or when what lies outside does not follow what is here, signed by these keys.
    """
    known = {row.key_id: row.public_pem for row in TrailKey.objects.filter(kind=KeyKind.ANCHOR)}
    known |= {offline.key_id_of(found[0].encode()): found[0] for found in offline.BLOCK.finditer(more_keys)}
    with act():
        with connection.cursor() as cursor:  # none is cut meanwhile
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('eventlog.anchor', 0))")
        own = list(published_anchors())
        newest = own[-1]["number"] if own else 0
        fresh = [row for row in outside if row["number"] > newest]
        _check([*own, *fresh], offline.read_keys("".join(known.values())))
        if not fresh:
            raise NotAdopted(f"nothing lies there behind anchor {newest}")
        waiting = Anchor.objects.filter(number__gt=newest).first()
        refused = waiting.text if waiting and waiting.text != fresh[0]["text"] else ""
        if refused:
            _take_away(newest + 1)
        missing = [row for row in fresh if not Anchor.objects.filter(number=row["number"]).exists()]
        anchors = Anchor.objects.bulk_create([_anchor(row) for row in missing], batch_size=1000)
        _keep_proofs(fresh)
        for key_id in {row["key_id"] for row in fresh}:
            note_key(KeyKind.ANCHOR, known[key_id])
        done = Adopted(
            first=anchors[0].number if anchors else newest + 1,
            last=fresh[-1]["number"],
            entries=sum(anchor.count for anchor in anchors),
        )
        if anchors:  # otherwise nothing is lost: the one that waited is signed
            emit(
                events.ANCHORS_ADOPTED,
                subject=anchors[-1],
                actor=actor,
                stream="operations",
                first=done.first,
                last=done.last,
                entries=done.entries,
                refused=hashlib.sha256(refused.encode()).hexdigest() if refused else "",
                reason=reason,
            )
    return done


def _check(rows: Sequence[Row], keys: Mapping[str, offline.PublicKey]) -> None:
    signed = [offline.Signed(row["text"], row["signature"], row["key_id"]) for row in rows]
    for found in offline.check_anchors(signed, keys):
        raise NotAdopted(
            f"anchor {found.seq} is missing, does not follow the one before it, or is signed by a key that is not known here"
        )
    for number, row in enumerate(rows, start=1):
        if row["number"] != number or TEXT.fullmatch(row["text"]) is None:
            raise NotAdopted(f"anchor {number} is none")


def _take_away(number: int) -> None:
    """An anchor that nobody signed, with its marks; its entries wait for the next. Needs the rights of the owner."""
    marks = list(AnchorMark.objects.filter(anchor_number=number).order_by("stream"))
    with connection.cursor() as cursor:
        for table, column in (("eventlog_anchormark", "anchor_number"), ("eventlog_anchor", "number")):
            guard = f"{table}_rows_guard"
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")
            cursor.execute(f"DELETE FROM {table} WHERE {column} = %s", [number])  # noqa: S608 - names of our own
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {guard}")
    for mark in marks:
        StreamHead.objects.filter(stream=mark.stream).update(anchored_seq=mark.first - 1)


def _anchor(row: Row) -> Anchor:
    found = TEXT.fullmatch(row["text"])
    assert found is not None  # noqa: S101 - looked at before
    signed = offline.Signed(row["text"], row["signature"], row["key_id"])
    return Anchor(
        number=int(found["number"]),
        cut_at=datetime.strptime(signed.value("time"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC),
        first=int(found["first"]),
        last=int(found["last"]),
        streams=int(signed.value("streams")),
        root=signed.value("root"),
        previous_hash=found["previous"],
        text=row["text"],
    )


def _keep_proofs(rows: Sequence[Row]) -> None:
    """Signature and, where it is over the text, time stamp. The file outside is looked at by the job."""
    now = clock.now()
    proofs = []
    for row in rows:
        proofs.append(
            AnchorProof(
                anchor_number=row["number"],
                kind=ProofKind.SIGNATURE,
                value=row["signature"],
                key_id=row["key_id"],
                made_at=now,
            )
        )
        if _is_over(row.get("timestamp", ""), row["text"]):
            stamp = row["timestamp"]
            proofs.append(
                AnchorProof(anchor_number=row["number"], kind=ProofKind.TIMESTAMP, value=stamp, made_at=now)
            )
    AnchorProof.objects.bulk_create(proofs, ignore_conflicts=True)


def _is_over(stamp: Any, text: str) -> bool:
    """Whether this base64 token is a time stamp over the text."""
    try:
        token = cms.ContentInfo.load(base64.b64decode(stamp, validate=True), strict=True)
        info = token["content"]["encap_content_info"]["content"].parsed
        return bool(
            info["message_imprint"]["hashed_message"].native == hashlib.sha256(text.encode()).digest()
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
