"""Somebody who cannot come books a visit; the clerk assigned files at his home in his name; he holds the receipt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from common import clock
from filing.models import Channel, Filing, FilingStatus, Visit
from portal.demo.cast import LI, ZHANG
from tests.filing.test_pages_browser import enter
from tests.journeys.filings import finish, name_person
from tests.journeys.people import fill, follow, path_of, submit
from tests.support.court import Cast
from tests.support.servers import Live

Pages = Callable[..., Page]
NEEDS = "长期卧床，上不了楼下不了楼，家里没有别人能替我去法院"


def open_slots(page: Page) -> None:
    """The court drives out tomorrow morning."""
    page.goto("/desk/visits/")
    follow(page, "开放预约时段")
    day = (clock.today() + timedelta(days=1)).isoformat()
    fill(page, {"kind": "home", "day": day, "first": "9:00", "until": "12:00"})
    fill(page, {"minutes": "90", "capacity": "1"})
    submit(page, "开放")
    expect(page.locator("main, .notice").first).to_be_visible()


def book(page: Page) -> str:
    """The first free slot; the path of the appointment."""
    page.goto("/my/")
    follow(page, "预约立案、上门立案")
    page.locator("main a.task").first.click()
    expect(page.locator("main [name=name]")).to_have_value(ZHANG.name)
    fill(page, {"purpose": "朋友借钱不还，想起诉", "address": ZHANG.address, "needs": NEEDS})
    submit(page, "预约这个时间")
    expect(page.locator("main")).to_contain_text(NEEDS)
    return path_of(page)


def begin_at_home(page: Page, cast: Cast) -> Filing:
    """Assigned to himself; then a draft in the person's name."""
    page.goto("/desk/visits/")
    page.locator("main tbody a").first.click()
    page.wait_for_load_state()
    fill(page, {"post": str(cast.posts["clerk"].pk)})
    submit(page, "指派")
    fill(page, {"form": "private_lending"})
    submit(page, "开始代录")
    expect(page.locator(".acting")).to_contain_text("正在替 张*")
    return Filing.objects.get()


@pytest.mark.req("SEC-47")
def test_the_court_comes_to_who_cannot_come(
    cast: Cast, live: Live, new_page: Pages, run_outbox: Callable[..., int]
) -> None:
    clerk, zhang = new_page(desktop=True), new_page(scripts=False)
    enter(clerk, cast.posts["clerk"].user, live)
    enter(zhang, cast.users["zhang"], live)
    zhang.goto("/")
    zhang.get_by_role("button", name="长辈版").click()
    expect(zhang.get_by_role("button", name="标准版")).to_be_visible()
    open_slots(clerk)
    appointment = book(zhang)
    filing = begin_at_home(clerk, cast)
    run_outbox()
    zhang.goto(appointment)
    expect(zhang.locator("main")).to_contain_text("钱立")

    home = f"/my/filings/{filing.public_id}/"
    name_person(clerk, home, "me", ZHANG)
    name_person(clerk, home, "other", LI)
    finish(clerk, filing, ZHANG.name, post_as=cast.posts["clerk"].user, scripts=True)
    clerk.get_by_role("link", name="打印回执，结束代录").click()
    clerk.wait_for_load_state()
    filing.refresh_from_db()
    assert (filing.status, filing.channel) == (FilingStatus.SUBMITTED, Channel.HOME_VISIT)
    assert filing.entered_by == cast.posts["clerk"] and filing.applicant == cast.users["zhang"]
    for words in (filing.number or "", "工号 1201 代录", "法院最晚答复"):
        expect(clerk.locator("main")).to_contain_text(words)
    visit = Visit.objects.get()
    clerk.goto(f"/desk/visits/{visit.public_id}/")
    submit(clerk, "已接待")
    run_outbox()

    zhang.goto(appointment)
    follow(zhang, "看代录的申请")
    assert path_of(zhang) == home
    expect(zhang.locator("main")).to_contain_text("立案庭审查中")
    follow(zhang, "看提交回执")
    expect(zhang.locator("main")).to_contain_text(filing.number or "")
