from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.money import MAX_YUAN, format_yuan, from_fen, in_capitals, parse_yuan, to_fen, to_yuan


@pytest.mark.parametrize(
    ("value", "yuan"),
    [("1.005", "1.01"), ("1.004", "1.00"), (5, "5.00"), (Decimal("766.665"), "766.67"), ("-0.005", "-0.01")],
)
def test_rounds_half_up_to_the_fen(value: Decimal | int | str, yuan: str) -> None:
    assert to_yuan(value) == Decimal(yuan)
    assert str(to_yuan(value)) == yuan


@pytest.mark.req("REL-01")
@pytest.mark.parametrize("value", [1.5, True, None, b"1"])
def test_refuses_float_and_friends(value: object) -> None:
    with pytest.raises(TypeError):
        to_yuan(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-inf", "abc", "", "1e400", Decimal("1e17")])
def test_refuses_what_is_no_amount(value: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        to_yuan(value)


def test_fen_are_exact() -> None:
    assert to_fen("1250.50") == 125050
    assert from_fen(125050) == Decimal("1250.50")
    with pytest.raises(ValueError, match="two decimals"):
        to_fen("0.001")
    with pytest.raises(TypeError):
        from_fen(1.0)  # type: ignore[arg-type]


@given(st.integers(min_value=-(10**17), max_value=10**17))
def test_fen_come_back(fen: int) -> None:
    assert to_fen(from_fen(fen)) == fen


def test_written_for_the_screen() -> None:
    assert format_yuan("1250") == "¥1,250.00"
    assert format_yuan(Decimal("-0.5")) == "-¥0.50"


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        ("60000", "60000"), ("６００００．５０", "60000.50"), (" 60 000 ", "60000"), ("1,250.5元", "1250.5"),
        ("¥1，250", "1250"), ("人民币100元", "100"), ("-3", "-3"), ("0.01", "0.01"), ("60000\u200b", "60000"),
    ],
)  # fmt: skip
def test_reads_what_people_type(typed: str, yuan: str) -> None:
    assert parse_yuan(typed) == Decimal(yuan)


@pytest.mark.parametrize(
    "typed",
    [
        "1e3",
        "NaN",
        "Infinity",
        "",
        "元",
        "1.234",
        "12,34",
        "1.2.3",
        "٣٣",
        "六万",
        "9" * 17,
        "--1",
        "1" * 9999,
    ],
)
def test_says_what_to_do_when_it_cannot_read(typed: str) -> None:
    with pytest.raises(ValueError, match=r"[\u4e00-\u9fff]") as refusal:
        parse_yuan(typed)
    assert "!" not in str(refusal.value)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"), ("0.05", "伍分"), ("0.5", "伍角"), ("1.05", "壹元零伍分"), ("10", "壹拾元整"),
        ("1250", "壹仟贰佰伍拾元整"), ("1680.32", "壹仟陆佰捌拾元叁角贰分"), ("10001", "壹万零壹元整"),
        ("100000", "壹拾万元整"), ("1000500", "壹佰万零伍佰元整"), ("100010000", "壹亿零壹万元整"),
        ("1000000000000", "壹万亿元整"), ("2.675", "贰元陆角捌分"),
        (str(MAX_YUAN), "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)  # fmt: skip
def test_capitals(amount: str, words: str) -> None:
    assert in_capitals(amount) == f"人民币{words}"


def test_no_capitals_below_zero() -> None:
    with pytest.raises(ValueError, match="negative"):
        in_capitals("-1")
