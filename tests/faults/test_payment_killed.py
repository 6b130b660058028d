"""The process dies around a payment (F-04 to F-07): one order, one charge, one posting, and what the payer sees is true."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from common import clock
from payments.models import Bill, BillStatus, GatewayNotice, Journal, Order, OrderState, Payment
from payments.services import receive_notice, start_payment
from payments.services.orders import POLL_AT
from payments.tasks import poll_orders
from standins.models import CashierOrder
from tests.faults.crash import run_and_die
from tests.payments.callbacks import callback, order_for
from tests.payments.test_pages_bill import press, text
from tests.support.court import Cast, accepted
from tests.support.scans import Told

PAY = """
from accounts.models import User
from common.actor import Actor, Kind, Role
from payments.gateways.sandbox import SandboxGateway
from payments.services import start_payment
create = SandboxGateway.create
{guard}
actor = Actor(kind=Kind.PUBLIC, user_id={user}, role=Role.LITIGANT)
start_payment(bill_id={bill}, actor=actor)
"""
BEFORE_THE_CALL = "SandboxGateway.create = die"
AFTER_THE_CALL = "SandboxGateway.create = lambda self, request: (create(self, request), die())"
CALLED_BEFORE_THE_NUMBER_IS_KEPT = """
from payments.gateways import Request
from payments.models import Bill
from payments.services import paying
paying.order_for = lambda bill_id, **other: (create(SandboxGateway(), Request("LOST" + str(bill_id),
    Bill.objects.get(pk=bill_id).amount, "x", "https://portal.example/")), die())
"""
NOTICE = """
from payments.services import arrivals, receive_notice
{guard}
receive_notice(code="sandbox", headers={headers!r}, body={body!r})
die()
"""


def begin_and_die(told: Told, guard: str) -> Bill:
    """The payer presses 去缴费 and the process is killed at ``guard``."""
    bill = Bill.objects.get(case=told.case)
    run_and_die(PAY.format(guard=guard, user=told.cast.users["zhang"].pk, bill=bill.pk))
    return bill


def result_page(told: Told, bill: Bill) -> str:
    client = told.cast.client("zhang")
    return text(client, bill, "result/")


@pytest.mark.req("REL-05", "F-04")
def test_killed_before_the_gateway_hears_of_it(told: Told) -> None:
    """F-04: the number is kept, the page says to wait, the next try is the same order."""
    bill = begin_and_die(told, BEFORE_THE_CALL)
    order = Order.objects.get()
    assert (order.state, CashierOrder.objects.count()) == (OrderState.CREATED, 0)
    assert "请不要重复付款" in result_page(told, bill)
    with clock.at(order.created_at + POLL_AT[0]):
        assert poll_orders() == 1
    again = start_payment(bill_id=bill.pk, actor=told.cast.zhang)
    assert (again.pk, again.out_no, again.state) == (order.pk, order.out_no, OrderState.PENDING)
    press(again, "pay")
    assert (Order.objects.count(), Payment.objects.get().purpose) == (1, "fee")


@pytest.mark.req("REL-05", "F-05")
def test_killed_after_the_gateway_opened_it(told: Told) -> None:
    """F-05: found by our own number; a second try charges nothing twice."""
    bill = begin_and_die(told, AFTER_THE_CALL)
    order, there = Order.objects.get(), CashierOrder.objects.get()
    assert (order.state, order.out_no) == (OrderState.CREATED, there.out_no)
    CashierOrder.objects.update(state="paid", transaction_no="SBkilled", paid_at=clock.now())
    with clock.at(order.created_at + POLL_AT[0]):
        assert poll_orders() == 1
    bill.refresh_from_db()
    assert (bill.status, Payment.objects.get().transaction_no) == (BillStatus.PAID, "SBkilled")
    assert "已收到" in result_page(told, bill)


def test_control_a_number_kept_after_the_call_is_lost(told: Told) -> None:
    """The gateway has an order that nobody here knows: what is paid for it would be found by no poll."""
    begin_and_die(told, CALLED_BEFORE_THE_NUMBER_IS_KEPT)
    assert CashierOrder.objects.count() == 1
    assert not Order.objects.exists()


def notice_and_die(cast: Cast, guard: str) -> tuple[Order, Callable[[], str]]:
    """The gateway's “paid” arrives and the process is killed; the second value sends the same bytes again."""
    order = order_for(accepted(cast))
    message = callback(order)
    run_and_die(NOTICE.format(guard=guard, headers=dict(message.headers), body=message.body))
    return order, lambda: receive_notice(code="sandbox", headers=message.headers, body=message.body)


@pytest.mark.req("REL-06", "F-06")
def test_killed_in_the_callback_the_repeat_posts_once(cast: Cast) -> None:
    """F-06: money, journal and states come together or not at all."""
    order, again = notice_and_die(cast, "arrivals.settle_bill = die")
    order.refresh_from_db()
    assert order.state == OrderState.PENDING
    assert not (GatewayNotice.objects.exists() or Payment.objects.exists() or Journal.objects.exists())
    assert [again(), again()] == ["paid", "repeated"]
    assert (Payment.objects.count(), Journal.objects.count()) == (1, 1)


@pytest.mark.req("REL-07", "F-07")
def test_killed_before_the_gateway_is_answered_the_repeat_changes_nothing(cast: Cast) -> None:
    """F-07: the act is committed, only the answer is lost."""
    order, again = notice_and_die(cast, "")
    order.refresh_from_db()
    assert order.state == OrderState.PAID
    assert again() == "repeated"
    assert (Payment.objects.count(), Journal.objects.count()) == (1, 1)


def test_control_posting_apart_from_the_states_leaves_half(cast: Cast) -> None:
    """Without the one transaction the money would be counted while the bill stays open."""
    order, _again = notice_and_die(
        cast,
        "from django.db import connection\narrivals.settle_bill = lambda *a: (connection.connection.commit(), die())",
    )
    order.bill.refresh_from_db()
    assert Payment.objects.filter(purpose="fee").exists()
    assert order.bill.status == BillStatus.OPEN
