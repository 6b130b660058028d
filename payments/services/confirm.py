"""What a gateway says becomes truth here, once: callbacks and queries take the same road (REL-06 to REL-12)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor, system
from common.live import announce
from eventlog.services import act, emit
from payments import events
from payments.gateways import Notice, Result, gateway
from payments.models import (
    BILL_FLOW,
    ORDER_FLOW,
    Bill,
    GatewayNotice,
    Order,
    Payment,
)
from payments.services.ledger import post_payment
from payments.services.orders import money_stream, next_poll

CURRENCY = "CNY"
ACTOR = system(str(_("支付网关")))


def receive_notice(*, code: str, headers: Mapping[str, str], body: bytes) -> str:
    """Take one callback and return what was done with it: paid, repeated, suspense, noted or unknown_order.

    Verified before anything is stored; raises BadSignature (nothing is written). Notice, payment, journal, states
    and event commit together; a repeat changes nothing.
    """
    chosen = gateway(code)
    notice = chosen.parse_notice(headers, body)
    digest = hashlib.sha256(body).hexdigest()
    with act():
        order = _locked_order(notice.out_no)
        seen = GatewayNotice.objects.filter(gateway=code, event_no=notice.event_no).first()
        if seen is not None:
            return "repeated"
        outcome = _apply_notice(order, notice, chosen.merchant)
        GatewayNotice.objects.create(
            gateway=code,
            event_no=notice.event_no,
            body=body.decode(),
            body_sha256=digest,
            outcome=outcome,
            received_at=clock.now(),
        )
    return outcome


def _locked_order(out_no: str) -> Order | None:
    """Lock bill, then order (REL-35); orders of one bill are decided one after the other."""
    order = Order.objects.filter(out_no=out_no).first()
    if order is None:
        return None
    Bill.objects.select_for_update(no_key=True).get(pk=order.bill_id)
    return (
        Order.objects.select_for_update(of=("self",), no_key=True)
        .select_related("bill__case", "court")
        .get(pk=order.pk)
    )


def _apply_notice(order: Order | None, notice: Notice, merchant: str) -> str:
    if order is None or notice.merchant != merchant:
        return "unknown_order"
    if notice.result.state != "paid":
        return "noted"
    return _record_money(order, notice.result, ACTOR)


def _record_money(order: Order, result: Result, actor: Actor) -> str:
    """Count one gateway transaction once: as the fee when everything fits and the order still waits, else as money in
    suspense, which ends the order: the payer is told, and nobody waits for it any more (REL-09 to REL-11)."""
    amount = result.amount
    if amount is None or amount <= 0 or not result.transaction_no:
        return "noted"
    if Payment.objects.filter(gateway=order.gateway, transaction_no=result.transaction_no).exists():
        return "repeated"
    bill = order.bill
    fits = amount == order.amount == bill.amount and result.currency == CURRENCY
    counts = fits and BILL_FLOW.can(bill, "pay") and ORDER_FLOW.can(order, "pay")
    now = clock.now()
    payment = Payment.objects.create(
        court_id=order.court_id,
        order=order,
        gateway=order.gateway,
        transaction_no=result.transaction_no,
        amount=amount,
        paid_at=result.paid_at or now,
        recorded_at=now,
        purpose="fee" if counts else "suspense",
    )
    post_payment(payment, bill)
    if counts:
        _settle(order, bill, payment, now, actor)
        return "paid"
    if ORDER_FLOW.can(order, "close"):
        _close(order)
    emit(
        events.SUSPENDED,
        subject=payment,
        actor=actor,
        stream=money_stream(order),
        court_id=order.court_id,
        order=order.public_id,
        amount=amount,
    )
    return "suspense"


def _close(order: Order) -> None:
    ORDER_FLOW.move(order, "close")
    order.finished_at, order.next_query_at = clock.now(), None
    order.save(update_fields=["state", "finished_at", "next_query_at"])
    announce("order", order.public_id)


def _settle(order: Order, bill: Bill, payment: Payment, now: datetime, actor: Actor) -> None:
    ORDER_FLOW.move(order, "pay")
    order.finished_at, order.next_query_at = now, None
    order.save(update_fields=["state", "finished_at", "next_query_at"])
    BILL_FLOW.move(bill, "pay")
    bill.paid_at = now
    bill.save(update_fields=["status", "paid_at"])
    emit(
        events.PAID,
        subject=payment,
        actor=actor,
        stream=money_stream(order),
        court_id=order.court_id,
        receipt=bill.number,
        case_id=bill.case_id,
        bill=bill.public_id,
        amount=payment.amount,
    )
    announce("order", order.public_id)


def ask_gateway(*, order_id: int) -> Order:
    """Ask the gateway about our order and record what it says (REL-12); GatewayUnavailable leaves it to the next poll.

    An order the gateway closed is closed here; one it never heard of stays to be created again with the same number.
    """
    order = Order.objects.get(pk=order_id)
    _plan_next_query(order_id)
    return record_answer(order, gateway(order.gateway).query(order.out_no))


def record_answer(order: Order, result: Result) -> Order:
    """Note what the gateway answered about an order; the same answer twice changes nothing."""
    with act():
        locked = _locked_order(order.out_no)
        assert locked is not None  # noqa: S101  (orders are never deleted)
        if result.state == "paid":
            _record_money(locked, result, ACTOR)
        elif result.state == "closed" and ORDER_FLOW.can(locked, "close"):
            _close(locked)
        elif result.state == "pending" and ORDER_FLOW.can(locked, "see_again"):
            ORDER_FLOW.move(locked, "see_again")
            locked.save(update_fields=["state"])
    return locked


def _plan_next_query(order_id: int) -> None:
    with act():
        order = Order.objects.select_for_update(no_key=True).get(pk=order_id)
        if order.next_query_at is None:
            return
        order.queries += 1
        order.next_query_at = next_poll(order.created_at, clock.now())
        order.save(update_fields=["queries", "next_query_at"])
