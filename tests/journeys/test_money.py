"""Money in a browser: pay on a phone, fail and try again, come back before the news, two tabs, relief, and money that comes
back by itself (DESIGN §4 steps 4 and 7). The payer's phone runs no scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from common import clock
from payments.models import Bill, Order, OrderState, Payment, Refund, RefundPart
from payments.tasks import send_refunds
from standins.models import CashierOrder
from tests.filing.test_pages_browser import enter
from tests.journeys.people import fill, follow, submit
from tests.payments.refunds import ORDINARY
from tests.support.court import Cast, accepted
from tests.support.scans import Told
from tests.support.servers import Live

Pages = Callable[..., Page]
ANDROID = "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/114.0 Mobile Safari/537.36"


class Payer:
    """张 at his phone with the bill of his case."""

    def __init__(self, bill: Bill, cast: Cast, live: Live, new_page: Pages) -> None:
        self.bill = bill
        self.page = new_page(scripts=False, user_agent=ANDROID)
        enter(self.page, cast.users["zhang"], live)

    def choose(self, way: str, page: Page | None = None) -> Page:
        """Choose a way to pay on the bill and go on to the cashier."""
        page = page or self.page
        page.goto(f"/my/bills/{self.bill.public_id}/")
        fill(page, {"way": way})
        page.locator("main").get_by_role("button", name="去付款").click()
        page.wait_for_load_state()
        return page

    def sees(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words)


@pytest.fixture
def payer(told: Told, live: Live, new_page: Pages) -> Payer:
    return Payer(Bill.objects.get(case=told.case), told.cast, live, new_page)


def odd(page: Page, words: str) -> None:
    """One of the cashier's buttons for what goes wrong."""
    page.get_by_text("试一试出毛病的情形").click()
    submit(page, words)


@pytest.mark.req("REL-12")
@pytest.mark.parametrize("way", ["wechat-h5", "alipay-wap"])
def test_a_payment_fails_and_is_tried_again(payer: Payer, way: str) -> None:
    payer.choose(way)
    odd(payer.page, "付款失败，余额不足")
    payer.sees("没有扣款，可以重试")
    follow(payer.page, "回到账单重新付")
    payer.choose(way)
    submit(payer.page, "付款")
    payer.sees("已收到")
    payer.sees("695.00")
    follow(payer.page, "看回执")
    payer.sees("诉讼费已收到")
    assert Payment.objects.get().purpose == "fee"


@pytest.mark.req("REL-12")
def test_the_payer_is_back_before_the_news(payer: Payer) -> None:
    """The cashier's message is lost: the page says to wait, the button asks the gateway."""
    payer.choose("alipay-wap")
    odd(payer.page, "付款，但不通知法院")
    payer.sees("结果确认中")
    payer.sees("请不要重复付款")
    submit(payer.page, "查看结果")
    payer.sees("已收到")
    payer.page.go_back()
    payer.page.goto(f"/my/bills/{payer.bill.public_id}/")
    expect(payer.page.locator("main").get_by_role("button", name="去付款")).to_have_count(0)


@pytest.mark.req("REL-11")
def test_two_tabs_pay_once(payer: Payer) -> None:
    """The second tab chooses another way: the first order is closed at its gateway, so only one can be paid."""
    first = payer.page
    second = first.context.new_page()
    payer.choose("wechat-h5", first)
    payer.choose("alipay-wap", second)
    submit(second, "付款")
    expect(second.locator("main")).to_contain_text("已收到")
    first.reload()
    expect(first.locator("main")).to_contain_text("已经关闭，没有付款")
    follow(first, "返回法院")
    payer.sees("已收到")
    states = sorted(Order.objects.values_list("gateway", "state"))
    assert states == [("alipay", OrderState.PAID), ("wechat", OrderState.CLOSED)]
    assert Payment.objects.count() == 1


@pytest.mark.req("REL-12")
def test_the_same_way_in_two_tabs_is_one_order(payer: Payer) -> None:
    second = payer.page.context.new_page()
    payer.choose("sandbox-page")
    payer.choose("sandbox-page", second)
    submit(payer.page, "付款")
    payer.sees("已收到")
    second.reload()
    expect(second.locator("main")).to_contain_text("已经付过了")
    assert (CashierOrder.objects.count(), Payment.objects.count()) == (1, 1)


def test_relief_is_granted_and_the_rest_is_paid(
    told: Told, live: Live, new_page: Pages, payer: Payer, run_outbox: Callable[..., int]
) -> None:
    """缓减免 (办法44-48): asked for on the bill, granted by half, the new bill paid."""
    page = payer.page
    page.goto(f"/my/bills/{payer.bill.public_id}/")
    follow(page, "申请缓交、减交、免交")
    follow(page, "减交")
    page.locator('main [name="ground"]').first.check()
    fill(page, {"words": "一个人带两个孩子，每月低保一千二百元，实在交不起。"})
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    payer.sees("等法官决定")
    judge = new_page(desktop=True)
    enter(judge, told.cast.posts["judge"].user, live)
    judge.goto(f"/desk/cases/{told.case.public_id}/")
    judge.locator('a[href^="/desk/reliefs/"]').first.click()
    judge.wait_for_load_state()
    fill(judge, {"granted": "yes", "reduce_pct": "50", "reasons": "符合减交的条件，准予减交一半。"})
    judge.locator("main form button[type=submit]").first.click()
    judge.wait_for_load_state()
    run_outbox()
    payer.bill = Bill.objects.get(case=told.case, status="open")
    payer.choose("wechat-h5")
    submit(payer.page, "付款")
    payer.sees("已收到")
    payer.sees("347.50")


class Returning:
    """张's case in the ordinary procedure, paid by phone; what happens until two of finance have approved the refund."""

    def __init__(self, cast: Cast, live: Live, new_page: Pages, run_outbox: Callable[..., int]) -> None:
        self.cast, self.live, self.new_page, self.run_outbox = cast, live, new_page, run_outbox
        self.case = accepted(cast, principal=ORDINARY)
        run_outbox()
        self.payer = Payer(Bill.objects.get(case=self.case), cast, live, new_page)
        self.payer.choose("wechat-h5")
        submit(self.payer.page, "付款")
        run_outbox()

    def staff(self, name: str, path: str) -> Page:
        """A member of staff at a desk."""
        page = self.new_page(desktop=True)
        enter(page, self.cast.posts[name].user, self.live)
        page.goto(path)
        return page

    def withdraw(self) -> Refund:
        """He asks, the judge grants it: half of the fee comes back."""
        page = self.payer.page
        page.goto(f"/my/cases/{self.case.public_id}/withdraw/")
        self.payer.sees("一半")
        fill(page, {"words": "对方已经还了钱。"})
        submit(page, "下一步：核对")
        submit(page, "交给法官")
        self.payer.sees("等法官裁定")
        judge = self.staff("judge", f"/desk/cases/{self.case.public_id}/")
        judge.locator('a[href^="/desk/withdrawals/"]').first.click()
        judge.wait_for_load_state()
        fill(judge, {"granted": "yes", "reasons": "自愿撤诉，不损害他人利益，准许。"})
        submit(judge, "作出裁定")
        self.run_outbox()
        return Refund.objects.get(case=self.case)

    def confirm(self) -> None:
        """He finds it among what he has to do and wants it the way he paid."""
        page = self.payer.page
        page.goto("/my/")
        page.locator('main a[href^="/my/refunds/"]').first.click()
        page.wait_for_load_state()
        self.payer.sees("11,414.40")
        fill(page, {"route": "original"})
        submit(page, "确认")
        self.payer.sees("接下来由财务办理")

    def approve(self, refund: Refund) -> None:
        """One of finance checks, he cannot approve; another approves."""
        first = self.staff("finance1", f"/desk/refunds/{refund.public_id}/")
        submit(first, "金额、付款、账户核对无误")
        expect(first.locator("main")).to_contain_text("另一位财务人员")
        second = self.staff("finance2", f"/desk/refunds/{refund.public_id}/")
        submit(second, "批准退费")
        self.run_outbox()

    def bank_works(self, mode: str = "") -> None:
        """The gateway's bank settles what lies there and tells the court."""
        page = self.new_page()
        page.goto(f"/demo/cashier/{CashierOrder.objects.get().out_no}/")
        fill(page, {"mode": mode})
        submit(page, "现在办退款，并通知法院")
        self.run_outbox()

    def look(self, refund: Refund) -> None:
        self.payer.page.goto(f"/my/refunds/{refund.public_id}/")


@pytest.fixture
def returning(cast: Cast, live: Live, new_page: Pages, run_outbox: Callable[..., int]) -> Returning:
    return Returning(cast, live, new_page, run_outbox)


@pytest.mark.req("REL-13", "REL-14")
def test_money_comes_back_by_itself(returning: Returning) -> None:
    refund = returning.withdraw()
    returning.confirm()
    returning.approve(refund)
    returning.look(refund)
    returning.payer.sees("法院要退给您诉讼费")
    returning.bank_works()
    returning.look(refund)
    returning.payer.sees("诉讼费已退给您")
    returning.payer.page.goto(f"/my/cases/{returning.case.public_id}/money/")
    returning.payer.sees("11,414.40")
    refund.refresh_from_db()
    assert (refund.state, str(refund.amount)) == ("done", "11414.40")


@pytest.mark.req("REL-13")
def test_a_refund_comes_back_from_the_bank_and_goes_out_again(returning: Returning) -> None:
    """The bank sends it back; finance repeats it under the same number."""
    refund = returning.withdraw()
    returning.confirm()
    returning.approve(refund)
    number = RefundPart.objects.get().out_no
    returning.bank_works("fail")
    returning.look(refund)
    returning.payer.sees("这笔钱没有退成")
    page = returning.staff("finance1", f"/desk/refunds/{refund.public_id}/")
    submit(page, "用原来的单号再退一次")
    with clock.at(clock.now() + timedelta(minutes=2)):
        send_refunds()
    returning.bank_works()
    returning.look(refund)
    returning.payer.sees("诉讼费已退给您")
    assert RefundPart.objects.get().out_no == number
