"""网上阅卷 on a phone without scripts: a party reads page by page, sees who read, the judge closes a part, the party takes
its file home; somebody outside asks and is let in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cases.models import AccessBasis, Side
from cases.services import grant_access
from documents.models import Copy, StoredFile
from eventlog.relay import run_due
from portal.demo import cast as people
from tests.journeys.people import fill, follow, sign_in, sign_in_staff, submit
from tests.support.court import Cast, accepted
from tests.support.drawing import draw

pytestmark = pytest.mark.django_db(transaction=True)
Pages = Callable[..., Page]


def test_reading_a_file_on_a_phone(cast: Cast, new_page: Pages) -> None:
    case = accepted(cast)
    while run_due():
        pass
    draw(*StoredFile.objects.all(), *Copy.objects.all(), last=20)
    party = case.parties.get(side=Side.DEFENDANT)
    grant_access(party=party, user=cast.users["li"], basis=AccessBasis.COUNTER, actor=cast.clerk)

    li = new_page(scripts=False)
    li.goto("/login/")
    sign_in(li, people.LI.phone)
    li.goto(f"/my/cases/{case.public_id}/files/")
    follow(li, "看整个案卷（网上阅卷）")
    expect(li.locator("main")).to_contain_text("证据材料")
    expect(li.locator("main")).not_to_contain_text("副卷")
    li.locator("main ul.tasks a").first.click()
    li.wait_for_load_state()
    read = 1
    while li.locator('main a[rel="next"]').count():
        width = li.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        expect(li.locator("main img")).to_have_js_property("complete", True)
        assert width == 0 and li.locator("main img").evaluate("one => one.naturalWidth") > 400
        li.locator('main a[rel="next"]').click()
        li.wait_for_load_state()
        read += 1
    assert read > 3
    expect(li.locator("main")).to_contain_text("这是最后一页")

    judge = new_page(desktop=True)
    sign_in_staff(judge, "judge")
    judge.goto(f"/desk/cases/{case.public_id}/file/")
    judge.locator("main ul.tasks a", has_text="借条").first.click()
    follow(judge, "限制查阅")
    judge.locator('[name="what"][value="part"]').check()
    fill(judge, {"page": "1", "top": "20", "bottom": "60", "ground": "privacy", "reason": "有银行账号"})
    submit(judge, "限制查阅")
    expect(judge.locator("main")).to_contain_text("当事人都看不到")

    zhang = new_page(scripts=False)
    zhang.goto("/login/")
    sign_in(zhang, people.ZHANG.phone)
    zhang.goto(f"/my/cases/{case.public_id}/file/")
    follow(zhang, "谁看过我的案卷")
    expect(zhang.locator("main")).to_contain_text("法官")
    expect(zhang.locator("main")).to_contain_text("当事人或者代理人的账号")
    zhang.goto(f"/my/cases/{case.public_id}/file/")
    follow(zhang, "下载案卷")
    with zhang.expect_download() as waiting:
        zhang.locator("main button[type=submit]").click()
    with open(waiting.value.path(), "rb") as kept:
        found = zipfile.ZipFile(io.BytesIO(kept.read()))
    assert {"目录.csv", "回执.txt"} <= set(found.namelist())


def test_somebody_outside_asks_and_is_let_in(cast: Cast, new_page: Pages) -> None:
    case = accepted(cast)
    while run_due():
        pass
    chen = new_page(scripts=False)
    chen.goto("/login/")
    sign_in(chen, people.OTHERS[0].phone)
    chen.goto("/my/reading/")
    submit(chen, "交给法院")
    expect(chen.locator(".errsum")).to_contain_text("请填写案号")
    chen.locator('[name="capacity"][value="third"]').check()
    fill(chen, {"number": case.number, "reason": "我是保证人"})
    submit(chen, "交给法院")
    expect(chen.locator("h1")).to_have_text("等法院答复")
    judge = new_page(desktop=True)
    sign_in_staff(judge, "judge")
    judge.goto("/desk/reading/")
    judge.locator("main tbody a").first.click()
    judge.locator('[name="decision"][value="grant"]').check()
    fill(judge, {"answer": "有利害关系，同意"})
    submit(judge, "答复申请人")
    chen.reload()
    expect(chen.locator("h1")).to_have_text("同意查阅")
    follow(chen, "看案卷")
    expect(chen.locator("main")).to_contain_text("证据材料")
