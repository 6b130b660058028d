"""Each element form once in a real browser, scripts off: from the pre-check on a phone to the clerk's desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from filing.elements import schema
from filing.models import Filing, FilingStatus
from filing.selectors import draft_of
from filing.tasklist import gaps_of
from tests.filing.answers import posted
from tests.filing.test_pages_browser import enter
from tests.journeys.people import fill, follow, path_of, submit
from tests.journeys.test_story import add_photos, fill_people, send
from tests.support.court import Cast
from tests.support.servers import Live

Pages = Callable[..., Page]
ELEMENT_FORMS = [key for key in schema.form_keys() if schema.load(key).element_template]
ANSWERS = {"who": "natural", "due": "recent", "arbitrated": "yes", "court": "某1234"}
"""What is answered before sign-in; any other choice: the first that is offered."""


def answer_precheck(page: Page, key: str) -> None:
    """Up to eight taps, one question a page."""
    page.goto("/precheck/")
    for _question in range(8):
        if path_of(page) != "/precheck/":
            return
        box = page.locator("main [name]:not([type=hidden])").first
        name = box.get_attribute("name") or ""
        if box.get_attribute("type") == "radio":
            first = box.get_attribute("value")
            fill(page, {name: {"what": key}.get(name, ANSWERS.get(name, first))})
        else:
            fill(page, {name: "60000"})
        submit(page, "继续")
    assert path_of(page) == "/precheck/result/"


def fill_form(page: Page, filing: Filing) -> None:
    """Every page that is asked, as it comes, with one row in each table."""
    for task in schema.load(filing.form).tasks:
        for shown in task.pages:
            kept = Filing.objects.get(pk=filing.pk).answers
            if not shown.asked(kept):
                continue
            page.goto(f"/my/filings/{filing.public_id}/{task.key}/{shown.key}/")
            here = page.url
            fill(page, posted(shown, kept, rows=1))
            submit(page, "继续")
            expect(page).not_to_have_url(here)


def needed(filing: Filing) -> list[str]:
    return [slot.key for slot, files in draft_of(filing).slots() if slot.required and not files]


@pytest.mark.req("R-11", "R-14")
@pytest.mark.parametrize("key", ELEMENT_FORMS)
def test_a_person_files_with_this_form(cast: Cast, live: Live, new_page: Pages, key: str) -> None:
    page = new_page(scripts=False)
    enter(page, cast.users["zhang"], live)
    answer_precheck(page, key)
    follow(page, "开始填写")
    submit(page, "开始填写")
    home = path_of(page)
    filing = Filing.objects.get()
    assert (filing.form, filing.applicant_id) == (key, cast.users["zhang"].pk)
    fill_people(page, home)
    fill_form(page, filing)
    filing.refresh_from_db()
    add_photos(page, home, needed(filing))
    page.goto(f"{home}delivery/")
    fill(page, {"e_delivery": "yes"})
    submit(page, "继续")
    assert [gap.message for gap in gaps_of(draft_of(Filing.objects.get(pk=filing.pk)))] == []
    send(page, home)
    filing.refresh_from_db()
    assert filing.status == FilingStatus.SUBMITTED
    clerk = new_page(desktop=True)
    enter(clerk, cast.posts["clerk"].user, live)
    clerk.goto("/desk/filings/")
    expect(clerk.locator("main")).to_contain_text(filing.number or "")
