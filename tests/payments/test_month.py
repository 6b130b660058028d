"""A month over three gateways with the six seeded differences reconciles to exactly those (REL-16).

A short month in every run; `make month` runs the long one of 5,000 payments and 600 refunds and says how fast it went.
"""

from __future__ import annotations

import os
import time
from decimal import Decimal
from typing import Any

import pytest

from payments.models import Difference, DifferenceKind, DifferenceState, StatementRow
from payments.services.ledger_check import check_ledger
from payments.services.recon import run_day
from tests.payments.month import build
from tests.support.court import Cast, accepted

SIZES = {"short": (300, 36, 10), "long": (5000, 600, 30)}
"""Payments, refunds, days."""


@pytest.mark.req("REL-16")
@pytest.mark.parametrize("size", ["long" if os.environ.get("LONG_MONTH") else "short"])
def test_a_month_reconciles_to_exactly_the_six(live: Any, cast: Cast, settings: Any, size: str) -> None:
    payments, refunds, days = SIZES[size]
    settings.PAYMENT_FEE_RATES = {"wechat": Decimal("0.006"), "alipay": Decimal("0.0055")}
    codes = list(settings.PAYMENT_GATEWAYS)
    month = build(cast, accepted(cast), payments=payments, refunds=refunds, gateways=codes, days=days)
    begun = time.perf_counter()
    outcomes = [outcome for number in range(days) for outcome in run_day(day=month.day(number))]
    seconds = time.perf_counter() - begun
    assert len(codes) == 3 and all(outcome.available for outcome in outcomes)
    rows = Difference.objects.filter(state=DifferenceState.OPEN)
    assert set(rows.values_list("gateway", "day", "kind", "reference")) == month.seeded
    assert sorted(rows.values_list("kind", flat=True)) == sorted(DifferenceKind.values)
    lines = StatementRow.objects.count()
    assert lines == payments + refunds + 1  # one forgotten, one doubled, one of nobody
    assert [found["kind"] for found in check_ledger().findings] == [
        "payout"
    ]  # of the part seeded as not done
    print(f"\n{lines} lines of {len(outcomes)} bills fetched and compared, {lines / seconds:.0f} a second")
