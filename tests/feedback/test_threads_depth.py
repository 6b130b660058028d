"""Interim words, corrections, notes, new hands, who may not be judge in his own case, templates, records."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta

import pypdfium2
import pytest
from django.db.models import QuerySet
from django.test import Client

from cases.assignment import reassign_judge
from cases.models import AccessBasis, CaseRole, CaseStaff, JudgeDraw, Outcome, Party, Side
from cases.services import close_case, grant_access
from common import clock
from common.actor import Role
from common.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from courts.models import StaffPost
from eventlog.models import Event
from eventlog.relay import run_due
from feedback import services
from feedback.models import AuthorKind, Level, Message, ReadMark, Satisfaction, Thread, ThreadState, Topic
from feedback.policies import visible_threads, waiting_for
from feedback.record import message_hash
from feedback.selectors import thread_for
from notifications.models import Message as Notice
from portal.demo.cast import as_staff
from tests.feedback.exchanges import picture, send
from tests.support.court import Cast
from tests.support.scans import Told


@pytest.fixture
def thread(told: Told) -> Thread:
    return services.ask(
        case_id=told.case.pk,
        party_id=told.plaintiff.pk,
        topic=Topic.OTHER,
        text="请问什么时候开庭？",
        actor=told.cast.zhang,
    )


def own_page(told: Told, thread: Thread) -> str:
    return f"/my/cases/{told.case.public_id}/messages/{thread.public_id}/"


def text_of(client: Client, path: str) -> str:
    answered = client.get(path)
    assert answered.status_code == 200, path
    return answered.content.decode()


def test_an_interim_word_leaves_the_question_and_its_promise_open(told: Told, thread: Thread) -> None:
    promise = thread.reply_due_at
    services.answer(thread_id=thread.pk, text="正在联系送达。", settles=False, actor=told.cast.judge)
    thread.refresh_from_db()
    assert (thread.state, thread.reply_due_at) == (ThreadState.OPEN, promise)
    page = text_of(told.cast.client("zhang"), own_page(told, thread))
    assert "进展，还没有办完" in page and "现在轮到法院" in page and "评价这次答复" not in page
    with pytest.raises(Conflict):
        level = Satisfaction.SATISFIED
        services.rate(
            thread_id=thread.pk, level=level, words="", wants_reopening=False, actor=told.cast.zhang
        )
    services.answer(thread_id=thread.pk, text="下月三日开庭。", actor=told.cast.caseclerk)
    thread.refresh_from_db()
    assert thread.state == ThreadState.ANSWERED


def test_asking_the_party_stops_the_clock_until_it_writes(told: Told, thread: Thread) -> None:
    services.answer(thread_id=thread.pk, text="请补身份证。", asks_party=True, actor=told.cast.judge)
    thread.refresh_from_db()
    assert thread.state == ThreadState.OPEN and thread.paused_at is not None
    zhang = told.cast.client("zhang")
    assert "现在轮到您：法院请您补充" in text_of(zhang, own_page(told, thread))
    services.answer(thread_id=thread.pk, text="也请补户口本。", asks_party=True, actor=told.cast.judge)
    assert send(zhang, own_page(told, thread), text="都在这里").status_code == 302
    thread.refresh_from_db()
    assert thread.paused_at is None
    assert "现在轮到法院" in text_of(zhang, own_page(told, thread))


def test_a_correction_is_a_new_entry_that_names_the_first(told: Told, thread: Thread) -> None:
    wrong = services.answer(thread_id=thread.pk, text="四日开庭。", actor=told.cast.judge)
    judge = told.cast.client("judge")
    desk = f"/bench/messages/{thread.public_id}/"
    assert "更正这条答复" in text_of(judge, desk)
    address = f"{desk}correct/{wrong.public_id}/"
    key = {"form_key": uuid.uuid4()}
    for _click in range(2):
        assert judge.post(address, {"correction-text": "五日开庭。"} | key).status_code == 302
    right = Message.objects.get(corrects=wrong)
    thread.refresh_from_db()
    assert (right.text, thread.state) == ("五日开庭。", ThreadState.ANSWERED)
    page = text_of(told.cast.client("zhang"), own_page(told, thread))
    assert "四日开庭" in page and "五日开庭" in page and "更正第2条" in page
    for who in ("caseclerk", "head", "zhang"):
        with pytest.raises(NotAllowed):
            services.correct(message_public_id=wrong.public_id, text="x", actor=told.cast.actors[who])
    while run_due():
        pass
    assert Notice.objects.filter(kind="thread_corrected", user=told.cast.users["zhang"]).exists()


def test_a_party_puts_its_own_words_right(told: Told, thread: Thread) -> None:
    zhang, first = told.cast.client("zhang"), thread.messages.get()
    page = text_of(zhang, f"{own_page(told, thread)}?corrects={first.public_id}")
    assert "您在更正第1条" in page
    sent = send(zhang, own_page(told, thread), text="不是开庭，是调解。", corrects=first.public_id)
    assert sent.status_code == 302
    assert Message.objects.latest("id").corrects == first
    foreign = send(zhang, own_page(told, thread), text="x", corrects=uuid.uuid4())
    assert foreign.status_code == 422 and "没有这条要更正的留言" in foreign.content.decode()


def test_notes_have_their_own_form_and_never_leave_the_court(told: Told, thread: Thread) -> None:
    judge, desk = told.cast.client("judge"), f"/bench/messages/{thread.public_id}/"
    page = text_of(judge, desk)
    assert "不是答复，不会发给当事人" in page and 'action="' + desk + 'note/"' in page
    empty = judge.post(f"{desk}note/", {"form_key": "n"})
    assert empty.status_code == 422 and "<title>有误：" in empty.content.decode()
    for _click in range(2):
        sent = judge.post(f"{desk}note/", {"note-text": "先核对回证", "form_key": "n"})
        assert sent.status_code == 302
    assert Message.objects.filter(is_internal=True).count() == 1
    thread.refresh_from_db()
    assert thread.state == ThreadState.OPEN
    assert "先核对回证" in text_of(judge, desk) and "内部备注，当事人看不到" in text_of(judge, desk)
    assert "先核对回证" not in text_of(told.cast.client("zhang"), own_page(told, thread))
    assert "先核对回证" not in printed(told.cast.client("judge").get(f"{desk}record/").content)


def test_a_note_between_does_not_shift_the_numbers(told: Told, thread: Thread) -> None:
    """第几条 is the same for the party, the court and the record."""
    cast = told.cast
    services.add_internal_note(thread_id=thread.pk, text="先核对回证", actor=cast.judge)
    wrong = services.answer(thread_id=thread.pk, text="四日开庭。", actor=cast.judge)
    services.correct(message_public_id=wrong.public_id, text="五日开庭。", actor=cast.judge)
    judge, desk = told.cast.client("judge"), f"/bench/messages/{thread.public_id}/"
    pages = [text_of(judge, desk), text_of(told.cast.client("zhang"), own_page(told, thread))]
    pages.append("".join(printed(judge.get(f"{desk}record/").content).split()))
    for page in pages:
        assert "更正第2条" in page and "第3条" in page and "第4条" not in page


def test_both_ends_see_what_was_read(told: Told, thread: Thread) -> None:
    judge, desk = told.cast.client("judge"), f"/bench/messages/{thread.public_id}/"
    zhang = told.cast.client("zhang")
    text_of(judge, desk)
    assert not ReadMark.objects.exists()
    assert judge.get(f"{desk}seen/").status_code == 405
    assert judge.post(f"{desk}seen/").status_code == 302
    assert ReadMark.objects.get().post_id == told.cast.posts["judge"].pk
    assert "法院已看：" in text_of(zhang, own_page(told, thread))
    services.answer(thread_id=thread.pk, text="下月。", actor=told.cast.judge)
    assert "对方还没有读" in text_of(judge, desk)
    zhang.post(f"{own_page(told, thread)}read/")
    assert "对方已读：" in text_of(judge, desk)


def second_judge(cast: Cast) -> StaffPost:
    first = cast.posts["judge"]
    post = StaffPost.objects.get(pk=first.pk)
    post.pk, post.public_id, post.user = None, uuid.uuid4(), cast.posts["clerk2"].user
    post._state.adding = True
    post.save()
    return post


@pytest.mark.req("B-83")
def test_a_new_judge_takes_the_open_threads_over_and_the_clock_runs_on(told: Told, thread: Thread) -> None:
    cast = told.cast
    done = services.ask(
        case_id=told.case.pk, party_id=told.plaintiff.pk, topic=Topic.OTHER, text="另一件", actor=cast.zhang
    )
    services.answer(thread_id=done.pk, text="好。", actor=cast.judge)
    new = second_judge(cast)
    promise = thread.reply_due_at
    draw = JudgeDraw.objects.get(case=told.case)
    with clock.at(clock.now() + timedelta(hours=2)):
        chosen = reassign_judge(case_id=told.case.pk, seen_draw_id=draw.pk, reason="回避", actor=cast.head)
        assert chosen == new
        thread.refresh_from_db()
        assert (thread.reply_due_at, thread.state) == (promise, ThreadState.OPEN)
        entry = thread.messages.get(author_kind=AuthorKind.COURT)
        assert new.user.name in entry.text and "期限不变" in entry.text
        assert not done.messages.filter(author_kind=AuthorKind.COURT).exists()
        assert not visible_threads(cast.judge).exists()
        assert list(waiting_for(as_staff(new))) == [thread]
        page = text_of(told.cast.client("zhang"), own_page(told, thread))
        assert "本案承办人已变更" in page
        with pytest.raises(NotAllowed):
            services.answer(thread_id=thread.pk, text="迟到的答复", actor=cast.judge)
        services.answer(thread_id=thread.pk, text="由我答复。", actor=as_staff(new))
        while run_due():
            pass
    assert Notice.objects.filter(kind="thread_handed_over", user=new.user).count() == 1
    assert Notice.objects.filter(kind="thread_new_judge", channel="inbox").count() == 1


@pytest.mark.req("B-83")
def test_a_closed_case_takes_questions_and_no_more_material(told: Told, thread: Thread) -> None:
    cast, zhang = told.cast, told.cast.client("zhang")
    close_case(
        case_id=told.case.pk,
        outcome=Outcome.JUDGED,
        decided_on=clock.today(),
        fee_borne=0,
        words="被告偿还",
        actor=cast.judge,
    )
    home = f"/my/cases/{told.case.public_id}/messages/new/?topic="
    assert "不再接收材料和情况说明" in text_of(zhang, f"{home}statement")
    late = send(zhang, f"{home}statement", text="我还有话说")
    assert (
        late.status_code == 422
        and "上诉期限" in late.content.decode()
        and "我还有话说" in late.content.decode()
    )
    filed = send(zhang, f"{home}other", text="附件", files=[picture()])
    assert filed.status_code == 422 and Thread.objects.count() == 1
    assert send(zhang, f"{home}other", text="判决书什么时候生效？").status_code == 302
    services.answer(thread_id=thread.pk, text="送达后十五日。", actor=cast.judge)


def test_who_is_a_party_himself_is_no_court_in_it(told: Told, thread: Thread) -> None:
    cast = told.cast
    judge = cast.posts["judge"].user
    grant_access(party=told.defendant, user=judge, basis=AccessBasis.COUNTER, actor=cast.clerk)
    assert not visible_threads(cast.judge).exists()
    with pytest.raises(NotAllowed):
        services.answer(thread_id=thread.pk, text="自己答自己", actor=cast.judge)
    services.answer(thread_id=thread.pk, text="书记员答复。", actor=cast.caseclerk)


def test_where_everybody_who_holds_the_case_is_a_party_the_head_answers(told: Told) -> None:
    cast = told.cast
    Party.objects.filter(pk=told.defendant.pk).update(id_number_index="same")
    for name in ("judge", "caseclerk"):
        user = cast.posts[name].user
        user.id_number_index = "same" if name == "judge" else ""
        user.save(update_fields=["id_number_index"])
    clerk = cast.posts["caseclerk"].user
    grant_access(party=told.plaintiff, user=clerk, basis=AccessBasis.COUNTER, actor=cast.clerk)
    asked = services.ask(
        case_id=told.case.pk, party_id=told.plaintiff.pk, topic=Topic.OTHER, text="谁答？", actor=cast.zhang
    )
    assert asked.level == Level.HEAD
    services.answer(thread_id=asked.pk, text="庭长答复。", actor=cast.head)


def test_somebody_bound_to_both_sides_is_sent_to_the_counter(told: Told, thread: Thread) -> None:
    zhang, basis = told.cast.users["zhang"], AccessBasis.COUNTER
    grant_access(party=told.defendant, user=zhang, basis=basis, actor=told.cast.clerk)
    client = told.cast.client("zhang")
    home = f"/my/cases/{told.case.public_id}/messages/new/?topic=other"
    page = send(client, home, text="我代表谁", party=told.plaintiff.public_id)
    assert page.status_code == 422 and "同时绑定了本案双方" in page.content.decode()
    more = send(client, own_page(told, thread), text="再说一句")
    assert more.status_code == 422 and Message.objects.count() == 1


def test_a_lawyer_of_several_says_for_whom(told: Told) -> None:
    cast = told.cast
    other = Party.objects.create(
        case=told.case, side=Side.PLAINTIFF, order=2, kind="natural", name="共同原告"
    )
    for party in (told.plaintiff, other):
        grant_access(party=party, user=cast.users["wang"], basis=AccessBasis.REPRESENTATION, actor=cast.clerk)
    wang, home = told.cast.client("wang"), f"/my/cases/{told.case.public_id}/messages/new/?topic=other"
    assert send(wang, home, text="替谁").status_code == 422
    assert send(wang, home, text="替第二个", party=other.public_id).status_code == 302
    assert Thread.objects.get().party == other


def heads() -> QuerySet[StaffPost]:
    return StaffPost.objects.filter(role=Role.HEAD)


def test_when_the_last_head_leaves_the_judge_answers_what_was_reopened(told: Told, thread: Thread) -> None:
    cast = told.cast
    services.answer(thread_id=thread.pk, text="等通知。", actor=cast.judge)
    level = Satisfaction.UNSATISFIED
    services.rate(thread_id=thread.pk, level=level, words="", wants_reopening=True, actor=cast.zhang)
    thread.refresh_from_db()
    assert thread.level == Level.HEAD and not waiting_for(cast.judge).exists()
    heads().update(ends_at=clock.now())
    assert list(waiting_for(cast.judge)) == [thread]
    services.answer(thread_id=thread.pk, text="法官再答。", actor=cast.judge)


def test_an_assistant_writes_as_assistant(told: Told, thread: Thread) -> None:
    cast = told.cast
    staff = CaseStaff.objects.get(case=told.case, role=CaseRole.CLERK, ends_at=None)
    CaseStaff.objects.filter(pk=staff.pk).update(role=CaseRole.ASSISTANT)
    message = services.answer(thread_id=thread.pk, text="由我答复。", actor=cast.caseclerk)
    assert message.author_kind == AuthorKind.ASSISTANT
    assert "法官助理 郑书" in text_of(told.cast.client("zhang"), own_page(told, thread))


def test_templates_are_kept_by_the_head_and_filled_for_the_thread(told: Told, thread: Thread) -> None:
    cast, head, judge = told.cast, told.cast.client("head"), told.cast.client("judge")
    wrong = head.post("/bench/templates/new/", {"title": "排期", "text": "{密码}"})
    assert wrong.status_code == 422 and "没有“密码”这样的填空" in wrong.content.decode()
    text = "{当事人}您好：{案号}由{承办法官}承办，最晚{最晚答复}答复。{文书}"
    assert head.post("/bench/templates/new/", {"title": "排期", "text": text}).status_code == 302
    [template] = thread_templates(cast)
    page = text_of(judge, f"/bench/messages/{thread.public_id}/?template={template.public_id}")
    due = thread.reply_due_on
    assert (
        f"张某您好：{told.case.number}由赵明承办，最晚{due.year}年{due.month}月{due.day}日答复。{{文书}}"
        in page
    )
    with pytest.raises(NotAllowed):
        services.keep_template(public_id=None, title="x", text="y", actor=cast.judge)
    with pytest.raises(NotVisible):
        services.keep_template(public_id=uuid.uuid4(), title="x", text="y", actor=cast.head)
    with pytest.raises(InvalidInput):
        services.keep_template(public_id=template.public_id, title="x", text="{x}", actor=cast.head)
    assert head.post(f"/bench/templates/{template.public_id}/retire/").status_code == 302
    assert thread_templates(cast) == []


def thread_templates(cast: Cast) -> list[object]:
    from feedback.selectors import templates_of

    return list(templates_of(cast.court.pk))


def printed(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return "".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))


def test_the_record_carries_every_message_with_its_hash(told: Told, thread: Thread) -> None:
    cast = told.cast
    services.answer(thread_id=thread.pk, text="下月三日，𰻝字也行。", actor=cast.judge)
    zhang = told.cast.client("zhang")
    send(zhang, own_page(told, thread), text="附收条", files=[picture()])
    answered = zhang.get(f"{own_page(told, thread)}record/")
    assert answered.status_code == 200 and answered["Content-Type"] == "application/pdf"
    text = "".join(printed(answered.content).split())
    loaded = thread_for(cast.zhang, thread.public_id)
    for message in loaded.messages.all():
        assert message_hash(message) in text and str(message.public_id) in text.replace("\n", "")
        for item in message.attachments.all():
            assert item.file.sha256 in text
    assert "承办法官赵明" in text and "请问什么时候开庭" in text
    assert Event.objects.filter(name="feedback.exported").count() == 1
    assert not Event.objects.filter(name="feedback.exported", stream__startswith="case:").exists()
    again = {message_hash(message) for message in thread_for(cast.judge, thread.public_id).messages.all()}
    assert again == {message_hash(message) for message in loaded.messages.all()}
    assert len(again) == 3
