"""Answering: who may, when, on which clock; second look once; nothing lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from cases.models import Case, Party, Side
from common import clock
from common.actor import Role
from common.errors import Conflict, InvalidInput, NotAllowed
from courts.models import Division, StaffPost
from feedback import services
from feedback.models import AuthorKind, Level, Message, Rating, Satisfaction, Thread, ThreadState, Topic
from feedback.selectors import day_of, thread_for
from portal.demo.cast import as_staff
from tests.support.court import Cast
from tests.support.sign_in import sign_in_staff


@pytest.fixture
def thread(cast: Cast, case: Case) -> Thread:
    party = Party.objects.get(case=case, side=Side.PLAINTIFF)
    return services.ask(
        case_id=case.pk, party_id=party.pk, topic=Topic.OTHER, text="请问什么时候开庭？", actor=cast.zhang
    )


@pytest.mark.parametrize(
    "who", ["judge-b", "head", "clerk", "supervisor", "discipline", "finance1", "admin", "zhang", "li"]
)
def test_nobody_else_answers(cast: Cast, thread: Thread, who: str) -> None:
    with pytest.raises(NotAllowed):
        services.answer(thread_id=thread.pk, text="不该有的答复", actor=cast.actors[who])
    assert Message.objects.count() == 1


@pytest.mark.parametrize("who", ["judge", "caseclerk"])
def test_judge_and_case_clerk_answer_under_their_own_names(cast: Cast, thread: Thread, who: str) -> None:
    message = services.answer(thread_id=thread.pk, text="下月上旬。", actor=cast.actors[who])
    assert message.author_post_id == cast.posts[who].pk
    with pytest.raises(NotAllowed):
        services.answer(thread_id=thread.pk, text="第二次答复", actor=cast.judge)


def test_reopened_to_the_head_then_to_oversight_each_with_a_new_clock(cast: Cast, thread: Thread) -> None:
    services.answer(thread_id=thread.pk, text="等通知。", actor=cast.judge)
    with clock.at(clock.now() + timedelta(days=3)):
        rate = {"thread_id": thread.pk, "level": Satisfaction.UNSATISFIED, "words": "", "actor": cast.zhang}
        services.rate(**rate, wants_reopening=True)
        thread.refresh_from_db()
        assert (thread.level, thread.round, thread.state) == (Level.HEAD, 2, ThreadState.OPEN)
        assert thread.reply_due_at > clock.now()
        with pytest.raises(NotAllowed):
            services.answer(thread_id=thread.pk, text="法官再答", actor=cast.judge)
        services.answer(thread_id=thread.pk, text="庭长的答复", actor=cast.head)
        services.rate(**rate, wants_reopening=True)
        thread.refresh_from_db()
        assert (thread.level, thread.round, thread.state) == (Level.OVERSIGHT, 3, ThreadState.OPEN)
        for who in (cast.judge, cast.head):
            with pytest.raises(NotAllowed):
                services.answer(thread_id=thread.pk, text="不该由他答", actor=who)
        last = services.answer(thread_id=thread.pk, text="院领导的答复", actor=cast.supervisor)
        assert last.author_kind == AuthorKind.SUPERVISOR
        with pytest.raises(InvalidInput):
            services.rate(**rate, wants_reopening=True)
        services.rate(**rate, wants_reopening=False)
        with pytest.raises(Conflict):
            services.rate(**rate, wants_reopening=False)
    assert Rating.objects.count() == 3


def reopened(cast: Cast, thread: Thread) -> Thread:
    services.answer(thread_id=thread.pk, text="等通知。", actor=cast.judge)
    level = Satisfaction.UNSATISFIED
    services.rate(thread_id=thread.pk, level=level, words="", wants_reopening=True, actor=cast.zhang)
    thread.refresh_from_db()
    return thread


def test_where_the_division_has_no_head_another_head_of_the_court_answers(cast: Cast, thread: Thread) -> None:
    other = Division.objects.create(court=cast.court, name="民事审判第九庭", kind="civil")
    StaffPost.objects.filter(pk=cast.posts["head"].pk).update(division=other)
    head = as_staff(StaffPost.objects.get(pk=cast.posts["head"].pk))
    assert reopened(cast, thread).level == Level.HEAD
    services.answer(thread_id=thread.pk, text="庭长的答复", actor=head)


def test_where_the_court_has_no_head_the_judge_answers_rather_than_nobody(cast: Cast, thread: Thread) -> None:
    StaffPost.objects.filter(role=Role.HEAD).update(ends_at=clock.now())
    assert reopened(cast, thread).level == Level.JUDGE
    services.answer(thread_id=thread.pk, text="法官的第二次答复", actor=cast.judge)


def test_satisfied_cannot_ask_for_a_second_look(cast: Cast, thread: Thread) -> None:
    services.answer(thread_id=thread.pk, text="等通知。", actor=cast.judge)
    with pytest.raises(InvalidInput):
        services.rate(
            thread_id=thread.pk,
            level=Satisfaction.SATISFIED,
            words="",
            wants_reopening=True,
            actor=cast.zhang,
        )


def test_no_rating_before_an_answer(cast: Cast, thread: Thread) -> None:
    with pytest.raises(Conflict):
        services.rate(
            thread_id=thread.pk, level=Satisfaction.BASIC, words="", wants_reopening=False, actor=cast.zhang
        )


def test_day_page_counts_late_and_today(cast: Cast, thread: Thread) -> None:
    now = clock.now()
    assert day_of(cast.judge, now=now).total == 1
    assert day_of(cast.judge, now=thread.reply_due_at + timedelta(hours=1)).late == 1
    assert day_of(cast.judge, now=thread.reply_due_at - timedelta(hours=1)).due_today == 1
    assert day_of(cast.judge_b, now=now).total == 0
    assert day_of(cast.head, now=now).total == 0


def test_answer_needs_a_second_read_and_is_sent_once(cast: Cast, thread: Thread) -> None:
    client = Client()
    sign_in_staff(client, "judge")
    page = f"/bench/messages/{thread.public_id}/"
    form = {"text": "下月上旬开庭。", "form_key": "one-key"}
    assert client.post(page, form | {"action": "preview"}).status_code == 200
    assert Message.objects.count() == 1
    for _click in range(3):
        assert client.post(page, form | {"action": "send"}).status_code == 302
    assert Message.objects.count() == 2


def test_internal_note_is_for_the_court_only(cast: Cast, thread: Thread) -> None:
    services.add_internal_note(thread_id=thread.pk, text="先核对送达回证", actor=cast.judge)
    assert "先核对" in " ".join(m.text for m in thread_for(cast.judge, thread.public_id).messages.all())
    assert "先核对" not in " ".join(m.text for m in thread_for(cast.zhang, thread.public_id).messages.all())
