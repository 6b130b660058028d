"""A paid bill in the demo: the order of the payer and the callback of the sandbox cashier."""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings

from cases.models import Case
from common import clock
from common.actor import Actor, system
from common.errors import GatewayUnavailable
from common.gateways.signing import sign
from common.money import to_fen
from courts.models import Court
from courts.services import change_setting
from payments.models import Bill, BillStatus
from payments.selectors import latest_order_of
from payments.services import receive_notice, start_payment


def name_account(court: Court) -> None:
    """The account that bills name to who would rather transfer."""
    words = f"{court.name}诉讼费专户，示例银行示例支行，6200 0000 0000 1234"
    change_setting(court_id=court.pk, key="fee_account", value=words, actor=system("demo"))


def pay(case: Case, actor: Actor) -> None:
    """The payer starts, and the cashier, which does not run while the demo is built, reports the payment by its signed
    callback: the order is UNKNOWN in between, as with any gateway that did not answer."""
    bill = Bill.objects.get(case=case, status=BillStatus.OPEN)
    with suppress(GatewayUnavailable):
        start_payment(bill_id=bill.pk, actor=actor)
    order = latest_order_of(bill)
    if order is None:
        return
    notice = {
        "event_no": f"EVdemo{order.pk}",
        "merchant": settings.CASHIER_MERCHANT,
        "out_no": order.out_no,
        "state": "paid",
        "transaction_no": f"SBdemo{order.pk}",
        "amount_fen": to_fen(order.amount),
        "currency": "CNY",
        "paid_at": clock.now().isoformat(),
    }
    message = sign(notice, settings.CASHIER_PRIVATE_KEY_FILE)
    receive_notice(code="sandbox", headers=message.headers, body=message.body)
