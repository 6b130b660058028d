"""The sandbox cashier is a gateway: orders, refunds and the bill of a day over HTTP, and buttons for what goes wrong."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from common import clock
from common.errors import GatewayUnavailable
from payments.gateways import RefundRequest, Request
from payments.gateways.sandbox import SandboxGateway
from payments.models import Order, Payment
from standins.models import CashierOrder, CashierRefund, RefundMode
from tests.concurrency.together import at_once
from tests.payments.callbacks import order_for
from tests.support.court import Cast, accepted
from tests.support.servers import Live


@pytest.fixture
def order(cast: Cast, live: Live) -> Order:
    """An order that is open here and at the cashier."""
    order = order_for(accepted(cast))
    SandboxGateway().create(Request(order.out_no, order.amount, "诉讼费", f"{live.url}/"))
    return order


def press(order: Order, action: str, **data: str) -> Any:
    """A button of the cashier's page."""
    return Client().post(f"/demo/cashier/{order.out_no}/act/", {"action": action} | data)


def asked(order: Order, refund_no: str = "R1", amount: str = "10.00") -> RefundRequest:
    return RefundRequest(refund_no, order.out_no, "", Decimal(amount), order.amount, "撤诉")


@pytest.mark.req("REL-07")
def test_two_clicks_pay_once(order: Order) -> None:
    at_once(*[lambda: press(order, "pay")] * 6)
    assert Payment.objects.count() == 1
    assert Payment.objects.get().transaction_no == CashierOrder.objects.get().transaction_no


@pytest.mark.parametrize(
    ("action", "state", "payments"),
    [
        ("pay", "paid", 1),
        ("repeat", "paid", 1),
        ("silent", "paid", 0),
        ("delay", "paid", 0),
        ("fail", "closed", 0),
        ("cancel", "closed", 0),
        ("forge", "pending", 0),
        ("dance", "pending", 0),
    ],
)
def test_every_button_does_what_it_says(order: Order, action: str, state: str, payments: int) -> None:
    assert press(order, action).status_code == 302
    assert SandboxGateway().query(order.out_no).state == state
    assert Payment.objects.count() == payments


def test_a_late_notice_is_sent_by_its_button(order: Order) -> None:
    press(order, "delay")
    page = Client().get(f"/demo/cashier/{order.out_no}/").content.decode()
    assert "现在把付款通知发给法院" in page
    press(order, "notify")
    assert Payment.objects.count() == 1
    assert not CashierOrder.objects.get().owes_notice


def test_a_closed_order_is_paid_no_more(order: Order) -> None:
    assert SandboxGateway().close(order.out_no).state == "closed"
    press(order, "pay")
    assert SandboxGateway().query(order.out_no).state == "closed"
    assert SandboxGateway().query("no-such-order").state == "missing"


def test_list_of_orders_leads_to_each(order: Order) -> None:
    page = Client().get("/demo/cashier/").content.decode()
    assert f"/demo/cashier/{order.out_no}/" in page and "待付款" in page


@pytest.mark.req("REL-13")
def test_a_refund_is_accepted_first_and_done_later(order: Order) -> None:
    press(order, "pay")
    gateway = SandboxGateway()
    assert gateway.query_refund(asked(order)).state == "missing"
    first = gateway.refund(asked(order))
    assert first.state == "pending"
    assert gateway.refund(asked(order)).gateway_no == first.gateway_no, "the same number is one refund"
    done = gateway.query_refund(asked(order))
    assert (done.state, done.amount, done.gateway_no) == ("done", Decimal("10.00"), first.gateway_no)
    assert done.done_at is not None
    assert CashierRefund.objects.count() == 1


def test_a_refund_can_fail_and_is_repeated_under_its_number(order: Order) -> None:
    press(order, "pay")
    press(order, "mode", mode=RefundMode.FAIL.value)
    gateway = SandboxGateway()
    gateway.refund(asked(order))
    failed = gateway.query_refund(asked(order))
    assert failed.state == "failed" and failed.failure
    press(order, "mode", mode=RefundMode.DO.value)
    assert gateway.refund(asked(order)).state == "pending"
    assert gateway.query_refund(asked(order)).state == "done"
    assert CashierRefund.objects.get().tries == 2


def test_a_refund_can_hang_until_the_button(order: Order) -> None:
    press(order, "pay")
    press(order, "mode", mode=RefundMode.HOLD.value)
    gateway = SandboxGateway()
    gateway.refund(asked(order))
    assert gateway.query_refund(asked(order)).state == "pending"
    press(order, "refunds")
    assert gateway.query_refund(asked(order)).state == "pending"
    press(order, "refunds", mode=RefundMode.DO.value)
    assert gateway.query_refund(asked(order)).state == "done"


def test_not_more_comes_back_than_was_paid(order: Order) -> None:
    gateway = SandboxGateway()
    assert gateway.refund(asked(order)).state == "failed", "nothing is paid yet"
    press(order, "pay")
    assert gateway.refund(asked(order, amount=str(order.amount))).state == "pending"
    assert gateway.refund(asked(order, "R2", "0.01")).state == "failed"
    unknown = RefundRequest("R3", "no-such-order", "", Decimal(1), Decimal(1), "")
    assert gateway.refund(unknown).state == "missing"


def test_a_refund_notice_names_our_number(order: Order) -> None:
    from standins import sandbox

    press(order, "pay")
    gateway = SandboxGateway()
    gateway.refund(asked(order))
    gateway.query_refund(asked(order))
    message = sandbox.refund_notice_of(CashierRefund.objects.get())
    notice = gateway.parse_notice(message.headers, message.body)
    assert (notice.out_no, notice.refund_no) == (order.out_no, "R1")
    assert notice.refund is not None and notice.refund.state == "done"
    assert notice.refund.amount == Decimal("10.00")


def test_bill_of_a_day_holds_what_was_paid_and_refunded(order: Order) -> None:
    yesterday = clock.now() - timedelta(days=1)
    with clock.at(yesterday):
        press(order, "pay")
        gateway = SandboxGateway()
        gateway.refund(asked(order))
        gateway.query_refund(asked(order))
    CashierOrder.objects.update(paid_at=yesterday, fee_fen=60)
    CashierRefund.objects.update(done_at=yesterday)
    day = clock.beijing_day(yesterday)
    bill = gateway.statement(day)
    assert bill.day == day and len(bill.sha256) == 64
    told = [(line.kind, line.out_no, line.amount, line.fee, line.status) for line in bill.lines]
    assert told == [
        ("payment", order.out_no, order.amount, Decimal("0.60"), "paid"),
        ("refund", "R1", Decimal("10.00"), Decimal("0.00"), "refunded"),
    ]
    CashierOrder.objects.update(bill_lines=2)
    CashierRefund.objects.update(bill_lines=0)
    assert [line.kind for line in gateway.statement(day).lines] == ["payment", "payment"]


def test_there_is_no_bill_of_a_day_that_is_not_over(order: Order) -> None:
    with pytest.raises(GatewayUnavailable):
        SandboxGateway().statement(clock.today())
