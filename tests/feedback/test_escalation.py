"""What happens as a promise runs out: amber, the head, the supervisor, words to the person; each once, also when late."""

from __future__ import annotations

import pytest

from cases.models import Case
from common import clock
from common.actor import Role, system
from common.errors import InvalidInput, NotAllowed
from courts.models import StaffPost
from courts.services import set_leave, start_post
from eventlog.models import Event
from eventlog.relay import run_due
from feedback import services
from feedback.models import Clock, ClockKind, Digest, Escalation, Thread
from feedback.selectors import day_of
from feedback.services.clocks import escalate_due
from feedback.services.digests import send_digests
from feedback.watch import missed_promises
from notifications.models import Channel, Message
from portal.demo import cast as people
from tests.feedback.settled import answer, ask, at, settled
from tests.support.court import Cast, accepted
from tests.support.database import Kept

JOB = system("答复时限")
RESOLUTION = ClockKind.RESOLUTION


@pytest.fixture
def cast(transactional_db: None, made_once: Kept) -> Cast:
    """Everybody, in office since February."""
    return settled(made_once)


@pytest.fixture
def case(cast: Cast) -> Case:
    with clock.at(at("2026-03-02 09:00")):
        return accepted(cast)


@pytest.fixture
def thread(cast: Cast, case: Case) -> Thread:
    """Asked on Monday at ten: first answer by Tuesday at ten, promise until the end of Wednesday, 4 March."""
    return ask(cast, case, "2026-03-02 10:00")


def job(when: str) -> int:
    with clock.at(at(when)):
        return escalate_due(JOB)


def steps(thread: Thread, kind: str = RESOLUTION) -> list[tuple[str, str]]:
    found = Escalation.objects.filter(clock__thread=thread, clock__kind=kind).order_by("falls_at")
    return [(row.step, f"{row.falls_at.astimezone(clock.BEIJING):%m-%d %H:%M}") for row in found]


ALL = [("soon", "03-04 16:00"), ("head", "03-04 23:59"), ("supervisor", "03-05 23:59")]


def test_nothing_before_the_mark(thread: Thread) -> None:
    assert job("2026-03-02 16:29") == 0 and not Escalation.objects.exists()


def test_amber_then_head_then_supervisor(cast: Cast, thread: Thread) -> None:
    assert job("2026-03-02 17:00") == 0, "two working hours before Tuesday 10:00 is Monday 17:30 or later"
    for when in ("2026-03-04 16:00", "2026-03-05 00:00", "2026-03-06 00:00", "2026-03-09 09:00"):
        job(when)
    assert steps(thread) == ALL
    posts = {row.step: row.post_id for row in Escalation.objects.filter(clock__kind=RESOLUTION)}
    assert posts == {
        "soon": cast.posts["judge"].pk,
        "head": cast.posts["head"].pk,
        "supervisor": cast.posts["supervisor"].pk,
    }
    assert [step for step, _at in steps(thread, ClockKind.FIRST_ANSWER)] == ["soon", "head", "supervisor"]


def test_a_job_that_slept_makes_the_same_steps_and_tells_the_person_once(thread: Thread) -> None:
    job("2026-03-20 09:00")
    assert steps(thread) == ALL
    assert job("2026-03-20 09:01") == 0
    missed = Event.objects.filter(name="feedback.escalated", payload__missed=True)
    assert [event.payload["step"] for event in missed] == ["supervisor"]


def test_steps_do_not_hang_on_when_the_job_ran(cast: Cast, thread: Thread) -> None:
    answer(cast, thread, "2026-03-05 11:00")
    assert steps(thread) == ALL[:2], "the answer itself writes down what fell before it"
    assert job("2026-03-20 09:00") == 0
    assert not Event.objects.filter(name="feedback.escalated").exists(), "who has the answer needs no excuse"


def test_an_answer_in_time_leaves_no_step(cast: Cast, thread: Thread) -> None:
    answer(cast, thread, "2026-03-02 15:00")
    job("2026-03-20 09:00")
    assert not Escalation.objects.exists()
    done = Clock.objects.get(thread=thread, kind=RESOLUTION)
    assert (done.worked_seconds, done.next_at) == (2.5 * 3600, None)


def test_the_person_reads_who_has_it_and_until_when(cast: Cast, thread: Thread) -> None:
    job("2026-03-05 00:00")
    while run_due():
        pass
    notice = Message.objects.get(kind="thread_late", channel=Channel.INBOX)
    assert notice.user_id == cast.users["zhang"].pk
    assert "庭长督办" in notice.body and "3月5日" in notice.body
    (row,) = missed_promises(thread)
    assert row.post is not None and row.post.user.name == "孙正" and row.holder == "庭长"
    assert row.new_due_at == at("2026-03-05 23:59:59")


def test_a_round_of_the_head_goes_straight_to_the_supervisor(cast: Cast, thread: Thread) -> None:
    answer(cast, thread, "2026-03-02 15:00")
    with clock.at(at("2026-03-02 16:00")):
        services.rate(
            thread_id=thread.pk, level="unsatisfied", words="", wants_reopening=True, actor=cast.zhang
        )
    job("2026-03-31 09:00")
    assert [step for step, _at in steps(thread)] == ["soon", "supervisor"]


# -- leave and deputies ------------------------------------------------------------------------------------------------


def colleague(cast: Cast, name: str = "周平", role: Role = Role.JUDGE) -> StaffPost:
    with clock.at(at("2026-03-02 08:00")):
        people.hire(cast.court, [(f"u{name}", name, f"9{len(name)}77", role, "民事审判第一庭")])
    post = StaffPost.objects.get(user__name=name)
    cast.actors[name] = people.as_staff(post)
    return post


def away(cast: Cast, deputy: StaffPost, since: str, until: str, by: str = "head") -> None:
    with clock.at(at("2026-03-02 09:30")):
        set_leave(
            post_id=cast.posts["judge"].pk,
            deputy_id=deputy.pk,
            from_on=at(since).date(),
            until_on=at(until).date(),
            actor=cast.actors[by],
        )


def test_the_deputy_answers_during_the_leave_and_not_before_or_after(cast: Cast, case: Case) -> None:
    deputy = colleague(cast)
    thread = ask(cast, case, "2026-03-02 10:00")
    away(cast, deputy, "2026-03-03", "2026-03-04")
    for outside in ("2026-03-02 23:59", "2026-03-05 00:00"):
        with pytest.raises(NotAllowed):
            answer(cast, thread, outside, by="周平")
    with clock.at(at("2026-03-04 23:59")):
        assert day_of(cast.actors["周平"], now=clock.now()).total == 1
        message = services.answer(thread_id=thread.pk, text="代班答复", actor=cast.actors["周平"])
    assert message.author_post_id == deputy.pk


def test_a_deputy_holds_the_same_post_and_is_there(cast: Cast, case: Case) -> None:
    deputy = colleague(cast)
    for wrong in (cast.posts["judge"], cast.posts["caseclerk"], cast.posts["judge-b"]):
        with pytest.raises(InvalidInput):
            away(cast, wrong, "2026-03-03", "2026-03-04")
    with pytest.raises(InvalidInput):
        away(cast, deputy, "2026-03-04", "2026-03-03")
    for nobody in ("judge", "supervisor", "judge-b", "zhang"):
        with pytest.raises(NotAllowed):
            away(cast, deputy, "2026-03-03", "2026-03-04", by=nobody)
    away(cast, deputy, "2026-03-03", "2026-03-04")
    with pytest.raises(InvalidInput):
        away(cast, deputy, "2026-03-04", "2026-03-05")


# -- the digest of the evening -----------------------------------------------------------------------------------------


def digests(when: str) -> int:
    with clock.at(at(when)):
        return send_digests(JOB)


def test_one_message_a_day_for_each_of_the_court(cast: Cast, case: Case, thread: Thread) -> None:
    ask(cast, case, "2026-03-02 11:00")
    job("2026-03-02 17:35")
    assert digests("2026-03-02 17:40") == 3, "judge and case clerk; the head because of the amber one"
    assert digests("2026-03-02 18:40") == 0
    counts = Digest.objects.get(user_id=cast.posts["judge"].user_id)
    assert (counts.waiting, counts.soon, counts.late) == (2, 1, 0)
    job("2026-03-05 00:10")
    assert digests("2026-03-05 17:40") == 4, "head and supervisor hear of late ones"
    late = Digest.objects.filter(user_id=cast.posts["head"].user_id).latest("day")
    assert (late.waiting, late.late) == (2, 2)
    while run_due():
        pass
    mine = Message.objects.filter(user_id=cast.posts["judge"].user_id, kind="feedback_digest")
    assert mine.count() == 2 and "已超期2件" in mine.order_by("-id")[0].body


def test_no_digest_on_a_holiday_nor_without_anything(cast: Cast, thread: Thread) -> None:
    assert digests("2026-03-07 17:40") == 0
    answer(cast, thread, "2026-03-09 09:00")
    assert digests("2026-03-09 17:40") == 0


def test_who_is_away_gets_none_and_the_deputy_gets_the_counts(cast: Cast, case: Case, thread: Thread) -> None:
    deputy = colleague(cast)
    away(cast, deputy, "2026-03-03", "2026-03-04")
    digests("2026-03-03 17:40")
    told = set(Digest.objects.values_list("user_id", flat=True))
    assert deputy.user_id in told and cast.posts["judge"].user_id not in told


def test_two_posts_of_one_person_make_one_digest(cast: Cast, thread: Thread) -> None:
    with clock.at(at("2026-03-02 09:00")):
        judge = cast.posts["judge"]
        start_post(
            user_id=judge.user_id,
            court_id=cast.court.pk,
            role=Role.HEAD,
            division=judge.division,
            actor=people.SETUP,
        )
    job("2026-03-05 00:10")
    digests("2026-03-05 17:40")
    assert Digest.objects.filter(user_id=judge.user_id).count() == 1
