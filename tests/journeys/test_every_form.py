"""Element forms once in a real browser, scripts off: from the pre-check on a phone to the clerk's desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from filing.elements import schema
from filing.models import Filing, FilingStatus
from portal.demo.cast import LI, ZHANG
from tests.filing.test_pages_browser import enter
from tests.journeys.filings import answer_precheck, begin, finish, name_person
from tests.support.court import Cast
from tests.support.length import FULL_LENGTH
from tests.support.servers import Live

Pages = Callable[..., Page]
ELEMENT_FORMS = [key for key in schema.form_keys() if schema.load(key).element_template]
WALKED = ELEMENT_FORMS if FULL_LENGTH else ["private_lending", "labour"]
"""Every form is walked without a browser in ``tests/filing/test_forms_walk.py``."""
ANSWERS = {"who": "natural", "due": "recent", "arbitrated": "yes", "court": "某1234"}
"""What is answered before sign-in; any other choice: the first that is offered."""


@pytest.mark.req("R-11", "R-14")
@pytest.mark.parametrize("key", WALKED)
def test_a_person_files_with_this_form(cast: Cast, live: Live, new_page: Pages, key: str) -> None:
    page = new_page(scripts=False)
    enter(page, cast.users["zhang"], live)
    answer_precheck(page, ANSWERS | {"what": key})
    home = begin(page)
    filing = Filing.objects.get()
    assert (filing.form, filing.applicant_id) == (key, cast.users["zhang"].pk)
    name_person(page, home, "me", ZHANG)
    name_person(page, home, "other", LI)
    finish(page, filing, ZHANG.name)
    filing.refresh_from_db()
    assert filing.status == FilingStatus.SUBMITTED
    clerk = new_page(desktop=True)
    enter(clerk, cast.posts["clerk"].user, live)
    clerk.goto("/desk/filings/")
    expect(clerk.locator("main")).to_contain_text(filing.number or "")
