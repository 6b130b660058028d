"""撤诉: who may ask, take back, decide; what it does to the case."""

from __future__ import annotations

import pytest

from cases.models import (
    AccessBasis,
    Case,
    Closing,
    Outcome,
    Party,
    Representative,
    Side,
    Stage,
    Withdrawal,
    WithdrawalState,
)
from cases.services import ask_withdrawal, decide_withdrawal, grant_access, take_back_withdrawal
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, InvalidTransition, NotAllowed
from eventlog.models import Event
from tests.concurrency.together import at_once
from tests.support.court import Cast


def ask(case: Case, actor: Actor) -> Withdrawal:
    return ask_withdrawal(case_id=case.pk, words="对方已经还钱", actor=actor)[0]


def decide(row: Withdrawal, actor: Actor, *, granted: bool = True, reasons: str = "不损害他人") -> Withdrawal:
    return decide_withdrawal(withdrawal_id=row.pk, granted=granted, reasons=reasons, actor=actor)


def lawyer(cast: Cast, case: Case, power: str, kind: str = "lawyer") -> Actor:
    party = case.parties.get(side=Side.PLAINTIFF)
    access = grant_access(
        party=party, user=cast.users["wang"], basis=AccessBasis.REPRESENTATION, actor=cast.clerk
    )
    Representative.objects.update_or_create(
        party=party,
        access=access,
        defaults={"name": "王律师", "kind": kind, "power": power, "starts_at": clock.now()},
    )
    return cast.wang


def test_granted_it_closes_the_case_the_same_day(cast: Cast, case: Case) -> None:
    row = decide(ask(case, cast.zhang), cast.judge)
    case.refresh_from_db()
    closing = Closing.objects.get(case=case)
    assert (row.state, case.stage) == (WithdrawalState.GRANTED, Stage.CLOSED)
    assert (closing.outcome, closing.effective_on) == (Outcome.WITHDRAWN, clock.today())
    assert closing.words == "不损害他人"
    names = set(Event.objects.filter(payload__case_id=case.pk).values_list("name", flat=True))
    assert {
        "cases.withdrawal_asked",
        "cases.withdrawal_decided",
        "cases.closed",
        "cases.took_effect",
    } <= names


def test_refused_the_case_goes_on_and_one_may_ask_again(cast: Cast, case: Case) -> None:
    row = decide(ask(case, cast.zhang), cast.judge, granted=False)
    case.refresh_from_db()
    assert (row.state, case.stage) == (WithdrawalState.REFUSED, Stage.ACCEPTED)
    assert ask(case, cast.zhang).pk != row.pk


def test_asked_twice_it_is_one_request_and_taken_back_it_is_none(cast: Cast, case: Case) -> None:
    rows = at_once(*[lambda: ask(case, cast.zhang)] * 4)
    assert len({row.pk for row in rows}) == 1
    with pytest.raises(NotAllowed):
        take_back_withdrawal(withdrawal_id=rows[0].pk, actor=cast.li)
    assert take_back_withdrawal(withdrawal_id=rows[0].pk, actor=cast.zhang).state == "taken_back"
    for again in (
        lambda: take_back_withdrawal(withdrawal_id=rows[0].pk, actor=cast.zhang),
        lambda: decide(rows[0], cast.judge),
    ):
        with pytest.raises(InvalidTransition):
            again()


def test_who_may_ask(cast: Cast, case: Case) -> None:
    for name in ("li", "wang", "chen", "clerk", "judge"):
        with pytest.raises(NotAllowed):
            ask(case, cast.actors[name])
    with pytest.raises(NotAllowed):
        ask(case, lawyer(cast, case, "general"))
    with pytest.raises(NotAllowed):
        ask(case, lawyer(cast, case, "special", kind="deputy"))
    assert ask(case, lawyer(cast, case, "special")).asked_by == cast.users["wang"]


def test_an_agent_whose_time_is_over_asks_nothing(cast: Cast, case: Case) -> None:
    wang = lawyer(cast, case, "special")
    Representative.objects.update(starts_at=clock.now().replace(year=2020), ends_at=clock.now())
    with pytest.raises(NotAllowed):
        ask(case, wang)


def test_only_the_judge_of_the_case_decides_with_reasons_and_once(cast: Cast, case: Case) -> None:
    row = ask(case, cast.zhang)
    for name in ("clerk", "judge-b", "head", "zhang", "caseclerk"):
        with pytest.raises(NotAllowed):
            decide(row, cast.actors[name])
    with pytest.raises(InvalidInput):
        decide(row, cast.judge, reasons="")
    results = at_once(lambda: decide(row, cast.judge), lambda: decide(row, cast.judge, granted=False))
    assert sorted(isinstance(result, InvalidTransition) for result in results) == [False, True]
    assert Closing.objects.count() == Withdrawal.objects.filter(state="granted").count()


def test_no_words_no_request_and_no_request_in_a_closed_case(cast: Cast, case: Case) -> None:
    with pytest.raises(InvalidInput):
        ask_withdrawal(case_id=case.pk, words="", actor=cast.zhang)
    decide(ask(case, cast.zhang), cast.judge)
    with pytest.raises(Conflict):
        ask(case, cast.zhang)


def test_an_enforcement_is_not_withdrawn_this_way(cast: Cast, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(procedure="EXEC_FIRST")
    with pytest.raises(NotAllowed):
        ask(case, cast.zhang)


def test_while_another_still_sues_the_case_goes_on(cast: Cast, case: Case) -> None:
    first = case.parties.get(side=Side.PLAINTIFF)
    second = Party.objects.create(
        case=case, side=Side.PLAINTIFF, order=2, kind=first.kind, name="张小某", id_number_index="x"
    )
    decide(ask(case, cast.zhang), cast.judge)
    case.refresh_from_db()
    assert case.stage == Stage.ACCEPTED
    assert ask_withdrawal(case_id=case.pk, words="不告了", actor=cast.zhang) == []
    grant_access(party=second, user=cast.users["chen"], basis=AccessBasis.COUNTER, actor=cast.clerk)
    decide(ask(case, cast.chen), cast.judge)
    case.refresh_from_db()
    assert case.stage == Stage.CLOSED


def test_what_was_asked_together_is_decided_together(cast: Cast, case: Case) -> None:
    first = case.parties.get(side=Side.PLAINTIFF)
    second = Party.objects.create(
        case=case, side=Side.PLAINTIFF, order=2, kind=first.kind, name="张小某", id_number_index="x"
    )
    grant_access(party=second, user=cast.users["zhang"], basis=AccessBasis.COUNTER, actor=cast.clerk)
    rows = ask_withdrawal(case_id=case.pk, words="不告了", actor=cast.zhang)
    assert [row.party for row in rows] == [first, second]
    take_back_withdrawal(withdrawal_id=rows[0].pk, actor=cast.zhang)
    assert not Withdrawal.objects.filter(state=WithdrawalState.ASKED).exists()
    rows = ask_withdrawal(case_id=case.pk, words="不告了", actor=cast.zhang)
    decide(rows[1], cast.judge)
    case.refresh_from_db()
    assert case.stage == Stage.CLOSED
