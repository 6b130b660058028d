"""RELIABILITY §6, items 1–4, 7, 9, 30."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.identity import KINDS, PROVINCES, check, check_id_card, check_uscc, id_card_check_digit

TODAY = date(2026, 11, 21)
GOOD = "11010519491231002X"


def number(region: str = "130102", born: str = "19800101", order: str = "123") -> str:
    return (body := region + born + order) + id_card_check_digit(body)


@pytest.mark.req("B-02", "B-07")
@pytest.mark.parametrize(
    "typed",
    [
        GOOD,
        GOOD.lower(),
        "１１０１０５１９４９１２３１００２ｘ",
        "110105 19491231 002X",
        "110105-19491231-002X",
        f"\u200b{GOOD}",
    ],
)
def test_id_card_forgives_writing(typed: str) -> None:
    answer = check_id_card(typed, today=TODAY)
    assert answer.valid
    assert answer.normalized == GOOD


@pytest.mark.req("B-01", "B-30")
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("110105491231002", "15位"), ("110105194912310021", "最后一位"), ("1101051949123100", "18位"), ("", "18位"),
        (number(region="990102"), "地区"), (number(born="20250229"), "出生日期不存在"), (number(born="19801301"), "出生日期不存在"),
        (number(born="17991231"), "出生日期不存在"), (number(born="00000101"), "出生日期不存在"),
        (number(born="20990101"), "晚于今天"), (number(born="20261122"), "晚于今天"), ("A" * 5000, "18位"),
    ],
)  # fmt: skip
def test_id_card_says_what_to_look_at(typed: str, sentence: str) -> None:
    answer = check_id_card(typed, today=TODAY)
    assert not answer.valid
    assert sentence in answer.message


def test_born_today_is_a_person() -> None:
    assert check_id_card(number(born="20261121"), today=TODAY).valid


@pytest.mark.parametrize("province", sorted(PROVINCES))
def test_every_province(province: str) -> None:
    assert check_id_card(number(region=f"{province}0000"), today=TODAY).valid


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(position: int, shift: int) -> None:
    wrong = str((int(GOOD[position]) + shift) % 10)
    assert not check_id_card(GOOD[:position] + wrong + GOOD[position + 1 :], today=TODAY).valid


@given(st.text(max_size=40))
def test_nothing_breaks_it(typed: str) -> None:
    for kind in KINDS:
        check(kind, typed, today=TODAY)


@pytest.mark.parametrize("typed", ["91110000600037341L", "91110000600037341l", " 9111 0000 6000 3734 1L"])
def test_uscc(typed: str) -> None:
    answer = check_uscc(typed, strict_organisation_code=True)
    assert answer.valid
    assert answer.normalized == "91110000600037341L"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("91110000600037341M", "最后一位"),
        ("9111000060003734IL", "I、O、Z、S、V"),
        ("123", "18位"),
        ("Ⅸ" * 18, "I、O、Z、S、V"),
    ],
)
def test_uscc_says_what_is_wrong(typed: str, sentence: str) -> None:
    answer = check_uscc(typed)
    assert not answer.valid
    assert sentence in answer.message


@pytest.mark.req("B-04")
@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("passport", "e12345678", "E1"), ("hk_macau_permit", "H12345678", "K12345678"),
        ("taiwan_permit", "12345678", "1234567"), ("foreign_permanent_card", "USA110099010101", "US1"),
        ("residence_permit", number(region="810000"), number(region="110000")),
    ],
)  # fmt: skip
def test_other_papers(kind: str, good: str, bad: str) -> None:
    assert check(kind, good, today=TODAY).valid
    answer = check(kind, bad, today=TODAY)
    assert not answer.valid
    assert answer.message
