"""Every operation of fees.json, with the sums worked out by hand."""

from decimal import Decimal
from typing import Any

import pytest

from common.errors import InvalidInput
from payments.fees import OPERATIONS, QuoteInput, books, quote
from tests.payments.test_fee_schedules import ask

TABLE: list[tuple[str, dict[str, Any], str | None]] = [
    ("fee", {"item": "property", "amount": "60000"}, "1300.00"),
    ("halve", {"item": "property", "amount": "60000", "halve": ("withdrawal",)}, "650.00"),
    ("halve", {"item": "enforcement", "amount": "60000", "halve": ("withdrawal",)}, "800.00"),
    # 上诉
    ("appeal", {"first_instance_amount": "300000", "contested_amount": "60000"}, "1300.00"),
    ("appeal", {"item": "property", "contested_amount": "60000", "halve": ("mediation",)}, "650.00"),
    ("appeal", {"item": "property", "amount": "60000"}, "1300.00"),
    ("appeal", {"item": "labour", "contested_amount": "60000"}, "10.00"),
    (
        "appeal",
        {"item": "divorce", "base_fee": "300", "first_instance_amount": "500000", "contested_amount": "1000"},
        "1800.00",
    ),
    ("appeal", {"item": "ip", "base_fee": "500"}, "500.00"),
    ("appeal", {"item": "ip", "contested_amount": "150000"}, "3300.00"),
    # 变更请求
    ("increase_claim", {"item": "property", "old": "60000", "new": "100000"}, "1000.00"),
    ("increase_claim", {"old": "60000", "new": "100000", "halve": ("simplified",)}, "500.00"),
    ("increase_claim", {"item": "labour", "old": "60000", "new": "100000"}, "0.00"),
    ("increase_claim", {"item": "divorce", "old": "200000", "new": "500000"}, "1500.00"),
    ("decrease_claim", {"old": "100000", "new": "60000", "before_end": True}, "1000.00"),
    ("decrease_claim", {"old": "100000", "new": "60000", "before_end": False}, "0.00"),
    # 简易转普通
    ("simplified_to_ordinary", {"item": "property", "amount": "60000"}, "650.00"),
    ("simplified_to_ordinary", {"amount": "60000", "prepaid": "600"}, "700.00"),
    ("simplified_to_ordinary", {"amount": "60000", "halve": ("counterclaim_joined",)}, "0.00"),
    ("simplified_to_ordinary_unpaid_refund", {"amount": "60000"}, "325.00"),
    ("simplified_to_ordinary_unpaid_refund", {"amount": "60000", "prepaid": "650"}, "325.00"),
    # 支付令转诉讼
    ("payment_order_to_suit", {"amount": "60000"}, "866.67"),
    ("payment_order_to_suit", {"amount": "60000", "prepaid": "433.33"}, "866.67"),
    ("payment_order_to_suit", {"amount": "60000", "halve": ("simplified",)}, "216.67"),
    ("payment_order_to_suit", {"item": "labour", "amount": "60000"}, "0.00"),
    # 多项请求
    (
        "mixed_claims",
        {"property_amounts": (Decimal(40000), Decimal(20000)), "nonproperty_count": 3},
        "1300.00",
    ),
    ("mixed_claims", {"nonproperty_count": 3, "base_fee": "80"}, "80.00"),
    ("mixed_claims", {"item": "property", "nonproperty_count": 1, "base_fee": "50"}, "50.00"),
    (
        "mixed_claims",
        {"item": "divorce", "base_fee": "50", "property_amounts": (Decimal(500000),)},
        "1550.00",
    ),
    ("realize_security", {}, None),
    ("realize_security", {"base_fee": "100"}, "100.00"),
    # 减免缓
    ("relief_exempt", {"item": "property", "amount": "60000"}, "0.00"),
    ("relief_reduce", {"item": "property", "amount": "60000", "reduce_pct": "30"}, "910.00"),
    (
        "relief_reduce",
        {"item": "property", "amount": "60000", "reduce_pct": "50", "halve": ("simplified",)},
        "325.00",
    ),
    (
        "relief_reduce",
        {"item": "preservation", "amount": "60000", "reduce_pct": "40", "applicant": "legal"},
        "372.00",
    ),
    ("relief_defer", {"item": "property", "amount": "60000"}, "1300.00"),
    # 退费
    ("refund_winner", {"prepaid": "1300", "borne_by_prepayer": "300"}, "1000.00"),
    ("refund_winner", {"prepaid": "1300", "borne_by_prepayer": "0"}, "1300.00"),
    ("refund_inadmissible", {"prepaid": "1300"}, "1300.00"),
    ("refund_remand", {"prepaid": "1300"}, "1300.00"),
    ("refund_crime_transfer", {"prepaid": "1300", "civil_continues": False}, "1300.00"),
    ("refund_crime_transfer", {"prepaid": "1300", "civil_continues": True}, "0.00"),
    ("refund_suspended", {"prepaid": "1300"}, "0.00"),
    ("refund_terminated", {}, "0.00"),
    ("refund_deadline", {}, None),
]


@pytest.mark.parametrize(
    ("operation", "inputs", "yields"), TABLE, ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_operation(operation: str, inputs: dict[str, Any], yields: str | None) -> None:
    answer = ask(operation=operation, **inputs)
    assert answer.fee == (None if yields is None else Decimal(yields))
    assert answer.range is None
    assert answer.steps
    if yields is not None and operation != "relief_defer":
        assert answer.steps[-1].amount == answer.fee


def test_the_table_leaves_no_operation_out() -> None:
    assert {operation for operation, _inputs, _yields in TABLE} == set(OPERATIONS)
    assert set(OPERATIONS) == {"fee", *books()[-1].operations}


@pytest.mark.parametrize(
    ("operation", "inputs", "field"),
    [
        ("halve", {"item": "labour"}, "halve"), ("appeal", {}, "contested_amount"),
        ("appeal", {"first_instance_amount": "10", "contested_amount": "11"}, "contested_amount"),
        ("appeal", {"item": "preservation", "amount": "10"}, "item"), ("increase_claim", {"old": "10"}, "new"),
        ("increase_claim", {"old": "10", "new": "9"}, "new"), ("increase_claim", {"new": "9"}, "old"),
        ("decrease_claim", {"old": "10", "new": "9"}, "before_end"),
        ("decrease_claim", {"old": "10", "new": "11", "before_end": True}, "new"),
        ("simplified_to_ordinary", {"amount": "60000", "prepaid": "1300.01"}, "prepaid"),
        ("simplified_to_ordinary", {}, "amount"), ("payment_order_to_suit", {}, "amount"),
        ("mixed_claims", {}, "property_amounts"), ("mixed_claims", {"property_amounts": (Decimal(0),)}, "property_amounts"),
        ("mixed_claims", {"nonproperty_count": -1}, "nonproperty_count"),
        ("mixed_claims", {"nonproperty_count": 1, "base_fee": "10"}, "base_fee"),
        ("relief_exempt", {"item": "labour", "applicant": "legal"}, "exempt"),
        ("relief_reduce", {"item": "labour"}, "reduce_pct"), ("relief_reduce", {"item": "labour", "reduce_pct": "10"}, "reduce_pct"),
        ("refund_winner", {"borne_by_prepayer": "1"}, "prepaid"), ("refund_winner", {"prepaid": "1"}, "borne_by_prepayer"),
        ("refund_winner", {"prepaid": "1", "borne_by_prepayer": "2"}, "borne_by_prepayer"),
        ("refund_inadmissible", {}, "prepaid"), ("refund_remand", {}, "prepaid"),
        ("refund_crime_transfer", {"prepaid": "1"}, "civil_continues"), ("refund_crime_transfer", {"civil_continues": False}, "prepaid"),
    ],
)  # fmt: skip
def test_what_an_operation_needs(operation: str, inputs: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        ask(operation=operation, **inputs)
    assert set(refusal.value.fields) == {field}


def test_the_halving_of_a_range_stays_a_range() -> None:
    assert ask(operation="appeal", item="divorce").range == (Decimal("50.00"), Decimal("300.00"))
    assert ask(operation="mixed_claims", nonproperty_count=2).range == (Decimal("50.00"), Decimal("100.00"))
    assert ask(operation="relief_defer", item="divorce").range == (Decimal("50.00"), Decimal("300.00"))


def test_a_court_can_set_what_the_regulation_leaves_open() -> None:
    assert quote(
        QuoteInput(operation="realize_security"), bases={"realize_security": Decimal(80)}
    ).fee == Decimal("80.00")
