"""A ruling by two people in browsers without scripts, read by the party; a summons with a wrong hour, corrected."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.cases.test_drafting import texts
from tests.filing.test_pages_browser import enter
from tests.journeys.people import fill, follow, submit
from tests.look.axe import assert_no_sideways_scroll, show_as
from tests.support.scans import Told
from tests.support.servers import Live


def begin(page: Page, case: str, template: str, typed: dict[str, str]) -> None:
    page.goto(case)
    follow(page, "起草文书")
    fill(page, {"template": template})
    submit(page, "开始起草")
    fill(page, {f"text-{name}": text for name, text in typed.items() if text})
    submit(page, "保存并看样子")


def test_from_the_first_word_to_the_party_and_a_correction(
    told: Told, live: Live, new_page: Callable[..., Page], run_outbox: Callable[..., int]
) -> None:
    case = f"/desk/cases/{told.case.public_id}/"
    clerk, judge = new_page(desktop=True, scripts=False), new_page(desktop=True, scripts=False)
    enter(clerk, told.cast.posts["caseclerk"].user, live)
    enter(judge, told.cast.posts["judge"].user, live)
    ruling = texts("preservation_ruling")
    begin(clerk, case, "preservation_ruling", ruling | {"measures": "冻结存款一千元"})
    expect(clerk.locator("img.sheet").first).to_be_visible()
    submit(clerk, "提交签发")

    judge.goto("/bench/")
    follow(judge, "保全裁定书待签发")
    judge.locator("summary", has_text="退回修改").click()
    submit(judge, "退回")
    expect(judge.locator("main")).to_contain_text("请填写要改什么")
    fill(judge, {"reason": "金额应为十万元"})
    submit(judge, "退回")

    clerk.reload()
    expect(clerk.locator("main")).to_contain_text("金额应为十万元")
    follow(clerk, "修改")
    fill(clerk, {"text-measures": "冻结存款十万元"})
    submit(clerk, "保存并看样子")
    submit(clerk, "提交签发")

    judge.goto("/bench/")
    follow(judge, "保全裁定书待签发")
    expect(judge.locator("main del")).to_have_text("冻结存款一千元")
    expect(judge.locator("main ins")).to_have_text("冻结存款十万元")
    submit(judge, "签发")
    expect(judge.locator("main")).to_contain_text("已签发")
    run_outbox()

    called = {"purpose": "开庭审理", "appear_at": "2026-12-15 9:30", "place": "本院第三法庭"}
    begin(clerk, case, "summons", called)
    submit(clerk, "盖章发出")
    run_outbox()
    judge.goto(case)
    judge.locator("tr", has_text="传票").first.get_by_role("link", name="更正").click()
    submit(judge, "起草更正后的文书")
    fill(judge, {"text-appear_at": "2026-12-16 9:30"})
    submit(judge, "保存并看样子")
    submit(judge, "盖章发出")
    run_outbox()

    phone = new_page(scripts=False)
    enter(phone, told.cast.users["zhang"], live)
    show_as(phone, text="large")
    phone.goto(f"/my/cases/{told.case.public_id}/files/")
    papers = phone.locator("main")
    expect(papers).to_contain_text("保全裁定书")
    expect(papers).to_contain_text("法院后来更正了这份文书")
    expect(papers).to_contain_text("这份是更正后的文书，代替")
    assert_no_sideways_scroll(phone)
