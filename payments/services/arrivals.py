"""Money that arrived becomes the fee of a bill, or waits in suspense: once per transaction (REL-09 to REL-11)."""

from __future__ import annotations

import logging
from datetime import datetime
from decimal import Decimal

from common import clock
from common.actor import Actor
from common.live import announce
from courts.models import Court
from eventlog.services import emit
from payments import events
from payments.gateways import Result
from payments.models import (
    BILL_FLOW,
    ORDER_FLOW,
    Bill,
    Order,
    Payment,
    Suspense,
    SuspenseReason,
)
from payments.services.ledger import post_payment

log = logging.getLogger(__name__)
CURRENCY = "CNY"


def money_stream(court: Court) -> str:
    """The money stream of a court."""
    return f"money:{court.code}"


def record_money(order: Order, result: Result, actor: Actor) -> str:
    """Count one transaction for a locked order with its locked bill; returns paid, suspense, repeated or noted.

    It is the fee when everything fits and both still wait. Else it goes to suspense, which ends the order: the payer is
    told, and nobody waits for it any more. Runs inside an act.
    """
    amount = result.amount
    if amount is None or amount <= 0 or not result.transaction_no:
        return "noted"
    if Payment.objects.filter(gateway=order.gateway, transaction_no=result.transaction_no).exists():
        return "repeated"
    bill, reason = order.bill, _misfit(order, result)
    payment = _payment(
        order.court, order.gateway, result.transaction_no, amount, result.paid_at, order, reason is None
    )
    post_payment(payment, bill)
    if reason is None:
        ORDER_FLOW.move(order, "pay")
        _finish(order)
        settle_bill(bill, payment, actor)
        return "paid"
    if ORDER_FLOW.can(order, "close"):
        close_order(order)
    _suspend(payment, order.court, reason, actor)
    return "suspense"


def _misfit(order: Order, result: Result) -> SuspenseReason | None:
    """Why a transaction is not the fee that its order asked for; None when it is."""
    if result.currency != CURRENCY:
        return SuspenseReason.CURRENCY
    if result.amount != order.amount or order.amount != order.bill.amount:
        return SuspenseReason.AMOUNT
    if not BILL_FLOW.can(order.bill, "pay"):
        return SuspenseReason.SETTLED
    return None if ORDER_FLOW.can(order, "pay") else SuspenseReason.LATE


def suspend_unmatched(
    *, court: Court, gateway: str, transaction_no: str, amount: Decimal, paid_at: datetime, actor: Actor
) -> Payment:
    """Keep money that names no bill, as from a bank list, whose known lines are left out before. Runs inside an act."""
    payment = _payment(court, gateway, transaction_no, amount, paid_at, None, False)
    post_payment(payment, None)
    _suspend(payment, court, SuspenseReason.UNMATCHED, actor)
    return payment


def _payment(
    court: Court,
    gateway: str,
    transaction_no: str,
    amount: Decimal,
    paid_at: datetime | None,
    order: Order | None,
    is_fee: bool,
) -> Payment:
    now = clock.now()
    return Payment.objects.create(
        court=court,
        order=order,
        gateway=gateway,
        transaction_no=transaction_no,
        amount=amount,
        paid_at=paid_at or now,
        recorded_at=now,
        purpose="fee" if is_fee else "suspense",
    )


def _suspend(payment: Payment, court: Court, reason: SuspenseReason, actor: Actor) -> None:
    suspense = Suspense.objects.create(court=court, payment=payment, reason=reason)
    log.error("money in suspense", extra={"suspense": str(suspense.public_id), "reason": str(reason)})
    emit(
        events.SUSPENDED,
        subject=payment,
        actor=actor,
        stream=money_stream(court),
        court_id=court.pk,
        bill=payment.order.bill.public_id if payment.order else None,
        suspense=suspense.public_id,
        reason=reason,
        amount=payment.amount,
    )


def settle_bill(bill: Bill, payment: Payment, actor: Actor) -> None:
    """A locked open bill is paid by this payment; the payer gets a signed receipt. Runs inside an act."""
    BILL_FLOW.move(bill, "pay")
    bill.paid_at = clock.now()
    bill.save(update_fields=["status", "paid_at"])
    emit(
        events.PAID,
        subject=payment,
        actor=actor,
        stream=money_stream(bill.court),
        court_id=bill.court_id,
        receipt=bill.number,
        case_id=bill.case_id,
        bill=bill.public_id,
        party=bill.party.public_id,
        amount=payment.amount,
    )


def close_order(order: Order) -> None:
    """The gateway closed it, or its money went elsewhere; nobody waits for it any more."""
    ORDER_FLOW.move(order, "close")
    _finish(order)


def _finish(order: Order) -> None:
    order.finished_at, order.next_query_at = clock.now(), None
    order.save(update_fields=["state", "finished_at", "next_query_at"])
    announce("order", order.public_id)
