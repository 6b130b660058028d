"""A party's case: stage, dates, the one next thing; timeline, papers, people; each side sees its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import Stage
from cases.services import grant_access, record_fee_paid
from common import clock
from common.actor import system
from documents.models import DeliveryFact, DeliveryMethod
from documents.services import record_outcome, record_sent, revoke_copy
from portal.demo.cast import LI, ZHANG
from tests.support.court import Cast
from tests.support.scans import Told, Visitor, printed_path

QUERIES = 20


@pytest.fixture
def zhang(told: Told) -> Client:
    return told.cast.client("zhang")


@pytest.fixture
def li(told: Told) -> Client:
    """李 bound to her party at the counter."""
    grant_access(party=told.defendant, user=told.cast.users["li"], basis="counter", actor=system("tests"))  # type: ignore[arg-type]
    return told.cast.client("li")


def read(client: Client, told: Told, part: str = "") -> str:
    answer = client.get(f"/my/cases/{told.case.public_id}/{part}")
    assert answer.status_code == 200
    return answer.content.decode()


def serve(told: Told) -> None:
    """The response notice is posted and delivered."""
    delivery = told.copy(told.defendant).delivery
    day = clock.today()
    sent = record_sent(
        delivery_public_id=delivery.public_id, version=delivery.version, method=DeliveryMethod.POST,
        sent_on=day, tracking_no="XA00000000013", actor=told.cast.clerk,
    )  # fmt: skip
    record_outcome(
        delivery_public_id=delivery.public_id,
        version=sent.version,
        outcome="self",
        happened_on=day,
        actor=told.cast.clerk,
    )


def test_plaintiff_sees_the_one_next_thing(told: Told, zhang: Client) -> None:
    text = read(zhang, told)
    for words in (
        told.case.number,
        "您是原告",
        "现在轮到您：交诉讼费",
        "去交费",
        "赵明",
        "受理案件通知书",
        "法院的期限",
    ):
        assert words in text, words
    assert text.count('class="btn"') == 1
    assert 'aria-current="step">缴费' in text
    assert "扫码查看" not in text


def test_turn_moves_on_with_the_case(
    told: Told, zhang: Client, li: Client, run_outbox: Callable[..., int]
) -> None:
    assert "现在轮到原告：交诉讼费" in read(li, told)
    told.case.bills.update(status="paid", paid_at=clock.now())
    record_fee_paid(case_id=told.case.pk, actor=system("tests"))
    assert "看新收到的文书" in read(zhang, told)
    for template in ("acceptance_notice", "fee_notice"):
        zhang.get(f"/papers/{told.copy(told.plaintiff, template).public_id}/").close()
    assert "现在轮到法院：把起诉状副本送给被告" in read(zhang, told)
    serve(told)
    run_outbox()
    told.case.refresh_from_db()
    assert told.case.stage == Stage.SERVED
    text = read(li, told)
    assert "现在轮到您：可以写答辩状" in text and "您的期限" in text
    assert "现在轮到法院：安排开庭" in read(zhang, told)


@pytest.mark.req("SEC-13", "SEC-35")
def test_who_is_not_a_party_finds_nothing(told: Told) -> None:
    parts = ("", "timeline/", "files/", "people/", "messages/new/")
    strangers = [told.cast.users["chen"], told.cast.users["wang"], told.cast.users["li"]]
    strangers += [
        told.cast.posts[name].user
        for name in ("judge", "caseclerk", "clerk", "head", "supervisor", "judge-b")
    ]
    for user in strangers:
        client = Client()
        client.force_login(user)
        for part in parts:
            assert client.get(f"/my/cases/{told.case.public_id}/{part}").status_code == 404, (user.name, part)
    for part in parts:
        assert (
            Client()
            .get(f"/my/cases/{told.case.public_id}/{part}")["Location"]
            .startswith("/login/?next=/my/cases/")
        )


def test_timeline_of_each_side(told: Told, zhang: Client, li: Client) -> None:
    serve(told)
    mine, theirs = read(zhang, told, "timeline/"), read(li, told, "timeline/")
    assert "提交立案申请" in mine and "提交立案申请" not in theirs
    assert "通知交费" in mine and "通知交费" not in theirs
    assert (
        str(told.copy(told.plaintiff).public_id) in mine
        and str(told.copy(told.plaintiff).public_id) not in theirs
    )
    assert "收件人：李某" in mine and str(told.copy(told.defendant).public_id) not in mine
    assert str(told.copy(told.defendant).public_id) in theirs
    for text in (mine, theirs):
        assert "立案窗口 钱立" in text and "documents" not in text
        assert "向法官留言" not in text


def test_papers_with_true_facts_and_opening_is_recorded(told: Told, zhang: Client, li: Client) -> None:
    serve(told)
    posted = read(li, told, "files/")
    assert (
        "XA00000000013" in posted
        and "邮寄" in posted
        and "应诉通知书" in posted
        and "算送达：本人签收" in posted
    )
    inbox = read(zhang, told, "files/")
    assert "已到达收件箱" in inbox and "已查看" not in inbox and "应诉通知书" not in inbox
    copy = told.copy(told.plaintiff)
    with closing(zhang.get(f"/papers/{copy.public_id}/", follow=True)) as answer:
        assert answer["Content-Type"] == "application/pdf"
    assert DeliveryFact.objects.filter(delivery__copy=copy, kind="opened").count() == 1
    assert "已查看" in read(zhang, told, "files/")
    revoke_copy(copy_public_id=copy.public_id, actor=told.cast.clerk, reason="lost")
    assert "这一份的二维码已停用" in read(zhang, told, "files/")


def test_pleading_is_the_same_for_both_and_holds_no_data_of_people(
    told: Told, zhang: Client, li: Client
) -> None:
    for client in (zhang, li):
        text = read(client, told, "files/")
        for words in ("诉讼请求", "事实与理由", "¥60,000.00", "原告", "张某", "李某"):
            assert words in text, words
        for hidden in (
            ZHANG.id_number,
            ZHANG.phone,
            ZHANG.address,
            LI.id_number,
            LI.phone,
            "诉前",
            "先行调解",
            ".jpg",
        ):
            assert hidden not in text, hidden


def test_people_by_name_never_by_number(told: Told, zhang: Client) -> None:
    Visitor().scans(printed_path(told.copy(told.defendant)), LI)
    text = read(zhang, told, "people/")
    for words in ("张某", "李某", "赵明", "郑书", "还没有人看过"):
        assert words in text, words
    for hidden in (ZHANG.id_number, LI.id_number, LI.phone, ZHANG.phone):
        assert hidden not in text
    Visitor().scans(printed_path(told.copy(told.defendant)), ZHANG)
    assert told.copy(told.defendant).serial in read(zhang, told, "people/")


def test_expired_binding_ends_at_once(told: Told, zhang: Client) -> None:
    read(zhang, told)
    told.plaintiff.access.update(ends_at=clock.now())
    assert zhang.get(f"/my/cases/{told.case.public_id}/").status_code == 404


def test_long_names_and_elder_mode(told: Told, zhang: Client) -> None:
    told.case.parties.update(name="阿卜杜热合曼·" * 12)
    zhang.cookies["prefs"] = "large.normal"
    text = read(zhang, told)
    assert "text-large" in text and "<summary>更多</summary>" in text
    assert "阿卜杜热合曼" in read(zhang, told, "people/")


@pytest.mark.parametrize("part", ["", "timeline/", "files/", "people/", "messages/new/"])
def test_query_budget(told: Told, cast: Cast, zhang: Client, part: str) -> None:
    path = f"/my/cases/{told.case.public_id}/{part}"
    zhang.get(path)
    with CaptureQueriesContext(connection) as seen:
        zhang.get(path)
    assert len(seen) <= QUERIES, "\n".join(query["sql"][:160] for query in seen.captured_queries)
