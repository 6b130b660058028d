"""Approved parts go out through the gateway that took the money: our number first, then the call (REL-05, REL-13).

A part is SENT in the database before the gateway hears of it and keeps its number for good. Accepted is not done: a part ends
by the gateway's notice or by asking it about *our* number. What the gateway never heard of is asked for again with the same
number; no answer leaves it UNKNOWN, to be asked about on the schedule of REL-12.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models import Sum
from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor, system
from common.errors import Conflict, GatewayUnavailable, NotAllowed
from common.money import ZERO
from eventlog.holding import is_held
from eventlog.services import act
from payments import events
from payments.gateways import RefundRequest, RefundResult, gateway
from payments.models import (
    ORDER_FLOW,
    REFUND_FLOW,
    REFUND_PART_FLOW,
    SUSPENSE_FLOW,
    Order,
    PartState,
    Refund,
    RefundPart,
    RefundState,
    Route,
)
from payments.refund_policies import is_finance_of
from payments.services.ledger import held_in, post_refund_paid
from payments.services.orders import next_poll
from payments.services.refunds.asking import live_parts, locked_refund
from payments.services.refunds.money import can_go_back, suspense_of
from payments.services.refunds.propose import record

log = logging.getLogger(__name__)

ACTOR = system(str(_("退费")))
PAUSE = timedelta(seconds=60)
"""Between two parts of one payment (REL-13)."""
OUT = (RefundState.APPROVED, RefundState.SENDING)
READY = (PartState.WAITING, PartState.FAILED)
ASKABLE = (PartState.SENT, PartState.UNKNOWN)


def send_refund(refund_id: int) -> int:
    """Send every part of an approved refund that can go now; the sweep brings what has to wait. Returns how many went out.

    Outside of every transaction, safe to run twice and in parallel: a part is claimed under the lock.
    """
    rows = RefundPart.objects.filter(refund_id=refund_id, route=Route.ORIGINAL, state__in=READY)
    sent = 0
    for part_id in list(rows.order_by("id").values_list("pk", flat=True)):
        part = _claim(part_id)
        if part is not None:
            _call(part)
            sent += 1
    return sent


def send_due(most: int = 50) -> int:
    """The sweep: parts of approved refunds that are not out yet, oldest first. Returns how many went out."""
    ready = RefundPart.objects.filter(route=Route.ORIGINAL, state__in=READY, refund__state__in=OUT).order_by(
        "id"
    )
    refunds = dict.fromkeys(ready.values_list("refund_id", flat=True)[:most])
    return sum(send_refund(refund_id) for refund_id in refunds)


def _claim(part_id: int) -> RefundPart | None:
    """Mark the part as sent, committed before the gateway hears of it; None when it is not its turn or the gateway takes
    nothing back any more (then the refund has failed and waits for a bank account), or while all is held (REL-56)."""
    if is_held():
        return None
    with act():
        refund = locked_refund(RefundPart.objects.only("refund_id").get(pk=part_id).refund_id)
        part = RefundPart.objects.select_related("payment__order", "refund").get(pk=part_id)
        now = clock.now()
        if refund.state not in OUT or not REFUND_PART_FLOW.can(part, "send"):
            return None
        siblings = RefundPart.objects.filter(payment=part.payment_id).exclude(pk=part_id)
        if siblings.filter(sent_at__gt=now - PAUSE).exists():
            return None
        _begin(refund)
        if part.sent_at is None and not can_go_back(part.payment, now):
            part.failure = _("付款超过一年或通道已停用，不能原路退回")
            part.save(update_fields=["failure"])
            _fail_refund(refund)
            return None
        REFUND_PART_FLOW.move(part, "send")
        part.sent_at, part.queries, part.failure = now, 0, ""
        part.next_query_at = next_poll(now, now)
        part.save(update_fields=["state", "sent_at", "queries", "failure", "next_query_at"])
    return part


def _begin(refund: Refund) -> None:
    if REFUND_FLOW.can(refund, "send"):
        REFUND_FLOW.move(refund, "send")
        refund.save(update_fields=["state"])
        record(events.REFUND_SENT, refund, ACTOR)


def _call(part: RefundPart) -> None:
    try:
        result = gateway(part.payment.gateway).refund(_request(part))
    except GatewayUnavailable:
        _lose_sight(part.pk)
        return
    record_refund_answer(part.out_no, result)


def _request(part: RefundPart) -> RefundRequest:
    payment = part.payment
    return RefundRequest(
        refund_no=part.out_no,
        out_no=payment.order.out_no if payment.order else "",
        transaction_no=payment.transaction_no,
        amount=part.amount,
        paid=payment.amount,
        reason=_("退诉讼费"),
    )


def _lose_sight(part_id: int) -> None:
    with act():
        part = RefundPart.objects.select_for_update(no_key=True).get(pk=part_id)
        if REFUND_PART_FLOW.can(part, "lose_sight"):
            REFUND_PART_FLOW.move(part, "lose_sight")
            part.save(update_fields=["state"])


def poll_parts(most: int = 50) -> int:
    """Ask the gateways about parts that are due, oldest first; a silent gateway is left alone for the round. Returns how many
    were asked about. Safe to run twice."""
    due = RefundPart.objects.filter(next_query_at__lte=clock.now(), state__in=ASKABLE)
    silent: set[str] = set()
    asked = 0
    for part in due.select_related("payment__order", "refund").order_by("next_query_at")[:most]:
        if part.payment.gateway in silent:
            continue
        try:
            ask_about(part)
        except GatewayUnavailable:
            silent.add(part.payment.gateway)
            _lose_sight(part.pk)
            log.warning("gateway silent about refunds", extra={"gateway": part.payment.gateway})
            continue
        asked += 1
    return asked


def ask_about(part: RefundPart) -> None:
    """Ask the gateway about our number and write down what it says; what it never heard of is asked for again with the same
    number. Raises GatewayUnavailable."""
    _plan_next_query(part.pk)
    chosen, request = gateway(part.payment.gateway), _request(part)
    result = chosen.query_refund(request)
    if result.state == "missing" and part.state in ASKABLE and not is_held():
        result = chosen.refund(request)
    record_refund_answer(part.out_no, result)


def ask_again(refund_id: int) -> None:
    """Before a failed refund takes another way: what does its gateway say today? Raises GatewayUnavailable."""
    rows = RefundPart.objects.filter(refund_id=refund_id, route=Route.ORIGINAL, state=PartState.FAILED)
    for part in rows.select_related("payment__order", "refund"):
        ask_about(part)


def _plan_next_query(part_id: int) -> None:
    with act():
        part = RefundPart.objects.select_for_update(no_key=True).get(pk=part_id)
        if part.next_query_at is None or part.sent_at is None:
            return
        part.queries += 1
        part.next_query_at = next_poll(part.sent_at, clock.now())
        part.save(update_fields=["queries", "next_query_at"])


def record_refund_answer(part_out_no: str, result: RefundResult) -> str:
    """What a gateway says about one of our refund numbers, from a notice or a query: done, failed, noted, repeated, unknown
    (no such number) or impossible (another amount, or news that contradicts what is final: somebody has to look).

    The same news twice changes nothing. Part, journal, order, refund and event commit together.
    """
    with act():
        found = RefundPart.objects.filter(out_no=part_out_no).only("refund_id").first()
        if found is None:
            return "unknown"
        refund = locked_refund(found.refund_id)
        part = RefundPart.objects.select_related("payment", "refund__bill").get(out_no=part_out_no)
        if result.amount is not None and result.amount != part.amount:
            log.error("refund of another amount", extra={"part": str(part.public_id)})
            return "impossible"
        match result.state:
            case "done":
                return _done(refund, part, result)
            case "failed":
                return _failed(refund, part, result.failure)
            case "pending" if REFUND_PART_FLOW.can(part, "see_again"):
                REFUND_PART_FLOW.move(part, "see_again")
                part.save(update_fields=["state"])
    return "noted"


def _done(refund: Refund, part: RefundPart, result: RefundResult) -> str:
    if part.state == PartState.DONE:
        return "repeated"
    if not REFUND_PART_FLOW.can(part, "finish"):
        log.error("money of a dropped part came through", extra={"part": str(part.public_id)})
        return "impossible"
    finish_part(refund, part, number=result.gateway_no, actor=ACTOR)
    return "done"


def _failed(refund: Refund, part: RefundPart, why: str) -> str:
    if part.state == PartState.FAILED:
        return "repeated"
    if not REFUND_PART_FLOW.can(part, "fail"):
        return "impossible"
    fail_part(refund, part, why=why, actor=ACTOR)
    return "failed"


def finish_part(refund: Refund, part: RefundPart, *, number: str, actor: Actor) -> None:
    """The money of a part has arrived: journal, order, and the whole refund when it was the last. Inside an act, under the
    refund's lock."""
    now = clock.now()
    REFUND_PART_FLOW.move(part, "finish")
    part.gateway_no, part.finished_at, part.next_query_at, part.failure = number, now, None, ""
    part.save(update_fields=["state", "gateway_no", "finished_at", "next_query_at", "failure"])
    post_refund_paid(part, held_in(part.payment.gateway))
    _note_on_order(part)
    done = refund.parts.filter(state=PartState.DONE).aggregate(sum=Sum("amount"))["sum"] or ZERO
    if done == refund.amount:
        _finish_refund(refund, actor)
    elif refund.state == RefundState.FAILED and not refund.parts.filter(state=PartState.FAILED).exists():
        REFUND_FLOW.move(refund, "send")
        refund.save(update_fields=["state"])


def _finish_refund(refund: Refund, actor: Actor) -> None:
    if refund.state == RefundState.FAILED:
        REFUND_FLOW.move(refund, "send")
    REFUND_FLOW.move(refund, "finish")
    refund.done_at = clock.now()
    refund.save(update_fields=["state", "done_at"])
    suspense = suspense_of(refund)
    if suspense is not None:
        SUSPENSE_FLOW.move(suspense, "returned")
        suspense.resolved_at = refund.done_at
        suspense.save(update_fields=["state", "resolved_at"])
    number = refund.number if refund.party_id else None  # money that fits no case belongs to nobody we know
    record(events.REFUND_COMPLETED, refund, actor, receipt=number, amount=refund.amount)


def _note_on_order(part: RefundPart) -> None:
    """The order shows how much of it has come back; money of a closed order leaves it closed."""
    if part.payment.order_id is None or part.payment.purpose != "fee":
        return
    order = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=part.payment.order_id)
    back = RefundPart.objects.filter(payment=part.payment_id, state=PartState.DONE)
    whole = back.aggregate(sum=Sum("amount"))["sum"] == part.payment.amount
    ORDER_FLOW.move(order, "refund_all" if whole else "refund_part")
    order.save(update_fields=["state"])


def fail_part(refund: Refund, part: RefundPart, *, why: str, actor: Actor) -> None:
    """The gateway or the bank sent the money back to us. Inside an act, under the refund's lock."""
    REFUND_PART_FLOW.move(part, "fail")
    part.failure, part.next_query_at = why[:200] or _("通道没有说明原因"), None
    part.save(update_fields=["state", "failure", "next_query_at"])
    _fail_refund(refund, actor)


def _fail_refund(refund: Refund, actor: Actor = ACTOR) -> None:
    if REFUND_FLOW.can(refund, "fail"):
        REFUND_FLOW.move(refund, "fail")
        refund.save(update_fields=["state"])
        record(events.REFUND_FAILED, refund, actor)


def repeat_refund(*, refund_id: int, actor: Actor) -> Refund:
    """Finance tries a failed refund again: the same numbers go out once more, to the gateway by itself, to the bank with the
    next list. Conflict when a part is too old for its gateway: then only another account helps."""
    with act():
        refund = locked_refund(refund_id)
        if not is_finance_of(actor, refund):
            raise NotAllowed(_("退费由收款法院的财务办理。"))
        now = clock.now()
        stuck = [
            part
            for part in live_parts(refund)
            if part.route == Route.ORIGINAL
            and part.state == PartState.WAITING
            and not can_go_back(part.payment, now)
        ]
        if stuck:
            raise Conflict(_("这笔钱不能再原路退回，要请当事人提供银行账户。"), code="too_old")
        REFUND_FLOW.move(refund, "send")
        refund.save(update_fields=["state"])
        record(events.REFUND_SENT, refund, actor, again=True)
    return refund
