"""A code on one screen, scanned with a phone: the screen learns by itself that the money has come."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from payments.models import Bill, BillStatus, Order
from tests.filing.test_pages_browser import enter
from tests.journeys.people import fill, submit
from tests.support.scans import Told
from tests.support.servers import Live

Pages = Callable[..., Page]


@pytest.mark.req("REL-12")
@pytest.mark.parametrize("way", ["wechat-native", "alipay-precreate"])
def test_the_screen_learns_that_the_phone_has_paid(told: Told, live: Live, new_page: Pages, way: str) -> None:
    bill = Bill.objects.get(case=told.case)
    screen, phone = new_page(), new_page()
    enter(screen, told.cast.users["zhang"], live)
    screen.goto(f"/my/bills/{bill.public_id}/")
    fill(screen, {"way": way})
    screen.locator("main").get_by_role("button", name="去付款").click()
    expect(screen.locator("h1")).to_have_text("扫码付款")
    expect(screen.get_by_role("img", name="付款码")).to_be_visible()
    phone.goto(Order.objects.get().code_text)
    submit(phone, "付款")
    expect(screen.locator("h1")).to_have_text("已收到")
    bill.refresh_from_db()
    assert bill.status == BillStatus.PAID
