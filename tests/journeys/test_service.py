"""A party withdraws consent to the inbox on a phone in 长辈版 without scripts and has a paper sent; the clerk finds it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal.demo.cast import ZHANG
from tests.filing.test_pages_browser import enter
from tests.journeys.people import fill, follow, path_of, submit
from tests.look.axe import assert_no_sideways_scroll, show_as
from tests.support.scans import Told
from tests.support.servers import Live

HOME = "某省某市示例区胜利街9号3单元502"


@pytest.mark.req("REL-23")
def test_from_the_inbox_to_paper_and_back_to_the_clerk(
    told: Told, live: Live, new_page: Callable[..., Page], run_outbox: Callable[..., int]
) -> None:
    phone = new_page(scripts=False)
    enter(phone, told.cast.users["zhang"], live)
    show_as(phone, text="large")
    files = f"/my/cases/{told.case.public_id}/files/"
    phone.goto(files)
    follow(phone, "我要纸质的")
    follow(phone, "去确认收件地址")
    assert_no_sideways_scroll(phone)
    fill(phone, {"electronic": "no", "postal_address": "", "postal_phone": ZHANG.phone})
    submit(phone, "确认送达方式和地址")
    main = phone.locator("main")
    expect(main).to_contain_text("有 2 处需要改")
    expect(main.locator('[name="postal_phone"]')).to_have_value(ZHANG.phone)
    fill(phone, {"postal_address": HOME, "confidential": "on", "confirmed": "on"})
    submit(phone, "确认送达方式和地址")
    expect(main).to_contain_text("已请法院保密")
    phone.goto(files)
    follow(phone, "我要纸质的")
    assert_no_sideways_scroll(phone)
    submit(phone, "请寄给我")
    expect(main).to_contain_text("您已经要了纸质文书")
    assert path_of(phone).endswith("/paper/")
    run_outbox()
    desk = new_page(desktop=True)
    enter(desk, told.cast.posts["clerk"].user, live)
    desk.goto("/desk/print/")
    expect(desk.locator("main")).to_contain_text(HOME)
