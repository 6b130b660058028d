"""随机分案: drawn by weight, repeatable from the record, never given to somebody who must not have the case."""

from __future__ import annotations

from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.services import register_staff
from cases.assignment import Candidate, choose, reassign_judge, replay
from cases.models import Case, CaseLink, CaseRole, JudgeDraw, LinkKind
from common import clock
from common.actor import Role
from common.errors import Conflict, InvalidInput, NotAllowed
from courts.models import Division, StaffPost
from courts.services import start_post
from filing import services
from portal.demo.cast import PASSWORD, SETUP
from tests.support.court import Cast, accepted, claimed, submitted


def hire(cast: Cast, name: str, number: int, *, kind: str = "other") -> StaffPost:
    """One more judge of the court, in the division that the cast's judge sits in."""
    division = cast.posts["judge"].division
    if kind != "other":
        division, _made = Division.objects.get_or_create(
            court=cast.court, kind=kind, defaults={"name": "立案庭"}
        )
    user = register_staff(
        username=f"extra{number}", password=PASSWORD, name=name, staff_no=f"77{number:02}", actor=SETUP
    )
    return start_post(
        user_id=user.pk, court_id=cast.court.pk, role=Role.JUDGE, division=division, actor=SETUP
    )


def judge_of(case: Case) -> StaffPost:
    return case.staff.get(role=CaseRole.JUDGE, ends_at=None).post


def row(post: int, weight: int, excluded: str = "") -> Candidate:
    return {"post": post, "name": str(post), "load": 0, "weight": weight, "excluded": excluded}


def test_two_thousand_draws_follow_the_weights() -> None:
    """Shares 4:2:1:1 within four standard deviations; who is excluded or has no weight is never drawn."""
    rows = [row(1, 400), row(2, 200), row(3, 100), row(4, 100), row(5, 900, "本人是当事人"), row(6, 0)]
    drawn = Counter(choose(f"seed {number}", rows) for number in range(2000))
    assert set(drawn) == {1, 2, 3, 4}
    for post, share in ((1, 0.5), (2, 0.25), (3, 0.125), (4, 0.125)):
        spread = 4 * (2000 * share * (1 - share)) ** 0.5
        assert abs(drawn[post] - 2000 * share) < spread, drawn


@given(
    st.text(max_size=64),
    st.lists(st.tuples(st.integers(0, 10**9), st.booleans()), min_size=1, max_size=40),
)
def test_a_draw_is_repeatable_and_only_among_those_who_may(seed: str, people: list[tuple[int, bool]]) -> None:
    rows = [row(n, weight, "已退出本案" if out else "") for n, (weight, out) in enumerate(people)]
    free = {n for n, (weight, out) in enumerate(people) if weight and not out}
    if not free:
        with pytest.raises(LookupError):
            choose(seed, rows)
        return
    assert choose(seed, rows) == choose(seed, [dict(r) for r in rows]) in free  # type: ignore[misc]


def test_every_acceptance_leaves_a_draw_that_replays(cast: Cast) -> None:
    hire(cast, "周全", 1)
    cases = [accepted(cast) for _number in range(6)]
    draws = list(JudgeDraw.objects.order_by("id"))
    assert len(draws) == 6 and len({draw.seed for draw in draws}) == 6
    for case, draw in zip(cases, draws, strict=True):
        assert (draw.case, draw.chosen, draw.rule) == (case, judge_of(case), "random")
        assert replay(draw)
        out = StringIO()
        call_command("replay_draw", case.number, stdout=out)
        assert "as recorded" in out.getvalue() and draw.seed in out.getvalue()
    with pytest.raises(CommandError):
        call_command("replay_draw", "（2020）某1234民初9号")


def test_a_wrong_record_is_found(cast: Cast) -> None:
    other = hire(cast, "周全", 1)
    case = accepted(cast)
    draw = JudgeDraw.objects.get()
    wrong = cast.posts["judge"] if draw.chosen == other else other
    JudgeDraw.objects.create(
        case=case,
        rule=draw.rule,
        seed=draw.seed,
        candidates=draw.candidates,
        chosen=wrong,
        drawn_at=clock.now(),
    )
    with pytest.raises(CommandError):
        call_command("replay_draw", case.number, stdout=StringIO())


@pytest.mark.req("SEC-11", "B-85")
def test_a_party_a_namesake_and_a_filing_judge_are_never_drawn(cast: Cast) -> None:
    """RELIABILITY §6, item 85: the plaintiff is also a judge here."""
    same_number, same_name = hire(cast, "张大某", 1), hire(cast, "李某", 2)
    hire(cast, "白立", 3, kind="filing")
    zhang = cast.users["zhang"]
    User.objects.filter(pk=same_number.user_id).update(
        id_number=zhang.id_number, id_number_index=zhang.id_number_index
    )
    for _number in range(4):
        assert judge_of(accepted(cast)) == cast.posts["judge"]
    why = {r["post"]: r["excluded"] for r in JudgeDraw.objects.latest("id").candidates}
    assert why == {
        cast.posts["judge"].pk: "",
        same_number.pk: "本人是当事人",
        same_name.pk: "与当事人同名，可能是本人",
    }


def test_a_specialist_comes_first_and_a_share_of_nothing_gets_nothing(cast: Cast) -> None:
    special, none = hire(cast, "周全", 1), hire(cast, "吴闲", 2)
    cause = submitted(cast).cause
    assert cause.parent is not None
    StaffPost.objects.filter(pk=special.pk).update(specialties=[cause.parent.code])
    StaffPost.objects.filter(pk=none.pk).update(case_share=0)
    assert judge_of(accepted(cast)) == special
    StaffPost.objects.filter(pk=special.pk).update(specialties=[])
    StaffPost.objects.filter(pk=special.pk).update(case_share=0)
    assert judge_of(accepted(cast)) == cast.posts["judge"]


def test_who_decided_the_earlier_case_does_not_hear_the_appeal_against_it(cast: Cast) -> None:
    from cases.assignment import assign_case
    from eventlog.services import act

    first = accepted(cast)
    other = hire(cast, "周全", 1)
    later = accepted(cast)
    CaseLink.objects.create(earlier=first, later=later, kind=LinkKind.RETRIAL, created_at=clock.now())
    with act():
        assert assign_case(later, cast.head, reason="再审") == other


def test_without_anybody_to_take_it_nothing_is_accepted(cast: Cast) -> None:
    StaffPost.objects.filter(pk=cast.posts["judge"].pk).update(case_share=0)
    filing = claimed(cast, submitted(cast))
    with pytest.raises(Conflict) as refusal:
        services.accept_filing(filing_id=filing.pk, fence=filing.fence, actor=cast.clerk)
    assert refusal.value.code == "no_judge"
    assert not Case.objects.exists()


def test_a_judge_who_withdraws_is_not_drawn_again(cast: Cast) -> None:
    case = accepted(cast)
    first = judge_of(case)
    other = hire(cast, "周全", 1)
    seen = case.draws.latest("id").pk
    again = {"case_id": case.pk, "seen_draw_id": seen, "actor": cast.head}
    with pytest.raises(InvalidInput):
        reassign_judge(**again, reason="")
    for who in ("judge", "clerk", "supervisor", "zhang", "judge-b"):
        with pytest.raises(NotAllowed):
            reassign_judge(case_id=case.pk, seen_draw_id=seen, reason="回避", actor=cast.actors[who])
    assert reassign_judge(**again, reason="申请回避，已准许") == other
    assert judge_of(case) == other and case.staff.filter(ends_at=None).count() == 2
    record = case.draws.latest("id")
    assert (record.reason, replay(record)) == ("申请回避，已准许", True)
    assert [r["excluded"] for r in record.candidates if r["post"] == first.pk] == ["已退出本案"]
    with pytest.raises(Conflict):
        reassign_judge(**again, reason="再按一次")
    with pytest.raises(Conflict) as nobody:
        reassign_judge(case_id=case.pk, seen_draw_id=record.pk, reason="又回避", actor=cast.head)
    assert nobody.value.code == "no_judge"
