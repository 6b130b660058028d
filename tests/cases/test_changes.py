"""Changes of procedure and of the amount in dispute."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cases.models import Case, ClaimChange, DeadlineState, Outcome, Stage, Track, TrackChange
from cases.services import change_claim, change_track, close_case, tracks_for
from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from courts.calendar import deadline
from eventlog.models import Event
from tests.support.court import Cast


def test_to_the_ordinary_procedure_with_its_own_period_from_the_day_of_acceptance(
    cast: Cast, case: Case
) -> None:
    assert case.track == Track.SUMMARY
    change = change_track(case_id=case.pk, track="ordinary", reasons="案情复杂", actor=cast.judge)
    case.refresh_from_db()
    assert (case.track, case.track_reasons) == (Track.ORDINARY, ["案情复杂"])
    assert case.deadlines.get(rule_id="D23").state == DeadlineState.VOID
    new = case.deadlines.get(rule_id="D22", state=DeadlineState.RUNNING)
    assert new.starts_on == clock.beijing_day(case.accepted_at)
    assert new.due_on == deadline("D22", new.starts_on, court=cast.court).due
    event = Event.objects.get(name="cases.track_changed")
    assert event.subject_id == change.pk
    assert event.payload == {"case_id": case.pk, "old": "summary", "new": "ordinary"}
    change_track(case_id=case.pk, track="small_claim", reasons="双方同意", actor=cast.judge)
    assert case.deadlines.get(state=DeadlineState.RUNNING, rule_id="D24")


def test_what_is_no_change_is_refused(cast: Cast, case: Case) -> None:
    for track, reasons in (("summary", "x"), ("other", "x"), ("ordinary", ""), ("nothing", "x")):
        with pytest.raises(InvalidInput):
            change_track(case_id=case.pk, track=track, reasons=reasons, actor=cast.judge)
    for amount, reasons in ((case.amount, "x"), (Decimal(0), "x"), (Decimal(-1), "x"), (Decimal(1), "")):
        with pytest.raises(InvalidInput):
            change_claim(case_id=case.pk, amount=amount, before_end=True, reasons=reasons, actor=cast.judge)
    assert not TrackChange.objects.exists() and not ClaimChange.objects.exists()


def test_what_was_heard_in_the_ordinary_procedure_stays_there(cast: Cast, case: Case) -> None:
    change_track(case_id=case.pk, track="ordinary", reasons="案情复杂", actor=cast.judge)
    Case.objects.filter(pk=case.pk).update(stage=Stage.HEARING)
    with pytest.raises(InvalidInput):
        change_track(case_id=case.pk, track="summary", reasons="双方同意", actor=cast.judge)
    Case.objects.filter(pk=case.pk).update(stage=Stage.PAID, track=Track.OTHER)
    with pytest.raises(InvalidInput):
        change_track(case_id=case.pk, track="summary", reasons="双方同意", actor=cast.judge)


def test_the_claim_grows_and_shrinks(cast: Cast, case: Case) -> None:
    change_claim(
        case_id=case.pk, amount=Decimal("80000.05"), before_end=True, reasons="增加利息", actor=cast.judge
    )
    case.refresh_from_db()
    assert case.amount == Decimal("80000.05")
    event = Event.objects.get(name="cases.claim_changed")
    assert event.payload == {
        "case_id": case.pk,
        "old": "63600.00",
        "new": "80000.05",
        "before_end": True,
    }


def test_a_case_without_an_amount_has_none_to_change(cast: Cast, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(amount=None)
    with pytest.raises(Conflict):
        change_claim(case_id=case.pk, amount=Decimal(1), before_end=True, reasons="x", actor=cast.judge)


def test_only_the_judge_of_an_open_case_changes_it(cast: Cast, case: Case) -> None:
    for name in ("clerk", "caseclerk", "judge-b", "zhang"):
        actor = cast.actors[name]
        with pytest.raises(NotAllowed):
            change_track(case_id=case.pk, track="ordinary", reasons="x", actor=actor)
        with pytest.raises(NotAllowed):
            change_claim(case_id=case.pk, amount=Decimal(1), before_end=True, reasons="x", actor=actor)
    close_case(
        case_id=case.pk, outcome=Outcome.TERMINATED, decided_on=clock.today(), words="x", actor=cast.judge
    )
    case.refresh_from_db()
    assert tracks_for(case) == []
    with pytest.raises(Conflict):
        change_track(case_id=case.pk, track="ordinary", reasons="x", actor=cast.judge)
    with pytest.raises(Conflict):
        change_claim(case_id=case.pk, amount=Decimal(1), before_end=True, reasons="x", actor=cast.judge)
