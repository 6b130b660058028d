"""Callbacks per second beside a bare view that inserts one row in one transaction, fee quotes and reconciled rows per second.

``python -m bench.money [orders]`` inside the throw-away servers of `make bench`. Both views are asked through the same
handler and middleware of one process, in turns. How many times the bare view a callback costs is told and no bound (docs/adr/0011).
"""

from __future__ import annotations

import argparse
import json
import os
import time
import uuid
from collections.abc import Callable
from decimal import Decimal
from statistics import median
from typing import Any

ROUNDS = 5
QUOTES = 5_000


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("orders", type=int, nargs="?", default=1_000, help="callbacks in all rounds together")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    import django

    django.setup()
    result = measure(options.orders)
    print(json.dumps(result, ensure_ascii=False))
    return 0


def measure(orders: int) -> dict[str, Any]:
    """Medians of the rounds; the ratio is the median of the ratios within one round."""
    from django.test import Client

    messages = [_message(out_no) for out_no in _orders(orders)]
    client = Client()
    for message in messages[: ROUNDS * 2]:  # what is loaded once has been loaded
        _callback(client, message)
        _bare(client)
    rest = messages[ROUNDS * 2 :]
    size = len(rest) // ROUNDS
    own, bare = [], []
    for number in range(ROUNDS):
        part = rest[number * size : (number + 1) * size]
        own.append(_seconds(lambda part=part: [_callback(client, message) for message in part]) / size)  # type: ignore[misc]
        bare.append(_seconds(lambda: [_bare(client) for _turn in range(size)]) / size)
    return {
        "callbacks_per_second": round(1 / median(own)),
        "bare_per_second": round(1 / median(bare)),
        "ratio": round(median(mine / other for mine, other in zip(own, bare, strict=True)), 2),
        "quotes_per_second": round(QUOTES / _seconds(_quotes)),
        "reconciled_rows_per_second": _reconciled(),
    }


def _seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _orders(count: int) -> list[str]:
    """Bills of one case and an order under way for each; our numbers of the orders."""
    from cases.models import Case, Party, PartyKind, Side
    from common import clock
    from courts.models import Cause, Court
    from payments.models import Bill, Order, OrderState

    now = clock.now()
    court = Court.objects.get(code="某1234")
    case = Case.objects.create(
        court=court, number="（2026）某1234民初1号", year=2026, type_code="民初", sequence=1,
        cause=Cause.objects.order_by("id")[0], procedure="first_civil", filing_public_id=uuid.uuid4(), accepted_at=now,
    )  # fmt: skip
    party = Party.objects.create(case=case, side=Side.PLAINTIFF, order=1, kind=PartyKind.NATURAL, name="张某")
    bills = Bill.objects.bulk_create(
        Bill(
            court=court, case=case, party=party, number=f"JFbench{number:06d}", item="property", label="案件受理费",
            amount=Decimal("1390.00"), rule_version="1", issued_at=now, due_on=clock.today(), part=number,
        )
        for number in range(1, count + 1)
    )  # fmt: skip
    orders = Order.objects.bulk_create(
        Order(court=court, bill=bill, gateway="sandbox", out_no=f"bench{bill.part}", amount=bill.amount,
              state=OrderState.PENDING, created_at=now)
        for bill in bills
    )  # fmt: skip
    return [order.out_no for order in orders]


def _message(out_no: str) -> Any:
    """The gateway's signed “paid”."""
    from django.conf import settings

    from common import clock
    from common.gateways.signing import sign

    data = {
        "event_no": f"EV{out_no}",
        "merchant": settings.CASHIER_MERCHANT,
        "out_no": out_no,
        "state": "paid",
        "transaction_no": f"TX{out_no}",
        "amount_fen": 139_000,
        "currency": "CNY",
        "paid_at": clock.now().isoformat(),
    }
    return sign(data, settings.CASHIER_PRIVATE_KEY_FILE)


def _callback(client: Any, message: Any) -> None:
    headers = {name: value for name, value in message.headers.items() if name != "Content-Type"}
    address = "/gateway/sandbox/notify/"
    response = client.post(address, message.body, content_type="application/json", headers=headers)
    if response.status_code != 200:
        raise SystemExit(f"the callback was answered with {response.status_code}")


def _bare(client: Any) -> None:
    if client.post("/bare-insert/", b"{}", content_type="application/json").status_code != 200:
        raise SystemExit("the bare view failed")


def _reconciled() -> int:
    """Lines of a day's bill kept and compared with the payments of the callbacks, per second; one line is forgotten."""
    from common import clock
    from payments.gateways import DayBill, StatementLine
    from payments.models import Payment
    from payments.services.recon.compare import compare_day
    from payments.services.recon.run import take_statement

    paid = list(Payment.objects.select_related("order").order_by("id"))
    lines = [
        StatementLine("payment", str(row.order and row.order.out_no), row.transaction_no, row.amount, Decimal(0),
                      "paid", row.paid_at)
        for row in paid[1:]
    ]  # fmt: skip
    bill = DayBill(clock.today(), "0" * 64, lines)
    begun = time.perf_counter()
    take_statement("sandbox", bill)
    found = compare_day(code="sandbox", day=bill.day)
    seconds = time.perf_counter() - begun
    if [difference.kind for difference in found] != ["missing_there"]:
        raise SystemExit(f"the comparison found {found}")
    return round(len(paid) / seconds)


def _quotes() -> None:
    """Ordinary questions: amounts in every band of the schedule."""
    from payments.fees import QuoteInput, quote

    for number in range(QUOTES):
        quote(QuoteInput(item="property", amount=Decimal(10) ** (number % 8) + number))


if __name__ == "__main__":
    raise SystemExit(main())
