"""Alipay (page, wap, precreate) through python-alipay-sdk.

The SDK orders, signs and verifies; the call is ours (deadline, breaker, no redirects). Three of its habits are put right
here: it stamps requests with the process's local time, cuts answers at a brace inside a value, and raises for unsigned
ones whatever their shape makes it stumble over.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
import zlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from alipay import AliPay
from alipay.exceptions import AliPayException, AliPayValidationError
from django.conf import settings
from django.utils.translation import gettext as _

from common import clock
from common.gateways.signing import WINDOW_SECONDS
from common.money import to_yuan
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
from payments.gateways.keys import private_pem, public_pem
from payments.gateways.outside import FILE_BYTES, Answer, BadAnswer, call, shaped
from payments.gateways.tables import MOMENT, amount, moment, plain, rows

LIFE = timedelta(hours=2)
"""How long a page that was opened can still be paid; Alipay knows no order before the payer opens it."""
DONE, REFUSED = "10000", "40004"
UNKNOWN_TRADE = "ACQ.TRADE_NOT_EXIST"
REFUND_STATES = {"REFUND_SUCCESS": "done", "REFUND_PROCESSING": "pending", "REFUND_FAIL": "failed"}


class _BoundedClient(AliPay):
    """The SDK with our transport."""

    def build_body(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The request's fields, stamped in Beijing's time wherever the process runs."""
        data: dict[str, Any] = super().build_body(*args, **kwargs)
        data["timestamp"] = clock.process_now().astimezone(clock.BEIJING).strftime(MOMENT)
        return data

    def verified_sync_response(self, data: dict[str, Any], response_type: str) -> dict[str, Any]:
        """The signed part of the answer; raises GatewayUnavailable for everything else."""

        def read(answer: Answer) -> dict[str, Any]:
            if answer.status != HTTPStatus.OK:
                raise BadAnswer(str(answer.status))
            try:
                told = self._verify_and_return_sync_response(answer.body.decode(), response_type)
            except (AliPayException, AliPayValidationError, ValueError, TypeError, AttributeError) as error:
                raise BadAnswer("signature") from error
            if not isinstance(told, dict) or told.get("code") not in (DONE, REFUSED):
                raise BadAnswer("code")
            return told

        url = f"{self._gateway}?{self.sign_data(data)}"
        return call(AlipayGateway.code, "GET", url, read=read)

    def _get_string_to_be_signed(self, raw_string: str, response_type: str) -> str:
        """The value of ``response_type`` exactly as it was sent, whatever braces its texts hold."""
        start = raw_string.index("{", raw_string.index(f'"{response_type}"'))
        _value, end = json.JSONDecoder().raw_decode(raw_string, start)
        return raw_string[start:end]


class AlipayGateway:
    """See :class:`payments.gateways.Gateway`."""

    code = "alipay"
    accepted = ("success", "text/plain")

    def __init__(self) -> None:
        self.merchant: str = settings.ALIPAY_SELLER_ID
        self.app: str = settings.ALIPAY_APP_ID
        self.label: str = _("支付宝")
        self.notify_url = f"{settings.PUBLIC_URL}/gateway/alipay/notify/"
        self.sdk = _BoundedClient(
            appid=self.app,
            app_notify_url=self.notify_url,
            app_private_key_string=private_pem(settings.ALIPAY_APP_KEY_FILE),
            alipay_public_key_string=public_pem(settings.ALIPAY_PUBLIC_KEY_FILE),
        )
        self.sdk._gateway = settings.ALIPAY_URL

    def ways(self, *, on_phone: bool, in_wechat: bool) -> list[Way]:
        code = Way(self.code, "precreate", _("支付宝扫码"), _("出一个付款码，用支付宝扫，也可以请家人扫"))
        if in_wechat:
            return [code]
        if on_phone:
            return [Way(self.code, "wap", self.label, _("会打开手机上的支付宝"))]
        return [Way(self.code, "page", self.label, _("到支付宝的网页上付")), code]

    def create(self, request: Request) -> Prompt:
        """A page or wap order begins when the payer opens its address; only precreate asks Alipay first."""
        values = {
            "subject": plain(request.subject, 80),
            "out_trade_no": request.out_no,
            "total_amount": str(to_yuan(request.amount)),
        }
        if request.way == "precreate":
            told = self.sdk.api_alipay_trade_precreate(**values)
            if told["code"] != DONE or not told.get("qr_code"):
                raise unavailable()
            return Prompt(code_text=str(told["qr_code"]))
        end = (clock.process_now() + LIFE).astimezone(clock.BEIJING).strftime(MOMENT)
        make = (
            self.sdk.api_alipay_trade_wap_pay if request.way == "wap" else self.sdk.api_alipay_trade_page_pay
        )
        signed = make(**values, return_url=request.return_url, time_expire=end)
        return Prompt(pay_url=f"{settings.ALIPAY_URL}?{signed}")

    def query(self, out_no: str) -> Result:
        told = self.sdk.api_alipay_trade_query(out_trade_no=out_no)
        if told["code"] == REFUSED:
            if told.get("sub_code") == UNKNOWN_TRADE:
                return Result("missing")
            raise unavailable()
        if told.get("out_trade_no") != out_no:
            raise unavailable()
        return shaped(lambda: _result(told, told.get("send_pay_date")))

    def close(self, out_no: str) -> Result:
        told = self.sdk.api_alipay_trade_close(out_trade_no=out_no)
        if told["code"] == DONE:
            return Result("closed")
        return Result("missing") if told.get("sub_code") == UNKNOWN_TRADE else self.query(out_no)

    def refund(self, request: RefundRequest) -> RefundResult:
        """Taken over is pending: only the query of our own number says that it is done (REL-13)."""
        told = self.sdk.api_alipay_trade_refund(
            refund_amount=str(to_yuan(request.amount)),
            out_trade_no=request.out_no,
            out_request_no=request.refund_no,
            refund_reason=plain(request.reason, 80),
        )
        if told["code"] == DONE:
            return RefundResult("pending", gateway_no=str(told.get("trade_no", "")))
        if told.get("sub_code") == "ACQ.SYSTEM_ERROR":
            raise unavailable()
        if told.get("sub_code") == UNKNOWN_TRADE:
            return RefundResult("missing")
        return RefundResult("failed", failure=str(told.get("sub_msg", ""))[:200])

    def query_refund(self, request: RefundRequest) -> RefundResult:
        """Alipay answers for a number it never heard of like for a known one, only without a status."""
        told = self.sdk.api_alipay_trade_fastpay_refund_query(request.refund_no, out_trade_no=request.out_no)
        if told["code"] == REFUSED:
            if told.get("sub_code") == UNKNOWN_TRADE:
                return RefundResult("missing")
            raise unavailable()
        if not told.get("refund_status"):
            return RefundResult("missing")
        if told.get("out_request_no") != request.refund_no:
            raise unavailable()
        return shaped(lambda: _refund_result(told))

    def statement(self, day: date) -> DayBill:
        content = {"bill_type": "trade", "bill_date": day.isoformat()}
        told = self.sdk.server_api("alipay.data.dataservice.bill.downloadurl.query", biz_content=content)
        url = str(told.get("bill_download_url", ""))
        if not _is_alipays(url):
            raise unavailable()

        def read(answer: Answer) -> bytes:
            if answer.status != HTTPStatus.OK:
                raise BadAnswer(str(answer.status))
            return answer.body

        packed = call(self.code, "GET", url, read=read, file=True)
        try:
            lines = [_line(row) for row in rows(_details(packed), first_column="支付宝交易号")]
        except (zipfile.BadZipFile, zlib.error, BadAnswer, LookupError, ValueError, ArithmeticError) as error:
            raise unavailable() from error
        return DayBill(day, hashlib.sha256(packed).hexdigest(), lines)

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """A form signed over all its fields; ``notify_time`` is Beijing's and at most five minutes off."""
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
            data = dict(pairs)
            if len(data) < len(pairs):
                raise BadSignature("a field twice")
            unsigned = dict(data)
            if not self.sdk.verify(unsigned, unsigned.pop("sign")):
                raise BadSignature("signature")
            if abs(time.time() - moment(data["notify_time"]).timestamp()) > WINDOW_SECONDS:
                raise BadSignature("time")
            return self._notice(data)
        except BadSignature:
            raise
        except (AliPayException, KeyError, ValueError, ArithmeticError) as error:
            raise BadSignature("shape") from error

    def _notice(self, data: Mapping[str, str]) -> Notice:
        merchant = data["seller_id"]
        if data["app_id"] != self.app:
            merchant = f"{merchant}/{data['app_id']}"
        told = data["notify_id"][:80], merchant, data["out_trade_no"]
        if "refund_fee" in data:
            done = RefundResult(
                "done",
                gateway_no=data["trade_no"],
                amount=_sum(data["refund_fee"]),
                done_at=moment(data["gmt_refund"][:19]),
            )
            return Notice(*told, Result("paid"), data["out_biz_no"], done)
        return Notice(*told, _result(data, data.get("gmt_payment")))


def _is_alipays(url: str) -> bool:
    """An address at Alipay, or at the connected gateway's own host (SEC-65)."""
    parts, own = urlsplit(url), urlsplit(settings.ALIPAY_URL)
    if (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
        return True
    host = parts.hostname or ""
    return parts.scheme in ("http", "https") and host.endswith((".alipay.com", ".alipayobjects.com"))


def _sum(written: object) -> Decimal:
    return to_yuan(str(written))


def _result(data: Mapping[str, Any], paid_at: str | None) -> Result:
    """A trade that was refunded in full is closed at Alipay, but it was paid: it names the moment."""
    status = str(data["trade_status"])
    states = {"WAIT_BUYER_PAY": "pending", "TRADE_SUCCESS": "paid", "TRADE_FINISHED": "paid"}
    state = ("paid" if paid_at else "closed") if status == "TRADE_CLOSED" else states[status]
    return Result(
        state=state,
        transaction_no=str(data.get("trade_no", "")),
        amount=_sum(data["total_amount"]) if "total_amount" in data else None,
        currency=str(data.get("trans_currency", "CNY")),
        paid_at=moment(paid_at) if paid_at else None,
    )


def _refund_result(data: Mapping[str, Any]) -> RefundResult:
    state, done_at = REFUND_STATES[str(data["refund_status"])], data.get("gmt_refund_pay")
    return RefundResult(
        state=state,
        gateway_no=str(data.get("trade_no", "")),
        amount=_sum(data["refund_amount"]),
        done_at=datetime.strptime(str(done_at), MOMENT).replace(tzinfo=clock.BEIJING) if done_at else None,
        failure=_("支付宝没有退成") if state == "failed" else "",
    )


def _details(packed: bytes) -> str:
    """The table of single trades out of the zip; the other file holds sums. GBK, or UTF-8 with a byte order mark."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for entry in archive.infolist():
            if entry.file_size > FILE_BYTES:
                raise BadAnswer("too long")
            raw = archive.read(entry)
            text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "gbk")
            if "业务明细列表" in text:
                return text
    raise BadAnswer("no details")


def _line(row: Mapping[str, str]) -> StatementLine:
    """A refund stands under our refund number; Alipay writes what it keeps as a negative number."""
    refunded = row["业务类型"] == "退款"
    return StatementLine(
        kind="refund" if refunded else "payment",
        out_no=row["退款批次号/请求号"] if refunded else row["商户订单号"],
        transaction_no=row["支付宝交易号"],
        amount=abs(amount(row["订单金额（元）"])),
        fee=-amount(row["服务费（元）"]),
        status="refunded" if refunded else "paid",
        happened_at=moment(row["完成时间"]),
    )
