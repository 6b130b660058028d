"""How the sandbox cashier speaks: signed JSON both ways (``common.gateways.signing``)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common.gateways.signing import BadSignature, open_signed, sign
from common.money import from_fen
from standins import cashier
from standins.cashier import Delivery
from standins.models import CashierOrder, CashierRefund

CODE = "sandbox"
BILL_COLUMNS = ("kind", "out_no", "transaction_no", "amount", "fee", "status", "happened_at")


def _signed(data: dict[str, Any]) -> HttpResponse:
    message = sign(data, settings.CASHIER_PRIVATE_KEY_FILE)
    headers = {name: value for name, value in message.headers.items() if name != "Content-Type"}
    return HttpResponse(message.body, content_type="application/json", headers=headers)


def signed_call(answer: Callable[[dict[str, Any]], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A view that answers what the merchant signed, and 401 to everything else."""

    @csrf_exempt
    @login_not_required
    @require_POST
    @wraps(answer)
    def view(request: HttpRequest) -> HttpResponse:
        try:
            data = open_signed(request.body, request.headers, settings.CASHIER_MERCHANT_PUBLIC_KEY_FILE)
        except BadSignature:
            return HttpResponse(status=401)
        if data.get("merchant") != settings.CASHIER_MERCHANT:
            return HttpResponse(status=401)
        return answer(data)

    return view


def _told(order: CashierOrder | None) -> dict[str, Any]:
    if order is None:
        return {"state": "missing"}
    told: dict[str, Any] = {
        "merchant": order.merchant,
        "out_no": order.out_no,
        "state": order.state,
        "amount_fen": order.amount_fen,
        "currency": "CNY",
    }
    if order.state == "paid" and order.paid_at:
        told |= {"transaction_no": order.transaction_no, "paid_at": order.paid_at.isoformat()}
    return told


def _told_refund(refund: CashierRefund | None) -> dict[str, Any]:
    if refund is None:
        return {"state": "missing"}
    return {
        "merchant": refund.order.merchant,
        "out_no": refund.order.out_no,
        "refund_no": refund.refund_no,
        "state": refund.state,
        "gateway_no": refund.gateway_no,
        "amount_fen": refund.amount_fen,
        "done_at": refund.done_at.isoformat() if refund.done_at else None,
        "failure": refund.failure,
    }


@signed_call
def create(data: dict[str, Any]) -> HttpResponse:
    """Open an order; the same number twice is the same order."""
    order = cashier.open_order(
        gateway=CODE,
        merchant=data["merchant"],
        out_no=str(data["out_no"]),
        amount_fen=int(data["amount_fen"]),
        subject=str(data["subject"])[:100],
        notify_url=str(data["notify_url"]),
        return_url=str(data["return_url"]),
    )
    return _signed(_told(order) | {"pay_url": f"{settings.CASHIER_URL}/{order.out_no}/"})


@signed_call
def query(data: dict[str, Any]) -> HttpResponse:
    """What became of an order."""
    return _signed(_told(cashier.find_order(data["merchant"], data.get("out_no"))))


@signed_call
def close(data: dict[str, Any]) -> HttpResponse:
    """Close an order unless it is paid."""
    order = cashier.find_order(data["merchant"], data.get("out_no"))
    if order is not None:
        cashier.close(order)
    return _signed(_told(order))


@signed_call
def refund(data: dict[str, Any]) -> HttpResponse:
    """Take a refund over: pending at first, whatever comes of it."""
    order = cashier.find_order(data["merchant"], data.get("out_no"))
    if order is None:
        return _signed({"state": "missing"})
    made = cashier.begin_refund(
        order,
        refund_no=str(data["refund_no"]),
        amount_fen=int(data["amount_fen"]),
        reason=str(data.get("reason", "")),
        notify_url=order.notify_url,
    )
    if made is None:
        return _signed(
            {"refund_no": str(data["refund_no"]), "state": "failed", "failure": cashier.NOT_ENOUGH}
        )
    return _signed(_told_refund(made))


@signed_call
def query_refund(data: dict[str, Any]) -> HttpResponse:
    """What became of a refund."""
    return _signed(_told_refund(cashier.find_refund(data["merchant"], data.get("refund_no"))))


@signed_call
def bill(data: dict[str, Any]) -> HttpResponse:
    """The bill of a day as CSV inside the signed answer; 404 while the day is not over."""
    day = date.fromisoformat(str(data["day"]))
    if not cashier.is_over(day):
        return HttpResponse(status=404)
    target = io.StringIO()
    table = csv.writer(target)
    table.writerow(BILL_COLUMNS)
    for line in cashier.bill_of(CODE, data["merchant"], day):
        number = line.refund.refund_no if line.refund else line.order.out_no
        traded = line.refund.gateway_no if line.refund else line.order.transaction_no
        kind, status = ("refund", "refunded") if line.refund else ("payment", "paid")
        sums = from_fen(line.amount_fen), from_fen(line.fee_fen)
        table.writerow([kind, number, traded, *sums, status, line.happened_at.isoformat()])
    return _signed({"day": day.isoformat(), "file": target.getvalue()})


def notice_of(order: CashierOrder, **changes: Any) -> Delivery:
    """The signed callback for an order as it stands now."""
    event_no = f"EV{order.transaction_no or order.out_no}"
    message = sign(_told(order) | {"event_no": event_no} | changes, settings.CASHIER_PRIVATE_KEY_FILE)
    return Delivery(message.body, message.headers)


def refund_notice_of(made: CashierRefund) -> Delivery:
    """The signed callback for a finished refund."""
    data = _told_refund(made) | {"event_no": f"ER{made.refund_no}-{made.tries}-{made.state}"}
    message = sign(data, settings.CASHIER_PRIVATE_KEY_FILE)
    return Delivery(message.body, message.headers)


def forged_notice_of(order: CashierOrder) -> Delivery:
    """“Paid” signed with the wrong key."""
    data = {"event_no": "EVforged", "merchant": order.merchant, "out_no": order.out_no, "state": "paid"}
    message = sign(data, settings.CASHIER_MERCHANT_KEY_FILE)
    return Delivery(message.body, message.headers)
