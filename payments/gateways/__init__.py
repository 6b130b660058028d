"""Payment gateways behind one protocol. Whole fen exist only in here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from common.errors import GatewayUnavailable
from common.gateways.signing import BadSignature

__all__ = ["BadSignature", "Gateway", "Notice", "Prompt", "Request", "Result", "gateway"]


@dataclass(frozen=True)
class Request:
    """What a gateway needs to know of an order; ``out_no`` is ours and never changes for it."""

    out_no: str
    amount: Decimal
    subject: str
    return_url: str


@dataclass(frozen=True)
class Prompt:
    """Where the payer goes on."""

    pay_url: str


@dataclass(frozen=True)
class Result:
    """What the gateway says of an order: state is pending, paid, closed or missing. Amount in yuan."""

    state: str
    transaction_no: str = ""
    amount: Decimal | None = None
    currency: str = ""
    paid_at: datetime | None = None


@dataclass(frozen=True)
class Notice:
    """A verified message of the gateway about one order."""

    event_no: str
    merchant: str
    out_no: str
    result: Result


class Gateway(Protocol):
    """One outside payment system. Every call may raise GatewayUnavailable; none runs inside a transaction."""

    code: str
    merchant: str

    def create(self, request: Request) -> Prompt:
        """Open the order there; the same ``out_no`` twice gives the same order."""

    def query(self, out_no: str) -> Result:
        """What became of our order."""

    def close(self, out_no: str) -> Result:
        """Close it there unless it is paid; the answer says what it is now."""

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Check a callback and read it; raises BadSignature."""


def gateway(code: str = "") -> Gateway:
    """The gateway with this code, or the configured one. GatewayUnavailable when none is connected."""
    from payments.gateways.sandbox import SandboxGateway

    code = code or settings.PAYMENT_GATEWAY
    if code == "sandbox" and settings.PAYMENT_GATEWAY == "sandbox":
        return SandboxGateway()
    raise GatewayUnavailable(_("网上缴费通道维护，不影响已提交的材料。可以到法院窗口交费，或稍后再试。"))
