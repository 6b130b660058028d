"""A party asks, reads, rates, asks for a second look; the other side and strangers see nothing of it."""

from __future__ import annotations

import re
import uuid
from urllib.parse import urlencode

import pytest
from django.test import Client

from feedback.models import Level, Message, Rating, ReadMark, Thread, ThreadState, Topic
from feedback.services import add_internal_note, answer
from tests.support.scans import Told

ASK = "请问什么时候开庭？我在外地打工。"


@pytest.fixture
def zhang(told: Told) -> Client:
    return told.cast.client("zhang")


def home(told: Told) -> str:
    return f"/my/cases/{told.case.public_id}/messages/"


def body(client: Client, path: str) -> str:
    answered = client.get(path)
    assert answered.status_code == 200
    return answered.content.decode()


def asked(told: Told, zhang: Client, text: str = ASK) -> tuple[Thread, str]:
    """A thread made through the page, and its address."""
    answered = zhang.post(f"{home(told)}new/?topic=appointment", {"text": text, "form_key": uuid.uuid4()})
    thread = Thread.objects.order_by("-id")[0]
    assert answered["Location"] == f"{home(told)}{thread.public_id}/"
    return thread, answered["Location"]


def test_topics_first_then_what_can_be_seen_at_once(told: Told, zhang: Client) -> None:
    page = body(zhang, f"{home(told)}new/")
    assert "我想……" in page and 'method="get"' in page
    for topic in Topic:
        assert str(topic.label) in page
    known = {
        Topic.PROGRESS: ["承办法官赵明", "看办理经过"],
        Topic.MATERIAL: ["网上交", "到窗口交或者邮寄", "写明案号"],
        Topic.STATEMENT: ["申请缓交、减交、免交", "申请撤诉", "地址、电话变了"],
        Topic.APPOINTMENT: ["下一次开庭", "还没有排定", "法官不单独会见一方当事人"],
        Topic.PAPER: ["受理案件通知书", "看全部文书和送达", "哪一份文书"],
        Topic.OTHER: ["急事", "12368"],
    }
    for topic in Topic:
        page = body(zhang, f"{home(told)}new/?topic={topic}")
        assert "现在就能看到的" in page and "还是要留言" in page
        assert [words for words in known[topic] if words not in page] == []
        assert "谁能看到：承办法官赵明、书记员郑书。" in page
        assert "李某（被告）" in page
        assert ("对方当事人看不到" in page) is (topic != Topic.STATEMENT)
        assert "法院最晚答复" in page and "24:00 前" in page
    assert zhang.get(f"{home(told)}new/?topic=nonsense").status_code == 422


def test_sent_message_shows_promise_and_receipt(told: Told, zhang: Client) -> None:
    thread, path = asked(told, zhang)
    page = body(zhang, path)
    assert ASK in page and "现在轮到法院：等待答复" in page
    assert f'datetime="{thread.reply_due_on.isoformat()}"' in page
    assert str(thread.public_id)[:8].upper() in page
    assert f'data-live="/live/thread/{thread.public_id}/"' in page
    assert "评价这次答复" not in page and "我看过了" not in page
    receipt = re.search(r'href="(/receipts/[^"]+/)"', page)
    assert receipt is not None and zhang.get(receipt[1]).status_code == 200


@pytest.mark.req("REL-04")
def test_same_form_ten_times_is_one_thread(told: Told, zhang: Client) -> None:
    data = {"text": ASK, "form_key": uuid.uuid4()}
    places = {zhang.post(f"{home(told)}new/?topic=other", data)["Location"] for _ in range(10)}
    assert len(places) == Thread.objects.count() == Message.objects.count() == 1
    changed = zhang.post(f"{home(told)}new/?topic=other", data | {"text": "改过的话"})
    page = changed.content.decode()
    assert changed.status_code == 422 and "改过的话" in page
    fresh = re.search(r'name="form_key" value="([^"]+)"', page)
    assert fresh is not None and fresh[1] != str(data["form_key"])
    assert (
        zhang.post(f"{home(told)}new/?topic=other", {"text": "改过的话", "form_key": fresh[1]}).status_code
        == 302
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "请填写要说的话"),
        ("  \u3000\n", "请填写要说的话"),
        ("长" * 2001, "2000"),
        ("a\ud800b", ""),
        ("nul\x00l", ""),
    ],
)
def test_bad_entries_are_explained_and_kept(told: Told, zhang: Client, text: str, words: str) -> None:
    data = urlencode({"text": text, "form_key": "k"}, encoding="utf-8", errors="surrogatepass")
    form = "application/x-www-form-urlencoded"
    answered = zhang.post(f"{home(told)}new/?topic=other", data, content_type=form)
    assert answered.status_code in (302, 422)
    if words:
        page = answered.content.decode()
        assert answered.status_code == 422 and words in page and "有误：" in page
        assert text.strip()[:50] in page


def test_markup_is_text(told: Told, zhang: Client) -> None:
    _thread, path = asked(told, zhang, "<script>alert(1)</script>{{7*7}}\n第二行")
    page = body(zhang, path)
    assert (
        "<script>alert" not in page
        and "&lt;script&gt;" in page
        and "{{7*7}}" in page
        and "<br>第二行" in page
    )


def test_answer_is_marked_read_only_by_a_post(told: Told, zhang: Client) -> None:
    thread, path = asked(told, zhang)
    answer(thread_id=thread.pk, text="预计下月上旬开庭。", actor=told.cast.judge)
    page = body(zhang, path)
    assert (
        "预计下月上旬开庭" in page and "承办法官 赵明" in page and "法院已答复" in page and "我看过了" in page
    )
    answers = ReadMark.objects.exclude(message__author_kind="party")
    assert not answers.exists()
    assert zhang.get(f"{path}read/").status_code == 405
    zhang.post(f"{path}read/")
    assert answers.count() == 1
    page = body(zhang, path)
    assert "我看过了" not in page and "您已读：" in page


def test_internal_notes_stay_inside(told: Told, zhang: Client) -> None:
    thread, path = asked(told, zhang)
    add_internal_note(thread_id=thread.pk, text="先问书记员", actor=told.cast.judge)
    assert "先问书记员" not in body(zhang, path)


def test_rating_once_a_round_and_two_further_looks(told: Told, zhang: Client) -> None:
    thread, path = asked(told, zhang)
    early = zhang.post(f"{path}rate/", {"level": "satisfied"})
    assert early.status_code == 422 and "还没有答复" in early.content.decode()
    answer(thread_id=thread.pk, text="等通知。", actor=told.cast.judge)
    page = body(zhang, path)
    assert "评价这次答复" in page and "请庭长重新处理一次" in page and "谁能看到：庭长" in page
    nothing = zhang.post(f"{path}rate/", {})
    assert nothing.status_code == 422 and "请选择满意程度" in nothing.content.decode()
    mixed = zhang.post(f"{path}rate/", {"level": "satisfied", "reopen": "on", "words": "还行"})
    assert (
        mixed.status_code == 422
        and "选“不满意”时才能" in mixed.content.decode()
        and "还行" in mixed.content.decode()
    )
    done = zhang.post(
        f"{path}rate/", {"level": "unsatisfied", "reopen": "on", "words": "没说日子"}, follow=True
    )
    assert "已请上一级重新处理" in done.content.decode() and "庭长重新处理" in done.content.decode()
    thread.refresh_from_db()
    assert (thread.state, thread.level, thread.round) == (ThreadState.OPEN, Level.HEAD, 2)
    assert ReadMark.objects.exclude(message__author_kind="party").count() == 1
    answer(thread_id=thread.pk, text="下月三日开庭。", actor=told.cast.head)
    page = body(zhang, path)
    assert "庭长 孙正" in page and "请庭长重新处理一次" not in page and "请院领导监督处理" in page
    zhang.post(f"{path}rate/", {"level": "unsatisfied", "reopen": "on"})
    thread.refresh_from_db()
    assert (thread.level, thread.round) == (Level.OVERSIGHT, 3)
    assert "院领导监督处理" in body(zhang, path)
    desk = body(told.cast.client("supervisor"), f"/bench/messages/{thread.public_id}/")
    assert "请院领导监督处理" in desk and "请庭长重新处理" not in desk
    answer(thread_id=thread.pk, text="已经安排在下月三日上午九点。", actor=told.cast.supervisor)
    page = body(zhang, path)
    assert "院领导 魏平" in page and "请院领导监督处理" not in page
    again = zhang.post(f"{path}rate/", {"level": "unsatisfied", "reopen": "on"})
    assert again.status_code == 422 and Rating.objects.count() == 2
    zhang.post(f"{path}rate/", {"level": "satisfied"})
    page = body(zhang, path)
    assert "这次留言已办完" in page and "另外留言" in page and "评价：满意" in page
    assert Rating.objects.count() == 3
    late = zhang.post(path, {"text": "再问一句", "form_key": "late"})
    assert (
        late.status_code == 422
        and "已经评价并结束" in late.content.decode()
        and "再问一句" in late.content.decode()
    )
    twice = zhang.post(f"{path}rate/", {"level": "basic"})
    assert twice.status_code == 422 and "已经评价过了" in twice.content.decode()


def test_adding_words_opens_the_thread_again(told: Told, zhang: Client) -> None:
    thread, path = asked(told, zhang)
    zhang.post(path, {"text": "补充：我周末有空。", "form_key": "a"})
    answer(thread_id=thread.pk, text="好的。", actor=told.cast.caseclerk)
    zhang.post(path, {"text": "还有一件事。", "form_key": "b"})
    thread.refresh_from_db()
    assert thread.state == ThreadState.OPEN
    page = body(zhang, path)
    assert "补充：我周末有空。" in page and "书记员 郑书" in page and "还有一件事。" in page


@pytest.mark.req("SEC-13")
def test_nobody_else_reads_writes_or_rates(told: Told, zhang: Client) -> None:
    _thread, path = asked(told, zhang)
    users = [told.cast.users[name] for name in ("li", "chen", "wang")]
    users += [told.cast.posts[name].user for name in ("judge", "head", "clerk", "judge-b", "supervisor")]
    for user in users:
        client = Client()
        client.force_login(user)
        assert client.get(path).status_code == 404, user.name
        assert client.post(path, {"text": "插话", "form_key": "x"}).status_code == 404
        assert client.post(f"{path}rate/", {"level": "satisfied"}).status_code == 404
        assert client.post(f"{path}read/").status_code == 404
    assert Message.objects.count() == 1


def test_thread_is_found_only_under_its_own_case(told: Told, zhang: Client) -> None:
    thread, _path = asked(told, zhang)
    assert zhang.get(f"/my/cases/{uuid.uuid4()}/messages/{thread.public_id}/").status_code == 404


def test_twenty_messages_an_hour(told: Told, zhang: Client) -> None:
    _thread, path = asked(told, zhang)
    for number in range(19):
        assert zhang.post(path, {"text": f"第{number}句", "form_key": f"k{number}"}).status_code == 302
    last = zhang.post(path, {"text": "第二十一句", "form_key": "last"})
    assert (
        last.status_code == 422
        and "留言太多了" in last.content.decode()
        and "第二十一句" in last.content.decode()
    )
