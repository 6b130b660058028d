"""The clocks of threads: by when a question is answered. The only writer of clocks, pauses and escalations.

All functions are called inside the act that holds the thread's lock, with that thread.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from cases.models import Case, CaseRole
from cases.policies import live_staff
from common import clock
from common.actor import Actor
from common.errors import Conflict
from common.working_time import WorkingTime
from courts.calendar import announced_until, end_of_workdays, working_time
from courts.models import StaffPost
from courts.services import setting, settings_of
from eventlog.services import one_by_one
from feedback import events
from feedback.models import Clock, ClockKind, Escalation, Level, Pause, PauseReason, Step, Thread
from feedback.policies import heads_for, overseer_of
from feedback.services.rows import emit_thread

SOON = timedelta(hours=2)
"""Working time before an end from which on a clock is amber."""


def reply_due_at(case: Case, key: str) -> datetime:
    """End of the last working day for an answer, as an instant; ``key`` names the court's setting."""
    return end_of_workdays(case.court, setting(case.court_id, key))[0]


def start(thread: Thread) -> None:
    """A round begins, or the party asks further: both clocks run from now, and the thread shows the promise.

    The first answer is due within ``first_answer_hours`` of working time, never later than the resolution; that is due
    at the end of the last of ``reply_workdays`` (in a later round ``reopen_workdays``). Saves ``reply_due_at``, or the
    thread itself when it is new.
    """
    now, case = clock.now(), thread.case
    key = "reply_workdays" if thread.round == 1 else "reopen_workdays"
    set_here = settings_of(case.court_id, key, "first_answer_hours", "working_hours")
    work = working_time(case.court, shifts=set_here["working_hours"])
    due, confirmed = end_of_workdays(case.court, set_here[key], calendar=work.calendar)
    first = work.add(now, timedelta(hours=set_here["first_answer_hours"]))
    thread.reply_due_at, thread.paused_at = due, None
    if thread.pk is None:
        thread.save()
    else:
        thread.save(update_fields=["reply_due_at", "paused_at"])
    ends = [
        (ClockKind.FIRST_ANSWER, min(first.at, due), first.confirmed),
        (ClockKind.RESOLUTION, due, confirmed),
    ]
    Clock.objects.bulk_create(
        Clock(
            court_id=thread.court_id,
            thread=thread,
            round=thread.round,
            kind=kind,
            started_at=now,
            promised_at=end,
            due_at=end,
            confirmed=sure,
            calendar_version=work.calendar.version,
            next_at=max(now, work.before(end, SOON)),
        )
        for kind, end, sure in ends
    )


def met(thread: Thread, *kinds: ClockKind) -> None:
    """The court has done what these clocks promised (all of them without ``kinds``); one met already stays as it is.

    A clock that stood still goes on for this moment: an answer always counts. Steps that fell before are written down first.
    """
    wanted = kinds or tuple(ClockKind)
    if ClockKind.RESOLUTION in wanted:
        resume(thread)
    now, work = clock.now(), working_time(thread.case.court)
    for running in _running(thread).filter(kind__in=wanted):
        _catch_up(running, thread, work)
        worked = int(work.between(running.started_at, now).total_seconds())
        running.met_at, running.next_at = now, None
        running.worked_seconds = max(worked - running.paused_seconds, 0)
        running.save(update_fields=["met_at", "next_at", "worked_seconds", "last_step"])


def pause(thread: Thread, why: PauseReason = PauseReason.WAITS_FOR_PARTY) -> None:
    """The court waits for the party: the clock of the resolution stands still. Raises Conflict without a running one."""
    running = _running(thread).filter(kind=ClockKind.RESOLUTION).first()
    if running is None or thread.paused_at is not None:
        raise Conflict(_("这条留言的期限现在没有在走。"), code="clock_not_running")
    _catch_up(running, thread, working_time(thread.case.court))
    now = clock.now()
    Pause.objects.create(clock=running, why=why, paused_at=now)
    running.next_at = None
    running.save(update_fields=["next_at", "last_step"])
    thread.paused_at = now
    thread.save(update_fields=["paused_at"])


def resume(thread: Thread) -> None:
    """The clock goes on; its end moves by the working time it stood still. Nothing to do for one that runs."""
    if thread.paused_at is None:
        return
    running = _running(thread).get(kind=ClockKind.RESOLUTION)
    stopped = running.pauses.get(resumed_at=None)
    stopped.resumed_at = clock.now()
    stopped.save(update_fields=["resumed_at"])
    work = working_time(thread.case.court)
    stood_still = work.between(stopped.paused_at, stopped.resumed_at)
    running.paused_seconds += int(stood_still.total_seconds())
    running.due_at, sure = _moved(running, work)
    running.confirmed = running.confirmed and sure
    running.next_at = _next_at(running, thread, work)
    running.save(update_fields=["paused_seconds", "due_at", "confirmed", "next_at"])
    thread.reply_due_at, thread.paused_at = running.due_at, None
    thread.save(update_fields=["reply_due_at", "paused_at"])


def _running(thread: Thread) -> QuerySet[Clock]:
    """The clocks of a thread that run, locked in one order."""
    return Clock.objects.select_for_update(no_key=True).filter(thread=thread, met_at=None).order_by("id")


def _moved(running: Clock, work: WorkingTime) -> tuple[datetime, bool]:
    """The promised day moved on by all the working time the clock stood still; a promise always ends with its day."""
    if not running.paused_seconds:
        return running.promised_at, True
    reached = work.add(running.promised_at, timedelta(seconds=running.paused_seconds))
    return clock.end_of_day(clock.beijing_day(reached.at)), reached.confirmed


def escalate_due(actor: Actor) -> int:
    """Write down every step that has fallen and tell who waits that a promise was missed. Returns how many clocks had one.

    Safe to run twice and in parallel; what a pause of the job left over falls at its own moment.
    """
    due = Clock.objects.filter(next_at__lte=clock.now()).select_related(
        "thread__case__court", "thread__party"
    )

    def work_on(running: Clock) -> None:
        made = _catch_up(running, running.thread, working_time(running.thread.case.court))
        running.save(update_fields=["next_at", "last_step"])
        for escalation in made[-1:]:
            _tell(escalation, running, actor)

    return one_by_one(due.order_by("next_at"), work_on)


def _catch_up(running: Clock, thread: Thread, work: WorkingTime) -> list[Escalation]:
    """Make the steps of this clock that have fallen by now; the caller saves the clock."""
    now, made = clock.now(), []
    while running.next_at is not None and running.next_at <= now:
        step = _step_after(running, thread)
        missed = step != Step.SOON
        made.append(
            Escalation.objects.create(
                court_id=running.court_id,
                clock=running,
                step=step,
                falls_at=running.next_at,
                due_at=running.due_at,
                new_due_at=_later(running, work, _rank(step, thread)) if missed else None,
                post=holder(thread, step),
                made_at=now,
            )
        )
        running.last_step = step
        running.next_at = _next_at(running, thread, work)
    return made


def _steps(thread: Thread) -> tuple[Step, ...]:
    """Who is asked next when time runs out: above the judge his head, above the head the supervisor."""
    if thread.level == Level.JUDGE:
        return (Step.SOON, Step.HEAD, Step.SUPERVISOR)
    return (Step.SOON, Step.SUPERVISOR)


def _rank(step: Step, thread: Thread) -> int:
    return _steps(thread).index(step)


def _step_after(running: Clock, thread: Thread) -> Step:
    steps = _steps(thread)
    return steps[steps.index(Step(running.last_step)) + 1] if running.last_step else steps[0]


def _next_at(running: Clock, thread: Thread, work: WorkingTime) -> datetime | None:
    """When the next step falls: two working hours before the end, at the end, and when the new date has passed too."""
    if not running.last_step:
        return max(running.started_at, work.before(running.due_at, SOON))
    rank = _rank(Step(running.last_step), thread) + 1
    if rank >= len(_steps(thread)):
        return None
    return running.due_at if rank == 1 else _later(running, work, rank - 1)


def _later(running: Clock, work: WorkingTime, times: int) -> datetime:
    """The date that holds after the promise was missed for the first, second … time (setting ``late_workdays``)."""
    days = setting(running.court_id, "late_workdays") * times
    reached = work.add(running.due_at, timedelta(seconds=days * work.shifts.seconds)).at
    return clock.end_of_day(clock.beijing_day(reached)) if running.kind == ClockKind.RESOLUTION else reached


def confirm_promises(actor: Actor) -> int:
    """Work out anew the open clocks that were 待确认 and whose year has its holidays by now; how many there were.

    The same working time as promised, counted on the days as they are known now. An end that would lie in the past, or
    whose escalation has begun, stays: it was the promise. Threads are locked before their clocks, as everywhere. Safe to
    run twice and in parallel.
    """
    last_known = clock.end_of_day(announced_until() - timedelta(days=1))
    waiting = Clock.objects.filter(met_at=None, confirmed=False, promised_at__lte=last_known)

    def confirm(thread: Thread) -> None:
        for running in _running(thread).filter(confirmed=False).order_by("-kind"):
            _confirm(running, thread, working_time(thread.case.court), actor)

    threads = Thread.objects.filter(Exists(waiting.filter(thread=OuterRef("pk"))))
    return one_by_one(threads.select_related("case__court", "party").order_by("id"), confirm)


def _confirm(running: Clock, thread: Thread, work: WorkingTime, actor: Actor) -> None:
    old, promised = running.due_at, _promised_anew(running, thread, work)
    if promised > clock.now() and running.last_step in ("", Step.SOON):
        running.promised_at = promised
        running.due_at, _sure = _moved(running, work)
        if running.last_step == "" and running.next_at is not None:
            running.next_at = _next_at(running, thread, work)
        elif running.next_at is not None:
            running.next_at = running.due_at
    running.confirmed, running.calendar_version = True, work.calendar.version
    running.save(update_fields=["promised_at", "due_at", "next_at", "confirmed", "calendar_version"])
    if running.kind != ClockKind.RESOLUTION:
        return
    thread.reply_due_at = running.due_at
    thread.save(update_fields=["reply_due_at"])
    days = {"old": clock.beijing_day(old), "due": clock.beijing_day(running.due_at)}
    emit_thread(
        events.PROMISE_CONFIRMED, thread, actor, old=days["old"], due=days["due"], moved=old != running.due_at
    )


def _promised_anew(running: Clock, thread: Thread, work: WorkingTime) -> datetime:
    """As much working time after the start as was promised by the calendar of that day."""
    then = WorkingTime(work.calendar.as_of(running.calendar_version), work.shifts)
    if running.kind == ClockKind.FIRST_ANSWER:
        reached = work.add(running.started_at, then.between(running.started_at, running.promised_at)).at
        return min(reached, thread.reply_due_at)
    first, last = clock.beijing_day(running.started_at), clock.beijing_day(running.promised_at)
    days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    workdays = sum(then.calendar.is_workday(day) for day in days)
    return end_of_workdays(thread.case.court, workdays, since=first, calendar=work.calendar)[0]


def holder(thread: Thread, step: Step) -> StaffPost | None:
    """Who has a thread from this step on: its judge, the division head, the supervisor; the first where there are several.
    Without a supervisor a head."""
    if step == Step.HEAD:
        return heads_for(thread).order_by("id").first()
    if step == Step.SUPERVISOR or thread.level == Level.OVERSIGHT:
        return overseer_of(thread)
    if thread.level == Level.HEAD:
        return heads_for(thread).order_by("id").first()
    held = live_staff().filter(case=thread.case, role=CaseRole.JUDGE).select_related("post").first()
    return held.post if held else None


def _tell(escalation: Escalation, running: Clock, actor: Actor) -> None:
    """On record in the case; a person hears of it only when the promise of the answer itself was missed."""
    missed = running.kind == ClockKind.RESOLUTION and escalation.step != Step.SOON
    emit_thread(
        events.ESCALATED,
        running.thread,
        actor,
        step=escalation.step,
        kind=running.kind,
        due=escalation.due_at,
        new_due_on=clock.beijing_day(escalation.new_due_at) if escalation.new_due_at else None,
        missed=missed,
    )
