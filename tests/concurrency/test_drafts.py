"""Two decisions about one draft at the same moment, and a decision while the text is taken back."""

from __future__ import annotations

from typing import Any

import pytest

from cases.models import Case, DraftState, PaperDraft
from cases.services import drafting
from common.errors import DomainError
from documents.models import Paper
from eventlog.models import Event
from tests.cases.test_drafting import submitted
from tests.concurrency.together import Gate, at_once
from tests.support.court import Cast

APPROVED = "cases.draft_approved"


def without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both read before either writes."""
    gate = Gate(2)

    def unlocked(draft_id: int) -> PaperDraft:
        rows = PaperDraft.objects.select_related("case__court", "case__cause", "case__division")
        draft = rows.get(pk=draft_id)
        gate.pass_through()
        return draft

    monkeypatch.setattr(drafting, "locked_draft", unlocked)


def refused(results: list[Any]) -> int:
    assert all(isinstance(result, PaperDraft | DomainError) for result in results), results
    return sum(isinstance(result, DomainError) for result in results)


@pytest.mark.req("REL-34")
@pytest.mark.parametrize("guarded", [False, True])
def test_a_draft_is_signed_off_once(
    cast: Cast, case: Case, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    draft = submitted(case, cast.caseclerk)
    if not guarded:
        without_lock(monkeypatch)
    results = at_once(
        *[lambda: drafting.approve_draft(draft_id=draft.pk, seen=draft.version, actor=cast.judge)] * 2
    )
    assert refused(results) == (1 if guarded else 0)
    assert Event.objects.filter(name=APPROVED).count() == (1 if guarded else 2)
    assert Paper.objects.filter(template=draft.template).count() == 1


@pytest.mark.req("REL-34")
@pytest.mark.parametrize("guarded", [False, True])
def test_what_is_taken_back_is_not_signed_off(
    cast: Cast, case: Case, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    draft = submitted(case, cast.caseclerk)
    if not guarded:
        without_lock(monkeypatch)
    results = at_once(
        lambda: drafting.approve_draft(draft_id=draft.pk, seen=draft.version, actor=cast.judge),
        lambda: drafting.take_back_draft(draft_id=draft.pk, seen=draft.version, actor=cast.caseclerk),
    )
    assert refused(results) == (1 if guarded else 0)
    draft.refresh_from_db()
    told = Event.objects.filter(name=APPROVED).exists()
    taken = Event.objects.filter(name="cases.draft_taken_back").exists()
    assert (told and taken) is not guarded
    if guarded:
        assert told == (draft.state == DraftState.APPROVED) == Paper.objects.filter(draft=draft).exists()
