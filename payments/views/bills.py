"""A bill and its payment; the gateway's callback."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from common.errors import Conflict, GatewayUnavailable, NotVisible
from common.money import in_capitals
from common.pages import actor_of, read_back
from common.qr import svg
from common.requests import client_address
from common.templatetags.portal import yuan
from courts.services import setting
from eventlog.selectors import receipt_of
from payments import events, selectors, services
from payments.gateways import BadSignature, Way, gateway
from payments.models import Bill, BillStatus, Order, OrderState
from payments.policies import can_pay
from payments.services.paying import PAID_MEANWHILE, STILL_OPEN
from payments.views.device import ways_on
from payments.words import otherwise, shown_steps

NOTICE_BYTES = 64 * 1024


@require_safe
def bill(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What for, breakdown, sum, payee, deadline, ways to pay; receipt when paid."""
    actor = actor_of(request)
    found = selectors.bill_for(actor, public_id)
    payment = selectors.fee_payment_of(found) if found.status == BillStatus.PAID else None
    receipt = receipt_of(payment, events.PAID) if payment else None
    steps = shown_steps(found)
    adds_up = sum(step["amount"] or 0 for step in steps) == found.amount
    lines = [
        {"label": f"{step['text']}（{step['article']}）", "amount": step["amount"]}
        for step in steps
        if adds_up and step["amount"]
    ]
    context = {
        "bill": found,
        "lines": lines or [{"label": found.label, "amount": found.amount}],
        "steps": [] if lines else steps,
        "capitals": in_capitals(found.amount),
        "payment": payment,
        "receipt": receipt,
        "paper": selectors.receipt_paper_of(payment) if payment else None,
        "instead": selectors.open_bills_instead_of(found) if found.status == BillStatus.VOID else [],
        "otherwise": otherwise(found),
        "reliefs": selectors.reliefs_of(found),
        "can_pay": can_pay(actor, found),
        "ways": _choice(ways_on(request), selectors.live_order_of(found)),
        "account": setting(found.case.court_id, "fee_account"),
    }
    return render(request, "payments/bill.html", context)


def _choice(ways: list[Way], order: Order | None) -> list[dict[str, Any]]:
    """The ways to pay as answers, the one begun with, else the first, being chosen."""
    begun = f"{order.gateway}-{order.way}" if order else ""
    chosen = begun if begun in [way.key for way in ways] else ways[0].key if ways else ""
    return [
        {"id": f"way-{way.key}", "value": way.key, "checked": way.key == chosen}
        | {"label": way.label, "hint": way.hint}
        for way in ways
    ]


@require_POST
def pay(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Go on to the cashier or to the code; a second click goes to the same order. A bill paid meanwhile says so, and a
    gateway that does not answer leaves everything as it was (REL-50)."""
    actor = actor_of(request)
    found = selectors.bill_for(actor, public_id)
    way = request.POST.get("way", "")
    if way and way not in [each.key for each in ways_on(request)]:
        messages.warning(request, _("请选一种付款方式。"))
        return redirect("payments:bill", public_id=public_id)
    what = [(_("交什么费"), found.label), (_("案号"), found.case.number), (_("金额"), yuan(found.amount))]
    if aloud := read_back(request, what):
        return aloud
    try:
        order = services.start_payment(
            bill_id=found.pk, actor=actor, way=way, client_ip=client_address(request)
        )
    except GatewayUnavailable:
        words = _("缴费通道暂时没有回话，没有扣款，已提交的材料不受影响。请过几分钟再试，或到窗口交。")
        messages.warning(request, words)
        return redirect("payments:bill", public_id=public_id)
    except Conflict as conflict:
        if conflict.code == STILL_OPEN:
            messages.warning(request, str(conflict))
        return redirect("payments:result" if conflict.code == PAID_MEANWHILE else "payments:bill", public_id)
    return redirect("payments:code", public_id) if order.code_text else redirect(order.pay_url)


@require_safe
def code(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The code of the order under way, to be scanned with the payer's app; afterwards the result."""
    found = _payers_bill(request, public_id)
    order = selectors.live_order_of(found)
    if order is None or not order.code_text:
        return redirect("payments:result", public_id=public_id)
    image = base64.b64encode(svg(order.code_text).encode()).decode()
    app = _("支付宝") if order.gateway == "alipay" else _("微信")
    context = {"bill": found, "order": order, "image": f"data:image/svg+xml;base64,{image}", "app": app}
    return render(request, "payments/code.html", context)


@require_safe
def result(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where the cashier sends the payer back: the truth we know, never more (UX §6.4)."""
    found = _payers_bill(request, public_id)
    order = selectors.latest_order_of(found)
    state = "paid" if found.status == BillStatus.PAID else "none" if order is None else _words_for(order)
    context = {"bill": found, "order": order, "state": state, "capitals": in_capitals(found.amount)}
    return render(request, "payments/result.html", context)


def _payers_bill(request: HttpRequest, public_id: UUID) -> Bill:
    """The bill for the one who pays it; clerks and finance have their desks. Raises NotVisible."""
    actor = actor_of(request)
    if not actor.is_public:
        raise NotVisible(_("没有这个页面。"))
    return selectors.bill_for(actor, public_id)


def _words_for(order: Order) -> str:
    """Confirming until the gateway has spoken; not charged once it closed the order; held when money came that does
    not fit the bill."""
    if order.state != OrderState.CLOSED:
        return "confirming"
    return "held" if selectors.has_money(order) else "not_charged"


@require_POST
def check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """查看结果: ask the gateway now; without an answer the page keeps saying that it is being confirmed."""
    found = _payers_bill(request, public_id)
    order = selectors.live_order_of(found)
    if order is not None:
        try:
            services.ask_gateway(order_id=order.pk)
        except GatewayUnavailable:
            messages.info(request, _("支付平台还没有回话，请不要重复付款。有结果会发短信。"))
    return redirect("payments:result", public_id=public_id)


@csrf_exempt
@login_not_required
@require_POST
def notify(request: HttpRequest, code: str) -> HttpResponse:
    """A gateway's callback: bad signature 401 and nothing stored; otherwise 200, also for repeats (REL-06, REL-07), in
    the words that make this gateway stop telling it."""
    if len(request.body) > NOTICE_BYTES:
        return HttpResponse(status=413)
    try:
        services.receive_notice(code=code, headers=request.headers, body=request.body)
    except BadSignature:
        return HttpResponse(status=401)
    words, kind = gateway(code).accepted
    return HttpResponse(words, content_type=kind)
