"""Orders: our number is committed before the gateway hears of it and is re-used for every retry (REL-05)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import Conflict, GatewayUnavailable, NotAllowed
from eventlog.services import act, emit
from payments import events
from payments.gateways import Gateway, Request, gateway
from payments.models import ORDER_FLOW, Bill, BillStatus, Order, OrderState
from payments.policies import can_pay
from payments.selectors import live_order_of
from payments.services.arrivals import money_stream

POLL_AT = [timedelta(seconds=s) for s in (10, 30, 60, 300, 900)]
"""Ages at which the gateway is asked about an order (REL-12); afterwards every ``POLL_LATER``."""
POLL_LATER = timedelta(hours=1)


def next_poll(created_at: datetime, now: datetime) -> datetime:
    """The first moment of the schedule after ``now``, whoever has asked before."""
    age = now - created_at
    for moment in POLL_AT:
        if moment > age:
            return created_at + moment
    rounds = (age - POLL_AT[-1]) // POLL_LATER + 1
    return created_at + POLL_AT[-1] + rounds * POLL_LATER


def start_payment(*, bill_id: int, actor: Actor) -> Order:
    """Begin to pay, or go on with the order under way: one live order per bill and gateway.

    Commits our number, then asks the gateway; a gateway that does not answer leaves the order UNKNOWN to be polled
    and raises GatewayUnavailable. Raises Conflict when the bill is paid or amounts to nothing.
    """
    chosen = gateway()
    order = _order(bill_id, chosen, actor)
    if order.state == OrderState.PENDING and order.pay_url:
        return order
    request = Request(
        out_no=order.out_no,
        amount=order.amount,
        subject=_("诉讼费"),
        return_url=f"{settings.PUBLIC_URL}/my/bills/{order.bill.public_id}/result/",
    )
    try:
        prompt = chosen.create(request)
    except GatewayUnavailable:
        _mark(order.pk, "lose_sight", pay_url="")
        raise
    return _mark(order.pk, "send", pay_url=prompt.pay_url)


def _order(bill_id: int, chosen: Gateway, actor: Actor) -> Order:
    with act():
        bill = Bill.objects.select_for_update(of=("self",), no_key=True).get(pk=bill_id)
        if not can_pay(actor, bill):
            raise NotAllowed(_("只有交费义务人可以在这里交费。"))
        if bill.status != BillStatus.OPEN:
            raise Conflict(_("这笔费用已经交过了，不用再交。"), code="already_paid")
        if bill.amount == 0:
            raise Conflict(_("这笔费用是0元，不用交。"), code="nothing_to_pay")
        order = live_order_of(bill)
        if order is None:
            now = clock.now()
            order = Order.objects.create(
                court_id=bill.court_id,
                bill=bill,
                gateway=chosen.code,
                out_no=f"{clock.beijing_day(now):%Y%m%d}{secrets.token_hex(10)}",
                amount=bill.amount,
                payer_id=actor.user_id,
                created_at=now,
                next_query_at=next_poll(now, now),
            )
            stream = money_stream(bill.court)
            emit(events.ORDER_CREATED, subject=order, actor=actor, stream=stream, court_id=order.court_id)
    return order


def _mark(order_id: int, move: str, *, pay_url: str) -> Order:
    """Note what the gateway answered; a payment that overtook the answer stays."""
    with act():
        order = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order_id)
        if move == "send" and order.state == OrderState.UNKNOWN:
            move = "see_again"
        if ORDER_FLOW.can(order, move):
            ORDER_FLOW.move(order, move)
        order.pay_url = pay_url or order.pay_url
        order.save(update_fields=["state", "pay_url"])
    return order
