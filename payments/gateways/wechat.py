"""WeChat Pay v3 in public-key mode, through wechatpayv3.

The SDK builds paths, bodies and signatures, checks signatures and decrypts; the call itself is ours, because the SDK has
no deadline, follows redirects and asks outside for a certificate when it meets an unknown serial.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import secrets
import time
import zlib
from collections.abc import Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3.core import Core
from wechatpayv3.type import RequestType
from wechatpayv3.utils import build_authorization

from common.gateways.signing import WINDOW_SECONDS
from common.money import from_fen, to_fen
from payments.gateways import (
    BadSignature,
    DayBill,
    Notice,
    Prompt,
    RefundRequest,
    RefundResult,
    Request,
    Result,
    StatementLine,
    Way,
)
from payments.gateways.breaker import unavailable
from payments.gateways.keys import private_pem, public_pem, secret_line
from payments.gateways.outside import Answer, BadAnswer, call, shaped
from payments.gateways.tables import amount, moment, plain, rows

H5_HOST = "https://wx.tenpay.com/"
ORDER_STATES = {
    "SUCCESS": "paid",
    "REFUND": "paid",
    "CLOSED": "closed",
    "REVOKED": "closed",
    "NOTPAY": "pending",
    "USERPAYING": "pending",
    "PAYERROR": "pending",
}
REFUND_STATES = {"SUCCESS": "done", "PROCESSING": "pending", "CLOSED": "failed", "ABNORMAL": "failed"}
BILL_STATES = {"SUCCESS": "refunded", "PROCESSING": "refunded", "FAIL": "failed", "CHANGE": "failed"}


class _BoundedCore(Core):
    """The SDK's core with our transport, which knows one key and never asks for another."""

    def _update_certificates(self) -> None:
        """An unknown serial proves nothing and makes nobody call out."""

    def request(
        self,
        path: str,
        method: RequestType = RequestType.GET,
        data: Mapping[str, Any] | None = None,
        skip_verify: bool = False,
        **_other: Any,
    ) -> tuple[int, bytes]:
        """Status and body of a signed call; an answer without WeChat's fresh signature is none."""
        body = json.dumps(data) if data else ""
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": "court-portal",
            "Wechatpay-Serial": self._public_key_id,
            "Authorization": build_authorization(
                path, method.value, self._mchid, self._cert_serial_no, self._private_key, data=body
            ),
        }

        def read(answer: Answer) -> tuple[int, bytes]:
            if skip_verify and answer.status != HTTPStatus.OK:
                raise BadAnswer(str(answer.status))
            if not skip_verify and not self.proves(answer.headers, answer.body):
                raise BadAnswer("signature")
            return answer.status, answer.body

        url = self._gate_way + path
        return call(
            WechatGateway.code,
            method.value,
            url,
            read=read,
            headers=headers,
            body=body.encode(),
            file=skip_verify,
        )

    def proves(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Signed by the one known key within the last five minutes; ``headers`` in lower case."""
        stamp = headers.get("wechatpay-timestamp", "")
        if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
            return False
        if abs(time.time() - int(stamp)) > WINDOW_SECONDS or not headers.get("wechatpay-nonce"):
            return False
        if headers.get("wechatpay-serial") != self._public_key_id:
            return False
        try:
            return bool(self._verify_signature(headers, body.decode()))
        except Exception:
            return False


class WechatGateway:
    """See :class:`payments.gateways.Gateway`. JSAPI is for a payer whose openid the caller knows."""

    code = "wechat"
    accepted = ('{"code": "SUCCESS", "message": "成功"}', "application/json")

    def __init__(self) -> None:
        self.merchant: str = settings.WECHAT_MERCHANT
        self.label: str = _("微信支付")
        self.app: str = settings.WECHAT_APP_ID
        keys = {
            "private_key": private_pem(settings.WECHAT_MERCHANT_KEY_FILE),
            "cert_serial_no": settings.WECHAT_MERCHANT_SERIAL,
            "apiv3_key": secret_line(settings.WECHAT_API_KEY_FILE),
            "public_key": public_pem(settings.WECHAT_PUBLIC_KEY_FILE),
            "public_key_id": settings.WECHAT_PLATFORM_SERIAL,
        }
        notify_url = f"{settings.PUBLIC_URL}/gateway/wechat/notify/"
        self.sdk = WeChatPay(
            WeChatPayType.NATIVE, mchid=self.merchant, appid=self.app, notify_url=notify_url, **keys
        )
        self.core = _BoundedCore(mchid=self.merchant, **keys)
        self.core._gate_way = settings.WECHAT_URL
        self.sdk._core = self.core

    def ways(self, *, on_phone: bool, in_wechat: bool) -> list[Way]:
        native = Way(self.code, "native", _("微信扫码"), _("出一个付款码，用微信扫，也可以请家人扫"))
        if on_phone and not in_wechat:
            return [Way(self.code, "h5", self.label, _("会打开手机上的微信")), native]
        return [native]

    def create(self, request: Request) -> Prompt:
        kinds = {"h5": WeChatPayType.H5, "jsapi": WeChatPayType.JSAPI}
        kind = kinds.get(request.way, WeChatPayType.NATIVE)
        values: dict[str, Any] = {
            "description": plain(request.subject, 40),
            "out_trade_no": request.out_no,
            "amount": {"total": to_fen(request.amount), "currency": "CNY"},
        }
        if kind == WeChatPayType.H5:
            values["scene_info"] = {"payer_client_ip": request.client_ip, "h5_info": {"type": "Wap"}}
        if kind == WeChatPayType.JSAPI:
            values["payer"] = {"openid": request.payer_openid}
        status, body = self.sdk.pay(pay_type=kind, **values)
        data = _object(body)
        if status != HTTPStatus.OK:
            raise unavailable()
        if kind == WeChatPayType.H5:
            return Prompt(pay_url=self._h5_url(str(data.get("h5_url", "")), request.return_url))
        if kind == WeChatPayType.JSAPI:
            return Prompt(bridge=self._bridge(str(data.get("prepay_id", ""))))
        if not data.get("code_url"):
            raise unavailable()
        return Prompt(code_text=str(data["code_url"]))

    def _h5_url(self, url: str, return_url: str) -> str:
        """Only to WeChat's own host (SEC-65), and from there back to us."""
        if not url.startswith((H5_HOST, f"{settings.WECHAT_URL}/")):
            raise unavailable()
        return f"{url}{'&' if '?' in url else '?'}redirect_url={quote(return_url, safe='')}"

    def _bridge(self, prepay_id: str) -> dict[str, str]:
        if not prepay_id:
            raise unavailable()
        stamp, nonce, package = str(int(time.time())), secrets.token_hex(16), f"prepay_id={prepay_id}"
        signed = self.sdk.sign([self.app, stamp, nonce, package])
        names = ("appId", "timeStamp", "nonceStr", "package", "signType", "paySign")
        return dict(zip(names, (self.app, stamp, nonce, package, "RSA", signed), strict=True))

    def query(self, out_no: str) -> Result:
        status, body = self.sdk.query(out_trade_no=out_no)
        if status == HTTPStatus.NOT_FOUND:
            return Result("missing")
        if status != HTTPStatus.OK:
            raise unavailable()
        data = _object(body)
        if data.get("mchid") != self.merchant or data.get("out_trade_no") != out_no:
            raise unavailable()
        return shaped(lambda: _result(data))

    def close(self, out_no: str) -> Result:
        status, _body = self.sdk.close(out_trade_no=out_no)
        return Result("closed") if status == HTTPStatus.NO_CONTENT else self.query(out_no)

    def refund(self, request: RefundRequest) -> RefundResult:
        status, body = self.sdk.refund(
            out_refund_no=request.refund_no,
            out_trade_no=request.out_no,
            reason=plain(request.reason, 26) or None,
            amount={"refund": to_fen(request.amount), "total": to_fen(request.paid), "currency": "CNY"},
        )
        data = _object(body)
        if status == HTTPStatus.OK:
            return shaped(lambda: _refund_result(data))
        if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN):
            return RefundResult("failed", failure=str(data.get("message", ""))[:200])
        if status == HTTPStatus.NOT_FOUND:
            return RefundResult("missing")
        raise unavailable()

    def query_refund(self, request: RefundRequest) -> RefundResult:
        status, body = self.sdk.query_refund(out_refund_no=request.refund_no)
        if status == HTTPStatus.NOT_FOUND:
            return RefundResult("missing")
        if status != HTTPStatus.OK:
            raise unavailable()
        data = _object(body)
        if data.get("out_refund_no") != request.refund_no:
            raise unavailable()
        return shaped(lambda: _refund_result(data))

    def statement(self, day: date) -> DayBill:
        status, body = self.sdk.trade_bill(bill_date=day.isoformat(), tar_type="GZIP")
        data = _object(body)
        url = str(data.get("download_url", ""))
        if status != HTTPStatus.OK or not url.startswith(f"{settings.WECHAT_URL}/"):
            raise unavailable()
        _status, packed = self.sdk.download_bill(url)
        try:
            file = gzip.decompress(packed)
            if hashlib.sha1(file, usedforsecurity=False).hexdigest() != str(data.get("hash_value")).lower():
                raise BadAnswer("hash")
            lines = [_line(row) for row in rows(file.decode("utf-8-sig"), first_column="交易时间")]
        except (OSError, EOFError, zlib.error, BadAnswer, LookupError, ValueError, ArithmeticError) as error:
            raise unavailable() from error
        return DayBill(day, hashlib.sha256(packed).hexdigest(), lines)

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Time and serial are ours to check, and before the SDK sees them. A repeat within the window is the same event
        and changes nothing (REL-07), so the nonce only has to be there."""
        lower = {name.lower(): value for name, value in headers.items()}
        if not self.core.proves(lower, body):
            raise BadSignature("signature")
        try:
            data = self.sdk.callback(lower, body)
            resource = data["resource"]
            merchant = str(resource["mchid"])
            if resource.get("appid", self.app) != self.app:
                merchant = f"{merchant}/{resource['appid']}"
            told = str(data["id"]), merchant, str(resource["out_trade_no"])
            if str(data["event_type"]).startswith("REFUND."):
                refund_no = str(resource["out_refund_no"])
                return Notice(*told, Result("paid"), refund_no, _refund_result(resource))
            return Notice(*told, _result(resource))
        except Exception as error:
            raise BadSignature("shape") from error


def _object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body or b"{}")
    except ValueError as error:
        raise unavailable() from error
    if not isinstance(data, dict):
        raise unavailable()
    return data


def _moment(written: object) -> datetime | None:
    return datetime.fromisoformat(str(written)) if written else None


def _result(data: Mapping[str, Any]) -> Result:
    sums = data.get("amount") or {}
    return Result(
        state=ORDER_STATES[str(data["trade_state"])],
        transaction_no=str(data.get("transaction_id", "")),
        amount=from_fen(int(sums["total"])) if "total" in sums else None,
        currency=str(sums.get("currency", "")),
        paid_at=_moment(data.get("success_time")),
    )


def _refund_result(data: Mapping[str, Any]) -> RefundResult:
    state = str(data["refund_status"] if "refund_status" in data else data["status"])
    return RefundResult(
        state=REFUND_STATES[state],
        gateway_no=str(data["refund_id"]),
        amount=from_fen(int(data["amount"]["refund"])),
        done_at=_moment(data.get("success_time")),
        failure=_("微信没有退成，状态 %s") % state if REFUND_STATES[state] == "failed" else "",
    )


def _line(row: Mapping[str, str]) -> StatementLine:
    """A refund stands under our refund number and WeChat's; its fee is what comes back, so it is negative."""
    happened_at, fee = moment(row["交易时间"]), amount(row["手续费"])
    if row["交易状态"] == "REFUND":
        return StatementLine(
            "refund",
            row["商户退款单号"],
            row["微信退款单号"],
            amount(row["退款金额"]),
            fee,
            BILL_STATES.get(row["退款状态"], "failed"),
            happened_at,
        )
    status = "paid" if row["交易状态"] == "SUCCESS" else "failed"
    return StatementLine(
        "payment", row["商户订单号"], row["微信订单号"], amount(row["订单金额"]), fee, status, happened_at
    )
