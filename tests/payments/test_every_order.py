"""Every order of up to five pieces of news ends in the state of a table (F-15, REL-08): the news of an open order, and the
news of a paid one whose refund is on its way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from django.conf import settings

from common import clock
from common.gateways.signing import sign
from common.money import to_fen
from payments.models import (
    Account,
    Bill,
    Order,
    Payment,
    Refund,
    RefundPart,
    ReviewItem,
    Suspense,
)
from payments.selectors import balance
from payments.services import receive_notice, refunds
from tests.payments.callbacks import callback, order_for
from tests.payments.refunds import FULL, approved, confirmed
from tests.payments.test_orders_of_news import undone
from tests.support.court import Cast, accepted

News = Callable[[], None]


def tell(order: Order, event_no: str, transaction: str, **changes: object) -> None:
    """A signed notice about an order."""
    message = callback(order, event_no=event_no, transaction_no=transaction, **changes)
    receive_notice(code="sandbox", headers=message.headers, body=message.body)


def tell_refund(part: RefundPart, event_no: str, state: str) -> None:
    """A signed notice about a refund."""
    data = {
        "event_no": event_no,
        "merchant": settings.CASHIER_MERCHANT,
        "out_no": "",
        "refund_no": part.out_no,
        "state": state,
        "gateway_no": "G1",
        "amount_fen": to_fen(part.amount),
        "done_at": clock.now().isoformat() if state == "done" else None,
        "failure": "账户已注销" if state == "failed" else "",
    }
    message = sign(data, settings.CASHIER_PRIVATE_KEY_FILE)
    receive_notice(code="sandbox", headers=message.headers, body=message.body)


def every_order(
    news: dict[str, News], check: Callable[[Sequence[str]], None], told: tuple[str, ...] = ()
) -> int:
    """Tell all news in every order, checking after each; returns how many orders there were."""
    orders = 0
    for name in news.keys() - set(told):
        with undone():
            news[name]()
            now_told = (*told, name)
            check(now_told)
            orders += 1 + every_order(news, check, now_told)
    return orders


@pytest.mark.req("REL-08", "REL-09", "REL-10", "REL-11", "B-76", "F-15")
def test_news_of_an_open_order(cast: Cast) -> None:
    """What comes first of paid, closed and a wrong sum decides; all other money lies in suspense, none is dropped."""
    case = accepted(cast)
    bill = Bill.objects.get(case=case)
    order = order_for(case, next_query_at=clock.now())
    news: dict[str, News] = {
        "paid": lambda: tell(order, "E1", "T1"),
        "repeated": lambda: tell(order, "E2", "T1"),
        "second": lambda: tell(order, "E3", "T2"),
        "wrong": lambda: tell(order, "E4", "T3", amount=Decimal("1.00")),
        "closed": lambda: tell(order, "E5", "", state="closed"),
    }
    fits = {"paid": "T1", "repeated": "T1", "second": "T2"}

    def check(told: Sequence[str]) -> None:
        order.refresh_from_db()
        bill.refresh_from_db()
        counts = fits.get(told[0])
        arrived = {fits[name] for name in told if name in fits} | ({"T3"} if "wrong" in told else set())
        assert (order.state, bill.status) == (("paid", "paid") if counts else ("closed", "open"))
        assert order.next_query_at is None
        found = dict(Payment.objects.values_list("transaction_no", "purpose"))
        assert found == {number: "fee" if number == counts else "suspense" for number in arrived}
        assert Suspense.objects.count() == len(arrived) - bool(counts)
        assert balance(bill.court_id, Account.FEES) == (bill.amount if counts else 0)
        assert ReviewItem.objects.count() == (counts is not None and "closed" in told)

    assert every_order(news, check) == 325


@pytest.mark.req("REL-08", "REL-13", "F-15")
def test_news_of_a_paid_order_whose_refund_is_on_its_way(cast: Cast, nobody_listens: None) -> None:
    """A refund ends by done, whatever was said before; failed stands until then, and is impossible afterwards."""
    refund = approved(cast, confirmed(cast))
    refunds.send_refund(refund.pk)
    part, payment = RefundPart.objects.get(), Payment.objects.get()
    order = Order.objects.get()
    news: dict[str, News] = {
        "paid again": lambda: tell(order, "E2", payment.transaction_no),
        "second": lambda: tell(order, "E3", "T2"),
        "closed": lambda: tell(order, "E5", "", state="closed"),
        "done": lambda: tell_refund(part, "R1", "done"),
        "failed": lambda: tell_refund(part, "R2", "failed"),
    }

    def check(told: Sequence[str]) -> None:
        for row in (order, part, refund):
            row.refresh_from_db()
        done, failed = "done" in told, "failed" in told
        contradicts = done and failed and told.index("failed") > told.index("done")
        state = "done" if done else "failed" if failed else "unknown"
        assert (part.state, refund.state) == (state, {"unknown": "sending"}.get(state, state))
        assert order.state == ("part_refunded" if done else "paid")
        assert Payment.objects.filter(purpose="fee").get() == payment
        assert Suspense.objects.count() == ("second" in told)
        assert Refund.objects.count() == 1 + ("second" in told), "what came twice is given back by itself"
        assert ReviewItem.objects.count() == ("closed" in told) + contradicts
        assert balance(refund.court_id, Account.PAYABLE) == (0 if done else refund.amount)
        assert balance(refund.court_id, Account.FEES) == FULL - refund.amount

    assert every_order(news, check) == 325
