"""The way to pay: one live order per bill over all gateways, and another way only after the old order is closed where it
was opened (REL-12)."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import Conflict, GatewayUnavailable
from payments.gateways import Request, Way, gateway, gateways, ways_for
from payments.models import Order, OrderState
from payments.services.confirm import close_unheard, record_answer
from payments.services.orders import mark_sent, mark_unknown, order_for

PROMPT_LIFE = timedelta(minutes=4)
"""How long an address or a code is handed out again; the shortest-lived one (WeChat's H5) lives five minutes."""
STILL_OPEN = "still_open"
"""Code of the Conflict: the order under way cannot be closed yet, or its result is not known."""
PAID_MEANWHILE = "paid_meanwhile"
"""Code of the Conflict: the order under way turned out to be paid when it was to be closed."""


def start_payment(*, bill_id: int, actor: Actor, way: str = "", client_ip: str = "") -> Order:
    """Begin to pay by ``way`` (key of a :class:`Way`), or go on with the order under way; no way goes on as begun.

    Commits our number, then asks the gateway; a gateway that does not answer leaves the order UNKNOWN to be polled and
    raises GatewayUnavailable. Raises Conflict when the bill is paid or amounts to nothing, and when an order begun in
    another way is paid (``paid_meanwhile``) or cannot be ended now (``still_open``).
    """
    chosen = _way(way)
    order = order_for(bill_id=bill_id, actor=actor, way=chosen or _usual())
    if chosen is not None and not _goes(order, chosen):
        end_order(order)
        order = order_for(bill_id=bill_id, actor=actor, way=chosen)
        if not _goes(order, chosen):
            raise _still_open()
    is_fresh = clock.now() - order.created_at < PROMPT_LIFE
    if order.state == OrderState.PENDING and is_fresh and (order.pay_url or order.code_text):
        return order
    return _send(order, client_ip)


def _way(key: str) -> Way | None:
    """The way with this key, whatever device it is usual on; None for a key that names none."""
    code, _dash, kind = key.partition("-")
    for each in gateways():
        if each.code == code:
            known = [each.ways(on_phone=phone, in_wechat=False) for phone in (True, False)]
            return next((way for ways in known for way in ways if way.code == kind), None)
    return None


def _usual() -> Way | None:
    return next(iter(ways_for(on_phone=False, in_wechat=False)), None)


def _goes(order: Order, way: Way) -> bool:
    return order.gateway == way.gateway and order.way in ("", way.code)


def _still_open() -> Conflict:
    return Conflict(_("上一次付款还在确认，请勿重复支付。过几分钟再换一种方式。"), code=STILL_OPEN)


def end_order(order: Order) -> None:
    """Close an order at its gateway and note what it says; one it never heard of is closed here, unless it was sent there while we
    asked. What is paid there nevertheless goes to suspense with a proposed refund (REL-09)."""
    try:
        answer = gateway(order.gateway).close(order.out_no)
    except GatewayUnavailable as error:
        mark_unknown(order.pk)
        raise _still_open() from error
    if answer.state == "missing":
        if not close_unheard(order):
            raise _still_open()
        return
    record_answer(order, answer)
    if answer.state == "paid":
        raise Conflict(_("这笔费用刚刚已经付过了，不用再付。"), code=PAID_MEANWHILE)
    if answer.state == "pending":
        raise _still_open()


def _send(order: Order, client_ip: str) -> Order:
    """Open the order at its gateway. An order that was ended here meanwhile is ended there as well."""
    client = gateway(order.gateway)
    request = Request(
        out_no=order.out_no,
        amount=order.amount,
        subject=_("诉讼费"),
        return_url=f"{settings.PUBLIC_URL}/my/bills/{order.bill.public_id}/result/",
        way=order.way,
        client_ip=client_ip,
    )
    try:
        prompt = client.create(request)
    except GatewayUnavailable:
        mark_unknown(order.pk)
        raise
    sent = mark_sent(order.pk, prompt)
    if sent.state == OrderState.CLOSED:
        client.close(order.out_no)
        raise _still_open()
    return sent
