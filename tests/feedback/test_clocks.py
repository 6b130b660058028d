"""The two clocks of a question: what is promised, what meets it, how long it stands still."""

from __future__ import annotations

from datetime import datetime

import pytest

from cases.models import Case
from common import clock
from common.errors import Conflict
from courts.models import CourtDay
from courts.services import change_setting
from eventlog.services import act
from feedback import services
from feedback.models import Clock, ClockKind, Pause, Satisfaction, Thread, ThreadState
from feedback.services import clocks
from feedback.services.rows import locked_thread
from tests.feedback.settled import ask, at, settled
from tests.support.court import Cast, accepted
from tests.support.database import Kept

FIRST, RESOLUTION = ClockKind.FIRST_ANSWER, ClockKind.RESOLUTION


@pytest.fixture
def cast(transactional_db: None, made_once: Kept) -> Cast:
    """Everybody, in office since February."""
    return settled(made_once)


@pytest.fixture
def case(cast: Cast) -> Case:
    with clock.at(at("2026-03-02 09:00:00")):
        return accepted(cast)


def running(thread: Thread) -> dict[str, datetime]:
    return {row.kind: row.due_at for row in thread.clocks.filter(met_at=None)}


def test_both_clocks_run_from_the_question(cast: Cast, case: Case) -> None:
    thread = ask(cast, case, "2026-03-06 17:30:00")  # a Friday
    assert running(thread) == {FIRST: at("2026-03-09 17:30:00"), RESOLUTION: at("2026-03-10 23:59:59")}
    assert thread.reply_due_at == at("2026-03-10 23:59:59")


def test_shifts_and_hours_are_the_courts_own(cast: Cast, case: Case) -> None:
    change_setting(court_id=cast.court.pk, key="working_hours", value="09:00-12:00", actor=cast.admin)
    change_setting(court_id=cast.court.pk, key="first_answer_hours", value=4, actor=cast.admin)
    thread = ask(cast, case, "2026-03-02 10:00:00")
    assert running(thread)[FIRST] == at("2026-03-03 11:00:00")
    change_setting(court_id=cast.court.pk, key="first_answer_hours", value=70, actor=cast.admin)
    later = ask(cast, case, "2026-03-02 10:00:00")
    assert running(later)[FIRST] == running(later)[RESOLUTION], "the first answer is never due after the last"


def test_a_promise_over_an_unannounced_new_year_is_not_certain(cast: Cast, case: Case) -> None:
    last = CourtDay.objects.latest("day").day.year
    thread = ask(cast, case, f"{last}-12-31 17:00:00")
    assert not any(row.confirmed for row in thread.clocks.all())
    assert all(row.confirmed for row in ask(cast, case, "2026-03-02 10:00:00").clocks.all())


def test_an_answer_meets_both_and_a_further_question_starts_both(cast: Cast, case: Case) -> None:
    thread = ask(cast, case, "2026-03-02 10:00:00")
    with clock.at(at("2026-03-02 11:00:00")):
        services.answer(thread_id=thread.pk, text="下月。", actor=cast.judge)
    assert running(thread) == {}
    assert {row.met_at for row in thread.clocks.all()} == {at("2026-03-02 11:00:00")}
    with clock.at(at("2026-03-03 09:00:00")):
        services.write_more(thread_id=thread.pk, text="哪一天？", actor=cast.zhang)
    assert running(thread) == {FIRST: at("2026-03-04 09:00:00"), RESOLUTION: at("2026-03-05 23:59:59")}


def test_a_reopening_has_fresh_clocks(cast: Cast, case: Case) -> None:
    thread = ask(cast, case, "2026-03-02 10:00:00")
    with clock.at(at("2026-03-03 11:00:00")):
        services.answer(thread_id=thread.pk, text="等通知。", actor=cast.judge)
        services.rate(
            thread_id=thread.pk,
            level=Satisfaction.UNSATISFIED,
            words="",
            wants_reopening=True,
            actor=cast.zhang,
        )
    thread.refresh_from_db()
    assert thread.reply_due_at == running(thread)[RESOLUTION] == at("2026-03-10 23:59:59")
    assert Clock.objects.filter(thread=thread, round=2).count() == 2


def paused(thread: Thread, when: str) -> None:
    with clock.at(at(when)), act():
        clocks.pause(locked_thread(thread.pk))


def resumed(thread: Thread, when: str) -> None:
    with clock.at(at(when)), act():
        clocks.resume(locked_thread(thread.pk))


def test_an_interim_word_meets_the_first_clock_and_pauses_the_second(cast: Cast, case: Case) -> None:
    thread = ask(cast, case, "2026-03-02 10:00:00")
    with clock.at(at("2026-03-02 11:00:00")), act():
        row = locked_thread(thread.pk)
        clocks.met(row, FIRST)
        clocks.pause(row)
    thread.refresh_from_db()
    assert list(running(thread)) == [RESOLUTION] and thread.paused_at == at("2026-03-02 11:00:00")
    with clock.at(at("2026-03-04 09:30:00")):
        services.write_more(thread_id=thread.pk, text="我补上了。", actor=cast.zhang)
    thread.refresh_from_db()
    # stood still: 1 h + 3.5 h on the 2nd, 7 h on the 3rd, 1 h on the 4th; the promise ends two working days later
    assert Clock.objects.get(thread=thread, kind=RESOLUTION).paused_seconds == 12.5 * 3600
    assert thread.paused_at is None
    assert thread.reply_due_at == running(thread)[RESOLUTION] == at("2026-03-06 23:59:59")


def test_short_pauses_add_up_and_do_not_each_cost_a_day(cast: Cast, case: Case) -> None:
    thread = ask(cast, case, "2026-03-02 10:00:00")
    for start, end in (("10:30:00", "11:30:00"), ("15:00:00", "16:00:00"), ("12:00:00", "14:30:00")):
        day = "2026-03-02" if start != "12:00:00" else "2026-03-03"
        paused(thread, f"{day} {start}")
        resumed(thread, f"{day} {end}")
    thread.refresh_from_db()
    assert Clock.objects.get(thread=thread, kind=RESOLUTION).paused_seconds == 2 * 3600
    assert thread.reply_due_at == at("2026-03-05 23:59:59") and Pause.objects.count() == 3


def test_a_night_costs_nothing(cast: Cast, case: Case) -> None:
    thread = ask(cast, case, "2026-03-02 10:00:00")
    paused(thread, "2026-03-02 18:00:00")
    resumed(thread, "2026-03-03 08:30:00")
    thread.refresh_from_db()
    assert thread.reply_due_at == at("2026-03-04 23:59:59")


def test_only_a_running_clock_can_be_stopped(cast: Cast, case: Case) -> None:
    thread = ask(cast, case, "2026-03-02 10:00:00")
    paused(thread, "2026-03-02 10:30:00")
    with pytest.raises(Conflict):
        paused(thread, "2026-03-02 10:31:00")
    with clock.at(at("2026-03-02 11:00:00")):
        services.answer(thread_id=thread.pk, text="不用补了。", actor=cast.judge)
    thread.refresh_from_db()
    assert (thread.state, thread.paused_at) == (ThreadState.ANSWERED, None)
    with pytest.raises(Conflict):
        paused(thread, "2026-03-02 11:30:00")
    assert not Pause.objects.filter(resumed_at=None).exists()
