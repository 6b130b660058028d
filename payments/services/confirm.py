"""What a gateway says becomes truth here, once: callbacks and queries take the same road (REL-06 to REL-12)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils.translation import gettext as _

from common import clock
from common.actor import system
from eventlog.services import act
from payments.gateways import Gateway, Notice, Result, gateway
from payments.models import (
    ORDER_FLOW,
    Bill,
    GatewayNotice,
    Order,
    OrderState,
    RefundPart,
    ReviewItem,
    ReviewKind,
)
from payments.services.arrivals import close_order, record_money
from payments.services.orders import next_poll
from payments.services.refunds.sending import record_refund_answer

ACTOR = system(str(_("支付网关")))
PAID_STATES = {OrderState.PAID, OrderState.PART_REFUNDED, OrderState.REFUNDED}


def receive_notice(*, code: str, headers: Mapping[str, str], body: bytes) -> str:
    """Take one callback and return what was done with it: paid, suspense, closed, noted, repeated or review.

    Verified before anything is stored; raises BadSignature (nothing is written). Notice, payment, journal, states
    and event commit together; a repeat changes nothing. What cannot be true waits for somebody of finance (REL-07,
    REL-08): the gateway is still told that it was taken, else it would repeat it for days.
    """
    chosen = gateway(code)
    notice = chosen.parse_notice(headers, body)
    said = _digest(notice)
    with act():
        # a refund locks the bills of its party by itself, in its own order
        order = _locked_order(code, notice.out_no) if notice.refund is None else None
        if order is None:
            _wait_for_same_news(code, notice)
        seen = GatewayNotice.objects.filter(gateway=code, event_no=notice.event_no).first()
        if seen is not None:
            if seen.said_sha256 == said:
                return "repeated"
            _review(ReviewKind.CONFLICT, code, notice, body, said, order)
            return "review"
        outcome = _apply(order, notice, chosen)
        if isinstance(outcome, ReviewKind):
            _review(outcome, code, notice, body, said, order)
            outcome = "review"
        GatewayNotice.objects.create(
            gateway=code,
            event_no=notice.event_no,
            body=body.decode(),
            said_sha256=said,
            outcome=outcome,
            received_at=clock.now(),
        )
    return outcome


def _digest(notice: Notice) -> str:
    """What a notice says, whatever bytes carried it: a gateway may encrypt or sign its repeat anew."""
    said = json.dumps(asdict(notice), cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _locked_order(code: str, out_no: str) -> Order | None:
    """Lock bill, then order (REL-35); orders of one bill are decided one after the other. A gateway speaks of its own only."""
    bills = Bill.objects.select_for_update(of=("self",), no_key=True).select_related("court")
    bill = bills.filter(orders__out_no=out_no, orders__gateway=code).first()
    if bill is None:
        return None
    order = Order.objects.select_for_update(no_key=True).get(out_no=out_no)
    order.bill, order.court = bill, bill.court
    return order


def _wait_for_same_news(code: str, notice: Notice) -> None:
    """No order of ours holds the door: the same notice twice at once waits here until the first is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{code}:{notice.event_no}"])


def _apply(order: Order | None, notice: Notice, chosen: Gateway) -> str | ReviewKind:
    """Take over what a verified notice says, or tell why it cannot be true: another merchant, no such order or refund,
    closed after it was paid, a refund that contradicts what is final."""
    if notice.merchant != chosen.merchant:
        return ReviewKind.MERCHANT
    if notice.refund is not None:
        parts = RefundPart.objects.filter(out_no=notice.refund_no, payment__gateway=chosen.code)
        if not parts.exists():
            return ReviewKind.UNKNOWN_ORDER
        told = record_refund_answer(notice.refund_no, notice.refund)
        return ReviewKind.IMPOSSIBLE if told == "impossible" else told
    if order is None:
        return ReviewKind.UNKNOWN_ORDER
    if notice.result.state == "closed" and order.state in PAID_STATES:
        return ReviewKind.IMPOSSIBLE
    return _take_over(order, notice.result)


def _take_over(order: Order, result: Result) -> str:
    """What the gateway says of a locked order: paid, closed or still waiting. The same twice changes nothing."""
    if result.state == "paid":
        return record_money(order, result, ACTOR)
    if result.state == "closed" and ORDER_FLOW.can(order, "close"):
        close_order(order)
        return "closed"
    if result.state == "pending" and ORDER_FLOW.can(order, "see_again"):
        ORDER_FLOW.move(order, "see_again")
        order.save(update_fields=["state"])
    return "noted"


def _review(kind: ReviewKind, code: str, notice: Notice, body: bytes, said: str, order: Order | None) -> None:
    ReviewItem.objects.get_or_create(
        gateway=code,
        event_no=notice.event_no,
        said_sha256=said,
        defaults={
            "court": order.court if order else None,
            "kind": kind,
            "body": body.decode(),
            "order": order,
            "received_at": clock.now(),
        },
    )


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
        locked = _locked_order(order.gateway, order.out_no)
        assert locked is not None  # noqa: S101  (orders are never deleted)
        _take_over(locked, result)
    return locked


def close_unheard(order: Order) -> bool:
    """Close an order that its gateway did not know a moment ago. False when somebody has sent it there since ``order`` was read: then
    it is there."""
    with act():
        locked = _locked_order(order.gateway, order.out_no)
        assert locked is not None  # noqa: S101  (orders are never deleted)
        if locked.state != order.state:
            return False
        _take_over(locked, Result("closed"))
    return True


def _plan_next_query(order_id: int) -> None:
    with act():
        order = Order.objects.select_for_update(no_key=True).get(pk=order_id)
        if order.next_query_at is None:
            return
        order.queries += 1
        order.next_query_at = next_poll(order.created_at, clock.now())
        order.save(update_fields=["queries", "next_query_at"])
