"""RELIABILITY §6, items 5–23: what people and machines put into text fields."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.text import (
    _ORDINARY,
    _made_ordinary,
    clean_line,
    clean_text,
    fold_digits,
    mask_id_number,
    mask_name,
    mask_phone,
    normalize_phone,
    normalize_telephone,
)


@pytest.mark.req("B-09", "B-10", "B-15")
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张\u200b某\u202e", "张某"), ("\ufeff张某", "张某"), ("张\x00某", "张某"), ("  张 某\r\n", "张 某"),
        ("张\r\n某", "张 某"), ("张\u2028某", "张 某"), ("e\u0301", "é"), ("   \u3000 ", ""), ("\ufffe张", "张"),
        ("𠮷野", "𠮷野"), ("葛\U000e0100", "葛\U000e0100"), ("阿卜杜拉·买买提", "阿卜杜拉·买买提"), ("{{7*7}}", "{{7*7}}"),
        ("' OR 1=1 --", "' OR 1=1 --"), ("INFO admin\nlogged in", "INFO admin logged in"),
    ],
)  # fmt: skip
def test_one_line(typed: str, kept: str) -> None:
    assert clean_line(typed) == kept


def test_several_lines_keep_their_breaks() -> None:
    assert clean_text("一\r\n二\r三\u2029四\t五\u200d") == "一\n二\n三\n四\t五"


def test_ordinary_text_is_what_cleaning_would_leave_as_it_is() -> None:
    ordinary = "".join(char for char in map(chr, range(0x110000)) if _ORDINARY.fullmatch(char))
    assert len(ordinary) > 21_000
    assert _made_ordinary(ordinary) == ordinary
    assert not {unicodedata.category(char) for char in ordinary if char != "\n"} & {
        "Cc",
        "Cf",
        "Cs",
        "Mn",
        "Me",
    }


@pytest.mark.req("B-12")
def test_nfc_twins_become_one() -> None:
    assert clean_line("Zoe\u0308") == clean_line("Zo\u00eb") == unicodedata.normalize("NFC", "Zoe\u0308")


@pytest.mark.req("B-11", "B-13")
@pytest.mark.parametrize("typed", ["张\ud800某", "a" + "\u0301" * 11, "a" + "\u0301" * 600])
def test_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match="请删去后重新填写"):
        clean_text(typed)


@pytest.mark.req("B-13", "B-14")
@pytest.mark.parametrize("typed", ["字" * 201, "字" * 1_000_000, "\u0301" * 1_000_000])
def test_too_long_says_how_long(typed: str) -> None:
    with pytest.raises(ValueError, match="200字以内"):
        clean_line(typed, max_length=200)


def test_exactly_the_limit_is_fine() -> None:
    assert len(clean_line("字" * 200, max_length=200)) == 200


@given(st.text(max_size=300))
def test_cleaning_is_safe_and_done_once(typed: str) -> None:
    try:
        line = clean_line(typed, max_length=400)
    except ValueError:
        return
    assert clean_line(line, max_length=400) == line
    assert not re.search(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", line)
    line.encode("utf-8")


@pytest.mark.req("B-07", "B-08")
@pytest.mark.parametrize(
    "typed",
    ["13800000001", "＋86 １３８－０００００００１", "+86-138-0000-0001", "0086 13800000001", "86 138 0000 0001", "138\u200b00000001"],
)  # fmt: skip
def test_phone_forgives(typed: str) -> None:
    assert normalize_phone(typed) == "13800000001"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1380000000", "手机号应为11位数字"), ("138000000011", "手机号应为11位数字"), ("23800000001", "手机号应为11位数字"),
        ("一三八", "手机号应为11位数字"), ("", "手机号应为11位数字"), ("١٣٨٠٠٠٠٠٠٠١", "手机号应为11位数字"),
        ("0311-88880000", "座机"), ("010 66668888", "座机"), ("88880000", "座机"), ("4008001234", "座机"), ("12368", "座机"),
    ],
)  # fmt: skip
def test_phone_says_what_is_wrong(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        normalize_phone(typed)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0311-88880000", "031188880000"),
        ("（010）6666 8888", "01066668888"),
        ("+86 138 0000 0001", "13800000001"),
    ],
)
def test_a_number_to_call_may_be_a_landline(typed: str, number: str) -> None:
    assert normalize_telephone(typed) == number
    with pytest.raises(ValueError, match="手机号应为11位数字"):
        normalize_telephone(f"{typed}00000")


def test_masks_tell_little() -> None:
    assert mask_phone("13800000001") == "138****0001"
    assert mask_name("王小明") == mask_name("王明") == "王**"
    assert mask_id_number("11010519491231002X") == "110***********002X"
    assert mask_id_number("E1234567") == "******67"
    assert mask_phone("") == "****"


def test_fold_digits_leaves_letters() -> None:
    assert fold_digits("１２Ａ３") == "12Ａ3"
