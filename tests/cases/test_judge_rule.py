"""Which judge takes a new case: the court's setting decides."""

from __future__ import annotations

import pytest

from accounts.services import register_staff
from cases.models import Case, CaseRole
from common import clock
from common.actor import Role
from courts.services import change_setting, start_post
from portal.demo.cast import PASSWORD, SETUP
from tests.support.court import Cast, accepted


@pytest.fixture
def second_judge(cast: Cast) -> str:
    """Another judge of the court, in post after 赵."""
    user = register_staff(username="judge2", password=PASSWORD, name="周全", staff_no="2103", actor=SETUP)
    start_post(user_id=user.pk, court_id=cast.court.pk, role=Role.JUDGE, division=None, actor=SETUP)
    return "judge2"


def judge_of(case: Case) -> str:
    return case.staff.get(role=CaseRole.JUDGE, ends_at=None).post.user.username


def give_away(case: Case) -> None:
    """The judge holds the case no more, so it weighs nothing."""
    case.staff.filter(role=CaseRole.JUDGE, ends_at=None).update(ends_at=clock.now())


def test_fewest_open_cases_or_longest_wait(cast: Cast, second_judge: str) -> None:
    change_setting(court_id=cast.court.pk, key="judge_rule", value="least_loaded", actor=cast.admin)
    assert judge_of(accepted(cast)) == "judge", "equal load: longest in post"
    for words in ("nothing to do yet", "gave the last one away"):
        case = accepted(cast)
        assert judge_of(case) == second_judge, words
        give_away(case)
    change_setting(court_id=cast.court.pk, key="judge_rule", value="in_turn", actor=cast.admin)
    assert judge_of(accepted(cast)) == "judge", "the longest wait for a new one"
