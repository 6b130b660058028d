"""The pages of the print desk."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from accounts.models import User
from common import clock
from common.actor import Actor, Role
from courts.models import Court
from documents.models import Delivery, Paper
from eventlog.models import Event
from tests.documents.conftest import LI, later, make_staff

pytestmark = pytest.mark.django_db(transaction=True)
DESK = "/desk/print/"


@pytest.fixture
def browser(clerk: tuple[User, Actor], signed_in: Callable[[tuple[User, Actor]], Client]) -> Client:
    return signed_in(clerk)


@pytest.fixture
def waiting(issue_paper: Callable[..., Paper], run_outbox: Callable[[], int]) -> Delivery:
    delivery: Delivery = issue_paper("response_notice", LI).copies.get().delivery
    run_outbox()
    delivery.refresh_from_db()
    return delivery


def page(delivery: Delivery) -> str:
    return f"{DESK}{delivery.public_id}/"


def test_the_queue_shows_what_waits(
    browser: Client, waiting: Delivery, issue_paper: Callable[..., Paper]
) -> None:
    issue_paper("response_notice", later(LI, due_on=date(2001, 1, 1), name="王某"))
    response = browser.get(DESK)
    text = response.content.decode()
    assert response.status_code == 200
    for words in (
        waiting.copy.serial,
        "应诉通知书",
        "（2026）某1234民初56号",
        "李某",
        "某市某区某村2号",
        "生成中",
    ):
        assert words in text
    assert text.index("王某") < text.index("李某"), "earliest due day first"
    assert "1 份已超过最晚发出日期" in text
    assert "李某" not in browser.get(f"{DESK}?late=on").content.decode()
    assert "李某" not in browser.get(f"{DESK}?view=sent").content.decode()
    for odd in ("?view=nonsense&page=-1&size=1000000", "?q=%25_%00", f"?q={'x' * 5000}"):
        assert browser.get(DESK + odd).status_code == 200


def test_the_queue_costs_few_queries(
    browser: Client, issue_paper: Callable[..., Paper], django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        issue_paper()
    with django_assert_max_num_queries(20):
        assert browser.get(DESK).status_code == 200


def test_an_empty_queue_says_so(browser: Client) -> None:
    assert "这里现在没有文书" in browser.get(DESK).content.decode()


def test_a_mail_bag_is_recorded_and_the_rest_comes_back(
    browser: Client, waiting: Delivery, issue_paper: Callable[..., Paper], run_outbox: Callable[[], int]
) -> None:
    someone = later(LI, name="王某", party_public_id=uuid.uuid4())
    other: Delivery = issue_paper("response_notice", someone).copies.get().delivery
    run_outbox()
    today = clock.today().isoformat()
    data = {
        "sent_on": today,
        "pick": [f"{waiting.public_id}:1", f"{other.public_id}:1"],
        f"t-{waiting.public_id}": "EA1",
        f"t-{other.public_id}": "",
    }
    response = browser.post(f"{DESK}posted/", data)
    text = response.content.decode()
    assert response.status_code == 422
    assert "请填写邮件号" in text and "王某" in text and "李某" not in text
    waiting.refresh_from_db()
    assert waiting.state == "sent" and waiting.facts.get(kind="sent").tracking_no == "EA1"
    again = browser.post(
        f"{DESK}posted/", data | {"pick": f"{other.public_id}:1", f"t-{other.public_id}": "EA2"}
    )
    assert again.status_code == 302 and again["Location"] == f"{DESK}?view=waiting"
    assert "已登记寄出1份" in browser.get(again["Location"]).content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"sent_on": "2026-11-21"}, "请先勾选要登记的文书"),
        ({"sent_on": "", "pick": f"{uuid.UUID(int=9)}:1"}, "请填写寄出或者公告的日期"),
        ({"sent_on": "2999-01-01", "pick": f"{uuid.UUID(int=9)}:1"}, "日期应在1900年到2200年之间"),
        ({"sent_on": "2026-11-21", "pick": [f"{uuid.UUID(int=9)}:1", "x", "1:2:3"]}, "有1份没有登记"),
    ],
)
def test_a_wrong_mail_bag(browser: Client, waiting: Delivery, data: dict[str, Any], words: str) -> None:
    with clock.at(clock.now() + timedelta(days=400)):
        response = browser.post(f"{DESK}posted/", data)
    assert response.status_code == 422 and words in response.content.decode()
    waiting.refresh_from_db()
    assert waiting.state == "waiting"


def text_of(pdf: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_covers_say_where_to_and_nothing_of_the_case(
    browser: Client, issue_paper: Callable[..., Paper], run_outbox: Callable[[], int]
) -> None:
    to_li = later(LI, phone="13900000002", secret=True)
    others = [later(LI, name="王某", party_public_id=uuid.uuid4()), to_li, to_li]
    papers = [issue_paper("response_notice", one).copies.get() for one in others]
    run_outbox()
    ticked = {"pick": [f"{copy.delivery.public_id}:1" for copy in papers]}
    answer = browser.post(f"{DESK}covers/", ticked)
    assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
    pages = text_of(b"".join(answer.streaming_content))
    assert len(pages) == 2, "two papers for one addressee share an envelope"
    both = next(page for page in pages if "李某" in page)
    assert "某市某区某村2号" in both and "13900000002" in both and "内装诉讼文书2件" in both
    assert not any("民初" in page or "应诉通知书" in page for page in pages)
    shown = browser.get(DESK).content.decode()
    assert "13900000002" in shown and "地址保密" in shown
    assert {copy.delivery.state for copy in papers} == {"waiting"}


def test_a_cover_holds_the_longest_address(
    browser: Client, issue_paper: Callable[..., Paper], run_outbox: Callable[[], int]
) -> None:
    """Nothing runs off its page; a character that no font has is named."""
    longest = later(LI, name="\U00031350" + "某" * 99, address="某市" + "某" * 298, phone="031112345678")
    copy = issue_paper("response_notice", longest).copies.get()
    run_outbox()
    answer = browser.post(f"{DESK}covers/", {"pick": f"{copy.delivery.public_id}:1"})
    (only,) = text_of(b"".join(answer.streaming_content))
    assert "某" * 99 in only and "某市" + "某" * 298 in only and "投递员签名" in only and "U+31350" in only


def test_papers_print_on_sheets_of_their_own(
    browser: Client, waiting: Delivery, issue_paper: Callable[..., Paper], run_outbox: Callable[[], int]
) -> None:
    other: Delivery = issue_paper("fee_notice", later(LI, name="王某")).copies.get().delivery
    run_outbox()
    ticked = {"pick": [f"{one.public_id}:1" for one in (waiting, other)]}
    pages = text_of(b"".join(browser.post(f"{DESK}papers/", ticked).streaming_content))
    starts = [number for number, page in enumerate(pages) if "份号" in page and "校验码" in page]
    assert len(starts) == 2 and not any(number % 2 for number in starts)
    assert not len(pages) % 2
    openings = Event.objects.filter(name="documents.opened")
    assert openings.count() == 2


def test_nothing_to_print(browser: Client, waiting: Delivery) -> None:
    for address, data in ((f"{DESK}covers/", {}), (f"{DESK}papers/", {"pick": f"{uuid.uuid4()}:1"})):
        answer = browser.post(address, data, follow=True)
        assert "请先勾选要打印的文书" in answer.content.decode()


def test_a_scanned_cover_opens_its_paper(browser: Client, waiting: Delivery) -> None:
    """A scanner types the serial without the character of the province, a clerk the whole of it."""
    for mark in (waiting.copy.serial, waiting.copy.serial[1:]):
        assert browser.get(DESK, {"q": f" {mark} "})["Location"] == page(waiting)
    today = clock.today().isoformat()
    browser.post(
        f"{DESK}posted/",
        {"sent_on": today, "pick": f"{waiting.public_id}:1", f"t-{waiting.public_id}": "EA9"},
    )
    assert browser.get(DESK, {"q": "EA9"})["Location"] == page(waiting)
    assert browser.get(DESK, {"q": "EA"}).status_code == 200


def test_a_publication_says_where(browser: Client, waiting: Delivery) -> None:
    data = {"sent_on": clock.today().isoformat(), "pick": f"{waiting.public_id}:1", "way": "publication"}
    refused = browser.post(f"{DESK}posted/", data)
    assert refused.status_code == 422 and "请填写公告登在哪里" in refused.content.decode()
    browser.post(f"{DESK}posted/", data | {"note": "人民法院公告网"})
    waiting.refresh_from_db()
    assert (waiting.state, waiting.method) == ("sent", "publication")


def test_from_posting_to_delivery(browser: Client, waiting: Delivery) -> None:
    text = browser.get(page(waiting)).content.decode()
    assert f"/papers/{waiting.copy.public_id}/" in text and "登记发出" in text and "登记结果" in text
    assert waiting.copy.expires_at is not None
    assert "码有效到" in text and str(clock.beijing_day(waiting.copy.expires_at).year) in text
    today = clock.today().isoformat()
    sent = {"version": 1, "method": "post", "sent_on": today, "tracking_no": "EA9", "note": ""}
    assert browser.post(f"{page(waiting)}sent/", sent, follow=True).status_code == 200
    text = browser.get(page(waiting)).content.decode()
    assert "EA9" in text and "地址不准确退回" in text and "已发出" in text
    response = browser.post(
        f"{page(waiting)}outcome/", {"version": 2, "outcome": "self", "happened_on": today, "note": ""}
    )
    assert response.status_code == 302
    text = browser.get(page(waiting)).content.decode()
    assert "已送达" in text and "已交付" in text and "算送达：本人签收" in text and "登记发出" not in text


def test_wrong_facts_come_back_with_everything_typed(browser: Client, waiting: Delivery) -> None:
    wrong = {"version": 1, "method": "post", "sent_on": "2999年1月1日", "tracking_no": "", "note": "放在门卫"}
    response = browser.post(f"{page(waiting)}sent/", wrong)
    text = response.content.decode()
    assert response.status_code == 422
    assert "日期应在1900年到2200年之间" in text and "放在门卫" in text and "2999年1月1日" in text
    missing = wrong | {"sent_on": clock.today().isoformat()}
    assert "请填写邮件号" in browser.post(f"{page(waiting)}sent/", missing).content.decode()
    assert waiting.facts.count() == 1


def test_a_second_form_is_stale_and_keeps_the_text(browser: Client, waiting: Delivery) -> None:
    today = clock.today().isoformat()
    form = {"version": 1, "method": "counter", "sent_on": today, "tracking_no": "", "note": "第二份说明"}
    browser.post(f"{page(waiting)}sent/", form)
    response = browser.post(f"{page(waiting)}sent/", form)
    text = response.content.decode()
    assert response.status_code == 412
    assert "刚刚被别人登记过" in text and "第二份说明" in text
    assert 'name="version" value="2"' in text
    assert waiting.facts.filter(kind="sent").count() == 1


def test_reprinting_asks_first(browser: Client, waiting: Delivery, run_outbox: Callable[[], int]) -> None:
    text = browser.get(f"{page(waiting)}reprint/").content.decode()
    assert "马上停用" in text
    response = browser.post(f"{page(waiting)}reprint/")
    run_outbox()
    new = Delivery.objects.exclude(pk=waiting.pk).get()
    assert response["Location"] == page(new)
    assert "已停用" in browser.get(page(waiting)).content.decode()
    assert "登记发出" in browser.get(page(new)).content.decode()
    assert browser.post(f"{page(waiting)}reprint/").status_code == 409


def test_any_intake_clerk_of_the_court_may(court: Court, waiting: Delivery, signed_in: Any) -> None:
    browser = signed_in(make_staff(court, Role.INTAKE_CLERK, "某人"))
    assert browser.get(DESK).status_code == browser.get(page(waiting)).status_code == 200


@pytest.mark.parametrize("role", [Role.CASE_CLERK, Role.JUDGE])
def test_who_does_not_hold_the_case_finds_nothing(
    role: Role, court: Court, waiting: Delivery, signed_in: Any
) -> None:
    """Rows 6, 30, 32 and 33 of the matrix."""
    browser = signed_in(make_staff(court, role, "某人"))
    assert waiting.copy.serial not in browser.get(DESK).content.decode()
    assert browser.get(page(waiting)).status_code == 404
    assert browser.post(f"{page(waiting)}reprint/").status_code == 404


def test_another_court_and_other_roles_find_nothing(
    waiting: Delivery,
    court: Court,
    foreign_clerk: tuple[User, Actor],
    litigant: tuple[User, Actor],
    signed_in: Any,
) -> None:
    assert waiting.copy.serial not in signed_in(foreign_clerk).get(DESK).content.decode()
    for person in (foreign_clerk, litigant, make_staff(court, Role.FINANCE, "某人")):
        browser = signed_in(person)
        assert browser.get(page(waiting)).status_code == 404
        for act in ("sent", "outcome", "reprint"):
            assert browser.post(f"{page(waiting)}{act}/", {"version": 1}).status_code == 404
    assert signed_in(litigant).get(DESK).status_code == 404
    assert Client().get(DESK)["Location"].startswith("/staff/login/")
    assert waiting.facts.count() == 1
