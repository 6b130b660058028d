"""The payer's page of all stand-in gateways, with the buttons that make something go wrong."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from common.money import from_fen
from standins import alipay, cashier, sandbox, wechat
from standins.models import CashierOrder, RefundMode

SPEAKERS: dict[str, ModuleType] = {module.CODE: module for module in (sandbox, wechat, alipay)}
NAMES = {"sandbox": "演示收银台", "wechat": "微信支付（演示）", "alipay": "支付宝（演示）"}
RECENT = 30


@login_not_required
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """The newest orders of all gateways."""
    rows = [(row, from_fen(row.amount_fen)) for row in CashierOrder.objects.order_by("-id")[:RECENT]]
    return render(request, "standins/orders.html", {"rows": rows})


@login_not_required
@require_safe
def order(request: HttpRequest, out_no: str) -> HttpResponse:
    """One order: pay it or not; once it is paid, its refunds."""
    found = get_object_or_404(CashierOrder, out_no=out_no)
    context = {
        "order": found,
        "name": NAMES[found.gateway],
        "amount": from_fen(found.amount_fen),
        "refunds": [(row, from_fen(row.amount_fen)) for row in found.refunds.order_by("id")],
        "modes": RefundMode.choices,
    }
    return render(request, "standins/cashier.html", context)


@login_not_required
@require_safe
def from_wechat(request: HttpRequest, out_no: str) -> HttpResponse:
    """Where the H5 address of WeChat Pay leads; it names the page to come back to."""
    found = get_object_or_404(CashierOrder, out_no=out_no, gateway=wechat.CODE)
    back = request.GET.get("redirect_url", "")
    if back.startswith(settings.PUBLIC_URL):
        CashierOrder.objects.filter(pk=found.pk).update(return_url=back[:300])
    return redirect("standins:cashier", out_no=out_no)


def _tell(found: CashierOrder, times: int = 1) -> None:
    """Post the callback of a paid or failed order, signed as its gateway signs."""
    for _round in range(times):
        cashier.deliver(found.notify_url, SPEAKERS[found.gateway].notice_of(found))
    CashierOrder.objects.filter(pk=found.pk).update(owes_notice=False)


def _pay(found: CashierOrder, *, notices: int = 1, later: bool = False) -> None:
    cashier.pay(found)
    if found.state != "paid":
        return
    if later:
        CashierOrder.objects.filter(pk=found.pk).update(owes_notice=True)
    _tell(found, notices) if notices else None


def _fail(found: CashierOrder) -> None:
    cashier.close(found)
    if found.state == "closed":
        _tell(found)


def _forge(found: CashierOrder) -> None:
    cashier.deliver(found.notify_url, SPEAKERS[found.gateway].forged_notice_of(found))


def _refunds(found: CashierOrder) -> None:
    """The bank works now: pending refunds are settled as the mode says, and the court is told."""
    for row in found.refunds.filter(state="pending"):
        cashier.settle(row)
        if row.state != "pending":
            cashier.deliver(row.notify_url, SPEAKERS[found.gateway].refund_notice_of(row))


ACTIONS: dict[str, Callable[[CashierOrder], None]] = {
    "pay": _pay,
    "silent": lambda found: _pay(found, notices=0),
    "delay": lambda found: _pay(found, notices=0, later=True),
    "repeat": lambda found: _pay(found, notices=2),
    "notify": _tell,
    "fail": _fail,
    "cancel": cashier.close,
    "forge": _forge,
    "refunds": _refunds,
}


@login_not_required
@require_POST
def act(request: HttpRequest, out_no: str) -> HttpResponse:
    """Press one of the buttons. An act of paying leads back to the court, an act about refunds stays."""
    found = get_object_or_404(CashierOrder, out_no=out_no)
    action = request.POST.get("action", "")
    mode = request.POST.get("mode")
    if mode is not None and mode in RefundMode.values:
        CashierOrder.objects.filter(pk=found.pk).update(refund_mode=mode)
        found.refresh_from_db()
    if action in ACTIONS:
        ACTIONS[action](found)
    if action in ("notify", "refunds", "mode") or not found.return_url:
        return redirect("standins:cashier", out_no=out_no)
    return redirect(found.return_url)
