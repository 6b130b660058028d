"""How a case ends: by whom, with which facts, from when on, and what ends with it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cases.models import Case, Closing, DeadlineState, Outcome, Stage
from cases.services import (
    ask_withdrawal,
    close_case,
    record_defendants_served,
    record_effect,
    record_fee_paid,
    start_defence_period,
)
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, InvalidTransition, NotAllowed
from eventlog.models import Event
from tests.concurrency.together import at_once
from tests.support.court import Cast


def end(case: Case, actor: Actor, outcome: Outcome = Outcome.TERMINATED, **facts: Any) -> Closing:
    facts = {"decided_on": clock.today(), "words": "经审理查明"} | facts
    return close_case(case_id=case.pk, outcome=outcome, actor=actor, **facts)


def told(case: Case, name: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(name=name, payload__case_id=case.pk).values_list("payload", flat=True))


def test_a_ruling_ends_the_case_with_its_periods_and_has_effect_at_once(cast: Cast, case: Case) -> None:
    closing = end(case, cast.judge)
    case.refresh_from_db()
    assert (case.stage, case.closed_at is not None) == (Stage.CLOSED, True)
    assert closing.effective_on == clock.today()
    assert not case.deadlines.filter(state=DeadlineState.RUNNING).exists()
    assert case.deadlines.get(rule_id="D23").state == DeadlineState.DONE
    assert case.deadlines.get(rule_id="D11").state == DeadlineState.VOID
    today = clock.today().isoformat()
    assert told(case, "cases.closed") == [{"case_id": case.pk, "outcome": "terminated", "decided_on": today}]
    assert told(case, "cases.took_effect") == [
        {"case_id": case.pk, "outcome": "terminated", "effective_on": today}
    ]


def test_a_judgment_has_effect_when_it_is_recorded_and_once(cast: Cast, case: Case) -> None:
    closing = end(case, cast.judge, Outcome.JUDGED, fee_borne=Decimal("100.50"))
    assert (closing.effective_on, told(case, "cases.took_effect")) == (None, [])
    for wrong in (clock.today() + timedelta(days=1), clock.today() - timedelta(days=1)):
        with pytest.raises(InvalidInput) as refused:
            record_effect(closing_id=closing.pk, effective_on=wrong, actor=cast.judge)
        assert "effective_on" in refused.value.fields
    with pytest.raises(NotAllowed):
        record_effect(closing_id=closing.pk, effective_on=clock.today(), actor=cast.judge_b)
    record_effect(closing_id=closing.pk, effective_on=clock.today(), actor=cast.judge)
    closing.refresh_from_db()
    assert closing.effective_on == clock.today()
    with pytest.raises(Conflict):
        record_effect(closing_id=closing.pk, effective_on=clock.today(), actor=cast.judge)
    assert len(told(case, "cases.took_effect")) == 1


@pytest.mark.parametrize(
    ("outcome", "facts", "named"),
    [
        (Outcome.JUDGED, {}, "fee_borne"),
        (Outcome.JUDGED, {"fee_borne": Decimal(-1)}, "fee_borne"),
        (Outcome.DISMISSED, {"fee_borne": Decimal(1)}, "fee_borne"),
        (Outcome.EXECUTED, {"obtained": Decimal(1)}, "outcome"),
        (Outcome.TERMINATED, {"obtained": Decimal(1)}, "obtained"),
        (Outcome.TERMINATED, {"decided_on": 1}, "decided_on"),
        (Outcome.TERMINATED, {"decided_on": -1}, "decided_on"),
        (Outcome.TERMINATED, {"effective_on": 1}, "effective_on"),
    ],
)
def test_facts_that_do_not_fit_are_refused(
    cast: Cast, case: Case, outcome: Outcome, facts: dict[str, Any], named: str
) -> None:
    facts = {
        name: clock.today() + timedelta(days=value) if name.endswith("_on") else value
        for name, value in facts.items()
    }
    with pytest.raises(InvalidInput) as refused:
        end(case, cast.judge, outcome, **facts)
    assert named in refused.value.fields
    assert not Closing.objects.exists()


def test_an_enforcement_ends_with_what_was_obtained(cast: Cast, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(procedure="EXEC_FIRST")
    with pytest.raises(InvalidInput) as refused:
        end(case, cast.judge, Outcome.UNEXECUTED)
    assert "obtained" in refused.value.fields
    with pytest.raises(InvalidInput) as refused:
        end(case, cast.judge, Outcome.JUDGED, fee_borne=Decimal(0))
    assert "outcome" in refused.value.fields
    assert end(case, cast.judge, Outcome.EXECUTED, obtained=Decimal("5000.01")).obtained == Decimal("5000.01")


def test_only_the_judge_of_the_case_ends_it(cast: Cast, case: Case) -> None:
    for name in ("clerk", "caseclerk", "judge-b", "head", "supervisor", "zhang", "wang"):
        with pytest.raises(NotAllowed):
            end(case, cast.actors[name])
    assert not Closing.objects.exists()


def test_a_case_ends_once_also_when_two_press_at_once(cast: Cast, case: Case) -> None:
    results = at_once(*[lambda: end(case, cast.judge)] * 4)
    assert sorted(type(result).__name__ for result in results) == ["Closing", *["InvalidTransition"] * 3]
    with pytest.raises(InvalidTransition):
        end(case, cast.judge)
    assert len(told(case, "cases.closed")) == 1


def test_a_withdrawal_that_waits_is_answered_first(cast: Cast, case: Case) -> None:
    ask_withdrawal(case_id=case.pk, words="对方已经还钱", actor=cast.zhang)
    with pytest.raises(Conflict):
        end(case, cast.judge)


def test_nothing_begins_in_a_closed_case(cast: Cast, case: Case) -> None:
    end(case, cast.judge)
    start_defence_period(
        party=case.parties.get(side="defendant"),
        delivered_on=clock.today(),
        source_event=case.public_id,
        actor=cast.clerk,
    )
    record_fee_paid(case_id=case.pk, actor=cast.clerk)
    record_defendants_served(case_id=case.pk, actor=cast.clerk)
    case.refresh_from_db()
    assert case.stage == Stage.CLOSED
    assert not case.deadlines.filter(state=DeadlineState.RUNNING).exists()
