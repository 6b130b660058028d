"""A company sues through its lawyer: he signs in, fills in the company and himself, gives the authority papers, sends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cases.models import Case
from filing.models import Filing
from portal.demo.cast import WANG
from portal.demo.several import BUYER, COMPANY, LAWYER
from tests.filing.test_pages_browser import enter
from tests.journeys.desk import accept, open_first
from tests.journeys.filings import answer_precheck, finish, needed
from tests.journeys.people import fill, follow, path_of, sign_in, submit
from tests.look.axe import show_as
from tests.support.court import Cast
from tests.support.servers import Live

Pages = Callable[..., Page]
LONG_NAME = "某某（某省）国际商贸进出口集团股份有限公司某市示例区分公司"
AUTHORITY = {"LICENSE", "REP_CERT", "POA", "LAWYER_LETTER", "LAWYER_LICENSE"}


def name_the_company(page: Page, home: str) -> None:
    page.goto(f"{home}me/new/")
    told = ("kind", "id_number", "legal_representative", "organisation_type", "ownership", "phone", "address")
    fill(page, {name: COMPANY[name] for name in told} | {"name": LONG_NAME})
    submit(page, "保存")
    expect(page.locator("main")).to_contain_text(LONG_NAME)
    page.goto(f"{home}other/new/")
    fill(page, {"kind": "legal", "name": BUYER["name"], "address": BUYER["address"]})
    submit(page, "保存")


def name_himself(page: Page, home: str) -> None:
    """His name, phone and kind stand there already."""
    page.goto(home)
    follow(page, "请人代理")
    expect(page.locator("main [name=name]")).to_have_value(WANG.name)
    fill(page, {"firm": LAWYER["firm"], "licence": "1130120081012345", "power": "special"})
    submit(page, "保存")
    expect(page.locator("main")).to_contain_text("律师执业证号应为17位数字")
    fill(page, {"licence": LAWYER["licence"]})
    submit(page, "保存")
    assert path_of(page) == f"{home}agents/"


@pytest.mark.req("R-11", "R-14")
def test_a_lawyer_sues_for_a_company(
    cast: Cast, live: Live, new_page: Pages, run_outbox: Callable[..., int]
) -> None:
    page = new_page(scripts=False)
    show_as(page, text="large")
    answer_precheck(page, {"what": "sale", "who": "legal", "amount": "126000", "court": "某1234"})
    follow(page, "登录并开始填写")
    sign_in(page, WANG.phone)
    expect(page.locator("main [name=capacity][value=agent]")).to_be_checked()
    submit(page, "开始填写")
    home, filing = path_of(page), Filing.objects.get()
    name_the_company(page, home)
    name_himself(page, home)
    assert set(needed(filing)) >= AUTHORITY
    finish(page, filing, WANG.name, post_as=cast.users["wang"])

    clerk = new_page(desktop=True)
    enter(clerk, cast.posts["clerk"].user, live)
    clerk.goto("/desk/filings/")
    expect(clerk.locator("[data-queue]")).to_contain_text(LONG_NAME)
    open_first(clerk)
    for words in (LONG_NAME, WANG.name, LAWYER["firm"], LAWYER["licence"], "特别授权"):
        expect(clerk.locator("main")).to_contain_text(words)
    accept(clerk, "民初1号")
    run_outbox()

    case = Case.objects.get()
    page.goto("/my/")
    page.locator(f"main a[href='/my/cases/{case.public_id}/']").click()
    page.locator("main details > summary").last.click()
    follow(page, "当事人")
    expect(page.locator("main")).to_contain_text("您代理")
    expect(page.locator("main")).to_contain_text(LONG_NAME)
