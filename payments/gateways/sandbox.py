"""Client of the demo cashier: a real gateway's protocol over HTTP, signed both ways."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from common.errors import GatewayUnavailable
from common.gateways.signing import BadSignature, open_signed, sign
from common.gateways.sms import refuse_inside_transaction
from common.money import from_fen, to_fen
from payments.gateways import Notice, Prompt, Request, Result


class SandboxGateway:
    """See :class:`payments.gateways.Gateway`."""

    code = "sandbox"

    def __init__(self) -> None:
        self.merchant: str = settings.CASHIER_MERCHANT

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
            raise _unavailable()
        return Prompt(pay_url)

    def query(self, out_no: str) -> Result:
        return _result(self._call("orders/query/", {"out_no": out_no}))

    def close(self, out_no: str) -> Result:
        return _result(self._call("orders/close/", {"out_no": out_no}))

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        data = open_signed(body, headers, settings.CASHIER_PUBLIC_KEY_FILE)
        try:
            return Notice(str(data["event_no"]), str(data["merchant"]), str(data["out_no"]), _result(data))
        except (KeyError, TypeError, ValueError) as error:
            raise BadSignature("shape") from error

    def _call(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        """POST a signed message and return the signed answer's data; an unsigned 200 is no answer."""
        refuse_inside_transaction()
        message = sign(data | {"merchant": self.merchant}, settings.CASHIER_MERCHANT_KEY_FILE)
        timeout = httpx.Timeout(settings.OUTSIDE_READ_SECONDS, connect=settings.OUTSIDE_CONNECT_SECONDS)
        try:
            with httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False) as client:
                response = client.post(
                    f"{settings.CASHIER_URL}/{path}", content=message.body, headers=message.headers
                )
            if response.status_code != httpx.codes.OK:
                raise _unavailable()
            return open_signed(response.content, response.headers, settings.CASHIER_PUBLIC_KEY_FILE)
        except (httpx.HTTPError, BadSignature) as error:
            raise _unavailable() from error


def _unavailable() -> GatewayUnavailable:
    return GatewayUnavailable(_("缴费通道没有回应，没有扣款。请过几分钟再试，不影响已提交的材料。"))


def _result(data: Mapping[str, Any]) -> Result:
    paid_at = data.get("paid_at")
    amount = data.get("amount_fen")
    return Result(
        state=str(data["state"]),
        transaction_no=str(data.get("transaction_no", "")),
        amount=from_fen(int(amount)) if amount is not None else None,
        currency=str(data.get("currency", "")),
        paid_at=datetime.fromisoformat(str(paid_at)) if paid_at else None,
    )
