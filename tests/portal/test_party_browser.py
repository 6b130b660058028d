"""Every page of a party in a real browser: axe, no sideways scroll, standard and 长辈版, with a scan login too."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from feedback.models import Topic
from feedback.services import answer, ask
from payments.models import Bill, Order
from portal.demo.cast import LI, ZHANG
from tests.journeys.people import code_for, fill, path_of, sign_in, submit
from tests.look.axe import assert_accessible, assert_no_sideways_scroll, show_as
from tests.support.scans import Told, codes_sent, printed_path

Pages = Callable[..., Page]


def look(page: Page, paths: list[str]) -> None:
    """Standard and 长辈版 of each page."""
    for text in ("standard", "large"):
        show_as(page, text=text)
        for path in paths:
            answered = page.goto(path)
            assert answered is not None and answered.status in (200, 422), path
            assert_accessible(page)
            assert_no_sideways_scroll(page)
    show_as(page)


@pytest.fixture
def thread_path(told: Told) -> str:
    """An answered question of 张."""
    zhang = told.cast.zhang
    thread = ask(
        case_id=told.case.pk,
        party_id=told.plaintiff.pk,
        topic=Topic.PAPER,
        text="名字少了一个字",
        actor=zhang,
    )
    answer(thread_id=thread.pk, text="已更正，会重新寄给您。", actor=told.cast.judge)
    return f"/my/cases/{told.case.public_id}/messages/{thread.public_id}/"


def test_pages_with_full_sign_in(told: Told, thread_path: str, new_page: Pages) -> None:
    case, bill = f"/my/cases/{told.case.public_id}/", Bill.objects.get(case=told.case)
    paths = [
        "/my/",
        "/my/notices/",
        case,
        thread_path,
        f"/my/bills/{bill.public_id}/",
        f"/my/bills/{bill.public_id}/result/",
    ]
    paths += [
        case + part
        for part in ("timeline/", "files/", "people/", "messages/new/", "messages/new/?topic=progress")
    ]
    phone, desk = new_page(), new_page(desktop=True)
    phone.goto("/login/?next=/my/")
    sign_in(phone, ZHANG.phone)
    desk.context.add_cookies(phone.context.cookies())  # type: ignore[arg-type]
    look(phone, paths)
    look(desk, paths)


def test_pages_of_a_scan(told: Told, new_page: Pages) -> None:
    """From the printed code to the end of the visit, with scripts off; pages before the factor are looked at too."""
    code = printed_path(told.copy(told.defendant))
    page = new_page(scripts=False)
    page.goto(code)
    page.locator("main").get_by_role("link", name="验证身份").click()
    fill(page, {"name": LI.name, "last_six": LI.id_number[-6:]})
    submit(page, "发验证码")
    assert path_of(page) == "/scan/code/"
    fill(page, {"code": code_for(page, LI.phone)})
    submit(page, "进入")
    expect(page.locator("h1")).to_contain_text(told.case.number)
    expect(page.locator(".acting")).to_contain_text("扫码查看：李某")
    watching = new_page()
    watching.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    case = f"/my/cases/{told.case.public_id}/"
    look(watching, [case, *(case + part for part in ("timeline/", "files/", "people/", "messages/new/"))])
    page.get_by_role("button", name="结束").click()
    assert path_of(page) == "/"


def test_pages_before_the_factor(told: Told, new_page: Pages) -> None:
    code = printed_path(told.copy(told.defendant))
    page = new_page()
    look(page, ["/scan/", "/scan/?ended=1", "/scan/report/", f"{code}verify/", f"{code}not-mine/", code])
    page.goto(code)
    height = page.locator("main").bounding_box()
    assert height is not None and height["y"] + height["height"] <= 800, "the landing fits one screen"
    page.locator("header").get_by_role("button", name="长辈版").click()
    assert path_of(page) == code
    expect(page.locator("html")).to_have_class("text-large contrast-normal")
    page.goto(f"{code}verify/")
    submit(page, "发验证码")
    assert_accessible(page)
    assert page.title().startswith("有误：")
    fill(page, {"name": "某某", "last_six": "123456"})
    submit(page, "发验证码")
    assert_accessible(page)
    assert codes_sent(LI.phone) == []


def test_result_page_updates_itself(told: Told, new_page: Pages) -> None:
    bill = Bill.objects.get(case=told.case)
    page = new_page()
    page.goto("/login/?next=/my/")
    sign_in(page, ZHANG.phone)
    page.goto(f"/my/bills/{bill.public_id}/")
    submit(page, f"去付款 ¥{bill.amount:,.2f}")
    assert "/demo/cashier/" in page.url
    with page.context.expect_page() as opened:
        page.evaluate("open('/my/')")
    waiting = opened.value
    with waiting.expect_response(lambda answered: "/live/order/" in answered.url):
        waiting.goto(f"/my/bills/{bill.public_id}/result/")
    expect(waiting.locator("h1")).to_have_text("结果确认中")
    page.locator("button[value=pay]").click()
    expect(waiting.locator("h1")).to_have_text("已收到")
    assert_accessible(waiting)
    assert Order.objects.get().amount == bill.amount == Decimal("695.00")
    page.goto(f"/my/bills/{bill.public_id}/")
    expect(page.locator("main")).to_contain_text("人民币陆佰玖拾伍元整")
    assert_accessible(page)


def test_answer_appears_while_one_waits(told: Told, new_page: Pages) -> None:
    zhang = told.cast.zhang
    thread = ask(
        case_id=told.case.pk, party_id=told.plaintiff.pk, topic=Topic.OTHER, text="在吗", actor=zhang
    )
    path = f"/my/cases/{told.case.public_id}/messages/{thread.public_id}/"
    page = new_page()
    page.goto("/login/?next=/my/")
    sign_in(page, ZHANG.phone)
    with page.expect_response(lambda answered: "/live/thread/" in answered.url):
        page.goto(path)
    answer(thread_id=thread.pk, text="在，请讲。", actor=told.cast.judge)
    expect(page.locator("#talk")).to_contain_text("在，请讲。")
    expect(page.locator("#talk")).to_contain_text("评价这次答复")


def test_weight_of_the_case_page(told: Told, new_page: Pages) -> None:
    """HTML of the heaviest page of the slice, compressed, stays within the budget of UX §13."""
    import gzip

    client = told.cast.client("zhang")
    for part in ("", "files/"):
        html = client.get(f"/my/cases/{told.case.public_id}/{part}").content
        assert len(gzip.compress(html)) <= 20 * 1024
