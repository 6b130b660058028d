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
from payments.services.recon import import_bank_list


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


def desk_of_finance(actor: Actor) -> None:
    """The bank list of a day brings a transfer without words, and a gateway speaks of an order that nobody knows."""
    rows = [
        ["交易日期", "流水号", "收入金额", "支出金额", "对方户名", "摘要"],
        [f"{clock.today()} 09:31:05", "6001", "1,060.00", "", "周某", "转账"],
        [f"{clock.today()} 11:02:47", "6002", "", "35.00", "某某银行", "账户管理费"],
    ]
    import_bank_list(
        content="\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode(), actor=actor
    )
    notice = {
        "event_no": "EVdemo-unknown",
        "merchant": settings.CASHIER_MERCHANT,
        "out_no": "20200101unknown",
        "state": "paid",
        "transaction_no": "SBdemo-unknown",
        "amount_fen": 5000,
        "currency": "CNY",
        "paid_at": clock.now().isoformat(),
    }
    message = sign(notice, settings.CASHIER_PRIVATE_KEY_FILE)
    receive_notice(code="sandbox", headers=message.headers, body=message.body)
