"""A code in real life: scanned on a phone without scripts, asked whether it is genuine, checked and switched off by staff."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from playwright.sync_api import Page, expect

from cases.models import Party
from portal.demo.cast import LI
from qrlinks.models import CodeReport, Visit, VisitWay
from tests.filing.test_pages_browser import enter
from tests.journeys.people import code_for, fill, follow, path_of, submit
from tests.support.scans import Told, printed_path
from tests.support.servers import Live

Pages = Callable[..., Page]
FACTS = {"name": LI.name, "last_six": LI.id_number[-6:]}


def narrow(page: Page) -> None:
    """Nothing runs out of a phone of 360 pixels."""
    assert page.locator("html").evaluate("html => html.scrollWidth") <= 360, page.url


@pytest.mark.req("SEC-22", "SEC-24")
def test_scan_verify_and_compare_the_paper_in_hand(told: Told, live: Live, new_page: Pages) -> None:
    copy = told.copy(told.defendant)
    phone = new_page(scripts=False)
    phone.goto(printed_path(copy))
    expect(phone.locator("h1")).to_have_text("这是法院文书上的服务码")
    narrow(phone)
    for hidden in (told.case.number, "张某", "李某", copy.serial, copy.check_code):
        assert hidden not in phone.content(), hidden
    follow(phone, "验证身份")
    narrow(phone)
    fill(phone, FACTS)
    submit(phone, "发验证码")
    narrow(phone)
    fill(phone, {"code": code_for(phone, LI.phone)})
    submit(phone, "进入")
    assert path_of(phone) == f"/my/cases/{told.case.public_id}/"
    narrow(phone)
    main = phone.locator("main")
    expect(main).to_contain_text(copy.serial)
    expect(main).to_contain_text(copy.check_code)
    phone.goto(f"{path_of(phone)}people/")
    expect(phone.locator("main")).to_contain_text("有人以您的名义扫码进入，核对了手机验证码")
    narrow(phone)
    phone.get_by_role("button", name="结束").click()
    phone.goto(f"/my/cases/{told.case.public_id}/")
    assert path_of(phone) == "/login/"


@pytest.mark.req("SEC-24")
def test_is_this_paper_genuine(told: Told, live: Live, new_page: Pages, tmp_path: Path) -> None:
    copy = told.copy(told.defendant)
    with default_storage.open(copy.file_key) as kept:
        content = kept.read()
    (tmp_path / "paper.pdf").write_bytes(content)
    (tmp_path / "forged.pdf").write_bytes(content + b"\n% more")
    phone = new_page(scripts=False)
    phone.goto(printed_path(copy))
    follow(phone, "核对文书真伪")
    assert path_of(phone) == "/docs/verify/"
    narrow(phone)
    submit(phone, "核对")
    expect(phone.locator("main")).to_contain_text("请填份号和校验码，或者选一个PDF")
    fill(phone, {"serial": copy.serial, "check_code": copy.check_code.lower()})
    submit(phone, "核对")
    expect(phone.get_by_role("status")).to_contain_text("是真的，没有改动过")
    narrow(phone)
    fill(phone, {"serial": copy.serial, "check_code": "ABCDEF"})
    submit(phone, "核对")
    expect(phone.get_by_role("status")).to_contain_text("没有查到")
    for name, words in (("paper.pdf", "是真的，没有改动过"), ("forged.pdf", "被改动过")):
        phone.goto("/")
        phone.locator("footer").get_by_role("link", name="文书真伪核对").click()
        phone.locator('input[type="file"]').set_input_files(tmp_path / name)
        submit(phone, "核对")
        expect(phone.get_by_role("status")).to_contain_text(words)
    for hidden in (told.case.number, "张某", "李某", copy.paper.title):
        assert hidden not in phone.content(), hidden


@pytest.mark.req("SEC-24", "SEC-25")
def test_staff_refuse_a_copied_code_and_switch_the_paper_off(told: Told, live: Live, new_page: Pages) -> None:
    copy = told.copy(told.defendant)
    phone = new_page(scripts=False)
    phone.goto(printed_path(copy))
    follow(phone, "验证身份")
    fill(phone, FACTS)
    submit(phone, "发验证码")
    fill(phone, {"code": code_for(phone, LI.phone)})
    submit(phone, "进入")
    inside = path_of(phone)
    stranger = new_page(scripts=False)
    stranger.goto("/scan/")
    follow(stranger, "收到的码可疑，告诉法院")
    fill(stranger, {"words": "小区门口贴的，扫了要先交保证金"})
    submit(stranger, "告诉法院")

    desk = new_page(desktop=True)
    enter(desk, told.cast.posts["clerk"].user, live)
    desk.goto("/desk/codes/")
    fill(desk, {"text": f"HTTPS://FAKE.EXAMPLE{printed_path(copy)}"})
    submit(desk, "核对")
    expect(desk.get_by_role("status")).to_contain_text("网址不是法院的")
    follow(desk, "去看被冒用的那一份")
    expect(desk.locator("main")).to_contain_text("李某")
    expect(desk.locator("main")).to_contain_text("码有效到")
    follow(desk, "停用这一份")
    submit(desk, "停用")
    expect(desk.locator("main")).to_contain_text("请选停用的原因")
    fill(desk, {"reason": "suspicious"})
    submit(desk, "停用")
    expect(desk.locator("main")).to_contain_text("这一份已停用：被仿冒或者有人乱猜")
    phone.goto(inside)
    expect(phone.locator("main")).to_contain_text("扫码查看已结束")

    desk.goto("/desk/codes/reports/")
    follow(desk, "可疑的二维码")
    submit(desk, "由我处理")
    fill(desk, {"finding": "fake", "words": "已报派出所"})
    submit(desk, "记录结果")
    report = CodeReport.objects.get()
    assert [step.state for step in report.steps.order_by("id")] == ["taken", "settled"]


@pytest.mark.req("SEC-22")
def test_a_person_without_a_phone_at_a_counter_of_another_court(
    told: Told, live: Live, new_page: Pages
) -> None:
    copy = told.copy(told.defendant)
    Party.objects.filter(pk=told.defendant.pk).update(phone="", phone_index="", phone_origin="")
    desk = new_page(desktop=True, scripts=False)
    enter(desk, told.cast.posts["clerk-b"].user, live)
    desk.goto("/desk/codes/")
    follow(desk, "当事人没有手机，在窗口核对身份")
    shown = {"serial": copy.serial, "check_code": copy.check_code, "name": LI.name, "id_number": LI.id_number}
    fill(desk, shown)
    submit(desk, "核对一致，给通行码")
    expect(desk.locator("main")).to_contain_text("请先核对本人和证件原件，再打勾")
    desk.locator('main [name="seen"]').check()
    submit(desk, "核对一致，给通行码")
    code = desk.locator("#pass-code").inner_text()
    assert told.case.number not in desk.content()
    borrowed = new_page(scripts=False)
    borrowed.goto(printed_path(copy))
    follow(borrowed, "验证身份")
    borrowed.get_by_text("手机号换了、没有手机？").click()
    follow(borrowed, "窗口给了我通行码")
    narrow(borrowed)
    fill(borrowed, {"code": code})
    submit(borrowed, "进入")
    expect(borrowed.locator("main")).to_contain_text(told.case.number)
    assert Visit.objects.get().way == VisitWay.COUNTER
    assert settings.COURT_HOTLINE in borrowed.content()
