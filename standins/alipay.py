"""How the stand-in for Alipay speaks: one address, methods by name, RSA2 signatures over sorted fields."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from common import clock
from common.money import from_fen, to_fen
from standins import cashier, rsa
from standins.cashier import BillLine, Delivery
from standins.models import CashierOrder, CashierRefund

CODE = "alipay"
MOMENT = "%Y-%m-%d %H:%M:%S"
PAGES = {"alipay.trade.page.pay": "page", "alipay.trade.wap.pay": "wap"}
TRADE_STATES = {"pending": "WAIT_BUYER_PAY", "paid": "TRADE_SUCCESS", "closed": "TRADE_CLOSED"}
REFUND_STATES = {"pending": "REFUND_PROCESSING", "done": "REFUND_SUCCESS", "failed": "REFUND_FAIL"}
Answer = dict[str, Any]
COLUMNS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,"
    "券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)


def _local(moment: datetime | None) -> str:
    return moment.astimezone(clock.BEIJING).strftime(MOMENT) if moment else ""


def _sorted(data: dict[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted(data.items()) if value != "")


def _ok(**values: Any) -> Answer:
    return {"code": "10000", "msg": "Success"} | values


def _refused(sub_code: str, sub_msg: str) -> Answer:
    return {"code": "40004", "msg": "Business Failed", "sub_code": sub_code, "sub_msg": sub_msg}


NO_TRADE = ("ACQ.TRADE_NOT_EXIST", "交易不存在")


def _order(data: Answer) -> CashierOrder | None:
    return cashier.find_order(settings.ALIPAY_SELLER_ID, data.get("out_trade_no"))


def _open(data: Answer, fields: dict[str, str], way: str) -> CashierOrder:
    return cashier.open_order(
        gateway=CODE,
        merchant=settings.ALIPAY_SELLER_ID,
        out_no=str(data["out_trade_no"]),
        way=way,
        amount_fen=to_fen(str(data["total_amount"])),
        subject=str(data["subject"])[:100],
        notify_url=fields.get("notify_url", ""),
        return_url=fields.get("return_url", ""),
    )


def _precreate(data: Answer, fields: dict[str, str]) -> Answer:
    order = _open(data, fields, "precreate")
    if order.state != "pending":
        return _refused("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
    page = f"{settings.ALIPAY_URL.removesuffix('/alipay/gateway.do')}/cashier/{order.out_no}/"
    return _ok(out_trade_no=order.out_no, qr_code=page)


def _query(data: Answer, fields: dict[str, str]) -> Answer:
    order = _order(data)
    if order is None:
        return _refused(*NO_TRADE)
    told = _ok(
        out_trade_no=order.out_no,
        trade_status=TRADE_STATES[order.state],
        total_amount=str(from_fen(order.amount_fen)),
        subject=order.subject,
    )
    if order.paid_at:
        told |= {"trade_no": order.transaction_no, "send_pay_date": _local(order.paid_at)}
    return told


def _close(data: Answer, fields: dict[str, str]) -> Answer:
    order = _order(data)
    if order is None:
        return _refused(*NO_TRADE)
    cashier.close(order)
    if order.state == "paid":
        return _refused("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
    return _ok(out_trade_no=order.out_no)


def _refund(data: Answer, fields: dict[str, str]) -> Answer:
    order = _order(data)
    if order is None:
        return _refused(*NO_TRADE)
    made = cashier.begin_refund(
        order,
        refund_no=str(data["out_request_no"]),
        amount_fen=to_fen(str(data["refund_amount"])),
        reason=str(data.get("refund_reason", "")),
        notify_url=order.notify_url,
    )
    if made is None:
        return _refused("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
    return _ok(out_trade_no=order.out_no, trade_no=order.transaction_no, fund_change="Y")


def _query_refund(data: Answer, fields: dict[str, str]) -> Answer:
    order = _order(data)
    if order is None:
        return _refused(*NO_TRADE)
    made = cashier.find_refund(order.merchant, data.get("out_request_no"))
    if made is None:
        return _ok()
    told = _ok(
        out_trade_no=order.out_no,
        trade_no=order.transaction_no,
        out_request_no=made.refund_no,
        refund_status=REFUND_STATES[made.state],
        refund_amount=str(from_fen(made.amount_fen)),
        refund_reason=f"退费}}{made.reason}",
    )
    return told | ({"gmt_refund_pay": _local(made.done_at)} if made.done_at else {})


def _bill(data: Answer, fields: dict[str, str]) -> Answer:
    day = date.fromisoformat(str(data["bill_date"]))
    if not cashier.is_over(day):
        return _refused("isp.bill_not_exist", "账单不存在")
    base = settings.ALIPAY_URL.removesuffix("gateway.do")
    return _ok(bill_download_url=f"{base}bill/{day.isoformat()}/")


METHODS: dict[str, Callable[[Answer, dict[str, str]], Answer]] = {
    "alipay.trade.precreate": _precreate,
    "alipay.trade.query": _query,
    "alipay.trade.close": _close,
    "alipay.trade.refund": _refund,
    "alipay.trade.fastpay.refund.query": _query_refund,
    "alipay.data.dataservice.bill.downloadurl.query": _bill,
}


@login_not_required
@require_GET
def gateway(request: HttpRequest) -> HttpResponse:
    """The one address. A payer's page opens the order and goes on to the cashier; every other method answers signed."""
    fields = {name: str(value) for name, value in request.GET.items()}
    unsigned = _sorted({name: value for name, value in fields.items() if name != "sign"})
    if fields.get("app_id") != settings.ALIPAY_APP_ID or not rsa.proves(
        unsigned, fields.get("sign", ""), settings.ALIPAY_APP_PUBLIC_KEY_FILE
    ):
        return HttpResponse('{"error_response": {"code": "40002", "sub_code": "isv.invalid-signature"}}')
    method, data = fields.get("method", ""), json.loads(fields.get("biz_content", "{}"))
    if method in PAGES:
        return redirect("standins:cashier", out_no=_open(data, fields, PAGES[method]).out_no)
    if method not in METHODS:
        return HttpResponseBadRequest()
    told = json.dumps(METHODS[method](data, fields), ensure_ascii=False, separators=(",", ":"))
    signed = rsa.signature(told, settings.ALIPAY_PRIVATE_KEY_FILE)
    name = f"{method.replace('.', '_')}_response"
    return HttpResponse(f'{{"{name}":{told},"sign":"{signed}"}}', content_type="application/json")


def _cells(line: BillLine) -> list[str]:
    order, made, sign = line.order, line.refund, "-" if line.refund else ""
    when, total = _local(line.happened_at), f"{sign}{from_fen(line.amount_fen):,.2f}"
    head = [order.transaction_no, order.out_no, "退款" if made else "交易", order.subject, when, when]
    fee = f"{-from_fen(line.fee_fen):.2f}" if line.fee_fen else "0.00"
    rest = ["0.00"] * 5 + ["", "0.00", "0.00", made.refund_no if made else "", fee, "0.00", ""]
    return [*head, "", "", "", "", "*某(138****0000)", f'"{total}"', f'"{total}"', *rest]


def bill_text(day: date) -> str:
    """The table of a day's trades as Alipay writes it: lines of explanation, padded cells, thousands marks."""
    lines = list(cashier.bill_of(CODE, settings.ALIPAY_SELLER_ID, day))
    return "\r\n".join(
        [
            "#支付宝业务明细查询",
            f"#账号：[{settings.ALIPAY_SELLER_ID}0156]",
            f"#起始日期：[{day:%Y年%m月%d日} 00:00:00]   终止日期：[{day:%Y年%m月%d日} 24:00:00]",
            "#-----------------------------------------业务明细列表----------------------------------------",
            COLUMNS,
            *[
                ",".join(f"{cell}\t" if not cell.startswith('"') else cell for cell in _cells(line))
                for line in lines
            ],
            "#-----------------------------------------业务明细列表结束------------------------------------",
            f"#交易合计：{len(lines)}笔",
            "",
        ]
    )


@login_not_required
@require_GET
def bill_download(request: HttpRequest, day: str) -> HttpResponse:
    """The zip with the sums and the single trades, in GBK."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        name = f"{settings.ALIPAY_SELLER_ID}_{day.replace('-', '')}"
        archive.writestr(f"{name}_业务明细(汇总).csv", "#支付宝业务汇总查询\r\n".encode("gbk"))
        archive.writestr(f"{name}_业务明细.csv", bill_text(date.fromisoformat(day)).encode("gbk"))
    return HttpResponse(packed.getvalue(), content_type="application/zip")


def form(data: dict[str, str], *, key_file: Any = None) -> Delivery:
    """A notice: a form with its signature."""
    data = {name: value for name, value in data.items() if value != ""}
    signed = rsa.signature(_sorted(data), key_file or settings.ALIPAY_PRIVATE_KEY_FILE)
    body = urlencode(data | {"sign": signed, "sign_type": "RSA2"}).encode()
    return Delivery(body, {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})


def fields_of(order: CashierOrder) -> dict[str, str]:
    """What a notice says of an order as it stands now."""
    return {
        "notify_id": f"EV{order.transaction_no or order.out_no}",
        "notify_type": "trade_status_sync",
        "notify_time": _local(clock.process_now()),
        "charset": "utf-8",
        "version": "1.0",
        "app_id": settings.ALIPAY_APP_ID,
        "seller_id": order.merchant,
        "out_trade_no": order.out_no,
        "trade_no": order.transaction_no,
        "trade_status": TRADE_STATES[order.state],
        "total_amount": str(from_fen(order.amount_fen)),
        "subject": order.subject,
        "gmt_payment": _local(order.paid_at),
    }


def notice_of(order: CashierOrder, **changes: str) -> Delivery:
    """The signed notice for an order as it stands now."""
    return form(fields_of(order) | changes)


def refund_notice_of(made: CashierRefund) -> Delivery:
    """The signed notice for a finished refund; of a failed one Alipay tells nothing but that the trade stands."""
    told = fields_of(made.order) | {"notify_id": f"ER{made.refund_no}-{made.tries}-{made.state}"}
    if made.state == "done":
        told |= {
            "out_biz_no": made.refund_no,
            "refund_fee": str(from_fen(made.amount_fen)),
            "gmt_refund": f"{_local(made.done_at)}.000",
        }
    return form(told)


def forged_notice_of(order: CashierOrder) -> Delivery:
    """“Paid” signed with the wrong key."""
    told = fields_of(order) | {"notify_id": "EVforged", "trade_status": "TRADE_SUCCESS", "trade_no": "2026"}
    return form(told, key_file=settings.ALIPAY_APP_KEY_FILE)
