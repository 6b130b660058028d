"""Tables in a browser: rows are added and taken out without asking the server, named anew, and pass axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cases.models import AccessBasis, Side
from cases.services import grant_access
from common.actor import system
from filing import services
from filing.models import Filing
from tests.filing.pages import home
from tests.filing.test_forms_walk import begun
from tests.filing.test_pages_browser import enter
from tests.look.axe import assert_accessible, assert_no_sideways_scroll, show_as
from tests.support.court import Cast, accepted
from tests.support.servers import Live

NewPage = Callable[..., Page]


@pytest.mark.parametrize("text", ["standard", "large"])
def test_rows_of_a_table_with_scripts_on_a_phone(
    cast: Cast, live: Live, new_page: NewPage, text: str
) -> None:
    page = new_page()
    show_as(page, text=text)
    enter(page, cast.users["zhang"], live)
    filing = begun(cast, "divorce")
    page.goto(home(filing, "claims/debts/"))
    expect(page.get_by_text("欠谁的")).to_be_hidden()
    page.check("input[name=debts_have][value=有]")
    page.fill("[name=debts-0-creditor]", "某银行")
    page.locator("[data-row-add]").click()
    expect(page.locator("[name=debts-1-creditor]")).to_be_focused()
    page.fill("[name=debts-1-creditor]", "王某")
    page.locator("[data-row-drop]").first.click()
    expect(page.locator("fieldset[data-row] > legend")).to_have_text(["债务 1"])
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.fill("[name=debts-1-amount]", "一千")
    page.locator("main form .btns .btn").last.click()
    expect(page.locator(".errsum")).to_contain_text("债务 1“欠多少”：")
    assert_accessible(page)
    page.locator(".errsum a").first.click()
    assert page.evaluate("document.activeElement.matches('input')")
    page.fill("[name=debts-1-amount]", "1000")
    page.check("[name=debts-1-whose][value=我还]")
    page.fill("[name=debts-1-details]", "2024年装修时借的")
    page.keyboard.press("Enter")
    page.wait_for_url("**/claims/children/**")
    assert Filing.objects.get(pk=filing.pk).answers["debts"] == [
        {"creditor": "王某", "amount": "1000.00", "details": "2024年装修时借的", "whose": "我还"}
    ]


def test_the_pages_of_a_defence_are_accessible(cast: Cast, live: Live, new_page: NewPage) -> None:
    case = accepted(cast)
    party = case.parties.get(side=Side.DEFENDANT)
    grant_access(party=party, user=cast.users["li"], basis=AccessBasis.REAL_NAME, actor=system("test"))
    page = new_page()
    show_as(page, text="large")
    enter(page, cast.users["li"], live)
    page.goto(f"/my/cases/{case.public_id}/defence/")
    assert_accessible(page)
    filing = services.start_defence(party=party, actor=cast.li)
    for rest in ("", "claims/claims_1/", "reasons/evidence_list/", "check/"):
        page.goto(home(filing, rest))
        assert_accessible(page)
        assert_no_sideways_scroll(page)
