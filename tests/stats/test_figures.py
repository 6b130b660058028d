"""The supervisor's figures come from what happened, with numerator and denominator; nobody else sees them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from cases.models import Party, Side
from common import clock
from common.errors import NotAllowed
from common.shares import Share
from feedback import services
from feedback.models import Satisfaction, Topic
from stats.selectors import figures
from tests.support.court import Cast, accepted


def test_story_in_numbers(cast: Cast, run_outbox: Callable[..., int]) -> None:
    case = accepted(cast)
    party = Party.objects.get(case=case, side=Side.PLAINTIFF)
    for level in (Satisfaction.SATISFIED, Satisfaction.BASIC, Satisfaction.UNSATISFIED):
        thread = services.ask(
            case_id=case.pk, party_id=party.pk, topic=Topic.OTHER, text="问", actor=cast.zhang
        )
        services.answer(thread_id=thread.pk, text="答", actor=cast.judge)
        services.rate(thread_id=thread.pk, level=level, words="", wants_reopening=False, actor=cast.zhang)
    today = clock.today()
    found = figures(cast.supervisor, since=today, until=today)
    assert (found.filed, found.accepted, found.asked, found.answered) == (1, 1, 3, 3)
    assert found.satisfied_or_basic.percent == Decimal("66.67")
    assert found.satisfied == Share(1, 3)
    other = figures(
        cast.supervisor, since=today.replace(year=today.year - 1), until=today.replace(year=today.year - 1)
    )
    assert (other.accepted, other.satisfied.percent) == (0, None)


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent"),
    [
        (632, 757, "83.49"),
        (352, 366, "96.17"),
        (1971, 2303, "85.58"),
        (14683, 16070, "91.37"),
        (18, 19, "94.74"),
    ],
)
def test_published_figures_come_out_the_same(numerator: int, denominator: int, percent: str) -> None:
    """The figures of indicators.json that can be recomputed (V01 to V14), two places half up."""
    assert Share(numerator, denominator).percent == Decimal(percent)


@pytest.mark.parametrize("who", ["judge", "head", "clerk", "zhang", "admin", "discipline"])
def test_nobody_else(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        figures(cast.actors[who], since=clock.today(), until=clock.today())
