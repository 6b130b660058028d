"""POST /api/v1/fees/quote answers every item and operation of the data, with the shapes of DESIGN §6."""

from typing import Any

import pytest

from courts.models import Court, CourtSetting
from payments.fees import books
from tests.api.conftest import Call
from tests.payments.test_fee_operations import TABLE
from tests.payments.test_fee_schedules import RAW

pytestmark = pytest.mark.django_db
BOOK = books()[-1]


@pytest.mark.parametrize("example", RAW["examples"], ids=lambda one: one["item"])
def test_examples(post: Call, example: dict[str, Any]) -> None:
    inputs = {"base_fee" if key == "base" else key: value for key, value in example["inputs"].items()}
    status, body = post("fees/quote", {"item": example["item"], **inputs})
    assert status == 200
    assert body["fee"] == example["fee"]
    assert set(body) == {"fee", "range", "steps", "rule_version"}
    assert all(set(step) == {"text", "article", "amount"} for step in body["steps"])


@pytest.mark.parametrize("item", sorted(BOOK.items))
def test_every_item(post: Call, item: str) -> None:
    status, body = post("fees/quote", {"operation": "fee", "item": item, "amount": "60000.00"})
    assert status == 200
    assert (body["fee"] is None) == (body["range"] is not None)


@pytest.mark.parametrize(
    ("operation", "inputs", "yields"), TABLE, ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_operation(post: Call, operation: str, inputs: dict[str, Any], yields: str | None) -> None:
    sent = {
        key: [str(one) for one in value] if isinstance(value, tuple) else value
        for key, value in inputs.items()
    }
    status, body = post("fees/quote", {"operation": operation, **sent})
    assert (status, body["fee"]) == (200, yields)


def test_a_range_and_the_courts_own_base(post: Call) -> None:
    ask = {"item": "divorce", "amount": None, "court": "某1234"}
    assert post("fees/quote", ask)[1]["range"] == ["50.00", "300.00"]
    CourtSetting.objects.create(court=Court.objects.get(code="某1234"), key="fee_base.divorce", value="200")
    status, body = post("fees/quote", ask)
    assert (status, body["fee"], body["range"]) == (200, "200.00", None)


@pytest.mark.parametrize("amount", [60000, "60000", 60000.00, "６０,０００元".replace(",", ""), "60,000"])
def test_amounts_in_every_honest_form(post: Call, amount: Any) -> None:
    assert post("fees/quote", {"item": "property", "amount": amount})[1]["fee"] == "1300.00"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"item": "property", "amount": "0"}, "amount"), ({"item": "property", "amount": -1}, "amount"),
        ({"item": "property", "amount": "0.001"}, "amount"), ({"item": "property", "amount": 0.001}, "amount"),
        ({"item": "property", "amount": "1e3"}, "amount"), ({"item": "property", "amount": "NaN"}, "amount"),
        ({"item": "property", "amount": str(2**63)}, "amount"), ({"item": "property", "amount": 2**63}, "amount"),
        ({"item": "property", "amount": True}, "amount"), ({"item": "property", "amount": ["1"]}, "amount"),
        ({"item": "property", "amount": {"yuan": 1}}, "amount"), ({"item": "property"}, "amount"),
        ({"item": "property", "amount": "1", "currency": "USD"}, "currency"), ({"item": "nothing"}, "item"),
        ({"item": ["property"], "amount": "1"}, "item"), ({}, "item"), ({"operation": "tip"}, "operation"),
        ({"item": "divorce", "base_fee": "301"}, "base_fee"), ({"item": "labour", "is_staff": True}, "is_staff"),
        ({"item": "labour", "halve": ["kindness"]}, "halve.0"), ({"item": "labour", "halve": "simplified"}, "halve"),
        ({"item": "labour", "exempt": True, "applicant": "legal"}, "exempt"), ({"item": "labour", "exempt": "maybe"}, "exempt"),
        ({"item": "labour", "reduce_pct": 29}, "reduce_pct"), ({"item": "labour", "reduce_pct": "NaN"}, "reduce_pct"),
        ({"item": "labour", "court": "冀9999"}, "court"), ({"operation": "refund_winner", "prepaid": "1"}, "borne_by_prepayer"),
        ({"operation": "mixed_claims", "property_amounts": ["1", "x"]}, "property_amounts.1"),
    ],
)  # fmt: skip
def test_readable_but_wrong(post: Call, body: dict[str, Any], field: str) -> None:
    status, answer = post("fees/quote", body)
    assert status == 422, answer
    assert set(answer) == {"code", "message", "fields"}
    assert list(answer["fields"]) == [field]
    assert answer["message"]


@pytest.mark.req("B-35", "B-36", "B-26")
@pytest.mark.parametrize(
    "body",
    ["{", "null x", '{"item": "labour", "item": "property"}', '{"amount": NaN}', '{"amount": Infinity}', "[" * 10_000, b"\xff\xfe", '{"item": "' + "x" * 1_000_000 + '"}', '{"a":' * 5_000],
    ids=["cut", "tail", "twice", "nan", "infinity", "deep", "bytes", "long", "deep-object"],
)  # fmt: skip
def test_unreadable(post: Call, body: str | bytes) -> None:
    status, answer = post("fees/quote", body)
    assert (status, answer["code"], answer["fields"]) == (400, "parse_error", {})


@pytest.mark.parametrize("body", ["[]", "1", '"x"', "null"])
def test_something_else_than_an_object(post: Call, body: str) -> None:
    status, answer = post("fees/quote", body)
    assert (status, answer["fields"]) == (422, {})
    assert answer["message"]
