"""Counts over questions, answers and ratings: each with numerator, denominator and period; nobody is named, nobody ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, Exists, F, FloatField, OuterRef, QuerySet

from common import clock
from common.shares import HIDDEN_BELOW, Share
from courts.models import Court, Division
from feedback.models import QUESTIONS, Clock, ClockKind, Rating, Satisfaction, Survey, Thread

CONTENT = (Satisfaction.SATISFIED, Satisfaction.BASIC)


@dataclass(frozen=True)
class Period:
    """Days in Beijing, both included."""

    since: date
    until: date

    @property
    def start(self) -> datetime:
        return clock.start_of_day(self.since)

    @property
    def end(self) -> datetime:
        """The first instant after the period."""
        return clock.start_of_day(self.until + timedelta(days=1))

    @classmethod
    def month_before(cls, day: date) -> Period:
        """The calendar month before the one of ``day``.

        >>> Period.month_before(date(2026, 3, 31))
        Period(since=datetime.date(2026, 2, 1), until=datetime.date(2026, 2, 28))
        """
        last = day.replace(day=1) - timedelta(days=1)
        return cls(last.replace(day=1), last)


@dataclass(frozen=True)
class Contentment:
    """What became of the answers of a period. ``content`` counts 满意 and 基本满意 (满意率), ``satisfied`` 满意 alone; both
    are of all ratings given, beside how many of the answers were rated at all (评价率)."""

    asked: int
    answered: int
    content: Share
    satisfied: Share

    @property
    def rated(self) -> Share:
        """评价率: ratings of answers."""
        return Share(self.content.denominator, self.answered)


def last_answers(court_id: int, period: Period) -> QuerySet[Clock]:
    """The answers given in a period: the last resolution of each round, once for a round that was asked further."""
    again = Clock.objects.filter(
        thread=OuterRef("thread"), round=OuterRef("round"), kind=ClockKind.RESOLUTION, pk__gt=OuterRef("pk")
    )
    return Clock.objects.filter(
        ~Exists(again),
        court_id=court_id,
        kind=ClockKind.RESOLUTION,
        met_at__gte=period.start,
        met_at__lt=period.end,
    )


def contentment(court_id: int, period: Period, *, division_id: int | None = None) -> Contentment:
    """Ratings of the answers given in a period, of a court or one division. Two queries whatever the size."""
    answers = last_answers(court_id, period)
    asked = Thread.objects.filter(court_id=court_id, opened_at__gte=period.start, opened_at__lt=period.end)
    if division_id is not None:
        answers = answers.filter(thread__case__division_id=division_id)
        asked = asked.filter(case__division_id=division_id)
    mine = Rating.objects.filter(thread=OuterRef("thread"), round=OuterRef("round"))
    counts = answers.aggregate(
        answered=Count("pk"),
        rated=Count("pk", filter=Exists(mine)),
        content=Count("pk", filter=Exists(mine.filter(level__in=CONTENT))),
        satisfied=Count("pk", filter=Exists(mine.filter(level=Satisfaction.SATISFIED))),
    )
    return Contentment(
        asked.count(),
        counts["answered"],
        Share(counts["content"], counts["rated"], out_of=counts["answered"]),
        Share(counts["satisfied"], counts["rated"], out_of=counts["answered"]),
    )


class Percentile(Aggregate):
    """``percentile_disc(p) WITHIN GROUP (ORDER BY x)``: a value that was really measured."""

    function = "PERCENTILE_DISC"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True)
class Times:
    """How long answers of one kind took, in working hours; ``count`` answers of the period. Hidden below five."""

    kind: ClockKind
    count: int
    median_hours: float | None
    ninetieth_hours: float | None
    waiting: int

    @property
    def is_hidden(self) -> bool:
        return self.count < HIDDEN_BELOW


def service_times(courts: Sequence[Court], period: Period) -> dict[int, list[Times]]:
    """Median and 90th percentile of first answers and of resolutions in the working time of each court, by its key. Two
    queries, however many courts.

    Only answers that were given can be measured; how many still wait at this moment is said beside them.
    """
    clocks = Clock.objects.filter(court__in=courts)
    met = clocks.filter(met_at__gte=period.start, met_at__lt=period.end, worked_seconds__isnull=False)
    rows = {
        (row["court_id"], row["kind"]): row
        for row in met.values("court_id", "kind").annotate(
            count=Count("pk"),
            median=Percentile(F("worked_seconds"), share="0.5"),
            ninetieth=Percentile(F("worked_seconds"), share="0.9"),
        )
    }
    waits = {
        (court_id, kind): count
        for court_id, kind, count in clocks.filter(met_at=None)
        .values_list("court_id", "kind")
        .annotate(Count("pk"))
    }
    return {
        court.pk: [
            _times(kind, rows.get((court.pk, kind)), waits.get((court.pk, kind), 0)) for kind in ClockKind
        ]
        for court in courts
    }


def _times(kind: ClockKind, row: Mapping[str, Any] | None, waiting: int) -> Times:
    if row is None:
        return Times(kind, 0, None, None, waiting)
    hours = [round(row[name] / 3600, 1) for name in ("median", "ninetieth")]
    return Times(kind, int(row["count"]), hours[0], hours[1], waiting)


def divisions_with_answers(court_id: int, period: Period) -> list[Division]:
    """Divisions that answered anything in a period. One query."""
    ids = last_answers(court_id, period).values("thread__case__division_id")
    return list(Division.objects.filter(pk__in=ids).order_by("id"))


@dataclass(frozen=True)
class Result:
    """One question of a survey: how many said what; ``content`` with its interval and with how many were asked."""

    label: str
    levels: dict[str, int]
    content: Share


@dataclass(frozen=True)
class Group:
    """The results of one division, or of everybody (``name`` empty). Nothing is shown of fewer than five forms."""

    name: str
    returned: int
    invited: int
    results: list[Result]

    @property
    def is_hidden(self) -> bool:
        return self.returned < HIDDEN_BELOW


def survey_results(survey: Survey) -> list[Group]:
    """Everybody first, then each division; one that could be computed from the others and a hidden one is hidden as well.
    Two queries."""
    forms: dict[int | None, list[dict[str, str]]] = {}
    names = dict(Division.objects.filter(court=survey.court_id).values_list("pk", "name"))
    for row in survey.forms.order_by("division_id").values("division_id", *QUESTIONS):
        forms.setdefault(row["division_id"], []).append(row)
    invited = dict(
        survey.invitations.values_list("division_id").annotate(Count("pk")).order_by("division_id")
    )
    everything = [row for rows in forms.values() for row in rows]
    groups = [_group("", everything, sum(invited.values()))]
    shown = sorted(invited, key=lambda pk: names.get(pk, ""))
    divided = [_group(names.get(pk, "—"), forms.get(pk, []), invited[pk]) for pk in shown]
    if sum(group.returned for group in divided if group.is_hidden) < HIDDEN_BELOW:
        divided = _hide_one_more(divided)
    return groups + divided


def _hide_one_more(groups: list[Group]) -> list[Group]:
    """One hidden group is the whole less the others: the smallest of those goes with it."""
    if not any(group.is_hidden and group.returned for group in groups):
        return groups
    open_ones = [group for group in groups if not group.is_hidden]
    smallest = min(open_ones, key=lambda group: group.returned, default=None)
    return [
        Group(group.name, 0, group.invited, []) if group is smallest or group.is_hidden else group
        for group in groups
    ]


def _group(name: str, rows: list[dict[str, str]], invited: int) -> Group:
    if len(rows) < HIDDEN_BELOW:
        return Group(name, len(rows), invited, [])
    return Group(name, len(rows), invited, [_result(question, rows, invited) for question in QUESTIONS])


def _result(question: str, rows: list[dict[str, str]], invited: int) -> Result:
    levels = {str(level.label): sum(row[question] == level for row in rows) for level in Satisfaction}
    content = sum(row[question] in CONTENT for row in rows)
    label = str(QUESTIONS[question])
    return Result(label, levels, Share(content, len(rows), out_of=invited))
