"""Shares and their intervals, against values computed elsewhere."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from common.shares import Share

TABLE = [
    # numerator, denominator, percent, both ends as published for Wilson's interval
    (366, 366, "100.00", "98.96", "100.00"),
    (0, 10, "0.00", "0.00", "27.75"),
    (8, 10, "80.00", "49.02", "94.33"),
    (15, 148, "10.14", "6.24", "16.05"),
    (1, 29, "3.45", "0.61", "17.18"),
]


@pytest.mark.parametrize(("numerator", "denominator", "percent", "low", "high"), TABLE)
def test_interval(numerator: int, denominator: int, percent: str, low: str, high: str) -> None:
    share = Share(numerator, denominator)
    assert (share.percent, share.interval) == (Decimal(percent), (Decimal(low), Decimal(high)))


def test_every_interval_is_the_formulas() -> None:
    for n in (1, 2, 5, 78, 366, 1143):
        for x in {0, 1, n // 2, n}:
            z, p = 1.959963984540054, x / n
            middle, width = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
            low, high = Share(x, n).interval or (Decimal(0), Decimal(0))
            assert abs(float(low) - 100 * max((middle - width) / (1 + z * z / n), 0)) < 0.006
            assert abs(float(high) - 100 * min((middle + width) / (1 + z * z / n), 1)) < 0.006


def test_nothing_counted_is_no_share() -> None:
    assert Share(0, 0).percent is None and Share(0, 0).interval is None


def test_who_did_not_answer_is_said() -> None:
    share = Share(70, 78, out_of=120)
    assert share.response is not None and share.response.percent == Decimal("65.00")
    assert Share(70, 78).response is None and Share(4, 4).is_hidden and not Share(4, 5).is_hidden


@pytest.mark.parametrize("parts", [(2, 1), (-1, 3), (0, -1)])
def test_no_part_is_larger_than_its_whole(parts: tuple[int, int]) -> None:
    with pytest.raises(ValueError):
        Share(*parts)
