"""The server is killed while somebody with a phone fills in a form and sends a photograph: he goes on, nothing is lost.

With scripts off, as every journey of the public; the same for single requests is shown in ``tests/faults``.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from documents.models import StoredFile
from filing.models import Filing
from portal.demo.cast import ZHANG
from portal.demo.loan import photo
from tests.filing.pages import home
from tests.journeys.filings import add_photos, send
from tests.journeys.people import fill, submit
from tests.support.court import Cast, draft
from tests.support.servers import Site

Pages = Callable[..., Page]
FIRST, SECOND = "第一遍写的经过：对方当面写下借条", "第二遍写的经过：还有两个证人在场"

MORE_THAN_FITS_ON_THE_WAY = 16_000_000
"""Bytes that no buffer between browser and server holds, so that an upload is surely under way."""


@pytest.fixture
def phone(cast: Cast, site: Site, new_page: Pages) -> Page:
    """张's phone at the portal that will be killed."""
    page = new_page(scripts=False, base_url=site.url)
    session = cast.client("zhang").cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site.url}])
    return page


def upload(page: Page, content: bytes) -> None:
    """Choose a photograph of the IOU and press the button, without waiting for what comes of it."""
    page.locator("#slot-IOU input[type=file]").set_input_files(
        {"name": "借条.jpg", "mimeType": "image/jpeg", "buffer": content}
    )
    with page.expect_request(lambda request: request.method == "POST"):
        page.locator("#slot-IOU").get_by_role("button", name="上传").click(no_wait_after=True)


@pytest.mark.req("REL-50")
def test_a_form_filled_in_while_the_server_dies_is_kept(cast: Cast, site: Site, phone: Page) -> None:
    filing = draft(cast)
    form = home(filing, "facts/contract/")
    phone.goto(form)
    fill(phone, {"contract_facts": FIRST})
    submit(phone, "继续")
    phone.goto(form)
    fill(phone, {"contract_facts": SECOND})
    site.kill()
    assert Filing.objects.get(pk=filing.pk).answers["contract_facts"] == FIRST
    site.start()
    submit(phone, "继续")
    phone.goto(form)
    expect(phone.locator("[name=contract_facts]")).to_have_value(SECOND)


@pytest.mark.req("REL-50")
def test_an_upload_cut_off_by_the_death_of_the_server_is_made_again(
    cast: Cast, site: Site, phone: Page
) -> None:
    filing = draft(cast, without=("IOU",))
    kept = sorted(filing.materials.values_list("slot", flat=True))
    before = StoredFile.objects.count()
    phone.goto(home(filing, "evidence/"))
    site.freeze()
    upload(phone, photo(["借条"], "借条.jpg").read() + bytes(MORE_THAN_FITS_ON_THE_WAY))
    site.kill()
    context = phone.context
    phone.close()
    site.start()
    again = context.new_page()
    again.goto(home(filing, "evidence/"))
    assert sorted(filing.materials.values_list("slot", flat=True)) == kept
    assert StoredFile.objects.count() == before
    for slot in kept:
        expect(again.locator(f"#slot-{slot}")).to_contain_text(".jpg")
    add_photos(again, home(filing), ["IOU"])
    assert filing.materials.filter(slot="IOU").count() == 1
    send(again, home(filing), ZHANG.name)
