"""Holidays of another year are announced: what was 待确认 is worked out anew, on record, told, once."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import call_command

from cases.models import Case, CaseDeadline, Party, Side
from cases.services import confirm_deadlines, start_deadline
from common import clock
from common.actor import system
from courts.calendar import is_announced
from courts.models import CourtDay
from eventlog.models import Event
from eventlog.relay import run_due
from feedback import services
from feedback.models import Clock, Thread
from feedback.services.clocks import confirm_promises, escalate_due
from notifications.models import Message
from tests.feedback.settled import answer, ask, at, settled
from tests.support.court import Cast, accepted
from tests.support.database import Kept

JOB = system("放假安排")


@pytest.fixture
def cast(transactional_db: None, made_once: Kept) -> Cast:
    return settled(made_once)


@pytest.fixture
def case(cast: Cast) -> Case:
    with clock.at(at("2026-12-21 09:00")):
        return accepted(cast)


@pytest.fixture
def thread(cast: Cast, case: Case) -> Thread:
    """Asked on Thursday, the last day of 2026, at three: by the plain week promised for Monday 4 January, first answer by
    half past three on Friday 1 January."""
    found = ask(cast, case, "2026-12-31 15:00")
    assert not found.clocks.filter(confirmed=True).exists()
    assert found.reply_due_on == date(2027, 1, 4)
    return found


def announce(*off: int, work: tuple[int, ...] = ()) -> None:
    """Days of January 2027 that are free, and weekends that are worked."""
    days = [(day, False) for day in off] + [(day, True) for day in work]
    CourtDay.objects.bulk_create(
        CourtDay(day=date(2027, 1, day), is_workday=works, name="元旦", source="测试") for day, works in days
    )
    assert is_announced(2027)


def run(when: str = "2026-12-31 18:00") -> int:
    with clock.at(at(when)):
        return confirm_promises(JOB)


def ends(thread: Thread) -> dict[str, str]:
    rows = Clock.objects.filter(thread=thread)
    return {row.kind: f"{row.due_at.astimezone(clock.BEIJING):%m-%d %H:%M}" for row in rows}


def test_before_the_announcement_nothing_is_confirmed(thread: Thread) -> None:
    assert run() == 0
    assert not Clock.objects.filter(confirmed=True).exists()


def test_free_days_move_the_promise_once_and_the_person_is_told(thread: Thread) -> None:
    before = ends(thread)
    announce(1, 2, 3)
    assert run() == 1
    assert before == {"first_answer": "01-01 15:00", "resolution": "01-04 23:59"}
    assert ends(thread) == {"first_answer": "01-04 15:00", "resolution": "01-05 23:59"}
    assert not Clock.objects.filter(confirmed=False).exists()
    thread.refresh_from_db()
    assert thread.reply_due_on == date(2027, 1, 5)
    event = Event.objects.get(name="feedback.promise_confirmed")
    assert (event.payload["old"], event.payload["due"]) == ("2027-01-04", "2027-01-05")
    with clock.at(at("2026-12-31 18:00")):
        while run_due():
            pass
    told = Message.objects.filter(kind="promise_moved")
    assert told and all("1月4日改为1月5日" in row.body for row in told)
    assert run() == 0, "once"
    assert Event.objects.filter(name="feedback.promise_confirmed").count() == 1


def test_the_steps_of_escalation_follow(thread: Thread) -> None:
    announce(1, 2, 3)
    run()
    with clock.at(at("2027-01-05 10:00")):
        escalate_due(JOB)
    resolution = thread.clocks.get(kind="resolution")
    assert resolution.last_step == "", "by the old day it would have been late"
    with clock.at(at("2027-01-06 00:00")):
        escalate_due(JOB)
    resolution.refresh_from_db()
    assert resolution.last_step == "head"


def test_a_worked_weekend_brings_it_forward_and_an_unchanged_day_is_no_news(cast: Cast, case: Case) -> None:
    thread = ask(cast, case, "2026-12-31 15:00")
    announce(1, work=(2,))
    run()
    assert ends(thread)["resolution"] == "01-04 23:59", "Saturday for Friday"
    event = Event.objects.get(name="feedback.promise_confirmed")
    assert event.payload["moved"] is False
    with clock.at(at("2026-12-31 18:00")):
        while run_due():
            pass
    assert not Message.objects.filter(kind="promise_moved").exists()


def test_what_stands_still_what_is_met_and_what_is_past_stay(cast: Cast, case: Case, thread: Thread) -> None:
    paused, met = ask(cast, case, "2026-12-31 15:00"), ask(cast, case, "2026-12-31 15:00")
    with clock.at(at("2026-12-31 16:00")):
        services.answer(thread_id=paused.pk, text="请补充。", asks_party=True, actor=cast.judge)
    answer(cast, met, "2026-12-31 16:00")
    announce(1, 2, 3)
    # the job comes late: the promise of ``thread`` was missed under the old day and keeps it
    with clock.at(at("2027-01-05 09:00")):
        escalate_due(JOB)
    run("2027-01-05 09:30")
    assert ends(thread)["resolution"] == "01-04 23:59"
    still = paused.clocks.get(kind="resolution")
    assert still.confirmed and still.next_at is None and ends(paused)["resolution"] == "01-05 23:59"
    assert met.clocks.filter(confirmed=False).count() == 2, "history"
    with clock.at(at("2027-01-05 10:00")):
        services.write_more(thread_id=paused.pk, text="补充", actor=cast.zhang)
    still.refresh_from_db()
    assert still.due_at > still.promised_at and still.next_at is not None


def test_periods_of_a_case_by_law_with_message_to_who_keeps_them(cast: Cast, case: Case) -> None:
    """Fifteen days for the defence end on New Year's Day: the day after the holidays, on record, told, once."""
    party = Party.objects.get(case=case, side=Side.PLAINTIFF)
    with clock.at(at("2026-12-17 09:00")):
        row = start_deadline(case, "D12", date(2026, 12, 17), label="提交答辩状", party=party)
    assert (row.due_on, row.confirmed) == (date(2027, 1, 1), False)
    announce(1, 2, 3)
    with clock.at(at("2026-12-20 09:00")):
        assert confirm_deadlines(JOB) >= 1
        assert confirm_deadlines(JOB) == 0
        while run_due():
            pass
    row.refresh_from_db()
    assert (row.due_on, row.confirmed) == (date(2027, 1, 4), True)
    event = Event.objects.get(name="cases.deadline_confirmed", subject_id=row.pk)
    assert (event.payload["old"], event.payload["due"]) == ("2027-01-01", "2027-01-04")
    assert Message.objects.filter(kind="deadline_moved", body__contains="1月1日改为1月4日").exists()


def test_a_period_never_moves_into_the_past(cast: Cast, case: Case) -> None:
    with clock.at(at("2026-12-18 09:00")):
        row = start_deadline(case, "D12", date(2026, 12, 18), label="提交答辩状")
    assert row.due_on == date(2027, 1, 4), "the second is a Saturday"
    announce(1, work=(2,))
    with clock.at(at("2027-01-04 09:00")):
        confirm_deadlines(JOB)
    row.refresh_from_db()
    assert (row.due_on, row.confirmed) == (date(2027, 1, 4), True)


def test_the_command_does_both(thread: Thread, capsys: pytest.CaptureFixture[str]) -> None:
    announce(1, 2, 3)
    with clock.at(at("2026-12-31 18:00")):
        waiting = CaseDeadline.objects.filter(confirmed=False, due_on__lt=date(2028, 1, 1)).count()
        call_command("confirm_promises")
        call_command("confirm_promises")
    assert capsys.readouterr().out.split("\n")[:2] == [f"confirmed: {waiting + 1}", "confirmed: 0"]
