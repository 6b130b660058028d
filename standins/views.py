"""The outside world over HTTP, in demo and test mode: a text message provider and a cashier.

They speak the protocols of ``common.gateways.sms`` and ``payments.gateways.sandbox`` and import only ``common``.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

import httpx
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from common import clock, crypto
from common.gateways.signing import BadSignature, SignedMessage, open_signed, sign
from common.money import from_fen
from common.text import fold_width, strip_invisible
from standins.models import CashierOrder, SentText


@csrf_exempt
@login_not_required
@require_POST
def take_text(request: HttpRequest) -> HttpResponse:
    """The provider's door: a bearer token, a JSON body; the same id twice is one message."""
    if not crypto.same(request.headers.get("Authorization", ""), f"Bearer {settings.SMS_TOKEN}"):
        return JsonResponse({"state": "refused"}, status=401)
    try:
        data = json.loads(request.body)
        values = {"to": str(data["to"])[:100], "text": str(data["text"]), "channel": "sms"}
        provider_id = str(data["id"])[:64]
    except (ValueError, KeyError, TypeError):
        return HttpResponseBadRequest()
    SentText.objects.get_or_create(provider_id=provider_id, defaults=values | {"received_at": clock.now()})
    return JsonResponse({"id": provider_id, "state": "accepted"})


@login_not_required
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """All messages the provider has taken, newest first; this is where demo sign-in codes appear."""
    phone = strip_invisible(fold_width(request.GET.get("to", ""))).strip()[:100]
    texts = SentText.objects.order_by("-id")
    if phone:
        texts = texts.filter(to=phone)
    return render(request, "standins/outbox.html", {"texts": texts[:50], "phone": phone})


def _signed(data: dict[str, Any]) -> HttpResponse:
    message = sign(data, settings.CASHIER_PRIVATE_KEY_FILE)
    headers = {name: value for name, value in message.headers.items() if name != "Content-Type"}
    return HttpResponse(message.body, content_type="application/json", headers=headers)


def _opened(request: HttpRequest) -> dict[str, Any] | None:
    try:
        data = open_signed(request.body, request.headers, settings.CASHIER_MERCHANT_PUBLIC_KEY_FILE)
    except BadSignature:
        return None
    return data if data.get("merchant") == settings.CASHIER_MERCHANT else None


def _answer(order: CashierOrder | None) -> dict[str, Any]:
    if order is None:
        return {"state": "missing"}
    answer: dict[str, Any] = {
        "merchant": order.merchant,
        "out_no": order.out_no,
        "state": order.state,
        "amount_fen": order.amount_fen,
        "currency": "CNY",
        "pay_url": f"{settings.CASHIER_URL}/{order.out_no}/",
    }
    if order.state == "paid" and order.paid_at:
        answer |= {"transaction_no": order.transaction_no, "paid_at": order.paid_at.isoformat()}
    return answer


@csrf_exempt
@login_not_required
@require_POST
def cashier_create(request: HttpRequest) -> HttpResponse:
    """Open an order; the same number twice is the same order."""
    data = _opened(request)
    if data is None:
        return HttpResponse(status=401)
    order, _created = CashierOrder.objects.get_or_create(
        merchant=data["merchant"],
        out_no=str(data["out_no"])[:40],
        defaults={
            "amount_fen": int(data["amount_fen"]),
            "subject": str(data["subject"])[:100],
            "notify_url": str(data["notify_url"]),
            "return_url": str(data["return_url"]),
            "created_at": clock.now(),
        },
    )
    return _signed(_answer(order))


def _find(data: dict[str, Any]) -> CashierOrder | None:
    return CashierOrder.objects.filter(merchant=data["merchant"], out_no=str(data.get("out_no", ""))).first()


@csrf_exempt
@login_not_required
@require_POST
def cashier_query(request: HttpRequest) -> HttpResponse:
    """What became of an order."""
    data = _opened(request)
    return HttpResponse(status=401) if data is None else _signed(_answer(_find(data)))


@csrf_exempt
@login_not_required
@require_POST
def cashier_close(request: HttpRequest) -> HttpResponse:
    """Close an order unless it is paid."""
    data = _opened(request)
    if data is None:
        return HttpResponse(status=401)
    CashierOrder.objects.filter(
        merchant=data["merchant"], out_no=str(data["out_no"]), state="pending"
    ).update(state="closed")
    return _signed(_answer(_find(data)))


@login_not_required
@require_safe
def cashier_page(request: HttpRequest, out_no: str) -> HttpResponse:
    """The payer's page with the buttons of the sandbox."""
    order = get_object_or_404(CashierOrder, out_no=out_no)
    return render(request, "standins/cashier.html", {"order": order, "amount": from_fen(order.amount_fen)})


def notice_of(order: CashierOrder, **changes: Any) -> SignedMessage:
    """The signed callback for a paid order, as a gateway sends it."""
    data = {key: value for key, value in _answer(order).items() if key != "pay_url"}
    return sign(data | {"event_no": f"EV{order.transaction_no}"} | changes, settings.CASHIER_PRIVATE_KEY_FILE)


def _post(order: CashierOrder, message: SignedMessage) -> int:
    """Deliver a callback over HTTP; 0 when nobody answers (the portal will ask by itself)."""
    try:
        with httpx.Client(timeout=5, trust_env=False) as client:
            return client.post(order.notify_url, content=message.body, headers=message.headers).status_code
    except httpx.HTTPError:
        return 0


def _finish(order: CashierOrder, **values: Any) -> None:
    """Paid or closed once: of two clicks at the same moment the second finds it done."""
    CashierOrder.objects.filter(pk=order.pk, state="pending").update(**values)
    order.refresh_from_db()


@login_not_required
@require_POST
def cashier_act(request: HttpRequest, out_no: str) -> HttpResponse:
    """Press one of the buttons: pay, pay silently (no callback), pay and repeat the callback, forge one, cancel."""
    order = get_object_or_404(CashierOrder, out_no=out_no)
    action = request.POST.get("action", "")
    if action in ("pay", "silent", "repeat"):
        _finish(order, state="paid", paid_at=clock.now(), transaction_no=f"SB{secrets.token_hex(12)}")
    if action == "cancel":
        _finish(order, state="closed")
    if action in ("pay", "repeat") and order.state == "paid":
        for _round in range(2 if action == "repeat" else 1):
            _post(order, notice_of(order))
    if action == "forge":
        genuine = sign(
            {"event_no": "EVforged", "merchant": order.merchant, "out_no": order.out_no, "state": "paid"},
            settings.CASHIER_MERCHANT_KEY_FILE,
        )
        _post(order, genuine)
    return redirect(order.return_url)
