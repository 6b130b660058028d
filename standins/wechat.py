"""How the stand-in for WeChat Pay speaks: API v3, RSA-signed both ways, callbacks encrypted with AES-256-GCM."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable
from datetime import date
from functools import wraps
from http import HTTPStatus
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from common import clock
from common.money import from_fen
from standins import cashier, rsa
from standins.cashier import BillLine, Delivery
from standins.models import CashierOrder, CashierRefund

CODE = "wechat"
PREFIX = "/demo/wechat"
SCHEME = "WECHATPAY2-SHA256-RSA2048"
FIELD = re.compile(r'(\w+)="([^"]*)"')
TRADE_STATES = {"pending": "NOTPAY", "paying": "USERPAYING", "paid": "SUCCESS", "closed": "CLOSED"}
REFUND_STATES = {"pending": "PROCESSING", "done": "SUCCESS", "failed": "ABNORMAL"}
BILL_HEADER = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
TOTALS_HEADER = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
View = Callable[..., HttpResponse]


def proof(body: str, *, serial: str = "", key_file: Any = None) -> dict[str, str]:
    """The headers that prove a body."""
    stamp, nonce = str(int(time.time())), secrets.token_hex(16)
    signed = rsa.signature(f"{stamp}\n{nonce}\n{body}\n", key_file or settings.WECHAT_PRIVATE_KEY_FILE)
    return {
        "Wechatpay-Timestamp": stamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": signed,
        "Wechatpay-Serial": serial or settings.WECHAT_PLATFORM_SERIAL,
        "Wechatpay-Signature-Type": SCHEME,
    }


def _answer(data: dict[str, Any] | None, status: int = HTTPStatus.OK) -> HttpResponse:
    body = "" if data is None else json.dumps(data, ensure_ascii=False)
    return HttpResponse(body, content_type="application/json", status=status, headers=proof(body))


def _refusal(status: int, code: str, message: str) -> HttpResponse:
    return _answer({"code": code, "message": message}, status)


def _is_merchants(request: HttpRequest) -> bool:
    """Signed by the merchant within five minutes, over method, path and body."""
    scheme, _space, rest = request.headers.get("Authorization", "").partition(" ")
    told = dict(FIELD.findall(rest))
    stamp = told.get("timestamp", "")
    if scheme != SCHEME or told.get("mchid") != settings.WECHAT_MERCHANT or not stamp.isdigit():
        return False
    if abs(time.time() - int(stamp)) > 300 or told.get("serial_no") != settings.WECHAT_MERCHANT_SERIAL:
        return False
    path = request.get_full_path().removeprefix(PREFIX)
    text = f"{request.method}\n{path}\n{stamp}\n{told.get('nonce_str')}\n{request.body.decode()}\n"
    return rsa.proves(text, told.get("signature", ""), settings.WECHAT_MERCHANT_PUBLIC_KEY_FILE)


def signed_by_merchant(method: str) -> Callable[[View], View]:
    """The one method of an address; nobody but the merchant is answered."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not _is_merchants(request):
                return HttpResponse('{"code": "SIGN_ERROR"}', content_type="application/json", status=401)
            return view(request, *args, **kwargs)

        return csrf_exempt(login_not_required(require_http_methods([method])(guarded)))

    return guard


@signed_by_merchant("POST")
def create(request: HttpRequest, kind: str) -> HttpResponse:
    """Open an order: native answers the text of a code, h5 an address, jsapi an id."""
    data = json.loads(request.body)
    wanted = {"h5": data.get("scene_info", {}).get("payer_client_ip"), "jsapi": data.get("payer")}
    if data["appid"] != settings.WECHAT_APP_ID or not wanted.get(kind, True):
        return _refusal(400, "PARAM_ERROR", "参数错误")
    order = cashier.open_order(
        gateway=CODE,
        merchant=data["mchid"],
        out_no=data["out_trade_no"],
        way=kind,
        amount_fen=int(data["amount"]["total"]),
        subject=data["description"][:100],
        notify_url=data["notify_url"],
    )
    if order.state != "pending":
        return _refusal(400, "ORDERPAID" if order.state == "paid" else "ORDER_CLOSED", "订单已支付或已关闭")
    page = f"{settings.WECHAT_URL.removesuffix('/wechat')}/cashier/{order.out_no}/"
    pay = f"{settings.WECHAT_URL}/pay/{order.out_no}/"
    return _answer(
        {"native": {"code_url": page}, "h5": {"h5_url": pay}}.get(kind, {"prepay_id": f"wx{order.pk}"})
    )


def _told(order: CashierOrder) -> dict[str, Any]:
    told: dict[str, Any] = {
        "appid": settings.WECHAT_APP_ID,
        "mchid": order.merchant,
        "out_trade_no": order.out_no,
        "trade_state": TRADE_STATES[order.state],
        "trade_state_desc": order.state,
        "amount": {"total": order.amount_fen, "currency": "CNY", "payer_total": order.amount_fen},
    }
    if order.paid_at:
        told |= {
            "transaction_id": order.transaction_no,
            "trade_type": order.way.upper(),
            "success_time": order.paid_at.astimezone(clock.BEIJING).isoformat(timespec="seconds"),
        }
    return told


@signed_by_merchant("GET")
def query(request: HttpRequest, out_no: str) -> HttpResponse:
    """What became of an order."""
    order = cashier.find_order(settings.WECHAT_MERCHANT, out_no)
    return _answer(_told(order)) if order else _refusal(404, "ORDER_NOT_EXIST", "订单不存在")


@signed_by_merchant("POST")
def close(request: HttpRequest, out_no: str) -> HttpResponse:
    """Close an order unless it is paid or the payer types his password (``paying``)."""
    order = cashier.find_order(settings.WECHAT_MERCHANT, out_no)
    if order is None:
        return _refusal(404, "ORDER_NOT_EXIST", "订单不存在")
    cashier.close(order)
    if order.state == "paying":
        return _refusal(400, "TRADE_STATE_ERROR", "订单状态错误")
    return _refusal(400, "ORDERPAID", "订单已支付") if order.state == "paid" else _answer(None, 204)


def _told_refund(refund: CashierRefund, state_name: str = "status") -> dict[str, Any]:
    told: dict[str, Any] = {
        "out_trade_no": refund.order.out_no,
        "transaction_id": refund.order.transaction_no,
        "refund_id": refund.gateway_no,
        "out_refund_no": refund.refund_no,
        state_name: REFUND_STATES[refund.state],
        "user_received_account": "支付用户零钱",
        "amount": {"total": refund.order.amount_fen, "refund": refund.amount_fen, "currency": "CNY"},
    }
    if refund.done_at:
        told["success_time"] = refund.done_at.astimezone(clock.BEIJING).isoformat(timespec="seconds")
    return told


@signed_by_merchant("POST")
def refund(request: HttpRequest) -> HttpResponse:
    """Take a refund over: in progress at first, whatever comes of it."""
    data = json.loads(request.body)
    order = cashier.find_order(settings.WECHAT_MERCHANT, data.get("out_trade_no"))
    if order is None:
        return _refusal(404, "RESOURCE_NOT_EXISTS", "订单不存在")
    made = cashier.begin_refund(
        order,
        refund_no=data["out_refund_no"],
        amount_fen=int(data["amount"]["refund"]),
        reason=data.get("reason", ""),
        notify_url=data.get("notify_url", ""),
    )
    return _answer(_told_refund(made)) if made else _refusal(403, "NOT_ENOUGH", "可退金额不足")


@signed_by_merchant("GET")
def query_refund(request: HttpRequest, refund_no: str) -> HttpResponse:
    """What became of a refund."""
    made = cashier.find_refund(settings.WECHAT_MERCHANT, refund_no)
    return _answer(_told_refund(made)) if made else _refusal(404, "RESOURCE_NOT_EXISTS", "退款单不存在")


def _cells(line: BillLine) -> list[str]:
    """One line as WeChat writes it; the fee of a refund is not told back here."""
    order, made, rest = line.order, line.refund, [""] * 3
    when = line.happened_at.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    head = [
        when,
        settings.WECHAT_APP_ID,
        order.merchant,
        *rest[:2],
        order.transaction_no,
        order.out_no,
        "openid",
    ]
    head += [order.way.upper(), "REFUND" if made else "SUCCESS", "OTHERS", "CNY"]
    settled = "0.00" if made else str(from_fen(order.amount_fen))
    back = [made.gateway_no, made.refund_no, str(from_fen(made.amount_fen))] if made else ["0", "0", "0.00"]
    kind = ["ORIGINAL", "SUCCESS"] if made else ["", ""]
    tail = [order.subject, "", str(from_fen(line.fee_fen)), "0.60%", settled, back[2] if made else "0.00", ""]
    return [*head, settled, "0.00", *back, "0.00", *kind, *tail]


def bill_file(day: date) -> bytes:
    """The bill of a day as WeChat writes it: a byte order mark, back-ticks before every cell, totals at the end."""
    lines = list(cashier.bill_of(CODE, settings.WECHAT_MERCHANT, day))
    table = [BILL_HEADER, *[",".join(f"`{cell}" for cell in _cells(line)) for line in lines]]
    paid = sum(line.amount_fen for line in lines if not line.refund)
    back = sum(line.amount_fen for line in lines if line.refund)
    fees = sum(line.fee_fen for line in lines)
    sums = [f"{from_fen(fen):,.2f}" for fen in (paid, back, 0, fees, paid, back)]
    table += [
        TOTALS_HEADER,
        ",".join(f"`{cell}" for cell in [str(len(lines)), *[s.replace(",", "") for s in sums]]),
    ]
    return "\ufeff".encode() + "\r\n".join(table).encode()


@signed_by_merchant("GET")
def bill(request: HttpRequest) -> HttpResponse:
    """Where the bill of a day can be fetched, and its digest."""
    day = date.fromisoformat(request.GET["bill_date"])
    if not cashier.is_over(day):
        return _refusal(400, "NO_STATEMENT_EXIST", "账单文件不存在")
    digest = hashlib.sha1(bill_file(day), usedforsecurity=False).hexdigest()
    url = f"{settings.WECHAT_URL}/v3/billdownload/file?token={day.isoformat()}"
    return _answer({"hash_type": "SHA1", "hash_value": digest, "download_url": url})


@signed_by_merchant("GET")
def bill_download(request: HttpRequest) -> HttpResponse:
    """The bill itself, packed; unsigned, like the original."""
    day = date.fromisoformat(request.GET["token"])
    return HttpResponse(gzip.compress(bill_file(day), mtime=0), content_type="application/x-gzip")


def encrypted(event_no: str, event_type: str, resource: dict[str, Any]) -> str:
    """The body of a callback."""
    key = rsa.present(settings.WECHAT_API_KEY_FILE).read_text().strip().splitlines()[-1].encode()
    nonce, about = secrets.token_hex(6), "transaction"
    hidden = AESGCM(key).encrypt(nonce.encode(), json.dumps(resource).encode(), about.encode())
    return json.dumps(
        {
            "id": event_no,
            "create_time": clock.process_now().astimezone(clock.BEIJING).isoformat(timespec="seconds"),
            "event_type": event_type,
            "resource_type": "encrypt-resource",
            "resource": {
                "algorithm": "AEAD_AES_256_GCM",
                "original_type": about,
                "ciphertext": base64.b64encode(hidden).decode(),
                "associated_data": about,
                "nonce": nonce,
            },
        }
    )


def _delivery(body: str, **how: Any) -> Delivery:
    return Delivery(body.encode(), {"Content-Type": "application/json"} | proof(body, **how))


def notice_of(order: CashierOrder, **changes: Any) -> Delivery:
    """The callback for an order as it stands now."""
    event_no = f"EV{order.transaction_no or order.out_no}"
    kind = "TRANSACTION.SUCCESS" if order.state == "paid" else "TRANSACTION.CLOSED"
    return _delivery(encrypted(event_no, kind, _told(order) | changes))


def refund_notice_of(made: CashierRefund) -> Delivery:
    """The callback for a finished refund."""
    told = _told_refund(made, "refund_status") | {"mchid": made.order.merchant}
    kind = "REFUND.SUCCESS" if made.state == "done" else "REFUND.ABNORMAL"
    return _delivery(encrypted(f"ER{made.refund_no}-{made.tries}-{made.state}", kind, told))


def forged_notice_of(order: CashierOrder) -> Delivery:
    """“Paid” signed with the wrong key."""
    body = encrypted("EVforged", "TRANSACTION.SUCCESS", _told(order) | {"trade_state": "SUCCESS"})
    return _delivery(body, key_file=settings.WECHAT_MERCHANT_KEY_FILE)
