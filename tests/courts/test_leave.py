"""A leave ends early: at once the holder answers again and the deputy no more; another one can be entered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from cases.models import Case
from common import clock
from common.actor import Role
from common.errors import InvalidInput, NotVisible
from courts.models import Leave, StaffPost
from courts.posts import leaves_to_end, live_leaves, posts_answered_for
from courts.services import end_leave, end_post, set_leave, start_post
from eventlog.models import Event
from eventlog.relay import run_due
from feedback import services as feedback
from feedback.models import Level, Satisfaction, Thread, Topic
from feedback.policies import can_answer, visible_threads, waiting_for
from feedback.services.clocks import escalate_due
from notifications.models import Message
from portal.demo.cast import as_staff
from tests.feedback.settled import answer, ask, at, settled
from tests.support.court import Cast, accepted
from tests.support.database import Kept

MONDAY = "2026-03-02 10:00"


@pytest.fixture
def cast(transactional_db: None, made_once: Kept) -> Cast:
    return settled(made_once)


@pytest.fixture
def case(cast: Cast) -> Case:
    with clock.at(at("2026-03-02 09:00")):
        return accepted(cast)


@pytest.fixture
def thread(cast: Cast, case: Case) -> Thread:
    return ask(cast, case, MONDAY)


def away(cast: Cast, since: str = "2026-03-02", until: str = "2026-03-06") -> Leave:
    """赵 is away, 柏 stands in; entered by 孙."""
    with clock.at(at("2026-03-02 09:30")):
        return set_leave(
            post_id=cast.posts["judge"].pk,
            deputy_id=cast.posts["filing-judge"].pk,
            from_on=at(f"{since} 00:00").date(),
            until_on=at(f"{until} 00:00").date(),
            actor=cast.head,
        )


@pytest.mark.req("SEC-17")
def test_ended_early_the_deputy_is_out_at_once_and_the_promise_stays(cast: Cast, thread: Thread) -> None:
    leave, deputy = away(cast), cast.actors["filing-judge"]
    with clock.at(at("2026-03-03 09:00")):
        assert can_answer(deputy, thread)
        end_leave(leave_id=leave.pk, actor=cast.head)
        assert not visible_threads(deputy).exists() and not can_answer(deputy, thread)
        assert can_answer(cast.judge, thread)
        assert posts_answered_for(deputy.post_id) == [deputy.post_id]
        assert not live_leaves().exists() and not leaves_to_end(cast.head).exists()
    due = thread.reply_due_at
    thread.refresh_from_db()
    assert thread.reply_due_at == due
    event = Event.objects.get(name="courts.leave_ended")
    assert event.stream == "court:某1234" and event.payload["post"] == str(cast.posts["judge"].public_id)


def test_the_days_are_free_again_and_only_for_a_leave_that_counts(cast: Cast) -> None:
    leave = away(cast)
    with pytest.raises(InvalidInput):
        away(cast)
    with clock.at(at("2026-03-03 09:00")):
        end_leave(leave_id=leave.pk, actor=cast.head)
        with pytest.raises(NotVisible):
            end_leave(leave_id=leave.pk, actor=cast.head)
    again = away(cast, since="2026-03-04")
    same = {"post_id": again.post_id, "deputy_id": again.deputy_id, "from_on": again.from_on}
    with pytest.raises(IntegrityError), transaction.atomic():
        Leave.objects.create(until_on=again.until_on, **same)


def test_by_the_head_of_the_division_and_by_who_entered_it(cast: Cast) -> None:
    leave = away(cast)
    other_head = start_post(
        user_id=cast.posts["clerk2"].user_id,
        court_id=cast.court.pk,
        role=Role.HEAD,
        division=cast.posts["clerk2"].division,
        actor=cast.admin,
    )
    with clock.at(at("2026-03-03 09:00")):
        for name in ("judge", "filing-judge", "caseclerk", "clerk", "supervisor", "judge-b", "zhang"):
            with pytest.raises(NotVisible):
                end_leave(leave_id=leave.pk, actor=cast.actors[name])
        with pytest.raises(NotVisible):
            end_leave(leave_id=leave.pk, actor=as_staff(other_head))
        Leave.objects.filter(pk=leave.pk).update(entered_by=other_head)
        end_leave(leave_id=leave.pk, actor=as_staff(other_head))


# -- a court without a supervisor -------------------------------------------------------------------------------------


@pytest.fixture
def overseen(cast: Cast, thread: Thread) -> Thread:
    """Reopened to the head and then to oversight."""
    for hour, who in ((11, "judge"), (14, "head")):
        answer(cast, thread, f"2026-03-02 {hour}:00", by=who)
        with clock.at(at(f"2026-03-02 {hour}:30")):
            level = Satisfaction.UNSATISFIED
            feedback.rate(thread_id=thread.pk, level=level, words="", wants_reopening=True, actor=cast.zhang)
    thread.refresh_from_db()
    assert thread.level == Level.OVERSIGHT
    return thread


def second_head(cast: Cast) -> StaffPost:
    """冯 leads another division."""
    with clock.at(at("2026-02-03 09:00")):
        return start_post(
            user_id=cast.posts["clerk2"].user_id,
            court_id=cast.court.pk,
            role=Role.HEAD,
            division=cast.posts["clerk2"].division,
            actor=cast.admin,
        )


def supervisor_leaves(cast: Cast) -> None:
    end_post(post_id=cast.posts["supervisor"].pk, actor=cast.admin)


def test_a_head_of_another_division_answers_while_nobody_oversees(cast: Cast, overseen: Thread) -> None:
    other = as_staff(second_head(cast))
    with clock.at(at("2026-03-03 09:00")):
        assert not visible_threads(other).exists() and not can_answer(cast.head, overseen)
        supervisor_leaves(cast)
        assert list(waiting_for(other)) == [overseen]
        assert not can_answer(cast.head, overseen), "he has answered before"
        assert not can_answer(cast.judge, overseen)
        new = start_post(
            user_id=cast.posts["finance2"].user_id,
            court_id=cast.court.pk,
            role=Role.SUPERVISOR,
            division=None,
            actor=cast.admin,
        )
        assert can_answer(as_staff(new), overseen) and not can_answer(other, overseen), "his again"


def test_the_only_head_and_without_one_the_judge_answer(cast: Cast, overseen: Thread) -> None:
    with clock.at(at("2026-03-03 09:00")):
        supervisor_leaves(cast)
        assert can_answer(cast.head, overseen) and not can_answer(cast.judge, overseen)
        end_post(post_id=cast.posts["head"].pk, actor=cast.admin)
        assert can_answer(cast.judge, overseen)
        feedback.answer(thread_id=overseen.pk, text="下月上旬。", actor=cast.judge)


def test_the_party_reads_who_has_it_and_who_can_see_it(cast: Cast, overseen: Thread) -> None:
    path = f"/my/cases/{overseen.case.public_id}/messages/{overseen.public_id}/"
    client = cast.client("zhang")
    with clock.at(at("2026-03-03 09:00")):
        before = client.get(path).content.decode()
        assert (
            "院领导监督处理" in before and "、庭长、院领导。" in before and "写明理由也可以看" not in before
        )
        supervisor_leaves(cast)
        assert "先由庭长处理" in client.get(path).content.decode()


def test_heads_and_administrator_are_told_once(cast: Cast, overseen: Thread) -> None:
    with clock.at(at("2026-03-03 09:00")):
        supervisor_leaves(cast)
        while run_due():
            pass
    told = Message.objects.filter(kind="nobody_oversees")
    expected = {cast.posts[name].user_id for name in ("head", "admin", "admin2")}
    assert {row.user_id for row in told} == expected and len(told) == len(expected)
    assert "1件" in told[0].body


def test_what_is_late_has_somebody(cast: Cast, case: Case) -> None:
    """A question nobody answered goes up to a head when no supervisor is there."""
    with clock.at(at("2026-03-02 10:00")):
        supervisor_leaves(cast)
        party = case.parties.get(side="plaintiff")
        late = feedback.ask(
            case_id=case.pk, party_id=party.pk, topic=Topic.OTHER, text="？", actor=cast.zhang
        )
    with clock.at(late.reply_due_at + timedelta(days=14)):
        escalate_due(cast.admin)
    last = late.clocks.get(kind="resolution").escalations.get(step="supervisor")
    assert last.post == cast.posts["head"]
