"""Checks the trail in the database: links, payloads, heads and anchors (SEC-45, SEC-46). The walk is ``eventlog.offline``'s."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from eventlog import offline
from eventlog.anchors import proofs_of, published
from eventlog.models import Anchor, AnchorMark, AnchorProof, Event, ProofKind, StreamHead, TrailKey
from eventlog.offline import Claim, Finding, Mark, Signed, Trail, Verdict
from eventlog.selectors import lost_anchors

PAGE = 1000
__all__ = ["Finding", "Verdict", "also", "export", "verify", "verify_piece"]
Check = Callable[[], list[Finding]]
_others: list[Check] = []


def also(check: Check) -> Check:
    """Decorator: rows that must agree with the trail, looked at when all of it is verified (corrections of the portal, SEC-47)."""
    _others.append(check)
    return check


@contextmanager
def _one_moment() -> Iterator[None]:
    """All that is read inside is of one moment: entries, marks, anchors and heads are read in pages, and people go on writing. Nothing
    can be written inside. In a transaction that is open already its own view counts: no other can be asked for any more.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _paged(rows: QuerySet[Any], *places: str) -> Iterator[Any]:
    """Rows in the order of these columns, a page at a time: there are no server-side cursors (DESIGN §9)."""
    rows = rows.order_by(*places)
    after = f"({', '.join(places)}) > ({', '.join(['%s'] * len(places))})"
    page = list(rows[:PAGE])
    while page:
        yield from page
        last = [getattr(page[-1], place) for place in places]
        page = list(rows.extra(where=[after], params=last)[:PAGE])  # noqa: S610 - the names are our own


def _entries(stream: str | None) -> Iterator[dict[str, Any]]:
    rows = Event.objects.filter(stream=stream) if stream else Event.objects.all()
    for event in _paged(rows, "stream", "seq", "id"):
        yield event.entry() | {"payload": event.payload, "salt": event.payload_salt}


def _marks(stream: str | None) -> Iterator[Mark]:
    rows = AnchorMark.objects.filter(stream=stream) if stream else AnchorMark.objects.all()
    for row in _paged(rows, "stream", "first", "id"):
        yield Mark(row.stream, row.first, row.last, row.hash, row.anchor_number)


def _says_what_it_hashes(entry: offline.Entry) -> bool:
    made = offline.payload_hash(entry["payload"], entry["salt"], entry["algorithm"])
    return bool(entry["payload_hash"] == made)


def published_anchors() -> Iterator[dict[str, Any]]:
    """Every signed anchor as it is published, oldest first."""
    last = 0
    while rows := signed_anchors_after(last, most=PAGE):
        yield from rows
        last = rows[-1]["number"]


def signed_anchors_after(number: int, *, most: int) -> list[dict[str, Any]]:
    """Signed anchors behind this number as they are published, oldest first. Two queries."""
    signed = AnchorProof.objects.filter(kind=ProofKind.SIGNATURE).values("anchor_number")
    anchors = list(Anchor.objects.filter(number__gt=number, number__in=signed).order_by("number")[:most])
    proofs = proofs_of(anchors)
    return [published(anchor, proofs[anchor.number]) for anchor in anchors]


def _signed() -> list[Signed]:
    return [Signed(row["text"], row["signature"], row["key_id"]) for row in published_anchors()]


def known_keys() -> str:
    """All public keys that ever signed, as one PEM text."""
    return "".join(TrailKey.objects.order_by("id").values_list("public_pem", flat=True))


def verify(
    stream: str | None = None,
    *,
    anchors: Path | None = None,
    keys: Path | None = None,
    receipts: Sequence[Claim] = (),
) -> list[Finding]:
    """Findings of one stream or of the whole trail; empty when everything holds. Reads the tables once, in order, all of one moment.

    ``anchors`` and ``keys`` from outside take the place of the database's own. Anchors that are on record as lost in a restore
    (``selectors.lost_anchors``) are no finding; a stranger's check names them. One stream is held against its links and
    its marks only: a root needs all streams.
    """
    signed = offline.read_anchors(anchors) if anchors else _signed()
    known = offline.read_keys(keys.read_text() if keys else known_keys())
    findings = list(offline.check_anchors(signed, known))
    with _one_moment():  # signatures are checked before it: anchors never change, what newer ones hold is the tail to this walk
        return findings + _walk(stream, () if stream or findings else signed, receipts)


def _walk(stream: str | None, signed: Sequence[Signed], receipts: Sequence[Claim]) -> list[Finding]:
    heads = _Heads(stream)
    trail = Trail(
        signed,
        payload_holds=_says_what_it_hashes,
        head_of=heads.compare,
        receipts=receipts,
    )
    lost = _lost()
    findings = [found for found in trail.walk(_entries(stream), _marks(stream)) if found not in lost]
    heads.compare(None, 0, "")
    findings += heads.without_entries
    return findings if stream else [*findings, *(found for check in _others for found in check())]


def _lost() -> set[Finding]:
    """Anchors whose entries a restore lost, as it stands on record; one that has marks is none of them."""
    numbers: set[int] = set()
    for event in lost_anchors():
        said = event.payload["first"], event.payload["last"]
        numbers.update(Anchor.objects.filter(number__range=said).values_list("number", flat=True))
    marked = AnchorMark.objects.filter(anchor_number__in=numbers).values_list("anchor_number", flat=True)
    return {Finding(Verdict.SHORT, "anchor", number) for number in numbers.difference(marked)}


class _Heads:
    """The heads beside the walk, in the same order."""

    def __init__(self, stream: str | None) -> None:
        rows = StreamHead.objects.filter(stream=stream) if stream else StreamHead.objects.all()
        self._rows: Iterator[StreamHead] = _paged(rows, "stream")
        self._next = next(self._rows, None)
        self.without_entries: list[Finding] = []

    def compare(self, stream: str | None, last: int, hashed: str) -> Finding | None:
        """What is wrong with the head of a stream that ends so; None for the stream asks for those that are left.

        A head beyond the entries is a tail cut off; one before them, of another hash or none at all is an old or forged head.
        """
        while self._next and (stream is None or self._next.stream < stream):
            if self._next.seq:
                self.without_entries.append(Finding(Verdict.SHORT, self._next.stream, 1))
            self._next = next(self._rows, None)
        if stream is None:
            return None
        if self._next is None or self._next.stream != stream:
            return Finding(Verdict.BROKEN, stream, last) if last else None
        head, self._next = self._next, next(self._rows, None)
        if last < head.seq:
            return Finding(Verdict.SHORT, stream, last + 1)
        return Finding(Verdict.BROKEN, stream, last) if (last, hashed) != (head.seq, head.hash) else None


def verify_piece(stream: str, first: int, last: int | None) -> list[Finding]:
    """The links of entries ``first`` to ``last`` of one stream."""
    with _one_moment():
        return list(offline.check_piece(_entries(stream), stream, first, last))


def export(folder: Path, *, say: Callable[[str], object] = lambda line: None) -> None:
    """Everything a stranger needs, without what the entries say, of one moment: ``python offline.py .`` in the folder checks it."""
    folder.mkdir(parents=True, exist_ok=True)
    with _one_moment():
        _export(folder, say)
    copyfile(offline.__file__, folder / "offline.py")


def _export(folder: Path, say: Callable[[str], object]) -> None:
    entries = (
        {name: value for name, value in entry.items() if name not in ("payload", "salt")}
        for entry in _entries(None)
    )
    say(f"entries {_write(folder / 'entries.jsonl', entries)}")
    say(f"marks {_write(folder / 'marks.jsonl', (vars(mark) for mark in _marks(None)))}")
    say(f"anchors {_write(folder / 'anchors.jsonl', published_anchors())}")
    (folder / "keys.pem").write_text(known_keys())


def _write(path: Path, rows: Iterator[dict[str, Any]]) -> int:
    number = 0
    with path.open("w", encoding="utf-8") as target:
        for row in rows:
            target.write(json.dumps(row, ensure_ascii=False) + "\n")
            number += 1
    return number
