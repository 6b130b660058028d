"""Acts go on while the trail is checked or exported: what is read in pages is of one moment (SEC-45, SEC-46)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from eventlog import anchors, offline
from eventlog import verify as checking
from eventlog.models import AnchorMark, Event, StreamHead
from eventlog.verify import export, verify, verify_piece
from tests.concurrency.together import at_once
from tests.eventlog import keys
from tests.eventlog.test_attacks import A, write

pytestmark = pytest.mark.django_db(transaction=True)
STREAMS = (A, "case:b", "case:c")


def _anchored() -> None:
    anchor = anchors.cut(now_at_once=True)
    assert anchor is not None
    keys.sign(anchor)


@contextmanager
def meanwhile(table: str, page: int, job: Callable[[], Any]) -> Iterator[list[Any]]:
    """Just before this connection reads so many pages of a table, the job is done whole by another connection. Its results."""
    seen, done = [0], list[Any]()

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if f'FROM "{table}"' in sql:
            seen[0] += 1
            if seen[0] == page:
                done.extend(at_once(job))
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield done


@pytest.fixture
def trail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three streams, an anchor, an entry behind it; one row is a page."""
    monkeypatch.setattr(checking, "PAGE", 1)
    for stream in STREAMS:
        write(stream)
    _anchored()
    write("case:b")


@pytest.mark.req("SEC-45", "SEC-46")
@pytest.mark.parametrize(("model", "page"), [(Event, 2), (Event, 4), (StreamHead, 2), (StreamHead, 3)])
def test_what_is_written_during_the_check_breaks_nothing(trail: None, model: Any, page: int) -> None:
    before = Event.objects.count()
    with meanwhile(model._meta.db_table, page, lambda: [write(stream) for stream in STREAMS]) as done:
        assert verify() == []
    assert done == [[None] * len(STREAMS)] and Event.objects.count() == before + len(STREAMS)
    assert verify() == []


@pytest.mark.req("SEC-45", "SEC-46")
def test_an_anchor_cut_during_the_check_breaks_nothing(trail: None) -> None:
    with meanwhile(Event._meta.db_table, 2, _written_and_anchored) as done:
        assert verify() == []
    assert done == [None]


@pytest.mark.req("SEC-45")
@pytest.mark.parametrize("model", [Event, AnchorMark])
def test_an_anchor_cut_during_an_export_breaks_nothing(trail: None, tmp_path: Path, model: Any) -> None:
    with meanwhile(model._meta.db_table, 2, _written_and_anchored) as done:
        export(tmp_path)
    assert done == [None] and offline.check_directory(tmp_path) == []


def _written_and_anchored() -> None:
    for stream in STREAMS:
        write(stream)
    _anchored()


def test_one_piece_is_of_one_moment_and_nothing_stays_open(trail: None) -> None:
    with meanwhile(Event._meta.db_table, 2, lambda: write("case:b")) as done:
        assert verify_piece("case:b", 1, None) == []
    assert done == [None] and not connection.in_atomic_block
    write("case:b")
    assert Event.objects.filter(stream="case:b").count() == 4
