"""50 acceptances at once with forced rollbacks give contiguous numbers (REL-31). Without the row lock they do not."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from django.db.models import QuerySet

from cases.models import Case
from courts.models import Counter, Court
from courts.services import next_number
from eventlog.services import act
from filing.models import Filing
from filing.services import accept_filing
from payments.models import Bill
from tests.concurrency.together import Gate, at_once
from tests.support.court import Cast, claimed, submitted, twins

pytestmark = [pytest.mark.req("REL-31"), pytest.mark.django_db(transaction=True)]


class ForcedRollback(Exception):
    """Stands for any failure between number and commit (F-03)."""


def _take(court: Court, taken: list[int], *, fails: bool) -> Callable[[], None]:
    def job() -> None:
        with act():
            number = next_number(court.pk, "case", "2026//民初")
            if fails:
                raise ForcedRollback
        taken.append(number)

    return job


def test_fifty_at_once_with_rollbacks_leave_no_gap(court_row: Court) -> None:
    taken: list[int] = []
    failing = set(random.Random(7).sample(range(50), 10))
    results = at_once(*[_take(court_row, taken, fails=index in failing) for index in range(50)])
    assert sum(isinstance(result, ForcedRollback) for result in results) == 10
    assert sorted(taken) == list(range(1, 41))


def test_control_without_the_row_lock_numbers_repeat(
    court_row: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    Counter.objects.create(court=court_row, kind="case", scope="2026//民初")
    gate = Gate(2)

    def unlocked(self: QuerySet[Counter], **kwargs: object) -> QuerySet[Counter]:
        return self

    original = QuerySet.get

    def read_together(self: QuerySet[Counter], *args: object, **kwargs: object) -> Counter:
        row = original(self, *args, **kwargs)
        gate.pass_through()
        return row

    monkeypatch.setattr(QuerySet, "select_for_update", unlocked)
    monkeypatch.setattr(QuerySet, "get", read_together)
    taken: list[int] = []
    at_once(*[_take(court_row, taken, fails=False) for _ in range(2)])
    assert taken == [1, 1]


@pytest.mark.req("F-03")
def test_fifty_acceptances_with_rollbacks_are_contiguous(cast: Cast) -> None:
    """The same through the service: every fifth acceptance fails after everything was written."""
    filings = [claimed(cast, twin) for twin in twins(submitted(cast), 50)]

    def accept(filing: Filing, *, fails: bool) -> Callable[[], None]:
        def job() -> None:
            with act():
                accept_filing(filing_id=filing.pk, fence=filing.fence, actor=cast.clerk)
                if fails:
                    raise ForcedRollback

        return job

    results: list[object] = []
    for start in range(
        0, 50, 10
    ):  # ten at a time: as many connections as the portal's web processes have threads
        batch = filings[start : start + 10]
        results += at_once(*[accept(filing, fails=index % 5 == 0) for index, filing in enumerate(batch)])
    assert sum(isinstance(result, ForcedRollback) for result in results) == 10
    assert [type(result) for result in results if result is not None] == [ForcedRollback] * 10
    assert sorted(Case.objects.values_list("sequence", flat=True)) == list(range(1, 41))
    assert sorted(Bill.objects.values_list("case__sequence", flat=True)) == list(range(1, 41))


@pytest.fixture
def court_row(transactional_db: None) -> Court:
    """The demo court's row."""
    return Court.objects.get(code="某1234")
