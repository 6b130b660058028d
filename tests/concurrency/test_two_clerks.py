"""Two clerks accept one filing: one case, the other hears who and when (REL-30). With the lock off: two cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet

from cases import services as case_services
from cases.models import Case
from common.errors import Conflict
from filing import services
from filing.models import Filing
from tests.concurrency.together import Gate, at_once
from tests.support.court import Cast, claimed, submitted

pytestmark = pytest.mark.req("REL-30")


@pytest.fixture
def meet_before_opening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both clerks stand at the same point: after the state check, before the case is opened."""
    gate = Gate(2)
    original = case_services.open_case

    def wait_then_open(**kwargs: Any) -> Case:
        gate.pass_through()
        return original(**kwargs)

    monkeypatch.setattr("filing.services.acceptance.open_case", wait_then_open)


def _accept(filing: Filing, cast: Cast) -> Callable[[], Case]:
    return lambda: services.accept_filing(filing_id=filing.pk, fence=filing.fence, actor=cast.clerk)


@pytest.mark.req("F-29")
@pytest.mark.usefixtures("meet_before_opening")
def test_one_case_and_one_refusal(cast: Cast) -> None:
    filing = claimed(cast, submitted(cast))
    results = at_once(_accept(filing, cast), _accept(filing, cast))
    assert sorted(type(result).__name__ for result in results) == ["Case", "Conflict"]
    refusal = next(result for result in results if isinstance(result, Conflict))
    assert "钱立" in refusal.message and "已立案" in refusal.message
    assert Case.objects.count() == 1


def test_control_without_lock_both_pass_the_check(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the row lock both clerks get to the opening; only the last barrier, a unique key, stops the second."""
    filing = claimed(cast, submitted(cast))
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: self)
    reached: list[bool] = []
    original = case_services.open_case

    gate = Gate(2)

    def count(**kwargs: Any) -> Case:
        reached.append(True)
        gate.pass_through()
        return original(**kwargs)

    monkeypatch.setattr("filing.services.acceptance.open_case", count)
    at_once(_accept(filing, cast), _accept(filing, cast))
    assert len(reached) == 2


def test_other_clerk_with_an_old_lease_is_refused(cast: Cast) -> None:
    """A late write with an old fencing number (REL-32)."""
    filing = claimed(cast, submitted(cast))
    Filing.objects.filter(pk=filing.pk).update(claimed_until=filing.submitted_at)
    taken = claimed(cast, filing, by="clerk2")
    assert taken.fence == filing.fence + 1
    with pytest.raises(Conflict) as refusal:
        services.accept_filing(filing_id=filing.pk, fence=filing.fence, actor=cast.clerk)
    assert refusal.value.code == "lease_lost"
    assert not Case.objects.exists()
