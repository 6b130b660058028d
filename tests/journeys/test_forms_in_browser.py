"""Each element form once in a real browser: every page typed and clicked, rows added, checked, signed and sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from filing.elements import schema
from filing.models import Filing, FilingStatus
from filing.selectors import draft_of
from tests.filing.answers import posted
from tests.filing.pages import client_of, home
from tests.filing.test_forms_walk import add_the_rest, begun
from tests.filing.test_pages_browser import enter
from tests.filing.test_pages_draft import photo
from tests.support.court import Cast
from tests.support.servers import Live

NewPage = Callable[..., Page]
FORMS = [key for key in schema.form_keys() if schema.load(key).element_template]


def type_in(page: Page, asked: schema.Page, kept: dict[str, object]) -> None:
    """Answer everything that this page asks, as a person does."""
    for name, value in posted(asked, kept).items():
        boxes = page.locator(f'[name="{name}"]')
        if boxes.count() == 0:
            page.locator(f'[data-row-add][value="add {name.partition("-")[0]}"]').click()
        if boxes.first.get_attribute("type") in ("radio", "checkbox"):
            for one in value if isinstance(value, list) else [value]:
                page.check(f'[name="{name}"][value="{one}"]')
        else:
            boxes.fill(str(value))


def test_seven_element_forms_exist() -> None:
    assert len(FORMS) == 7


@pytest.mark.req("R-11")
@pytest.mark.parametrize("key", FORMS)
def test_a_form_is_filled_in_and_sent_in_a_browser(
    cast: Cast, live: Live, new_page: NewPage, key: str
) -> None:
    filing, form = begun(cast, key), schema.load(key)
    add_the_rest(client_of(cast.users["zhang"]), filing)
    page = new_page()
    enter(page, cast.users["zhang"], live)
    for task in form.tasks:
        page.goto(home(filing, f"{task.key}/{task.pages[0].key}/"))
        while f"/{task.key}/" in page.url:
            asked = form.pages[page.url.rstrip("/").rpartition("/")[2]]
            type_in(page, asked, Filing.objects.get(pk=filing.pk).answers)
            with page.expect_navigation():
                page.locator("main form .btns .btn").last.click()
            assert not page.title().startswith("有误"), page.locator(".errsum").inner_text()
    add_papers_that_the_answers_need(cast, filing)
    page.goto(home(filing, "check/"))
    page.check("[name=agree]")
    page.fill("[name=signed_name]", "张某")
    page.locator("main form .btns .btn").last.click()
    expect(page.locator("h1")).to_have_text("您的申请已提交，还没有立案")
    assert Filing.objects.get(pk=filing.pk).status == FilingStatus.SUBMITTED


def add_papers_that_the_answers_need(cast: Cast, filing: Filing) -> None:
    """Photographs for slots that only the answers opened."""
    client = client_of(cast.users["zhang"])
    for slot, files in draft_of(Filing.objects.get(pk=filing.pk)).slots():
        if not files:
            sent = {"slot": slot.key, "files": photo()}
            assert client.post(home(filing, "evidence/"), sent).status_code == 302, slot.key
