"""Bill and result: what for, how much and why, by when; the truth about money and never more (UX §6.4)."""

from __future__ import annotations

import re
from decimal import Decimal

import httpx
import pytest
from django.test import Client

from cases.services import grant_access
from common.actor import system
from common.money import in_capitals
from payments.models import Bill, BillStatus, Order, OrderState, Payment
from payments.services import ask_gateway
from tests.support.scans import Told


@pytest.fixture
def zhang(told: Told) -> Client:
    return told.cast.client("zhang")


@pytest.fixture
def bill(told: Told) -> Bill:
    return Bill.objects.get(case=told.case)


def text(client: Client, bill: Bill, part: str = "") -> str:
    answer = client.get(f"/my/bills/{bill.public_id}/{part}")
    assert answer.status_code == 200
    return answer.content.decode()


def press(order: Order, action: str) -> None:
    """A button of the cashier; it answers by sending the payer back to the portal."""
    with httpx.Client(trust_env=False) as client:
        page = client.get(order.pay_url)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert found is not None
        data = {"action": action, "csrfmiddlewaretoken": found[1]}
        assert (
            client.post(f"{order.pay_url}act/", data=data, headers={"Referer": order.pay_url}).status_code
            == 302
        )


def test_open_bill_says_everything_before_paying(told: Told, zhang: Client, bill: Bill) -> None:
    page = text(zhang, bill)
    assert bill.amount == Decimal("695.00")
    for words in (
        "¥1,390.00",
        "¥695.00",
        "第13条",
        "减半",
        told.case.number,
        told.case.court.name,
        bill.number,
        "24:00 前",
    ):
        assert words in page, words
    for words in ("按撤诉处理", "交费有困难，可以向法官申请缓交、减交、免交", "到窗口交", "去付款"):
        assert words in page, words
    assert bill.due_on.isoformat() in page


@pytest.mark.req("REL-05")
def test_two_clicks_are_one_order(told: Told, zhang: Client, bill: Bill) -> None:
    assert "还没有付款" in text(zhang, bill, "result/")
    one, two = (zhang.post(f"/my/bills/{bill.public_id}/pay/")["Location"] for _ in range(2))
    assert one == two == Order.objects.get().pay_url


def test_result_begins_as_confirming_and_listens(told: Told, zhang: Client, bill: Bill) -> None:
    zhang.post(f"/my/bills/{bill.public_id}/pay/")
    page = text(zhang, bill, "result/")
    assert "结果确认中" in page and "请不要重复付款" in page and "查看结果" in page
    assert f'data-live="/live/order/{Order.objects.get().public_id}/"' in page
    assert "http-equiv" not in page
    zhang.post(f"/my/bills/{bill.public_id}/check/")
    assert "结果确认中" in text(zhang, bill, "result/")


def test_paid_shows_receipt_and_capitals(told: Told, zhang: Client, bill: Bill) -> None:
    zhang.post(f"/my/bills/{bill.public_id}/pay/")
    press(Order.objects.get(), "pay")
    result, paid = text(zhang, bill, "result/"), text(zhang, bill)
    assert "已收到" in result and in_capitals(bill.amount) in result
    payment = Payment.objects.get()
    for words in (
        "诉讼费已收到",
        in_capitals(bill.amount),
        payment.transaction_no,
        bill.number,
        "下载签名回执",
    ):
        assert words in paid, words
    assert "去付款" not in paid
    link = re.search(r'href="(/receipts/[^"]+/)"', paid)
    assert link is not None
    assert bill.number in zhang.get(link[1]).content.decode()
    chen = told.cast.client("chen")
    assert chen.get(link[1]).status_code == 404
    assert zhang.post(f"/my/bills/{bill.public_id}/pay/")["Location"] == f"/my/bills/{bill.public_id}/"
    assert Order.objects.count() == 1


@pytest.mark.req("REL-12")
def test_silent_payment_is_found_by_looking(told: Told, zhang: Client, bill: Bill) -> None:
    zhang.post(f"/my/bills/{bill.public_id}/pay/")
    press(Order.objects.get(), "silent")
    assert "结果确认中" in text(zhang, bill, "result/")
    answer = zhang.post(f"/my/bills/{bill.public_id}/check/", follow=True)
    assert "已收到" in answer.content.decode()
    bill.refresh_from_db()
    assert bill.status == BillStatus.PAID


def test_cancelled_payment_took_nothing(told: Told, zhang: Client, bill: Bill) -> None:
    zhang.post(f"/my/bills/{bill.public_id}/pay/")
    order = Order.objects.get()
    press(order, "cancel")
    ask_gateway(order_id=order.pk)
    page = text(zhang, bill, "result/")
    assert "没有扣款，可以重试" in page and bill.number in page
    assert zhang.post(f"/my/bills/{bill.public_id}/pay/")["Location"] != order.pay_url


@pytest.mark.req("REL-50")
def test_gateway_away_says_that_nothing_was_taken(
    told: Told, zhang: Client, bill: Bill, settings: object
) -> None:
    settings.CASHIER_URL = "http://127.0.0.1:9/cashier"  # type: ignore[attr-defined]  # nobody listens there
    answer = zhang.post(f"/my/bills/{bill.public_id}/pay/", follow=True)
    assert "缴费通道暂时没有回话，没有扣款" in answer.content.decode()
    assert Order.objects.get().state == OrderState.UNKNOWN
    assert "结果确认中" in text(zhang, bill, "result/")
    answer = zhang.post(f"/my/bills/{bill.public_id}/check/", follow=True)
    assert "支付平台还没有回话，请不要重复付款" in answer.content.decode()


def test_only_the_payer_pays(told: Told, bill: Bill) -> None:
    grant_access(party=told.defendant, user=told.cast.users["li"], basis="counter", actor=system("tests"))  # type: ignore[arg-type]
    people = {"li": 404, "chen": 404, "wang": 404}
    for who, status in people.items():
        client = told.cast.client(who)
        for part in ("", "result/"):
            assert client.get(f"/my/bills/{bill.public_id}/{part}").status_code == status
        for part in ("pay/", "check/"):
            assert client.post(f"/my/bills/{bill.public_id}/{part}").status_code == status
    finance = told.cast.client("finance1")
    page = text(finance, bill)
    assert "去付款" not in page and bill.number in page
    assert finance.get(f"/my/bills/{bill.public_id}/result/").status_code == 404
    assert not Order.objects.exists()


def test_asking_for_the_result_of_nothing_leads_to_the_result(zhang: Client, bill: Bill) -> None:
    answer = zhang.post(f"/my/bills/{bill.public_id}/check/")
    assert answer["Location"] == f"/my/bills/{bill.public_id}/result/"
    assert not Order.objects.exists()
