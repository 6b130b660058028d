"""The main story (DESIGN §4, steps 1 to 5) as four people on phones: from a loan to a second answer rated 满意.

Scripts are off for the public; staff have them. Each person is also asked for what he must not see.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from common import clock
from courts.models import Court
from payments.models import Payment
from portal.demo import cast as people
from portal.demo.cast import LI, ZHANG
from portal.demo.loan import answers
from tests.journeys.desk import accept, open_first
from tests.journeys.filings import add_photos, choose_delivery, name_person, send
from tests.journeys.people import (
    code_for,
    fill,
    follow,
    path_of,
    read_code,
    sign_in,
    sign_in_staff,
    submit,
    tell_real_name,
)

Pages = Callable[..., Page]
NUMBER = "某1234民初1号"


@pytest.fixture
def court(transactional_db: None) -> Court:
    """The demo court with its staff and nobody else."""
    Court.objects.filter(code="某1234").update(is_open=True)
    court = Court.objects.get(code="某1234")
    people.hire(court, people.STAFF)
    return court


def draft_and_send(page: Page) -> None:
    """Pre-check, sign-in, real name, every task, check, send."""
    page.goto("/")
    follow(page, "我要打官司")
    for step, value in {
        "what": "private_lending",
        "who": "natural",
        "amount": "63600",
        "due": "recent",
    }.items():
        fill(page, {step: value})
        submit(page, "继续")
    fill(page, {"court": "某1234"})
    submit(page, "继续")
    expect(page.locator("main")).to_contain_text("¥1,390.00")
    follow(page, "登录并开始填写")
    sign_in(page, ZHANG.phone)
    tell_real_name(page, ZHANG)
    submit(page, "开始填写")
    home = path_of(page)
    name_person(page, home, "me", ZHANG)
    name_person(page, home, "other", LI)
    fill_answers(page, home)
    add_photos(page, home, ["ID_CARD", "TRANSFER", "IOU"])
    choose_delivery(page, home)
    send(page, home, ZHANG.name)


def fill_answers(page: Page, home: str) -> None:
    lent_on = clock.today() - timedelta(days=500)
    pages = answers(principal=60000, interest=3600, lent_on=lent_on, lender=ZHANG.name, borrower=LI.name)
    tasks = {
        "claims": ["principal", "interest", "early", "extras", "total"],
        "facts": ["contract", "amount", "term", "rate", "repaid", "security", "reasons"],
        "agreements": ["jurisdiction", "mediation"],
    }
    for task, names in tasks.items():
        for name in names:
            page.goto(f"{home}{task}/{name}/")
            fill(page, pages[name])
            submit(page, "继续")


def return_once(page: Page) -> None:
    """钱 sends one correction notice for the IOU."""
    open_first(page)
    page.get_by_role("link", name="一次性补正").click()
    page.locator('[value="unreadable_IOU"]').check()
    submit(page, "预览")
    expect(page.locator("main")).to_contain_text("当事人会看到")
    submit(page, "发出补正通知")


def correct(page: Page) -> None:
    """张 fixes exactly that; everything else is closed."""
    page.goto("/my/")
    page.locator("main a[href*='/my/filings/']").first.click()
    page.wait_for_load_state()
    home = path_of(page).removesuffix("fix/")
    expect(page.locator("main")).to_contain_text("看不清")
    closed = page.request.post(f"{home}claims/principal/", form={"principal": "1"})
    assert closed.status in (403, 422)
    add_photos(page, home, ["IOU"])
    send(page, home, ZHANG.name)


def pay(page: Page) -> None:
    """张 pays at the cashier, whose callback comes twice."""
    page.goto("/my/")
    page.locator("main a[href*='/my/bills/']").first.click()
    expect(page.locator("main")).to_contain_text("¥695.00")
    page.locator("main form[action$='/pay/'] button, main form button[type=submit]").first.click()
    page.wait_for_load_state()
    page.locator("details:has([value=repeat]) > summary").click()
    page.locator("[value=repeat]").click()
    page.wait_for_load_state()
    page.goto(page.url)
    expect(page.locator("main")).to_contain_text("已收到")
    assert Payment.objects.count() == 1


def post_the_copy(page: Page) -> str:
    """钱 prints 李's copy, posts it and records the delivery; returns the scanned path."""
    page.goto("/desk/print/")
    page.locator("[data-open]").first.click()
    page.wait_for_load_state()
    desk = page.url
    link = page.get_by_role("link", name="打开PDF打印").get_attribute("href")
    assert link is not None
    code = read_code(page.request.get(link).body())
    assert code == code.upper() and len(code) <= 60
    today = clock.today().isoformat()
    sent = page.locator("form[action$='/sent/']")
    sent.locator("[name=method][value=post], select[name=method]").first.evaluate(
        "box => { if (box.tagName === 'SELECT') box.value = 'post'; else box.checked = true; }"
    )
    sent.locator("[name=sent_on]").fill(today)
    sent.locator("[name=tracking_no]").fill("XA00000000013")
    sent.get_by_role("button").click()
    page.wait_for_load_state()
    page.goto(desk)
    delivered = page.locator("form[action$='/outcome/']")
    delivered.locator("[name=outcome][value=self]").check()
    delivered.locator("[name=happened_on]").fill(today)
    delivered.get_by_role("button").click()
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("算送达：本人签收，签收日是送达日")
    return urlsplit(code).path


def scan(page: Page, path: str) -> None:
    """李 scans, proves who he is, reads what he may read."""
    page.goto(path)
    shown = page.content()
    for secret in (NUMBER, "民间借贷", ZHANG.name, LI.name, "赵明"):
        assert secret not in shown
    page.goto(f"{path}verify/")
    fill(page, {"name": LI.name, "last_six": LI.id_number[-6:]})
    page.locator("main form button[type=submit]").first.click()
    fill(page, {"code": code_for(page, LI.phone)})
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text(NUMBER)


def ask(page: Page, text: str) -> str:
    """李 asks; returns the thread's path."""
    page.goto(f"{path_of(page)}messages/new/?topic=other")
    fill(page, {"text": text})
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text(text)
    return path_of(page)


def answer(page: Page, question: str, text: str) -> None:
    """A judge or head sees it on the day page, reads the answer twice, sends."""
    page.goto("/bench/")
    page.locator("[data-open]").first.click()
    expect(page.locator("main")).to_contain_text(question)
    fill(page, {"text": text})
    submit(page, "再读一遍")
    submit(page, "发送")
    expect(page.locator("main")).to_contain_text("答复已发出")


def rate(page: Page, thread: str, level: str, *, reopen: bool = False) -> None:
    """李 reads the answer and rates it."""
    page.goto(thread)
    fill(page, {"level": level})
    if reopen:
        page.locator('main [name="reopen"]').check()
    page.locator("main form[action$='/rate/'] button[type=submit]").first.click()
    page.wait_for_load_state()


def must_not_see(page: Page, paths: list[str]) -> None:
    """Foreign things answer like unknown ones; closed areas ask for another sign-in or refuse."""
    for path in paths:
        response = page.request.get(path, max_redirects=0)
        assert response.status in (302, 403, 404), (path, response.status)


@pytest.mark.usefixtures("court")
def test_from_loan_to_rated_answer(new_page: Pages, run_outbox: Callable[..., int]) -> None:
    zhang, li = new_page(scripts=False), new_page(scripts=False)
    qian, zhao, sun = new_page(), new_page(), new_page()
    for page, name in ((qian, "clerk"), (zhao, "judge"), (sun, "head")):
        sign_in_staff(page, name)

    draft_and_send(zhang)
    must_not_see(zhao, ["/desk/filings/"])
    return_once(qian)
    run_outbox()
    correct(zhang)
    open_first(qian)
    accept(qian, NUMBER)
    run_outbox()
    pay(zhang)
    run_outbox()
    zhang.goto("/my/")
    zhang.locator("main").get_by_role("link", name=re.compile(f"^（.*{NUMBER}")).last.click()
    expect(zhang.locator("main")).to_contain_text(NUMBER)
    case = path_of(zhang)
    bill = zhang.request.get("/my/").text()
    assert LI.id_number not in bill

    code = post_the_copy(qian)
    run_outbox()
    scan(li, code)
    assert path_of(li) == case
    must_not_see(li, ["/my/", "/desk/filings/", "/bench/"])
    thread = ask(li, "我已经还了两万，为什么还要我还六万？")
    run_outbox()
    must_not_see(zhang, [thread])
    must_not_see(sun, ["/desk/cases/"])
    assert "两万" not in zhang.request.get(case).text()
    answer(zhao, "两万", "请把还款凭证拍照交到法院，开庭时一并审理。")
    rate(li, thread, "unsatisfied", reopen=True)
    run_outbox()
    answer(sun, "两万", "已请承办法官核对您的还款，三日内联系您。")
    rate(li, thread, "satisfied")
    expect(li.locator("main")).to_contain_text("谢谢您的评价")

    supervisor = new_page(desktop=True)
    sign_in_staff(supervisor, "supervisor")
    supervisor.goto("/oversight/")
    expect(supervisor.locator("main")).to_contain_text("50.00%（1/2）")
    assert User.objects.filter(kind="public").count() == 1
