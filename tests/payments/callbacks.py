"""Callbacks as the gateway sends them: signed with the gateway's key."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings

from cases.models import Case
from common import clock
from common.gateways.signing import SignedMessage, sign
from common.money import to_fen
from payments.models import Bill, Order, OrderState


def order_for(case: Case, **changes: Any) -> Order:
    """A live order for the bill of a case, as ``start_payment`` leaves it."""
    bill = changes.pop("bill", None) or Bill.objects.get(case=case)
    values: dict[str, Any] = {
        "court_id": bill.court_id,
        "bill": bill,
        "gateway": "sandbox",
        "out_no": f"T{bill.pk}{Order.objects.count()}",
        "amount": bill.amount,
        "state": OrderState.PENDING,
        "created_at": clock.now(),
    }
    return Order.objects.create(**values | changes)


def callback(
    order: Order, *, event_no: str = "EV1", transaction_no: str = "TX1", **changes: Any
) -> SignedMessage:
    """A signed “paid” for an order; ``changes`` replace fields, ``amount`` is in yuan."""
    amount = changes.pop("amount", order.amount)
    data = {
        "event_no": event_no,
        "merchant": settings.CASHIER_MERCHANT,
        "out_no": order.out_no,
        "state": "paid",
        "transaction_no": transaction_no,
        "amount_fen": to_fen(Decimal(amount)),
        "currency": "CNY",
        "paid_at": clock.now().isoformat(),
    }
    return sign(data | changes, settings.CASHIER_PRIVATE_KEY_FILE)
