"""The clocks of threads: by when a question is answered. The only writer of clocks and pauses.

All functions are called inside the act that holds the thread's lock, with that thread.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from cases.models import Case
from common import clock
from common.errors import Conflict
from common.working_time import WorkingTime
from courts.calendar import deadline, working_time
from courts.services import setting
from feedback.models import Clock, ClockKind, Pause, PauseReason, Thread

REPLY_RULE = "D81"
"""Answers to questions follow the clock of hotline work orders; the court sets the number of working days."""


def reply_due_at(case: Case, key: str) -> datetime:
    """End of the last working day for an answer, as an instant; ``key`` names the court's setting."""
    return _promise(case, key)[0]


def _promise(case: Case, key: str) -> tuple[datetime, bool]:
    found = deadline(
        REPLY_RULE, clock.today(), court=case.court, n=setting(case.court_id, key), unit="workday"
    )
    return _end_of(found.due), found.confirmed


def _end_of(day: date) -> datetime:
    """A day ends at 24:00 in Beijing."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=clock.BEIJING)


def start(thread: Thread) -> None:
    """A round begins, or the party asks further: both clocks run from now, and the thread shows the promise.

    The first answer is due within ``first_answer_hours`` of working time, never later than the resolution; that is due
    at the end of the last of ``reply_workdays`` (in a later round ``reopen_workdays``). Saves ``reply_due_at``.
    """
    now, case = clock.now(), thread.case
    due, confirmed = _promise(case, "reply_workdays" if thread.round == 1 else "reopen_workdays")
    work = working_time(case.court)
    first = work.add(now, timedelta(hours=setting(case.court_id, "first_answer_hours")))
    base = {
        "court_id": thread.court_id,
        "thread": thread,
        "round": thread.round,
        "started_at": now,
        "calendar_version": work.calendar.version,
    }
    ends = [
        (ClockKind.FIRST_ANSWER, min(first.at, due), first.confirmed),
        (ClockKind.RESOLUTION, due, confirmed),
    ]
    Clock.objects.bulk_create(
        Clock(kind=kind, promised_at=end, due_at=end, confirmed=sure, next_at=end, **base)
        for kind, end, sure in ends
    )
    thread.reply_due_at, thread.paused_at = due, None
    thread.save(update_fields=["reply_due_at", "paused_at"])


def met(thread: Thread, *kinds: ClockKind) -> None:
    """The court has done what these clocks promised (all of them without ``kinds``); one met already stays as it is.

    A clock that stood still goes on for this moment: an answer always counts.
    """
    wanted = kinds or (ClockKind.FIRST_ANSWER, ClockKind.RESOLUTION)
    if ClockKind.RESOLUTION in wanted:
        resume(thread)
    thread.clocks.filter(kind__in=wanted, met_at=None).update(met_at=clock.now(), next_at=None)


def pause(thread: Thread, why: PauseReason = PauseReason.WAITS_FOR_PARTY) -> None:
    """The court waits for the party: the clock of the resolution stands still. Raises Conflict without a running one."""
    running = thread.clocks.filter(kind=ClockKind.RESOLUTION, met_at=None).first()
    if running is None or thread.paused_at is not None:
        raise Conflict(_("这条留言的期限现在没有在走。"), code="clock_not_running")
    now = clock.now()
    Pause.objects.create(clock=running, why=why, paused_at=now)
    running.next_at = None
    running.save(update_fields=["next_at"])
    thread.paused_at = now
    thread.save(update_fields=["paused_at"])


def resume(thread: Thread) -> None:
    """The clock goes on; its end moves by the working time it stood still. Nothing to do for one that runs."""
    if thread.paused_at is None:
        return
    stopped = Pause.objects.select_related("clock").get(clock__thread=thread, resumed_at=None)
    stopped.resumed_at = clock.now()
    stopped.save(update_fields=["resumed_at"])
    running, work = stopped.clock, working_time(thread.case.court)
    stood_still = work.between(stopped.paused_at, stopped.resumed_at)
    running.paused_seconds += int(stood_still.total_seconds())
    running.due_at, sure = _moved(running, work)
    running.confirmed = running.confirmed and sure
    running.next_at = running.due_at
    running.save(update_fields=["paused_seconds", "due_at", "confirmed", "next_at"])
    thread.reply_due_at, thread.paused_at = running.due_at, None
    thread.save(update_fields=["reply_due_at", "paused_at"])


def _moved(running: Clock, work: WorkingTime) -> tuple[datetime, bool]:
    """The promised day moved on by all the working time the clock stood still; a promise always ends with its day."""
    if not running.paused_seconds:
        return running.promised_at, True
    reached = work.add(running.promised_at, timedelta(seconds=running.paused_seconds))
    return _end_of(clock.beijing_day(reached.at)), reached.confirmed
