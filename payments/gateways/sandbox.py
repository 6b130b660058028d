"""Client of the demo cashier: a real gateway's protocol over HTTP, signed both ways."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from common.gateways.signing import BadSignature, open_signed, sign
from common.money import from_fen, to_fen
from payments.gateways import (
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
from payments.gateways.outside import Answer, BadAnswer, call


class SandboxGateway:
    """See :class:`payments.gateways.Gateway`."""

    code = "sandbox"
    accepted = ("success", "text/plain")

    def __init__(self) -> None:
        self.merchant: str = settings.CASHIER_MERCHANT
        self.label: str = _("演示收银台")

    def ways(self, *, on_phone: bool, in_wechat: bool) -> list[Way]:
        return [Way(self.code, "page", self.label, _("不动真钱，只在演示里有"))]

    def create(self, request: Request) -> Prompt:
        answer = self._call(
            "orders/",
            {
                "out_no": request.out_no,
                "amount_fen": to_fen(request.amount),
                "currency": "CNY",
                "subject": request.subject,
                "notify_url": f"{settings.PUBLIC_URL}/gateway/sandbox/notify/",
                "return_url": request.return_url,
            },
        )
        pay_url = str(answer.get("pay_url", ""))
        if not pay_url.startswith(settings.CASHIER_URL):
            raise unavailable()
        return Prompt(pay_url)

    def query(self, out_no: str) -> Result:
        return _result(self._call("orders/query/", {"out_no": out_no}))

    def close(self, out_no: str) -> Result:
        return _result(self._call("orders/close/", {"out_no": out_no}))

    def refund(self, request: RefundRequest) -> RefundResult:
        data = {
            "refund_no": request.refund_no,
            "out_no": request.out_no,
            "amount_fen": to_fen(request.amount),
            "paid_fen": to_fen(request.paid),
            "reason": request.reason,
        }
        return _refund_result(self._call("refunds/", data))

    def query_refund(self, request: RefundRequest) -> RefundResult:
        return _refund_result(self._call("refunds/query/", {"refund_no": request.refund_no}))

    def statement(self, day: date) -> DayBill:
        answer = self._call("bill/", {"day": day.isoformat()})
        try:
            file = str(answer["file"])
            lines = [_line(row) for row in csv.DictReader(io.StringIO(file))]
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise unavailable() from error
        return DayBill(day, hashlib.sha256(file.encode()).hexdigest(), lines)

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        data = open_signed(body, headers, settings.CASHIER_PUBLIC_KEY_FILE)
        try:
            told = str(data["event_no"]), str(data["merchant"]), str(data["out_no"])
            if data.get("refund_no"):
                return Notice(*told, Result("paid"), str(data["refund_no"]), _refund_result(data))
            return Notice(*told, _result(data))
        except (KeyError, TypeError, ValueError) as error:
            raise BadSignature("shape") from error

    def _call(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        """POST a signed message and return the signed answer's data; an unsigned 200 is no answer."""
        message = sign(data | {"merchant": self.merchant}, settings.CASHIER_MERCHANT_KEY_FILE)
        url = f"{settings.CASHIER_URL}/{path}"
        return call(self.code, "POST", url, read=_opened, headers=message.headers, body=message.body)


def _opened(answer: Answer) -> dict[str, Any]:
    if answer.status != HTTPStatus.OK:
        raise BadAnswer(str(answer.status))
    try:
        # the signing headers are looked up by their own spelling
        headers = {name.title(): value for name, value in answer.headers.items()}
        return open_signed(answer.body, headers, settings.CASHIER_PUBLIC_KEY_FILE)
    except BadSignature as error:
        raise BadAnswer("signature") from error


def _moment(written: object) -> datetime | None:
    return datetime.fromisoformat(str(written)) if written else None


def _amount(written: object) -> Decimal | None:
    return None if written is None else from_fen(int(str(written)))


def _result(data: Mapping[str, Any]) -> Result:
    return Result(
        state=str(data["state"]),
        transaction_no=str(data.get("transaction_no", "")),
        amount=_amount(data.get("amount_fen")),
        currency=str(data.get("currency", "")),
        paid_at=_moment(data.get("paid_at")),
    )


def _refund_result(data: Mapping[str, Any]) -> RefundResult:
    return RefundResult(
        state=str(data["state"]),
        gateway_no=str(data.get("gateway_no", "")),
        amount=_amount(data.get("amount_fen")),
        done_at=_moment(data.get("done_at")),
        failure=str(data.get("failure", "")),
    )


def _line(row: Mapping[str, str]) -> StatementLine:
    return StatementLine(
        kind=row["kind"],
        out_no=row["out_no"],
        transaction_no=row["transaction_no"],
        amount=Decimal(row["amount"]),
        fee=Decimal(row["fee"]),
        status=row["status"],
        happened_at=datetime.fromisoformat(row["happened_at"]),
    )
