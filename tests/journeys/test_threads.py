"""A statement with a file goes round: party, clerk, other side, lawyer, deputy, judge, head. Phones run no scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from cases.models import AccessBasis, Party
from cases.services import grant_access
from common import clock
from courts.services import set_leave
from eventlog.relay import run_due
from portal.demo.cast import LI, WANG, ZHANG
from tests.documents.craft import photo
from tests.journeys.people import fill, follow, path_of, sign_in, sign_in_staff, submit
from tests.look.axe import assert_accessible
from tests.support.scans import Told

Pages = Callable[..., Page]
SAID = "对方上周还了两千元，收条在附件里。"


def phone_of(new_page: Pages, number: str) -> Page:
    """Somebody signed in on a phone without scripts."""
    page = new_page(scripts=False)
    page.goto("/login/?next=/my/")
    sign_in(page, number)
    return page


def desk_of(new_page: Pages, username: str) -> Page:
    page = new_page(desktop=True)
    sign_in_staff(page, username)
    page.goto("/bench/")
    return page


def bind(told: Told, party: Party, name: str, basis: AccessBasis) -> None:
    grant_access(party=party, user=told.cast.users[name], basis=basis, actor=told.cast.clerk)


def tell(page: Page, told: Told) -> str:
    """张 states what happened, with a photo; the address of his thread."""
    page.goto(f"/my/cases/{told.case.public_id}/")
    follow(page, "给法官留言")
    fill(page, {"topic": "statement"})
    submit(page, "继续")
    expect(page.locator("main")).to_contain_text("李某（被告）要等书记员核对、决定转交以后才能看到")
    fill(page, {"text": SAID})
    picture = {"name": "收条.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    page.locator("input[type=file]").set_input_files(picture)  # type: ignore[arg-type]
    submit(page, "先存文件，再接着写")
    expect(page.locator("main")).to_contain_text("收条.jpg")
    expect(page.locator("textarea[name=text]")).to_have_value(SAID)
    submit(page, "发送")
    expect(page.locator("main")).to_contain_text("等书记员核对，核对以前对方当事人看不到")
    return path_of(page)


def answered(page: Page, words: str, ending: str) -> None:
    """Write, read again, send."""
    fill(page, {"text": words, "ending": ending})
    submit(page, "再读一遍")
    expect(page.locator("main")).to_contain_text("再读一遍再发")
    submit(page, "发送")
    expect(page.locator("body")).to_contain_text("答复已发出")


def test_a_statement_goes_round(told: Told, new_page: Pages) -> None:
    cast = told.cast
    bind(told, told.defendant, "li", AccessBasis.REAL_NAME)
    bind(told, told.plaintiff, "wang", AccessBasis.REPRESENTATION)
    zhang = phone_of(new_page, ZHANG.phone)
    thread = tell(zhang, told)

    li = phone_of(new_page, LI.phone)
    passed_on = f"/my/cases/{told.case.public_id}/exchanged/"
    li.goto(passed_on)
    expect(li.locator("main")).not_to_contain_text(SAID)

    clerk = desk_of(new_page, "caseclerk")
    clerk.get_by_role("table", name="要核对的材料和说明").get_by_role("link").first.click()
    expect(clerk.locator("main")).to_contain_text("转了就收不回来")
    assert_accessible(clerk)
    fill(clerk, {"outcome": "shown"})
    submit(clerk, "确定")
    expect(clerk.locator("main")).to_contain_text("已核对，对方当事人能看到")
    fill(clerk, {"note-text": "收条原件要看一下"})
    submit(clerk, "保存内部备注")
    expect(clerk.locator(".msg.internal").first).to_contain_text("内部备注，当事人看不到")
    assert_accessible(clerk)
    while run_due():
        pass

    li.goto(f"/my/cases/{told.case.public_id}/")
    follow(li, "看对方交来的材料和说明")
    expect(li.locator("main")).to_contain_text(SAID)
    file = li.locator("main ul.files a").get_attribute("href")
    assert file is not None and li.request.get(file).status == 200

    today = clock.today()
    set_leave(
        post_id=cast.posts["judge"].pk,
        deputy_id=cast.posts["filing-judge"].pk,
        from_on=today,
        until_on=today + timedelta(days=1),
        actor=cast.head,
    )
    deputy = desk_of(new_page, "filing-judge")
    deputy.get_by_role("table", name="要答复的留言").get_by_role("link").first.click()
    answered(deputy, "已收到，正在核对收条。", "interim")
    zhang.goto(thread)
    expect(zhang.locator("main")).to_contain_text("进展，还没有办完")
    expect(zhang.locator("main")).to_contain_text("代班法官")
    expect(zhang.locator("main")).not_to_contain_text("收条原件要看一下")

    lawyer = phone_of(new_page, WANG.phone)
    lawyer.goto(thread)
    lawyer.locator("summary", has_text="还想补充几句").click()
    fill(lawyer, {"text": "代理人补充：收条原件可以当庭出示。"})
    submit(lawyer, "发送")
    expect(lawyer.locator("main")).to_contain_text("当庭出示")

    head = desk_of(new_page, "head")
    head.goto("/bench/templates/")
    follow(head, "写一个新的")
    fill(head, {"title": "已记入案卷", "text": "{当事人}您好，您在{提出日期}说的已记入{案号}案卷。"})
    assert_accessible(head)
    submit(head, "保存")
    judge = desk_of(new_page, "judge")
    judge.get_by_role("table", name="要答复的留言").get_by_role("link").first.click()
    follow(judge, "已记入案卷")
    assert "张某您好" in judge.locator("textarea[name=text]").input_value()
    submit(judge, "再读一遍")
    submit(judge, "发送")

    zhang.goto(thread)
    fill(zhang, {"level": "unsatisfied", "reopen": "on"})
    submit(zhang, "提交评价")
    head.goto("/bench/")
    head.get_by_role("table", name="要答复的留言").get_by_role("link").first.click()
    answered(head, "两千元会在判决里扣除。", "settles")
    zhang.goto(thread)
    expect(zhang.locator("main")).to_contain_text("两千元会在判决里扣除")
    record = zhang.request.get(f"{thread}record/")
    assert record.status == 200 and record.body().startswith(b"%PDF")

    judge.goto("/bench/contacts/")
    expect(judge.locator("main")).to_contain_text("承办法官 赵明")
    assert_accessible(judge)
