"""The fee beside the answer of the pre-check; ``filing`` and ``payments`` do not know each other."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from common import clock
from courts.selectors import base_fees
from filing.precheck import Advice
from payments.fees import Quote, QuoteInput, quote

PAYMENT_ORDER = "payment_order"


@dataclass(frozen=True)
class Fees:
    """``suit`` is what is paid beforehand with its reckoning, None when nothing is; ``payment_order`` what 支付令 would
    cost instead."""

    suit: Quote | None
    payment_order: Decimal | None


def fees_for(advice: Advice) -> Fees:
    """Fees by the rules in force today (诉讼费用交纳办法13, 14). One query."""
    today, bases = clock.today(), base_fees(advice.court)
    suit = order = None
    if advice.fee_item:
        suit = quote(QuoteInput(item=advice.fee_item, amount=advice.amount), on=today, bases=bases)
    if PAYMENT_ORDER in advice.others:
        order = quote(QuoteInput(item=PAYMENT_ORDER, amount=advice.amount), on=today, bases=bases).fee
    return Fees(suit=suit, payment_order=order)
