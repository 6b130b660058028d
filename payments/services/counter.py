"""Money taken at the court's window: finance enters it with its voucher, and the bill is paid at once."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed
from common.text import fold_width
from eventlog.services import act
from payments.finance_policies import keeps_ledger
from payments.gateways import Result
from payments.models import BILL_FLOW, Bill, Payment
from payments.selectors import live_order_of
from payments.services.arrivals import CURRENCY, record_money
from payments.services.orders import create_order
from payments.services.paying import PAID_MEANWHILE, end_order
from payments.sources import COUNTER

METHODS = {"cash": gettext_lazy("现金"), "pos": gettext_lazy("刷卡（POS机）")}
VOUCHER = re.compile(r"[0-9A-Za-z-]{1,40}")


def enter_payment(*, bill_id: int, method: str, voucher: str, amount: Decimal, actor: Actor) -> Payment:
    """Cash or a card at the window for an open bill, counted once per voucher number of the court.

    An online order that is under way is closed at its gateway first; when that cannot be said for sure, or when it turns out
    to be paid, nothing is entered and Conflict says so. The same entry again gives the same payment.
    Raises InvalidInput by field: the sum must be the bill's, the voucher must be new.
    """
    bill = Bill.objects.select_related("court").get(pk=bill_id)
    if not keeps_ledger(actor, bill.court_id):
        raise NotAllowed(_("只有收费法院的财务可以登记窗口收款。"))
    number = f"{bill.court.code}-{_voucher(voucher)}"
    _check_entry(method, amount, bill)
    close_online_order(bill)
    with act():
        locked = _locked(bill_id)
        known = Payment.objects.filter(gateway=COUNTER, transaction_no=number).select_related("order").first()
        if known is not None:
            if known.order is not None and known.order.bill_id == bill_id:
                return known
            text = _("这个票据号已经登记过，请核对")
            raise InvalidInput(text, voucher=text)
        if not BILL_FLOW.can(locked, "pay"):
            raise Conflict(_("这张账单已经交过或已作废，不能再收款。"), code="bill_settled")
        if live_order_of(locked) is not None:
            raise Conflict(_("当事人正在网上支付这张账单，请等有结果再收款。"), code="order_live")
        order = create_order(locked, COUNTER, method, actor)
        record_money(order, Result("paid", number, amount, CURRENCY, clock.now()), actor)
        return Payment.objects.get(gateway=COUNTER, transaction_no=number)


def _voucher(written: str) -> str:
    number = fold_width(written).strip()
    if not VOUCHER.fullmatch(number):
        text = _("请按票据填写票据号，只有数字、字母和短横线，最多40个")
        raise InvalidInput(text, voucher=text)
    return number


def _check_entry(method: str, amount: Decimal, bill: Bill) -> None:
    wrong = {}
    if method not in METHODS:
        wrong["method"] = _("请选择收款方式")
    if amount != bill.amount or amount <= 0:
        wrong["amount"] = _("收款金额应与账单金额一致")
    if wrong:
        raise InvalidInput(next(iter(wrong.values())), **wrong)


def _locked(bill_id: int) -> Bill:
    rows = Bill.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("case", "court").get(pk=bill_id)


def close_online_order(bill: Bill) -> None:
    """No order of this bill can be paid online any more: the gateway says so. Raises Conflict when it does not, and when it
    says that the order is paid."""
    order = live_order_of(bill)
    if order is None:
        return
    try:
        end_order(order)
    except Conflict as error:
        if error.code == PAID_MEANWHILE:
            words = _("支付平台说这张账单刚刚在网上付过了，不用再收。请刷新页面。")
        else:
            words = _("当事人有一笔网上支付还没有结果，现在不能收款。请过几分钟再试。")
        raise Conflict(words, code=error.code) from None
