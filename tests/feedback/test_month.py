"""A month of questions: leave, holidays, reassignment, pauses, reopenings. Ages, escalations and rates are exactly what
``reckoning`` counts from the list of events by other means.

A short month in every run; `make feedback-month` runs that of 1,143 visits, 757 opinions and 366 ratings.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any

import pytest

from cases.assignment import reassign_judge
from cases.models import Case, CaseRole, Party, Side
from cases.policies import live_staff
from common import clock
from common.actor import Actor, Role, system
from courts.models import StaffPost
from courts.services import set_leave
from feedback import services
from feedback.figures import Period, contentment, service_times
from feedback.models import Escalation, Level, Satisfaction, Thread, Topic
from feedback.services.clocks import escalate_due
from feedback.watch import watch_for
from portal.demo import cast as people
from portal.pages.oversight import feedback_rate
from qrlinks.models import Visit
from tests.feedback import reckoning
from tests.feedback.reckoning import Story
from tests.feedback.settled import at, settled
from tests.support.court import Cast, accepted

SIZES = {"short": (60, 40, 24), "long": (1143, 757, 366)}
"""Visits, opinions, ratings."""
LEAVE = (at("2026-05-18"), at("2026-05-20"))
REASSIGNED = at("2026-05-14 09:00")
LAST_DAY, END = at("2026-05-31"), at("2026-06-12 18:00")


@dataclass
class Opinion:
    """One thread of the month: what was planned for it, and its clocks as the reckoning keeps them."""

    case: Case
    thread: Thread | None = None
    round: int = 1
    answered: bool = False
    stories: list[Story] = field(default_factory=list)
    answers: list[tuple[int, datetime]] = field(default_factory=list)
    asked_at: datetime | None = None

    def running(self, kind: str) -> Story | None:
        return next((story for story in self.stories if story.kind == kind and story.met is None), None)


class Month:
    """Plays events in order of time; the portal hears of each, the reckoning writes it down."""

    def __init__(self, cast: Cast, cases: list[Case], deputy: Actor, ratings: int, seed: int) -> None:
        self.cast, self.cases, self.deputy = cast, cases, deputy
        self.draw, self.order = random.Random(seed), count()
        self.queue: list[tuple[datetime, int, str, Opinion]] = []
        self.opinions: list[Opinion] = []
        self.rated: list[tuple[datetime, str]] = []
        self.ratings = ratings
        self.parties = {case.pk: Party.objects.get(case=case, side=Side.PLAINTIFF) for case in cases}

    def plan(self, moment: datetime, what: str, opinion: Opinion) -> None:
        heappush(self.queue, (moment, next(self.order), what, opinion))

    def later(self, moment: datetime, low: int, high: int) -> datetime:
        return moment + timedelta(minutes=self.draw.randint(low, high))

    def ask_all(self, opinions: int) -> None:
        """Questions at any minute of the month, nights and holidays too."""
        for number in range(opinions):
            moment = at("2026-05-01") + timedelta(minutes=self.draw.randrange(31 * 1440))
            self.plan(moment, "ask", Opinion(self.cases[number % len(self.cases)]))

    def events(self) -> Iterator[tuple[datetime, str, Opinion]]:
        while self.queue:
            moment, _order, what, opinion = heappop(self.queue)
            if moment < END:
                yield moment, what, opinion

    # -- what happens ----------------------------------------------------------------------------------------------

    def ask(self, moment: datetime, opinion: Opinion) -> None:
        party = self.parties[opinion.case.pk]
        opinion.thread = services.ask(
            case_id=opinion.case.pk,
            party_id=party.pk,
            topic=Topic.OTHER,
            text="问一句",
            actor=self.cast.zhang,
        )
        opinion.asked_at = moment
        self.opinions.append(opinion)
        self.start(moment, opinion, 2)
        fate = self.draw.random()
        if fate < 0.08:
            return  # nobody ever answers
        if fate < 0.25:
            self.plan(self.later(moment, 30, 1500), "interim", opinion)
        else:
            self.plan(self.later(moment, 10, 9000 if fate > 0.8 else 2000), "answer", opinion)

    def start(self, moment: datetime, opinion: Opinion, workdays: int) -> None:
        level = "judge" if opinion.round == 1 else "head"
        due = reckoning.after_workdays(moment, workdays)
        first = min(reckoning.when(reckoning.worked(moment) + 420), due)
        opinion.stories.append(Story("first_answer", level, moment, first))
        opinion.stories.append(Story("resolution", level, moment, due))
        opinion.answered = False

    def answerer(self, moment: datetime, opinion: Opinion) -> Actor:
        if opinion.round == 2:
            return self.cast.head
        if opinion.case is self.cases[1] and moment >= REASSIGNED:
            return self.deputy
        away = LEAVE[0] <= moment < LEAVE[1] + timedelta(days=1)
        return self.deputy if away else self.cast.judge

    def interim(self, moment: datetime, opinion: Opinion) -> None:
        """A word that asks the party for something: the first clock is met, the second stands still."""
        self.reply(moment, opinion, asks_party=True)
        resolution = opinion.running("resolution")
        assert resolution is not None
        resolution.pauses.append((moment, None))
        if self.draw.random() < 0.9:
            self.plan(self.later(moment, 60, 6000), "more", opinion)

    def more(self, moment: datetime, opinion: Opinion) -> None:
        services.write_more(thread_id=self.id_of(opinion), text="补上了", actor=self.cast.zhang)
        resolution = opinion.running("resolution")
        assert resolution is not None
        resolution.pauses[-1] = (resolution.pauses[-1][0], moment)
        again = self.draw.random() < 0.2
        self.plan(self.later(moment, 10, 4000), "interim" if again else "answer", opinion)

    def answer(self, moment: datetime, opinion: Opinion) -> None:
        self.reply(moment, opinion)
        resolution = opinion.running("resolution")
        assert resolution is not None
        resolution.met, opinion.answered = moment, True
        opinion.answers.append((opinion.round, moment))
        if self.ratings and self.draw.random() < 0.75:
            self.ratings -= 1
            self.plan(self.later(moment, 5, 600), "rate", opinion)

    def reply(self, moment: datetime, opinion: Opinion, **options: bool) -> None:
        actor = self.answerer(moment, opinion)
        services.answer(thread_id=self.id_of(opinion), text="答复", actor=actor, **options)
        first = opinion.running("first_answer")
        if first is not None:
            first.met = moment

    def rate(self, moment: datetime, opinion: Opinion) -> None:
        level = self.draw.choices(list(Satisfaction), [8, 3, 2])[0]
        again = level == Satisfaction.UNSATISFIED and opinion.round == 1
        services.rate(
            thread_id=self.id_of(opinion), level=level, words="", wants_reopening=again, actor=self.cast.zhang
        )
        self.rated.append((opinion.answers[-1][1], level))
        if again:
            opinion.round = 2
            self.start(moment, opinion, 5)
            self.plan(self.later(moment, 100, 9000), "answer", opinion)

    @staticmethod
    def id_of(opinion: Opinion) -> int:
        assert opinion.thread is not None
        return opinion.thread.pk


def play(cast: Cast, opinions: int, ratings: int) -> Month:
    """The month, with the job asleep for days now and then."""
    with clock.at(at("2026-04-27 09:00")):
        cases = [accepted(cast), accepted(cast)]
        people.hire(cast.court, [("judge-d", "周平", "2109", Role.JUDGE, "民事审判第一庭")])
        post = StaffPost.objects.get(user__username="judge-d")
        post_id = cast.posts["judge"].pk
        for case in cases:
            held = live_staff().get(case=case, role=CaseRole.JUDGE)
            assert held.post_id == post_id
        set_leave(
            post_id=post_id,
            deputy_id=post.pk,
            from_on=LEAVE[0].date(),
            until_on=LEAVE[1].date(),
            actor=cast.head,
        )
    month = Month(cast, cases, people.as_staff(post), ratings, seed=757)
    month.ask_all(opinions)
    job, reassigned = at("2026-05-01"), False
    for moment, what, opinion in month.events():
        while job < moment:
            with clock.at(job):
                escalate_due(system("答复时限"))
            job += timedelta(hours=month.draw.choice([3, 7, 80]))
        if not reassigned and moment >= REASSIGNED:
            reassigned = True
            with clock.at(REASSIGNED):
                draw = cases[1].draws.latest("id").pk
                reassign_judge(case_id=cases[1].pk, seen_draw_id=draw, reason="回避", actor=cast.head)
        with clock.at(moment):
            getattr(month, what)(moment, opinion)
    with clock.at(END):
        while escalate_due(system("答复时限")):
            pass
    return month


@pytest.mark.parametrize("size", ["long" if os.environ.get("LONG_MONTH") else "short"])
def test_a_month_is_exactly_what_the_reckoning_says(db: None, size: str) -> None:
    visits, opinions, ratings = SIZES[size]
    cast = settled()
    month = play(cast, opinions, ratings)
    party = month.parties[month.cases[0].pk]
    Visit.objects.bulk_create(
        Visit(case=party.case, party=party, happened_at=at("2026-05-01") + timedelta(minutes=31 * n))
        for n in range(visits)
    )
    assert (len(month.opinions), len(month.rated)) == (opinions, ratings)
    with clock.at(END):
        same_promises(month)
        same_escalations(month)
        same_ages(cast, month)
        same_rates(cast, month, visits)
        same_times(cast, month)


def same_promises(month: Month) -> None:
    for opinion in month.opinions:
        rows = list(opinion.thread.clocks.order_by("id")) if opinion.thread else []
        expected = [
            (story.kind, story.due(sum(1 for _a, b in story.pauses if b is not None)), story.met)
            for story in opinion.stories
        ]
        assert [(row.kind, row.due_at, row.met_at) for row in rows] == expected


def same_escalations(month: Month) -> None:
    expected: list[tuple[Any, ...]] = []
    for opinion in month.opinions:
        for story in opinion.stories:
            steps = story.escalations(END)
            expected += [(month.id_of(opinion), story.kind, story.level, *step) for step in steps]
    rows = Escalation.objects.values_list(
        "clock__thread_id", "clock__kind", "clock__round", "step", "falls_at"
    )
    found = [
        (pk, kind, "judge" if number == 1 else "head", step, at_) for pk, kind, number, step, at_ in rows
    ]
    assert sorted(found) == sorted(expected)
    assert {step for *_rest, step, _at in expected} == {"soon", "head", "supervisor"}, (
        "the month has all steps"
    )


def same_ages(cast: Cast, month: Month) -> None:
    waiting = [opinion for opinion in month.opinions if not opinion.answered]
    ages = [(END - opinion.asked_at).total_seconds() / 86400 for opinion in waiting if opinion.asked_at]
    bands = [(0, 1), (1, 3), (3, 7), (7, 1e9)]
    found = watch_for(cast.head, now=END)
    assert [number for _words, number in found.ages] == [
        sum(low <= age < high for age in ages) for low, high in bands
    ]
    stopped = [o for o in waiting if any(b is None for s in o.stories if s.met is None for _a, b in s.pauses)]
    late = [
        o
        for o in waiting
        if o not in stopped and any(s.met is None and s.due(len(s.pauses)) < END for s in o.stories)
    ]
    again = sum(o.round > 1 for o in waiting)
    assert (found.open, found.late, found.paused, found.reopened) == (
        len(waiting),
        len(late),
        len(stopped),
        again,
    )
    assert Thread.objects.filter(level=Level.HEAD).count() == sum(o.round > 1 for o in month.opinions)


def same_rates(cast: Cast, month: Month, visits: int) -> None:
    period = Period(at("2026-05-01").date(), LAST_DAY.date())
    midnight = LAST_DAY + timedelta(days=1)
    answered = sum(moment < midnight for o in month.opinions for _round, moment in o.answers)
    levels = [level for moment, level in month.rated if moment < midnight]
    content = sum(level != "unsatisfied" for level in levels)
    found = contentment(cast.court.pk, period)
    assert (found.asked, found.answered) == (len(month.opinions), answered)
    assert (found.rated.numerator, found.rated.denominator) == (len(levels), answered)
    assert (found.content.numerator, found.content.denominator) == (content, len(levels))
    assert found.satisfied.numerator == levels.count("satisfied")
    assert found.content.percent is not None and found.content.interval is not None
    assert abs(float(found.content.percent) - 100 * content / len(levels)) < 0.006
    low, high = reckoning.wilson(content, len(levels))
    assert abs(float(found.content.interval[0]) - low) < 0.006
    assert abs(float(found.content.interval[1]) - high) < 0.006
    share = feedback_rate(found.asked, visits)
    assert share is not None and (share.numerator, share.denominator) == (len(month.opinions), visits)


def same_times(cast: Cast, month: Month) -> None:
    period = Period(at("2026-05-01").date(), END.date())
    for times in service_times([cast.court], period)[cast.court.pk]:
        stories = [s for o in month.opinions for s in o.stories if s.kind == times.kind]
        used = [story.used for story in stories if story.met is not None]
        assert (times.count, times.waiting) == (len(used), len(stories) - len(used))
        assert times.median_hours == round(reckoning.percentile(used, 0.5) / 60, 1)
        assert times.ninetieth_hours == round(reckoning.percentile(used, 0.9) / 60, 1)
