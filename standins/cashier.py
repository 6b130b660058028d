"""The books of the stand-in gateways, which all three keep alike: orders, refunds, the bill of a day, callbacks.

How each of them speaks stands in ``sandbox``, ``wechat`` and ``alipay``; the payer's page in ``pages``.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import httpx
from django.db.models import Sum

from common import clock
from standins.models import CashierOrder, CashierRefund, RefundMode

NOT_ENOUGH = "NOT_ENOUGH"
"""More is asked back than was paid."""
ACCOUNT_GONE = "USER_ACCOUNT_ABNORMAL"
"""The payer's account takes no money."""


@dataclass(frozen=True)
class Delivery:
    """A callback as it goes over the wire."""

    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class BillLine:
    """One line of a day's bill; a refund names its refund number."""

    order: CashierOrder
    refund: CashierRefund | None
    amount_fen: int
    fee_fen: int
    happened_at: datetime


def open_order(*, gateway: str, merchant: str, out_no: str, **values: Any) -> CashierOrder:
    """The order with this number; the same number twice is the same order."""
    order, _created = CashierOrder.objects.get_or_create(
        merchant=merchant,
        out_no=out_no[:40],
        defaults=values | {"gateway": gateway, "created_at": clock.now()},
    )
    return order


def find_order(merchant: str, out_no: object) -> CashierOrder | None:
    """The order a merchant asks about."""
    return CashierOrder.objects.filter(merchant=merchant, out_no=str(out_no)).first()


def pay(order: CashierOrder) -> None:
    """Paid once: of two clicks at the same moment the second finds it done."""
    CashierOrder.objects.filter(pk=order.pk, state="pending").update(
        state="paid",
        paid_at=clock.now(),
        transaction_no=f"{order.gateway[:2].upper()}{secrets.token_hex(12)}",
    )
    order.refresh_from_db()


def close(order: CashierOrder) -> None:
    """Closed unless it is paid."""
    CashierOrder.objects.filter(pk=order.pk, state="pending").update(state="closed")
    order.refresh_from_db()


def begin_refund(
    order: CashierOrder, *, refund_no: str, amount_fen: int, reason: str = "", notify_url: str = ""
) -> CashierRefund | None:
    """Take a refund over; a failed one asked again under its number is tried anew. None: more than is left."""
    known = order.refunds.filter(refund_no=refund_no).first()
    if known is not None:
        if known.state == "failed":
            known.state, known.failure, known.tries = "pending", "", known.tries + 1
            known.save(update_fields=["state", "failure", "tries"])
        return known
    taken = order.refunds.exclude(state="failed").aggregate(sum=Sum("amount_fen"))["sum"] or 0
    if order.state != "paid" or amount_fen <= 0 or taken + amount_fen > order.amount_fen:
        return None
    return CashierRefund.objects.create(
        order=order,
        refund_no=refund_no[:64],
        amount_fen=amount_fen,
        reason=reason[:100],
        notify_url=notify_url,
        gateway_no=f"RF{secrets.token_hex(12)}",
        created_at=clock.now(),
    )


def find_refund(merchant: str, refund_no: object) -> CashierRefund | None:
    """The refund a merchant asks about, as far as the bank has come with it by now."""
    refund = CashierRefund.objects.filter(order__merchant=merchant, refund_no=str(refund_no)).first()
    if refund is not None:
        settle(refund)
    return refund


def settle(refund: CashierRefund) -> None:
    """What the bank does with a pending refund, as the order's mode says."""
    mode = refund.order.refund_mode
    if refund.state != "pending" or mode == RefundMode.HOLD:
        return
    if mode == RefundMode.FAIL:
        refund.state, refund.failure = "failed", ACCOUNT_GONE
    else:
        refund.state, refund.done_at = "done", clock.now()
    refund.save(update_fields=["state", "failure", "done_at"])


def bill_of(gateway: str, merchant: str, day: date) -> Iterator[BillLine]:
    """Lines of a day in Beijing, as often as each row says."""
    start = clock.start_of_day(day)
    span = start, start + timedelta(days=1)
    orders = CashierOrder.objects.filter(gateway=gateway, merchant=merchant)
    for order in orders.filter(paid_at__gte=span[0], paid_at__lt=span[1]).order_by("paid_at", "id"):
        assert order.paid_at is not None  # noqa: S101  (selected by it)
        for _copy in range(order.bill_lines):
            yield BillLine(order, None, order.amount_fen, order.fee_fen, order.paid_at)
    refunds = CashierRefund.objects.filter(order__in=orders, done_at__gte=span[0], done_at__lt=span[1])
    for refund in refunds.select_related("order").order_by("done_at", "id"):
        assert refund.done_at is not None  # noqa: S101  (selected by it)
        for _copy in range(refund.bill_lines):
            yield BillLine(refund.order, refund, refund.amount_fen, 0, refund.done_at)


def is_over(day: date) -> bool:
    """There is a bill of a day once the day is over."""
    return day < clock.today()


def deliver(url: str, message: Delivery) -> int:
    """Post a callback; 0 when nobody answers (the portal will ask by itself)."""
    try:
        with httpx.Client(timeout=5, trust_env=False) as client:
            return client.post(url, content=message.body, headers=message.headers).status_code
    except httpx.HTTPError:
        return 0
