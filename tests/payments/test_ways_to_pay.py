"""The payer chooses how to pay: one live order per bill over all gateways, codes that work without scripts (REL-12)."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from typing import Any

import pytest
import zxingcpp
from django.core.signals import request_started
from django.test import Client
from playwright.sync_api import Browser

from common import clock
from common.actor import system
from common.errors import Conflict, GatewayUnavailable
from courts.services import change_setting
from payments.gateways import ways_for
from payments.gateways.sandbox import SandboxGateway
from payments.models import Bill, BillStatus, Order, OrderState, Payment
from payments.services import start_payment
from payments.services.orders import order_for
from payments.services.paying import PAID_MEANWHILE, STILL_OPEN
from standins.models import CashierOrder
from tests.concurrency.together import at_once
from tests.payments.test_pages_bill import bill, text, zhang
from tests.support.scans import Told

__all__ = ["bill", "zhang"]
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Mobile Safari/537.36"
IN_WECHAT = f"{PHONE} MicroMessenger/8.0.50"
NOBODY = "http://127.0.0.1:9"


def cashier(order: Order, action: str) -> None:
    Client().post(f"/demo/cashier/{order.out_no}/act/", {"action": action})


def choose(client: Client, bill: Bill, way: str, agent: str = "") -> Any:
    headers = {"User-Agent": agent}
    return client.post(f"/my/bills/{bill.public_id}/pay/", {"way": way}, headers=headers)


def test_the_bill_offers_what_the_device_can_open(zhang: Client, bill: Bill) -> None:
    address = f"/my/bills/{bill.public_id}/"
    offered = {
        agent: re.findall(
            r'name="way"\s+value="([^"]+)"',
            zhang.get(address, headers={"User-Agent": agent}).content.decode(),
        )
        for agent in ("", PHONE, IN_WECHAT)
    }
    assert offered[""] == ["sandbox-page", "wechat-native", "alipay-page", "alipay-precreate"]
    assert offered[PHONE] == ["sandbox-page", "wechat-h5", "wechat-native", "alipay-wap"]
    assert offered[IN_WECHAT] == ["sandbox-page", "wechat-native", "alipay-precreate"]


def test_without_a_gateway_the_other_ways_remain(zhang: Client, bill: Bill, settings: Any) -> None:
    settings.PAYMENT_GATEWAYS = []
    page = text(zhang, bill)
    assert "网上付款现在不开通" in page and "到窗口交" in page and 'name="way"' not in page
    assert "缴费通道" in zhang.post(f"/my/bills/{bill.public_id}/pay/", follow=True).content.decode()
    assert not Order.objects.exists()


def test_the_courts_account_is_named_when_it_is_set(told: Told, zhang: Client, bill: Bill) -> None:
    assert "银行转账" not in text(zhang, bill)
    words = "某省某市示例区人民法院 示例银行示例支行 6200 0000 0000 0000"
    change_setting(court_id=bill.court_id, key="fee_account", value=words, actor=system("tests"))
    page = text(zhang, bill)
    assert words in page and f"附言写缴费编号 {bill.number}" in page


def test_a_way_nobody_offers_is_refused(zhang: Client, bill: Bill) -> None:
    for way in ("wechat-h5", "paypal-page", "x", "alipay-"):
        answer = choose(zhang, bill, way)
        assert answer["Location"] == f"/my/bills/{bill.public_id}/"
    assert "请选一种付款方式" in text(zhang, bill)
    assert not Order.objects.exists()


@pytest.mark.parametrize("way", ["wechat-native", "alipay-precreate"])
def test_a_code_is_shown_scanned_and_paid(zhang: Client, bill: Bill, way: str, browser: Browser) -> None:
    """The picture on the page is the code of the order, and works without scripts."""
    answer = choose(zhang, bill, way)
    assert answer["Location"] == f"/my/bills/{bill.public_id}/code/"
    order = Order.objects.get()
    assert f"{order.gateway}-{order.way}" == way
    page = text(zhang, bill, "code/")
    picture = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    assert picture is not None and f'data-live="/live/order/{order.public_id}/"' in page
    sheet = browser.new_page()
    sheet.set_content(base64.b64decode(picture[1]).decode())
    shot = sheet.locator("svg").screenshot()
    sheet.close()
    assert read_code_of(shot) == order.code_text
    cashier(order, "pay")
    bill.refresh_from_db()
    assert bill.status == BillStatus.PAID
    assert "已收到" in zhang.get(f"/my/bills/{bill.public_id}/code/", follow=True).content.decode()


def read_code_of(png: bytes) -> str:
    import io

    from PIL import Image

    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))
    return found[0].text


@pytest.mark.parametrize(("way", "agent"), [("wechat-h5", PHONE), ("alipay-wap", PHONE), ("alipay-page", "")])
def test_a_page_leads_there_and_back(zhang: Client, bill: Bill, way: str, agent: str, settings: Any) -> None:
    away = choose(zhang, bill, way, agent)["Location"]
    page = Client().get(away.removeprefix(settings.PUBLIC_URL), follow=True)
    assert page.status_code == 200 and "695.00" in page.content.decode()
    order = Order.objects.get()
    back = Client().post(f"/demo/cashier/{order.out_no}/act/", {"action": "pay"})["Location"]
    assert back == f"{settings.PUBLIC_URL}/my/bills/{bill.public_id}/result/"
    assert "已收到" in text(zhang, bill, "result/")


@pytest.mark.req("REL-12")
def test_another_way_first_closes_the_old_order_at_its_gateway(told: Told, bill: Bill) -> None:
    first = start_payment(bill_id=bill.pk, actor=told.cast.zhang, way="wechat-native")
    second = start_payment(bill_id=bill.pk, actor=told.cast.zhang, way="alipay-precreate")
    first.refresh_from_db()
    assert first.state == OrderState.CLOSED and second.state == OrderState.PENDING
    assert CashierOrder.objects.get(out_no=first.out_no).state == "closed"
    cashier(first, "pay")
    cashier(second, "pay")
    assert Payment.objects.get().order_id == second.pk
    assert start_again(told, bill) == "already_paid"


@pytest.mark.req("REL-12")
def test_an_order_ended_while_its_gateway_opens_it_is_ended_there_as_well(told: Told, bill: Bill) -> None:
    """Two tabs: the other one changes the way to pay while the first waits for the gateway's answer."""

    def other_tab(environ: dict[str, str], **_signal: Any) -> None:
        if environ["PATH_INFO"].endswith("/pay/transactions/native"):
            request_started.disconnect(other_tab)
            start_payment(bill_id=bill.pk, actor=told.cast.zhang, way="alipay-precreate")

    request_started.connect(other_tab, weak=False)
    with pytest.raises(Conflict) as refused:
        start_payment(bill_id=bill.pk, actor=told.cast.zhang, way="wechat-native")
    assert refused.value.code == STILL_OPEN
    first, second = Order.objects.order_by("id")
    assert (first.gateway, first.state, second.gateway) == ("wechat", OrderState.CLOSED, "alipay")
    assert second.state == OrderState.PENDING
    assert CashierOrder.objects.get(out_no=first.out_no).state == "closed"


def start_again(told: Told, bill: Bill, way: str = "") -> str:
    with pytest.raises(Conflict) as refused:
        start_payment(bill_id=bill.pk, actor=told.cast.zhang, way=way)
    return refused.value.code


def test_without_a_choice_it_goes_on_as_begun(told: Told, bill: Bill) -> None:
    first = start_payment(bill_id=bill.pk, actor=told.cast.zhang, way="wechat-native")
    assert start_payment(bill_id=bill.pk, actor=told.cast.zhang) == first
    assert start_payment(bill_id=bill.pk, actor=told.cast.zhang, way="wechat-native") == first


@pytest.mark.req("REL-12")
def test_what_was_paid_meanwhile_is_recorded_instead(told: Told, zhang: Client, bill: Bill) -> None:
    first = start_payment(bill_id=bill.pk, actor=told.cast.zhang, way="wechat-native")
    cashier(first, "silent")
    assert start_again(told, bill, "alipay-page") == PAID_MEANWHILE
    bill.refresh_from_db()
    assert (bill.status, Order.objects.count()) == (BillStatus.PAID, 1)


def test_the_payer_is_led_to_the_result_of_what_was_paid_meanwhile(zhang: Client, bill: Bill) -> None:
    choose(zhang, bill, "wechat-native")
    cashier(Order.objects.get(), "silent")
    answer = choose(zhang, bill, "alipay-page")
    assert answer["Location"] == f"/my/bills/{bill.public_id}/result/"
    assert "已收到" in text(zhang, bill, "result/")


@pytest.mark.req("REL-12")
def test_no_other_way_while_the_old_gateway_is_silent(zhang: Client, bill: Bill, settings: Any) -> None:
    choose(zhang, bill, "wechat-native")
    settings.WECHAT_URL = f"{NOBODY}/wechat"
    page = choose(zhang, bill, "alipay-page")
    assert page["Location"] == f"/my/bills/{bill.public_id}/"
    assert "上一次付款还在确认，请勿重复支付" in text(zhang, bill)
    assert Order.objects.get().state == OrderState.UNKNOWN


def test_an_order_the_gateway_never_heard_of_is_closed_here(told: Told, bill: Bill, settings: Any) -> None:
    alive, settings.WECHAT_URL = settings.WECHAT_URL, f"{NOBODY}/wechat"
    with pytest.raises(GatewayUnavailable):
        start_payment(bill_id=bill.pk, actor=told.cast.zhang, way="wechat-native")
    settings.WECHAT_URL = alive
    second = start_payment(bill_id=bill.pk, actor=told.cast.zhang, way="alipay-precreate")
    states = dict(Order.objects.values_list("gateway", "state"))
    assert states == {"wechat": OrderState.CLOSED, "alipay": OrderState.PENDING}
    assert second.code_text


def test_an_old_code_is_asked_for_anew(told: Told, bill: Bill, settings: Any) -> None:
    first = start_payment(bill_id=bill.pk, actor=told.cast.zhang, way="wechat-native")
    later = first.created_at + timedelta(minutes=5)
    with clock.at(later):
        assert start_payment(bill_id=bill.pk, actor=told.cast.zhang).pk == first.pk
    settings.WECHAT_URL = f"{NOBODY}/wechat"
    assert start_payment(bill_id=bill.pk, actor=told.cast.zhang).code_text == first.code_text
    with clock.at(later), pytest.raises(GatewayUnavailable):
        start_payment(bill_id=bill.pk, actor=told.cast.zhang)


@pytest.mark.req("REL-11")
def test_two_ways_chosen_at_once_leave_one_live_order(told: Told, bill: Bill) -> None:
    jobs = [
        lambda way=way: start_payment(bill_id=bill.pk, actor=told.cast.zhang, way=way)
        for way in ("wechat-native", "alipay-precreate", "sandbox-page")
    ]
    results = at_once(*jobs)
    live = [OrderState.CREATED, OrderState.PENDING, OrderState.UNKNOWN]
    assert Order.objects.filter(state__in=live).count() <= 1
    for result in results:
        assert isinstance(result, Order) or result.code == STILL_OPEN, result
    for order in Order.objects.all():
        there = CashierOrder.objects.filter(out_no=order.out_no).first()
        assert order.state in live or there is None or there.state == "closed"
        if there is not None:
            cashier(order, "pay")
    assert Payment.objects.filter(purpose="fee").count() <= 1
    assert not Payment.objects.filter(purpose="suspense").exists()


@pytest.mark.req("REL-11", "REL-12")
def test_an_order_sent_while_its_gateway_said_that_it_knows_none_stays(
    told: Told, bill: Bill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between that answer and our note of it another tab sends the order: closed here and open there it could be paid."""
    actor = told.cast.zhang
    usual = ways_for(on_phone=False, in_wechat=False)[0]
    order = order_for(bill_id=bill.pk, actor=actor, way=usual)
    close = SandboxGateway.close

    def overtaken(self: SandboxGateway, out_no: str) -> Any:
        answer = close(self, out_no)
        assert answer.state == "missing"
        start_payment(bill_id=bill.pk, actor=actor)
        return answer

    monkeypatch.setattr(SandboxGateway, "close", overtaken)
    with pytest.raises(Conflict) as refused:
        start_payment(bill_id=bill.pk, actor=actor, way="wechat-native")
    assert refused.value.code == STILL_OPEN
    order.refresh_from_db()
    there = CashierOrder.objects.get(out_no=order.out_no)
    assert (order.state, there.state) == (OrderState.PENDING, "pending")


@pytest.mark.req("REL-12")
def test_what_the_gateway_will_not_close_yet_stays_the_only_order(told: Told, bill: Bill) -> None:
    """The payer types the password in one tab and chooses another way in a second one."""
    first = start_payment(bill_id=bill.pk, actor=told.cast.zhang, way="wechat-native")
    CashierOrder.objects.filter(out_no=first.out_no).update(state="paying")
    assert start_again(told, bill, "alipay-precreate") == STILL_OPEN
    assert Order.objects.get() == first
    assert not CashierOrder.objects.exclude(out_no=first.out_no).exists()
