"""整改: a division with low ratings says what was wrong and what changes."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.access import allows
from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed
from courts.calendar import end_of_workdays
from courts.models import Court, Division, StaffPost
from courts.services import setting
from eventlog.services import act, emit
from feedback import events
from feedback.figures import Contentment, Period, contentment, divisions_with_answers
from feedback.models import REWORK_FLOW, Clock, Rework


def open_reworks(actor: Actor) -> int:
    """A rework for every division whose 满意率 of last month was low; returns how many were opened.

    Low means that even the upper end of the interval lies below the court's ``rework_below_percent``: a few bad ratings by
    chance are no finding. Once per division and month; safe to run twice and in parallel.
    """
    period, opened = Period.month_before(clock.today()), 0
    courts = Clock.objects.filter(met_at__gte=period.start, met_at__lt=period.end).values("court_id")
    for court in Court.objects.filter(pk__in=courts.distinct()):
        for division in divisions_with_answers(court.pk, period):
            found = contentment(court.pk, period, division_id=division.pk)
            ends = found.content.interval
            if ends is not None and ends[1] < setting(court, "rework_below_percent"):
                opened += _open(division, court, period, found, actor)
    return opened


def _open(division: Division, court: Court, period: Period, found: Contentment, actor: Actor) -> int:
    with act():
        Division.objects.select_for_update(no_key=True).get(pk=division.pk)
        month = {"division": division, "since": period.since, "until": period.until}
        if Rework.objects.filter(**month).exists():
            return 0
        rework = Rework.objects.create(
            court=court,
            content=found.content.numerator,
            ratings=found.content.denominator,
            answered=found.answered,
            opened_at=clock.now(),
            due_at=end_of_workdays(court, setting(court, "rework_workdays"))[0],
            **month,
        )
        stream = f"court:{court.code}"
        emit(events.REWORK_OPENED, subject=rework, actor=actor, stream=stream, court_id=court.pk)
    return 1


def finish_rework(*, rework_id: int, words: str, actor: Actor) -> Rework:
    """The division head writes what was wrong and what changes. Raises NotAllowed, InvalidInput without words and
    InvalidTransition for one that is done."""
    with act():
        rework = (
            Rework.objects.select_for_update(of=("self",), no_key=True)
            .select_related("court")
            .get(pk=rework_id)
        )
        if not allows(actor, "division.lead") or actor.division_id != rework.division_id:
            raise NotAllowed(_("这项整改由本庭庭长完成。"))
        if not words.strip():
            message = _("请填写原因和改进")
            raise InvalidInput(message, words=message)
        REWORK_FLOW.move(rework, "finish_rework")
        rework.words, rework.done_at = words, clock.now()
        rework.done_by = StaffPost.objects.get(pk=actor.post_id or 0)
        rework.save(update_fields=["state", "words", "done_at", "done_by"])
        emit(
            events.REWORK_DONE,
            subject=rework,
            actor=actor,
            stream=f"court:{rework.court.code}",
            court_id=rework.court_id,
            on_time=rework.done_at <= rework.due_at,
        )
    return rework
