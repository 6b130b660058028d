"""Fees of every item: examples of the data, boundaries of the regulation, properties that must always hold."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InvalidInput
from payments.fees import Quote, QuoteInput, book_on, books, quote
from payments.fees.book import DATA

RAW = json.loads((DATA / "fees.json").read_text("utf-8"))
BOOK = books()[-1]
AMOUNTS = st.decimals(min_value="0.01", max_value="9999999999999999.99", places=2)
REASONS = list(BOOK.halving_reasons)


def ask(**inputs: Any) -> Quote:
    money = {
        key: Decimal(value) if isinstance(value, str) and value[0].isdigit() else value
        for key, value in inputs.items()
    }
    return quote(QuoteInput(**money))


@pytest.mark.parametrize(
    "example", RAW["examples"], ids=lambda one: f"{one['item']}-{one['inputs'].get('amount', '')}"
)
def test_examples_of_the_data(example: dict[str, Any]) -> None:
    inputs = dict(example["inputs"])
    if "base" in inputs:
        inputs["base_fee"] = inputs.pop("base")
    answer = ask(item=example["item"], **inputs | {"halve": tuple(inputs.get("halve", ()))})
    assert str(answer.fee) == example["fee"]
    assert answer.range is None


@pytest.mark.parametrize(
    ("item", "amount", "fee"),
    [
        ("property", "0.01", "50.00"), ("property", "10000", "50.00"), ("property", "10000.01", "50.00"),
        ("property", "10000.20", "50.01"), ("property", "100000", "2300.00"), ("property", "100000.01", "2300.00"),
        ("property", "200000", "4300.00"), ("property", "500000", "8800.00"), ("property", "1000000", "13800.00"),
        ("property", "2000000", "22800.00"), ("property", "5000000", "46800.00"), ("property", "10000000", "81800.00"),
        ("property", "20000000", "141800.00"), ("property", "20000001", "141800.01"),
        ("enforcement", "10000", "50.00"), ("enforcement", "500000", "7400.00"), ("enforcement", "5000000", "52400.00"),
        ("enforcement", "10000000", "77400.00"), ("enforcement", "20000000", "87400.00"),
        ("unregistered_right_holder", "600000", "8400.00"),
        ("preservation", "1000", "30.00"), ("preservation", "100000", "1020.00"), ("preservation", "895999.99", "5000.00"),
        ("preservation", "895900", "4999.50"), ("preservation", "896000", "5000.00"), ("preservation", None, "30.00"),
        ("payment_order", "10000", "16.67"), ("payment_order", "60000", "433.33"),
        ("bankruptcy", "111640000", "300000.00"), ("bankruptcy", "111639000", "299997.50"), ("bankruptcy", "10000", "25.00"),
        ("ip", "150000", "3300.00"), ("labour", None, "10.00"), ("labour", "900000", "10.00"),
        ("admin_ip_maritime", None, "100.00"), ("admin_other", None, "50.00"), ("public_summons", None, "100.00"),
        ("arb_annul", None, "400.00"), ("arb_validity", None, "400.00"), ("maritime_claim_registration", None, "1000.00"),
        ("general_average", None, "1000.00"), ("special_procedure", None, "0.00"), ("inadmissible", None, "0.00"),
        ("appeal_procedural", None, "0.00"), ("admin_compensation", None, "0.00"), ("judicial_confirmation", None, "0.00"),
        ("protection_order", None, "0.00"), ("retrial_default", None, "0.00"),
    ],
)  # fmt: skip
def test_fixed_and_banded(item: str, amount: str | None, fee: str) -> None:
    assert str(ask(item=item, amount=amount).fee) == fee


@pytest.mark.parametrize(
    ("item", "amount", "low", "high"),
    [
        ("divorce", None, "50.00", "300.00"), ("divorce", "200000", "50.00", "300.00"),
        ("divorce", "500000", "1550.00", "1800.00"), ("personality", None, "100.00", "500.00"),
        ("personality", "50000", "100.00", "500.00"), ("personality", "100000", "600.00", "1000.00"),
        ("personality", "200000", "1100.00", "1500.00"), ("other_nonproperty", None, "50.00", "100.00"),
        ("ip", None, "500.00", "1000.00"), ("jurisdiction_objection", None, "50.00", "100.00"),
        ("enforcement", None, "50.00", "500.00"), ("maritime_fund", None, "1000.00", "10000.00"),
        ("maritime_injunction", None, "1000.00", "5000.00"), ("maritime_lien_summons", None, "1000.00", "5000.00"),
    ],
)  # fmt: skip
def test_a_base_fee_nobody_set_gives_both_ends(item: str, amount: str | None, low: str, high: str) -> None:
    answer = ask(item=item, amount=amount)
    assert answer.fee is None
    assert answer.range == (Decimal(low), Decimal(high))
    assert "以法院通知为准" in answer.steps[-1].text
    court = quote(
        QuoteInput(item=item, amount=Decimal(amount) if amount else None),
        bases={item: BOOK.items[item].base_range[1]},
    )  # type: ignore[index]
    assert (court.fee, court.range) == (Decimal(high), None)


def test_the_base_fee_asked_goes_before_the_courts() -> None:
    answer = quote(QuoteInput(item="divorce", base_fee=Decimal(100)), bases={"divorce": Decimal(200)})
    assert answer.fee == Decimal("100.00")


def test_a_range_is_halved_and_reduced_at_both_ends() -> None:
    assert ask(item="divorce", halve=("simplified",)).range == (Decimal("25.00"), Decimal("150.00"))
    assert ask(item="divorce", halve=("simplified",), reduce_pct="30").range == (
        Decimal("17.50"),
        Decimal("105.00"),
    )
    assert ask(item="divorce", exempt=True).fee == Decimal("0.00")


@pytest.mark.parametrize("item", BOOK.items.values(), ids=lambda item: item.id)
def test_every_item_answers_with_its_article(item: Any) -> None:
    amount = None if item.rule.given(None).works_alone else "60000"
    answer = ask(item=item.id, amount=amount)
    assert (answer.fee is None) == (answer.range is not None)
    assert answer.steps
    assert all(step.article for step in answer.steps)
    assert answer.rule_version == "fees-2007-04-01"
    if amount is not None:
        with pytest.raises(InvalidInput) as refusal:
            ask(item=item.id)
        assert set(refusal.value.fields) == {"amount"}


def test_there_are_29_items_and_19_operations() -> None:
    assert len(BOOK.items) == len(RAW["items"]) == 29
    assert len(BOOK.operations) == len(RAW["operations"]) == 19


@pytest.mark.parametrize("raw", RAW["schedules"].values(), ids=RAW["schedules"])
def test_bands_join_and_agree_with_the_short_formula(raw: dict[str, Any]) -> None:
    """速算公式 and 分段累计 are the same; each band starts where the last one ended."""
    for lower, upper in zip(raw["tiers"], raw["tiers"][1:], strict=False):
        assert lower["up_to"] == upper["over"]
        over, rate, add = (Decimal(upper[key]) for key in ("over", "quick_rate", "quick_add"))
        assert over * rate + add == Decimal(upper["cumulative_at_lower_bound"])
        assert upper["rate"] == upper["quick_rate"]


@given(
    AMOUNTS,
    AMOUNTS,
    st.sampled_from(["property", "enforcement", "preservation", "payment_order", "bankruptcy"]),
)
def test_more_money_never_costs_less(one: Decimal, other: Decimal, item: str) -> None:
    small, large = sorted((one, other))
    low, high = quote(QuoteInput(item=item, amount=small)).fee, quote(QuoteInput(item=item, amount=large)).fee
    assert low is not None
    assert high is not None
    assert low <= high


@given(AMOUNTS, st.lists(st.sampled_from(REASONS), min_size=1, max_size=5).map(tuple))
def test_halved_once_whatever_the_reasons(amount: Decimal, reasons: tuple[str, ...]) -> None:
    once = quote(QuoteInput(item="property", amount=amount, halve=("simplified",))).fee
    assert quote(QuoteInput(item="property", amount=amount, halve=reasons)).fee == once


@given(AMOUNTS, st.sampled_from(sorted(BOOK.items)), st.integers(30, 99))
def test_every_fee_has_two_decimals_and_relief_lowers_it(amount: Decimal, item: str, pct: int) -> None:
    base = (BOOK.items[item].base_range or (None,))[0]
    full = quote(QuoteInput(item=item, amount=amount, base_fee=base)).fee
    reduced = quote(QuoteInput(item=item, amount=amount, base_fee=base, reduce_pct=Decimal(pct))).fee
    assert full is not None
    assert reduced is not None
    assert full.as_tuple().exponent == reduced.as_tuple().exponent == -2
    assert 0 <= reduced <= full


@pytest.mark.parametrize("item", sorted(key for key, item in BOOK.items.items() if not item.halvable))
def test_application_fees_are_not_halved(item: str) -> None:
    amount = Decimal(60000)
    plain, halved = (
        QuoteInput(item=item, amount=amount),
        QuoteInput(item=item, amount=amount, halve=("withdrawal",)),
    )
    assert (quote(plain).fee, quote(plain).range) == (quote(halved).fee, quote(halved).range)
    assert any("不减半" in step.text for step in quote(halved).steps)


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ({"item": "property", "amount": "0"}, "amount"), ({"item": "labour", "amount": "0"}, "amount"),
        ({"item": "property", "amount": "0.001"}, "amount"), ({"item": "property"}, "amount"),
        ({"item": "divorce", "base_fee": "49.99"}, "base_fee"), ({"item": "divorce", "base_fee": "300.01"}, "base_fee"),
        ({"item": "ip", "amount": "5", "base_fee": "10"}, "base_fee"), ({"item": "nothing"}, "item"), ({}, "item"),
        ({"item": "labour", "exempt": True, "applicant": "legal"}, "exempt"),
        ({"item": "labour", "reduce_pct": "29.99"}, "reduce_pct"), ({"item": "labour", "reduce_pct": "100"}, "reduce_pct"),
        ({"item": "labour", "reduce_pct": "30", "exempt": True}, "reduce_pct"),
        ({"item": "labour", "halve": ("kindness",)}, "halve"), ({"item": "labour", "applicant": "robot"}, "applicant"),
        ({"item": "labour", "operation": "tip"}, "operation"),
    ],
)  # fmt: skip
def test_wrong_input_names_its_field(inputs: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        ask(**inputs)
    assert set(refusal.value.fields) == {field}


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "1e17"])
def test_absurd_amounts_are_refused(amount: str) -> None:
    with pytest.raises(InvalidInput):
        quote(QuoteInput(item="property", amount=Decimal(amount)))


def test_float_is_a_defect_of_the_caller() -> None:
    with pytest.raises(TypeError):
        quote(QuoteInput(item="property", amount=0.1))  # type: ignore[arg-type]


def test_the_edition_of_the_day() -> None:
    assert book_on(BOOK.effective_from) is BOOK
    with pytest.raises(LookupError):
        book_on(BOOK.effective_from.replace(year=2006))


def test_the_steps_tell_the_reckoning() -> None:
    steps = ask(item="property", amount="300000", halve=("simplified", "mediation"), reduce_pct="30").steps
    assert [str(step.amount) for step in steps] == ["5800.00", "2900.00", "2030.00"]
    assert "超过部分100000元×1.5%" in steps[0].text
    assert "只减半一次" in steps[1].text
    assert "第46条" in steps[2].article


@pytest.mark.parametrize("base", ["0.00", "49.99", "300.01", "5000"])
def test_a_court_cannot_go_outside_the_legal_range(base: str) -> None:
    """诉讼费用交纳办法13: a base fee outside the range that the regulation leaves to the court is none."""
    answer = quote(QuoteInput(item="divorce"), bases={"divorce": Decimal(base)})
    assert (answer.fee, answer.range) == (None, (Decimal("50.00"), Decimal("300.00")))
