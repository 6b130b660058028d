"""Orders: our number is committed before the gateway hears of it and is re-used for every retry (REL-05)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import Conflict, GatewayUnavailable, NotAllowed
from eventlog.services import act, emit
from payments import events
from payments.gateways import Prompt, Way
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


def order_for(*, bill_id: int, actor: Actor, way: Way | None) -> Order:
    """The live order of an open bill, or a new one for ``way``, committed before any gateway hears of it.

    Raises NotAllowed for anybody but the payer, Conflict when nothing is to pay, GatewayUnavailable without a way.
    """
    with act():
        bill = Bill.objects.select_for_update(of=("self",), no_key=True).get(pk=bill_id)
        if not can_pay(actor, bill):
            raise NotAllowed(_("只有交费义务人可以在这里交费。"))
        if bill.status != BillStatus.OPEN:
            raise Conflict(_("这笔费用已经交过了，不用再交。"), code="already_paid")
        if bill.amount == 0:
            raise Conflict(_("这笔费用是0元，不用交。"), code="nothing_to_pay")
        order = live_order_of(bill)
        if order is not None:
            return order
        if way is None:
            raise GatewayUnavailable(
                _("网上缴费通道维护，不影响已提交的材料。可以到法院窗口交费，或稍后再试。")
            )
        now = clock.now()
        return create_order(
            bill, way.gateway, way.code, actor, payer_id=actor.user_id, next_query_at=next_poll(now, now)
        )


def create_order(
    bill: Bill,
    code: str,
    way: str,
    actor: Actor,
    *,
    payer_id: int | None = None,
    next_query_at: datetime | None = None,
) -> Order:
    """An order with our number; money that is there already, at the counter or in the bank list, is asked about nowhere.
    Runs inside an act, the bill locked."""
    now = clock.now()
    order = Order.objects.create(
        court=bill.court,
        bill=bill,
        gateway=code,
        way=way,
        out_no=f"{clock.beijing_day(now):%Y%m%d}{secrets.token_hex(10)}",
        amount=bill.amount,
        payer_id=payer_id,
        created_at=now,
        next_query_at=next_query_at,
    )
    stream = money_stream(bill.court)
    emit(events.ORDER_CREATED, subject=order, actor=actor, stream=stream, court_id=order.court_id)
    return order


def mark_sent(order_id: int, prompt: Prompt) -> Order:
    """The gateway took the order and said where the payer goes on; a payment that overtook the answer stays."""
    with act():
        order = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order_id)
        move = "see_again" if order.state == OrderState.UNKNOWN else "send"
        if ORDER_FLOW.can(order, move):
            ORDER_FLOW.move(order, move)
        order.pay_url, order.code_text = prompt.pay_url, prompt.code_text
        order.save(update_fields=["state", "pay_url", "code_text"])
    return order


def mark_unknown(order_id: int) -> None:
    """The gateway did not answer: nobody knows what it did, and the poll will ask (REL-12)."""
    with act():
        order = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order_id)
        if ORDER_FLOW.can(order, "lose_sight"):
            ORDER_FLOW.move(order, "lose_sight")
            order.save(update_fields=["state"])
