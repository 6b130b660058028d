"""The desk by keyboard in Chromium: a clean application costs three key presses; keys stay out of fields and can be off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from cases.models import Case
from courts.models import StaffPost
from filing import services
from filing.models import Filing
from tests.filing.pages import client_of
from tests.look.axe import assert_accessible, assert_no_sideways_scroll, show_as
from tests.support.court import Cast, claimed, submitted, twins
from tests.support.servers import Live

NewPage = Callable[..., Page]


def sit_down(page: Page, post: StaffPost, live: Live) -> Page:
    """Be signed in as this member of staff from the next page on."""
    value = client_of(post.user).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live.url}])
    return page


def test_a_clean_application_is_three_key_presses_and_the_next_one_two(
    cast: Cast, live: Live, desktop_page: Page
) -> None:
    first = submitted(cast)
    (second,) = twins(first, 1)
    page = sit_down(desktop_page, cast.posts["clerk"], live)
    page.goto("/desk/filings/")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(first.number or "")
    page.keyboard.press("Control+Enter")
    assert not Case.objects.exists(), "nothing is decided before the consequence was shown"
    page.keyboard.press("a")
    expect(page.get_by_text("会收到：案号")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_contain_text(second.number or "")
    assert Case.objects.count() == 1
    page.keyboard.press("a")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("立案审查")
    assert Case.objects.count() == 2


def test_keys_move_tick_search_go_and_come_back_but_not_while_typing(
    cast: Cast, live: Live, desktop_page: Page
) -> None:
    first = submitted(cast)
    twins(first, 2)
    page = sit_down(desktop_page, cast.posts["clerk"], live)
    page.goto("/desk/filings/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert [box.is_checked() for box in page.locator("tbody input[type=checkbox]").all()] == [
        False,
        True,
        False,
    ]
    page.keyboard.press("/")
    page.keyboard.type("jax")
    expect(page.locator("[data-search]")).to_have_value("jax")
    page.locator("[data-search]").evaluate("box => box.blur()")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/desk/filings/?view=due")
    page.goto(f"/desk/filings/{first.public_id}/")
    page.keyboard.press("t")
    expect(page.locator("h1")).to_contain_text("移送有管辖权的法院")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/desk/filings/{first.public_id}/")
    page.keyboard.press("b")
    expect(page.locator("h1")).to_contain_text("一次性补正")


def test_keys_can_be_switched_off(cast: Cast, live: Live, desktop_page: Page) -> None:
    """WCAG 2.1.4."""
    filing = submitted(cast)
    page = sit_down(desktop_page, cast.posts["clerk"], live)
    page.goto(f"/desk/filings/{filing.public_id}/")
    page.locator("#keys summary").click()
    page.get_by_label("不用快捷键").check()
    page.reload()
    page.keyboard.press("b")
    page.keyboard.press("a")
    expect(page.locator("h1")).to_contain_text(filing.number or "")
    expect(page.get_by_text("会收到：案号")).to_be_hidden()


@pytest.mark.parametrize(
    ("text", "contrast"), [("standard", "normal"), ("large", "normal"), ("standard", "high")]
)
def test_pages_of_the_judge_and_of_oversight_are_accessible(
    cast: Cast, live: Live, new_page: NewPage, text: str, contrast: str
) -> None:
    filing = claimed(cast, submitted(cast))
    proposal = services.propose_refusal(
        filing_id=filing.pk, fence=filing.fence, ground="arbitration", words="有仲裁条款", actor=cast.clerk
    )
    page = sit_down(new_page(), cast.posts["filing-judge"], live)
    show_as(page, text=text, contrast=contrast)
    for address in (
        "/desk/rulings/",
        f"/desk/rulings/{proposal.public_id}/",
        f"/desk/filings/{Filing.objects.get().public_id}/",
    ):
        page.goto(address)
        assert_accessible(page)
        assert_no_sideways_scroll(page)


def test_without_scripts_a_correction_is_previewed_as_the_person_will_see_it(
    cast: Cast, live: Live, new_page: NewPage
) -> None:
    filing = submitted(cast)
    page = sit_down(new_page(desktop=True, scripts=False), cast.posts["clerk"], live)
    page.goto(f"/desk/filings/{filing.public_id}/fix-notice/")
    page.get_by_label("看不清：借条").check()
    page.get_by_role("button", name="预览").click()
    seen = page.locator(".phone").inner_text()
    page.get_by_role("button", name="发出并看下一件").click()
    mine = new_page(scripts=False)
    value = cast.client("zhang").cookies[settings.SESSION_COOKIE_NAME].value
    mine.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live.url}])
    mine.goto(f"/my/filings/{filing.public_id}/fix/")
    told = mine.locator("main").inner_text()
    for line in filter(None, (text.strip() for text in seen.splitlines())):
        assert line in told, line
