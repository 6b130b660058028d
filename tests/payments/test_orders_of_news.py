"""Whatever the gateway says in whatever order: one fee at most, nothing dropped, no order left hanging (REL-07 to 12)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from common import clock
from common.errors import Conflict, NotAllowed
from notifications.models import Message
from payments.gateways import Result
from payments.models import Account, Bill, BillStatus, Journal, Order, OrderState, Payment
from payments.selectors import balance
from payments.services import ask_gateway, receive_notice, start_payment
from payments.services.confirm import record_answer
from payments.services.orders import POLL_AT, mark_unknown
from payments.tasks import poll_orders
from tests.payments.callbacks import callback, order_for
from tests.payments.test_pages_bill import press, text
from tests.support.court import Cast, accepted
from tests.support.scans import Told

MONEY = ("callback", "again", "query_paid", "query_closed", "wrong")
NEWS = (*MONEY, "query_pending", "query_missing")
LIVE = {OrderState.CREATED, OrderState.PENDING, OrderState.UNKNOWN}


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is checked by the database and then undone."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # a wrapper of the test
    with block:
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def tell(order: Order, news: str, number: int) -> None:
    """One message or answer of the gateway about an order; the money is one transaction, the wrong sum another."""
    paid = Result("paid", f"TX{order.pk}", order.amount, "CNY", clock.now())
    if news in ("callback", "again"):
        event = f"EV{order.pk}" if news == "callback" else f"EV{order.pk}-{number}"
        message = callback(order, event_no=event, transaction_no=f"TX{order.pk}")
    elif news == "wrong":
        message = callback(
            order, event_no=f"EW{order.pk}-{number}", transaction_no=f"TW{order.pk}", amount=Decimal(1)
        )
    else:
        record_answer(order, paid if news == "query_paid" else Result(news.removeprefix("query_")))
        return
    receive_notice(code="sandbox", headers=message.headers, body=message.body)


def judge(bill: Bill, told: Sequence[tuple[Order, str]]) -> None:
    """What must hold after any news."""
    bill.refresh_from_db()
    orders, payments = list(bill.orders.all()), Payment.objects.filter(order__bill=bill)
    fees = payments.filter(purpose="fee")
    assert fees.count() == (bill.status == BillStatus.PAID)
    assert len(payments) == len({p.transaction_no for p in payments}) == Journal.objects.count()
    heard = {(order.pk, "TW" if news == "wrong" else "TX") for order, news in told if "query_" not in news}
    heard |= {(order.pk, "TX") for order, news in told if news == "query_paid"}
    assert {(p.order_id, p.transaction_no[:2]) for p in payments} == heard, "nothing is dropped"
    assert balance(bill.court_id, Account.FEES) == sum(p.amount for p in fees)
    assert -balance(bill.court_id, Account.CLEARING) == sum(p.amount for p in payments)
    for order in orders:
        paid_for = [p for p in payments if p.order_id == order.pk]
        counted = any(p.purpose == "fee" for p in paid_for)
        assert (order.state == OrderState.PAID) == counted, "PAID is what counts as the fee (REL-10)"
        assert not (paid_for and order.state in LIVE), "an order with money waits for nothing"
        assert (order.next_query_at is None) == (order.state not in LIVE)


@pytest.mark.req("REL-08", "REL-09", "REL-10")
def test_any_news_of_one_order(cast: Cast) -> None:
    case = accepted(cast)
    bill = Bill.objects.get(case=case)
    for sequence in [*itertools.product(MONEY, repeat=3), *itertools.product(NEWS, repeat=2)]:
        with undone():
            order = order_for(case, next_query_at=clock.now())
            told = []
            for number, news in enumerate(sequence):
                tell(order, news, number)
                told.append((order, news))
                judge(bill, told)


@pytest.mark.req("REL-08", "REL-11")
def test_any_news_of_two_orders(cast: Cast) -> None:
    """The first order was closed by the gateway, so the payer could begin a second one."""
    case = accepted(cast)
    bill = Bill.objects.get(case=case)
    heard = ("callback", "query_paid", "query_closed", "wrong")
    for sequence in itertools.product(itertools.product((0, 1), heard), repeat=2):
        with undone():
            orders = [order_for(case, state=OrderState.CLOSED)]
            orders.append(order_for(case, next_query_at=clock.now()))
            told = []
            for number, (which, news) in enumerate(sequence):
                tell(orders[which], news, number)
                told.append((orders[which], news))
                judge(bill, told)


@pytest.mark.req("REL-09")
def test_late_success_is_held_the_payer_is_told_and_may_ask(
    told: Told, run_outbox: Callable[..., int]
) -> None:
    """Success after the close is no fee; the page does not say that nothing was charged."""
    bill = Bill.objects.get(case=told.case)
    order = order_for(told.case, state=OrderState.CLOSED)
    zhang = told.cast.client("zhang")
    assert "没有扣款" in text(zhang, bill, "result/")
    message = callback(order)
    receive_notice(code="sandbox", headers=message.headers, body=message.body)
    run_outbox()
    bill.refresh_from_db()
    assert bill.status == BillStatus.OPEN
    assert Payment.objects.get().purpose == "suspense"
    page = text(zhang, bill, "result/")
    assert "没有扣款" not in page and "正在核对" in page and bill.number in page
    assert Message.objects.filter(kind="money_held", user=told.cast.users["zhang"]).exists()


@pytest.mark.req("REL-12", "F-17")
def test_lost_callback_is_found_by_the_poll(told: Told) -> None:
    """The payer paid, the gateway's message never came, nobody looks: the schedule finds it."""
    order = start_payment(bill_id=Bill.objects.get(case=told.case).pk, actor=told.cast.zhang)
    press(order, "silent")
    assert poll_orders() == 0, "not yet due"
    with clock.at(order.created_at + POLL_AT[0]):
        assert poll_orders() == 1
    order.refresh_from_db()
    assert (order.state, order.bill.status) == (OrderState.PAID, BillStatus.PAID)


@pytest.mark.req("REL-12")
def test_polls_follow_the_schedule_whoever_looks_between(told: Told) -> None:
    """10 s, 30 s, 1, 5, 15 min, then hourly; a payer who presses 查看结果 six times does not use it up."""
    zhang = told.cast.client("zhang")
    bill = Bill.objects.get(case=told.case)
    order = start_payment(bill_id=bill.pk, actor=told.cast.zhang)
    for _press in range(6):
        zhang.post(f"/my/bills/{bill.public_id}/check/")
    moments = []
    for _round in range(8):
        order.refresh_from_db()
        assert order.next_query_at is not None
        moments.append((order.next_query_at - order.created_at).total_seconds())
        with clock.at(order.next_query_at):
            assert poll_orders() == 1
    assert moments == [10, 30, 60, 300, 900, 900 + 3600, 900 + 7200, 900 + 10800]


def test_closed_by_the_gateway_the_payer_begins_anew(told: Told) -> None:
    bill = Bill.objects.get(case=told.case)
    first = start_payment(bill_id=bill.pk, actor=told.cast.zhang)
    press(first, "cancel")
    with clock.at(first.created_at + POLL_AT[0]):
        poll_orders()
    second = start_payment(bill_id=bill.pk, actor=told.cast.zhang)
    assert second.out_no != first.out_no
    press(second, "pay")
    bill.refresh_from_db()
    assert bill.status == BillStatus.PAID


def test_unknown_order_is_created_again_under_its_number(told: Told, settings: Any) -> None:
    bill, cashier = Bill.objects.get(case=told.case), settings.CASHIER_URL
    settings.CASHIER_URL = "http://127.0.0.1:9/cashier"  # nobody listens there
    with pytest.raises(Exception, match="缴费通道"):
        start_payment(bill_id=bill.pk, actor=told.cast.zhang)
    unknown = Order.objects.get()
    settings.CASHIER_URL = cashier
    with clock.at(unknown.created_at + POLL_AT[0]):
        poll_orders()
    unknown.refresh_from_db()
    assert unknown.state == OrderState.UNKNOWN, "the gateway never heard of it"
    again = start_payment(bill_id=bill.pk, actor=told.cast.zhang)
    assert (again.pk, again.out_no, again.state) == (unknown.pk, unknown.out_no, OrderState.PENDING)


def test_nothing_to_pay_is_said(cast: Cast) -> None:
    """A bill may be 0.00; no gateway is asked for it."""
    bill = Bill.objects.get(case=accepted(cast))
    Bill.objects.filter(pk=bill.pk).update(amount=Decimal("0.00"))
    with pytest.raises(Conflict, match="不用交"):
        start_payment(bill_id=bill.pk, actor=cast.zhang)
    assert not Order.objects.exists()


@pytest.mark.req("REL-02")
@pytest.mark.parametrize(
    "lines",
    [
        [],
        [("clearing", "debit", "5.00")],
        [("clearing", "debit", "5.00"), ("fees", "credit", "4.99")],
        [("clearing", "debit", "5.00"), ("fees", "debit", "5.00")],
    ],
)
def test_even_the_owner_posts_no_unbalanced_journal(
    cast: Cast, owner_connection: Any, lines: list[tuple[str, str, str]]
) -> None:
    order = order_for(accepted(cast))
    payment = Payment.objects.create(
        court_id=order.court_id, order=order, gateway="sandbox", transaction_no="T", amount=5,
        paid_at=clock.now(), recorded_at=clock.now(), purpose="suspense",
    )  # fmt: skip
    owner_connection.autocommit = False
    with owner_connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_journal (public_id, court_id, kind, payment_id, note, posted_at)"
            " VALUES (gen_random_uuid(), %s, 'receipt', %s, 'x', now()) RETURNING id",
            [order.court_id, payment.pk],
        )
        journal = cursor.fetchone()[0]
        for account, direction, amount in lines:
            cursor.execute(
                "INSERT INTO payments_line (journal_id, account, direction, amount) VALUES (%s, %s, %s, %s)",
                [journal, account, direction, amount],
            )
        with pytest.raises(owner_connection.IntegrityError, match="does not balance"):
            owner_connection.commit()
    owner_connection.rollback()
    assert not Journal.objects.exists()


@pytest.mark.req("REL-02")
def test_no_line_is_added_to_a_posted_journal(cast: Cast, owner_connection: Any) -> None:
    order = order_for(accepted(cast))
    message = callback(order)
    receive_notice(code="sandbox", headers=message.headers, body=message.body)
    journal = Journal.objects.get()
    with owner_connection.cursor() as cursor, pytest.raises(owner_connection.IntegrityError):
        cursor.execute(
            "INSERT INTO payments_line (journal_id, account, direction, amount)"
            " VALUES (%s, 'fees', 'credit', 1)",
            [journal.pk],
        )
    with pytest.raises(IntegrityError):
        journal.lines.create(account="fees", direction="credit", amount=1)


def test_a_success_without_a_transaction_posts_nothing_and_is_asked_again(cast: Cast) -> None:
    """What names no transaction or no sum cannot be counted; the schedule asks once more."""
    order = order_for(accepted(cast))
    for half in (Result("paid", "", order.amount), Result("paid", "TX1", Decimal(0)), Result("paid", "TX1")):
        record_answer(order, half)
    order.refresh_from_db()
    assert order.state == OrderState.PENDING and not Payment.objects.exists() and not Journal.objects.exists()


def test_an_order_lost_from_sight_is_pending_again_when_the_gateway_knows_it(cast: Cast) -> None:
    order = order_for(accepted(cast), state=OrderState.UNKNOWN)
    record_answer(order, Result("pending"))
    order.refresh_from_db()
    assert order.state == OrderState.PENDING


def test_a_finished_order_is_not_planned_again(told: Told) -> None:
    """Two polls at once: the first found it paid; the second asks, hears the same, and plans nothing."""
    order = start_payment(bill_id=Bill.objects.get(case=told.case).pk, actor=told.cast.zhang)
    press(order, "pay")
    asked = ask_gateway(order_id=order.pk)
    order.refresh_from_db()
    assert asked.state == OrderState.PAID and (order.next_query_at, order.queries) == (None, 0)


@pytest.mark.req("REL-08")
def test_silence_about_a_paid_order_does_not_make_it_unknown(cast: Cast) -> None:
    order = order_for(accepted(cast))
    message = callback(order)
    receive_notice(code="sandbox", headers=message.headers, body=message.body)
    mark_unknown(order.pk)
    order.refresh_from_db()
    assert order.state == OrderState.PAID


def test_only_who_owes_begins_to_pay(cast: Cast) -> None:
    bill = Bill.objects.get(case=accepted(cast))
    for name in ("li", "chen", "clerk", "finance1"):
        with pytest.raises(NotAllowed):
            start_payment(bill_id=bill.pk, actor=cast.actors[name])
    assert not Order.objects.exists()
