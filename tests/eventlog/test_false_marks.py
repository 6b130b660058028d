"""Marks that a superuser of the database writes himself, so that an entry of his is never held against an anchor (SEC-46)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from common import clock
from eventlog import anchors, offline
from eventlog.models import Event
from eventlog.offline import Verdict
from eventlog.verify import export, verify
from tests.eventlog import keys
from tests.eventlog.test_attacks import A, as_superuser, chain_anew, told, write

pytestmark = pytest.mark.django_db(transaction=True)
FORGED = 4


def _anchored() -> None:
    anchor = anchors.cut(now_at_once=True)
    assert anchor is not None
    keys.sign(anchor)


def _slip_in(run: Callable[..., None], *, anchor: int, last: int = FORGED) -> None:
    """The last entry of the stream is one of months ago, its hash and the head are right, and a mark says who holds it."""
    run(
        f"UPDATE eventlog_event SET happened_at = happened_at - interval '90 days' WHERE stream = '{A}' AND seq = {FORGED}"
    )
    chain_anew(run)
    made = Event.objects.get(stream=A, seq=FORGED).hash
    run(
        "INSERT INTO eventlog_anchormark (stream, first, last, hash, anchor_number) VALUES (%s, %s, %s, %s, %s)",
        A, FORGED, last, made, anchor,
    )  # fmt: skip


@pytest.mark.req("SEC-45", "SEC-46", "F-31")
def test_a_mark_that_names_no_anchor_hides_no_entry(tmp_path: Path) -> None:
    write(A, FORGED - 1)
    _anchored()
    write(A)
    assert verify() == []
    for number, anchor in enumerate((2_000_000_000, 2, 0)):
        with as_superuser() as run:
            _slip_in(run, anchor=anchor)
            with clock.at(clock.now() + timedelta(hours=2)):
                _anchored()
            found = [told(finding) for finding in verify()]
            export(tmp_path / str(number))
        outside = [told(finding) for finding in offline.check_directory(tmp_path / str(number))]
        place = (Verdict.ANCHOR, "anchor", 2) if anchor == 2 else (Verdict.ANCHOR, A, FORGED)
        assert (found[:1], outside[:1]) == ([place], [place]), anchor
    assert verify() == []


@pytest.mark.req("SEC-46")
def test_whoever_knows_fewer_anchors_than_there_are_marks_finds_nothing_wrong(tmp_path: Path) -> None:
    """The newest anchor waits for its signature, or a stranger noted down the one before only."""
    write(A, FORGED - 1)
    _anchored()
    before = clock.now()
    export(tmp_path / "before")
    with clock.at(before + timedelta(hours=9)):
        write(A)
        pending = anchors.cut(now_at_once=True)
        assert pending is not None
        assert verify() == []
        keys.sign(pending)
        export(tmp_path / "after")
    roots, place = tmp_path / "before" / "anchors.jsonl", tmp_path / "after"
    assert verify(anchors=roots) == [] == offline.check_directory(place, anchors=roots)
    assert offline.check_directory(place) == []
