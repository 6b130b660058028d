"""Filed at a court that is not competent: handed over, both courts see it with its clock, the other one accepts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from filing.models import Filing, FilingStatus
from portal.demo.cast import ZHANG
from tests.filing.pages import home
from tests.filing.test_pages_browser import enter
from tests.journeys.desk import accept, open_first
from tests.journeys.filings import send
from tests.journeys.people import fill, follow, submit
from tests.support.court import Cast, draft
from tests.support.servers import Live

Pages = Callable[..., Page]
REASON = "被告住所地在该院辖区，双方没有约定管辖；合同也在该院辖区内履行"


def hand_over(page: Page, cast: Cast) -> None:
    """The clerk finds that another court is competent and says why, by keyboard."""
    open_first(page)
    page.keyboard.press("t")
    expect(page.locator("h1")).to_contain_text("移送有管辖权的法院")
    fill(page, {"to_court": str(cast.other_court.public_id), "reason": REASON})
    submit(page, "移送")


def sees_the_hand_over(page: Page, filing: Filing, cast: Cast, state: str) -> None:
    """The list of hand-overs names both courts and what it has come to: the clock, in the end the decision."""
    page.goto("/desk/filings/?view=moved")
    row = page.locator("[data-queue] tbody tr").filter(has_text=filing.number or "")
    for words in (cast.court.name, cast.other_court.name, state):
        expect(row).to_contain_text(words)


@pytest.mark.req("R-20")
def test_an_application_reaches_the_competent_court_without_a_second_walk(
    cast: Cast, live: Live, new_page: Pages, run_outbox: Callable[..., int]
) -> None:
    zhang = new_page(scripts=False)
    enter(zhang, cast.users["zhang"], live)
    filing = draft(cast)
    send(zhang, home(filing), ZHANG.name)
    here, there = new_page(desktop=True), new_page(desktop=True)
    enter(here, cast.posts["clerk"].user, live)
    enter(there, cast.posts["clerk-b"].user, live)

    hand_over(here, cast)
    run_outbox()
    filing.refresh_from_db()
    for desk in (here, there):
        sees_the_hand_over(desk, filing, cast, "还剩")
    assert here.request.get(f"/desk/filings/{filing.public_id}/").status == 404

    zhang.goto("/my/")
    follow(zhang, "通知")
    expect(zhang.locator("main")).to_contain_text(cast.other_court.name)
    zhang.goto(home(filing))
    expect(zhang.locator("main")).to_contain_text(f"移送有管辖权的{cast.other_court.name}")
    expect(zhang.locator("main")).to_contain_text(REASON)
    expect(zhang.locator("main")).to_contain_text("还剩")

    open_first(there)
    expect(there.locator("header")).to_contain_text(cast.other_court.name)
    expect(there.locator("main")).to_contain_text(REASON)
    accept(there, "某1235民初1号")
    run_outbox()
    filing.refresh_from_db()
    assert filing.status == FilingStatus.ACCEPTED
    zhang.goto(home(filing))
    expect(zhang.locator("main")).to_contain_text("已经立案")
    follow(zhang, "打开我的案子")
    expect(zhang.locator("main")).to_contain_text("某1235民初1号")
    expect(zhang.locator("main")).to_contain_text(cast.other_court.name)
    sees_the_hand_over(here, filing, cast, "已立案")
