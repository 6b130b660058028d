"""Nineteen workers, one employer, one submission by their representative: nineteen linked cases, each worker reads his own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cases.models import Case, CaseLink, LinkKind, Side
from filing.models import Filing
from portal.demo.cast import ZHANG, Person
from tests.filing.test_pages_browser import enter
from tests.journeys.desk import accept, open_first
from tests.journeys.filings import answer_precheck, begin, finish, name_person
from tests.journeys.people import fill, follow, path_of, sign_in, submit, tell_real_name
from tests.support.court import Cast
from tests.support.servers import Live

Pages = Callable[..., Page]
EACH = 12000
WORKERS = [
    Person(f"139{n:08d}", f"工友{n}某", f"13010219800101{n:03d}", "男", f"某市示例区环城路66号工棚{n}号")
    for n in range(2, 20)
]
EMPLOYER = "某某（某省）建筑劳务分包工程有限责任公司某市示例区第三分公司"
CLAIM = {"claim": "2026年1月至3月的工资", "claim_amount": str(EACH)}
TOTAL = str(EACH * 19)


def name_everybody(page: Page, home: str) -> None:
    """The representative himself, eighteen workers from a pasted list, the employer; one case for each."""
    name_person(page, home, "me", ZHANG, **CLAIM)
    follow(page, "人很多？一次加入一批人")
    rows = [(w.name, w.id_number, w.phone, w.address, *CLAIM.values()) for w in WORKERS]
    fill(page, {"lines": "\n".join("，".join(row) for row in rows)})
    submit(page, "加入这些人")
    expect(page.locator("main")).to_contain_text("一共19位")
    follow(page, "一起审，还是每人一案")
    fill(page, {"together": "separate"})
    submit(page, "保存")
    page.goto(f"{home}other/new/")
    fill(page, {"kind": "legal", "name": EMPLOYER, "address": "某省某市示例区环城路66号"})
    submit(page, "保存")


def read_own_case(page: Page, worker: Person, case: Case, other: Case) -> None:
    """Signs in, says who he is, is shown his case with his sum; the case of a colleague is none of his business."""
    page.goto("/login/")
    sign_in(page, worker.phone)
    page.goto("/my/real-name/")
    tell_real_name(page, worker)
    page.goto("/my/")
    submit(page, "查找我的案件")
    expect(page.locator("main a[href*='/my/cases/']")).to_have_count(1)
    follow(page, case.number)
    assert path_of(page) == f"/my/cases/{case.public_id}/"
    follow(page, "当事人")
    expect(page.locator("main")).to_contain_text(worker.name)
    assert page.request.get(f"/my/cases/{other.public_id}/").status == 404


@pytest.mark.req("R-11")
def test_nineteen_workers_file_once_and_each_reads_his_own_case(
    cast: Cast, live: Live, new_page: Pages, run_outbox: Callable[..., int]
) -> None:
    page = new_page(scripts=False)
    enter(page, cast.users["zhang"], live)
    precheck = {"what": "labour", "work_claim": "wages", "arbitrated": "yes", "court": "某1234"}
    answer_precheck(page, precheck)
    home = begin(page, "deputy")
    name_everybody(page, home)
    filing = Filing.objects.get()
    sums = {"wages-0-amount": TOTAL, "total_amount": TOTAL}
    finish(page, filing, ZHANG.name, sums, post_as=cast.users["zhang"])

    clerk = new_page(desktop=True)
    enter(clerk, cast.posts["clerk"].user, live)
    clerk.goto("/desk/filings/")
    expect(clerk.locator("[data-queue]")).to_contain_text("张某等19人")
    open_first(clerk)
    expect(clerk.locator("main")).to_contain_text(WORKERS[-1].name)
    expect(clerk.locator("main")).to_contain_text("一次立19个案子")
    expect(clerk.locator("main")).to_contain_text("不用先交费")
    accept(clerk, "已立19案")
    run_outbox()

    cases = list(Case.objects.filter(filing_public_id=filing.public_id).order_by("filing_part"))
    assert [case.amount for case in cases] == [EACH] * 19
    assert [case.sequence for case in cases] == list(range(cases[0].sequence, cases[0].sequence + 19))
    linked = CaseLink.objects.filter(kind=LinkKind.SAME_SUBMISSION, earlier=cases[0])
    assert {link.later_id for link in linked} == {case.pk for case in cases[1:]}
    for case, person in zip(cases, [ZHANG, *WORKERS], strict=True):
        assert [party.name for party in case.parties.filter(side=Side.PLAINTIFF)] == [person.name]

    page.goto(home)
    expect(page.locator("main")).to_contain_text("一共立了19个案子")
    read_own_case(new_page(scripts=False), WORKERS[0], cases[1], cases[2])
    read_own_case(new_page(scripts=False), WORKERS[-1], cases[18], cases[0])
