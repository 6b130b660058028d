"""Case numbers, pure: reading, normalising, every return code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.case_numbers import CourtRef, NumberStatus, ParsedNumber, TypeRef, format_number, normalize, parse

COURTS = {
    "最高法": CourtRef("最高法", "最高人民法院", "supreme"),
    "冀": CourtRef("冀", "河北省高级人民法院", "high"),
    "冀11": CourtRef("冀11", "河北省衡水市中级人民法院", "intermediate"),
    "冀1127": CourtRef("冀1127", "景县人民法院", "basic"),
    "冀1103": CourtRef("冀1103", "衡水市冀州区人民法院", "basic"),
    "冀1181": CourtRef("冀1103", "衡水市冀州区人民法院", "basic"),
    "某1234": CourtRef("某1234", "某省某市示例区人民法院", "basic"),
}
TYPES = {code: TypeRef(code, f"{code}案件") for code in ("民初", "民终", "执", "民诉前调", "刑终", "执恢")}


def read(text: str, *, demo: bool = False) -> ParsedNumber:
    return parse(text, this_year=2026, find_court=COURTS.get, find_type=TYPES.get, demo=demo)


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("（2021）冀1127执1号", "valid"), ("（2021）冀11民终123号", "valid"), ("（2019）最高法知民终1号", "valid"),
        ("（2021）冀1127民诉前调801号", "valid"), ("（2021）冀1127执1号之一", "valid"), ("（2021）冀1127执1号之12", "valid"),
        ("（2016）冀1127民初1号", "valid"), ("（2026）冀1127民初99999999号", "valid"), ("（2017）冀1181民初5号", "valid"),
        ("（2021）冀1127民终1号", "level_mismatch"), ("（2021）冀1127刑终1号", "level_mismatch"),
        ("（2027）冀1127民初1号", "future_year"), ("（2099）粤03民初1号", "future_year"),
        ("（2021）冀1127民怪1号", "unknown_type"), ("（2021）粤0305民怪1号", "unknown_type"),
        ("（2021）粤0305民初1号", "unknown_court"), ("（2021）冀1199民初1号", "unknown_court"),
        ("(2015)石民初字第00123号", "legacy"), ("（1998）景经初字第12号", "legacy"), ("（2015）衡民一终字第5号-1", "legacy"),
        ("（2027）石民初字第1号", "future_year"),
        ("（2015）冀1127民初1号", "invalid"), ("（2021）冀1127民初0号", "invalid"), ("（2021）冀1127民初01号", "invalid"),
        ("（2021）冀112民初1号", "invalid"), ("（2021）冀1127民初1", "invalid"), ("2021冀1127民初1号", "invalid"),
        ("（2021）台01民初1号", "invalid"), ("（2021）冀1127民初123456789号", "invalid"), ("", "invalid"), ("案号：", "invalid"),
        ("（2021）冀1127民初1号 OR 1=1", "invalid"), ("（" * 5000, "invalid"), ("（2021）某1234民初1号", "invalid"),
    ],
)  # fmt: skip
def test_every_return_code(typed: str, status: str) -> None:
    answer = read(typed)
    assert answer.status == status
    assert answer.message


def test_all_codes_are_covered() -> None:
    assert {status.value for status in NumberStatus} == {
        "valid", "invalid", "legacy", "unknown_court", "level_mismatch", "unknown_type", "future_year"
    }  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    [
        "（2021）冀1127执1号", "(2021)冀1127执1号", "〔2021〕冀1127執1號", "【２０２１】冀１１２７执１号", "[2021] 冀1127 执 1 号",
        "案号：（2021）冀1127执1号", "案号: （2021）冀1127\u200b执1号", "　（2021）冀1127执1号　",
    ],
)  # fmt: skip
def test_written_in_many_ways(typed: str) -> None:
    answer = read(typed)
    assert answer.normalized == "（2021）冀1127执1号"
    assert (answer.year, answer.court, answer.type, answer.sequence) == (
        2021,
        COURTS["冀1127"],
        TYPES["执"],
        1,
    )


def test_the_special_mark_is_no_part_of_the_type() -> None:
    answer = read("（2019）最高法知民终1号")
    assert (answer.special, answer.type) == ("知", TYPES["民终"])


def test_a_former_code_leads_to_the_present_court() -> None:
    answer = read("（2014）冀1181民初5号".replace("2014", "2017"))
    assert answer.court == COURTS["冀1103"]
    assert "原代字" in answer.message
    assert answer.normalized == "（2017）冀1181民初5号"


def test_an_unknown_court_of_this_province_is_told_apart() -> None:
    assert "本省" in read("（2021）冀1199民初1号").message
    assert "外省" in read("（2021）粤0305民初1号").message


def test_an_old_number_shows_what_can_be_read() -> None:
    answer = read("(2015)石民初字第00123号")
    assert (answer.year, answer.sequence, answer.type) == (2015, 123, TYPES["民初"])
    assert answer.court == CourtRef("石", None, "")


def test_the_demo_province_exists_only_in_demo() -> None:
    assert read("（2026）某1234民初1号", demo=True).status == "valid"
    assert read("（2026）某1234民初1号").status == "invalid"


@pytest.mark.parametrize("old", list("號终執復監轄調訴財請認"))
def test_traditional_characters(old: str) -> None:
    assert normalize(old) != old or old == "终"


@given(
    st.integers(2016, 2026),
    st.sampled_from(["冀11", "冀"]),
    st.sampled_from(sorted(TYPES)),
    st.integers(1, 99_999_999),
)
def test_what_we_write_we_read(year: int, court: str, code: str, sequence: int) -> None:
    number = format_number(year=year, court=court, type_code=code, sequence=sequence)
    answer = read(number)
    assert answer.status == "valid"
    assert (answer.year, answer.type, answer.sequence, answer.normalized) == (
        year,
        TYPES[code],
        sequence,
        number,
    )


@given(st.text(max_size=60))
def test_nothing_breaks_it(typed: str) -> None:
    assert read(typed).status in NumberStatus
