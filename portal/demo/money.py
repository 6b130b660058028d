"""A paid bill in the demo: the order of the payer and the callback of the sandbox cashier."""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings

from cases.models import Case
from common.actor import Actor, system
from common.errors import GatewayUnavailable
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
    """The payer starts, and the cashier, which does not run while the demo is built, keeps the order, is paid and reports
    it by its signed callback: the order is UNKNOWN in between, as with any gateway that did not answer."""
    from standins import cashier, sandbox  # here, because no production process may load their tables

    bill = Bill.objects.get(case=case, status=BillStatus.OPEN)
    with suppress(GatewayUnavailable):
        start_payment(bill_id=bill.pk, actor=actor, way="sandbox-page")
    order = latest_order_of(bill)
    if order is None:
        return
    there = cashier.open_order(
        gateway=order.gateway,
        merchant=settings.CASHIER_MERCHANT,
        out_no=order.out_no,
        amount_fen=to_fen(order.amount),
        subject=str(bill.label),
        notify_url=f"{settings.PUBLIC_URL}/gateway/sandbox/notify/",
        return_url=f"{settings.PUBLIC_URL}/my/bills/{bill.public_id}/result/",
    )
    cashier.pay(there)
    message = sandbox.notice_of(there)
    receive_notice(code=order.gateway, headers=message.headers, body=message.body)
