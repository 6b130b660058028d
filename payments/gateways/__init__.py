"""Payment gateways behind one protocol. Whole fen exist only in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from common.errors import GatewayUnavailable
from common.gateways.signing import BadSignature

__all__ = [
    "BadSignature",
    "DayBill",
    "Gateway",
    "Notice",
    "Prompt",
    "RefundRequest",
    "RefundResult",
    "Request",
    "Result",
    "StatementLine",
    "Way",
    "gateway",
    "gateways",
    "ways_for",
]
CLIENTS = {
    "sandbox": "payments.gateways.sandbox.SandboxGateway",
    "wechat": "payments.gateways.wechat.WechatGateway",
    "alipay": "payments.gateways.alipay.AlipayGateway",
}
"""Code of a gateway → its client, loaded when it is asked for."""


@dataclass(frozen=True)
class Way:
    """One way to pay as the payer chooses it: a gateway and its kind of cashier."""

    gateway: str
    code: str
    label: str
    hint: str = ""

    @property
    def key(self) -> str:
        """What a form sends for it."""
        return f"{self.gateway}-{self.code}"


@dataclass(frozen=True)
class Request:
    """What a gateway needs to know of an order; ``out_no`` is ours and never changes for it."""

    out_no: str
    amount: Decimal
    subject: str
    return_url: str
    way: str = ""
    client_ip: str = ""
    payer_openid: str = ""


@dataclass(frozen=True)
class Prompt:
    """Where the payer goes on: an address, the text of a code to be shown and scanned, or the signed parameters for the
    script bridge of the WeChat app."""

    pay_url: str = ""
    code_text: str = ""
    bridge: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What the gateway says of an order: state is pending, paid, closed or missing. Amount in yuan."""

    state: str
    transaction_no: str = ""
    amount: Decimal | None = None
    currency: str = ""
    paid_at: datetime | None = None


@dataclass(frozen=True)
class RefundRequest:
    """A part of a payment that goes back the way it came; ``refund_no`` is ours and re-used for every retry (REL-05)."""

    refund_no: str
    out_no: str
    transaction_no: str
    amount: Decimal
    paid: Decimal
    reason: str


@dataclass(frozen=True)
class RefundResult:
    """What became of our refund number: state is pending, done, failed or missing (REL-13). Amount in yuan."""

    state: str
    gateway_no: str = ""
    amount: Decimal | None = None
    done_at: datetime | None = None
    failure: str = ""


@dataclass(frozen=True)
class Notice:
    """A verified message of the gateway about one order, or about one refund when ``refund_no`` is there."""

    event_no: str
    merchant: str
    out_no: str
    result: Result
    refund_no: str = ""
    refund: RefundResult | None = None


@dataclass(frozen=True)
class StatementLine:
    """One line of a gateway's bill of a day: kind is payment or refund, status paid, refunded or failed. Yuan."""

    kind: str
    out_no: str
    transaction_no: str
    amount: Decimal
    fee: Decimal
    status: str
    happened_at: datetime


@dataclass(frozen=True)
class DayBill:
    """A gateway's bill of a day: its lines and the hash of the file they stood in."""

    day: date
    sha256: str
    lines: Sequence[StatementLine]


class Gateway(Protocol):
    """One outside payment system. Every call may raise GatewayUnavailable; none runs inside a transaction."""

    code: str
    merchant: str
    label: str
    accepted: tuple[str, str]
    """Body and content type that tell the gateway its notice was taken."""

    def ways(self, *, on_phone: bool, in_wechat: bool) -> list[Way]:
        """Kinds of cashier it offers to this visitor."""

    def create(self, request: Request) -> Prompt:
        """Open the order there; the same ``out_no`` twice gives the same order."""

    def query(self, out_no: str) -> Result:
        """What became of our order."""

    def close(self, out_no: str) -> Result:
        """Close it there unless it is paid; the answer says what it is now."""

    def refund(self, request: RefundRequest) -> RefundResult:
        """Ask for money to go back; accepted is not done. The same ``refund_no`` twice is one refund."""

    def query_refund(self, request: RefundRequest) -> RefundResult:
        """What became of our refund number."""

    def statement(self, day: date) -> DayBill:
        """The bill of a day in Beijing; GatewayUnavailable while there is none."""

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Check a callback and read it; raises BadSignature."""


def gateway(code: str) -> Gateway:
    """The connected gateway with this code; GatewayUnavailable for any other."""
    if code not in settings.PAYMENT_GATEWAYS:
        raise GatewayUnavailable(_("网上缴费通道维护，不影响已提交的材料。可以到法院窗口交费，或稍后再试。"))
    made: Gateway = import_string(CLIENTS[code])()
    return made


def gateways() -> list[Gateway]:
    """All connected gateways, in the order of the setting."""
    return [gateway(code) for code in settings.PAYMENT_GATEWAYS]


def ways_for(*, on_phone: bool, in_wechat: bool) -> list[Way]:
    """The kinds of cashier that this visitor can use, the usual one first."""
    return [way for each in gateways() for way in each.ways(on_phone=on_phone, in_wechat=in_wechat)]
