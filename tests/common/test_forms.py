"""Form fields: what they forgive and what they say (UX §8; RELIABILITY §6 items 1–23, 29–31)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError

from common import clock
from common.forms import (
    DayField,
    IdNumberField,
    LineField,
    MoneyField,
    NameField,
    PhoneField,
    PlainForm,
    TextField,
    UsccField,
)

FORBIDDEN = ("非法", "无效", "参数错误", "请正确填写", "操作失败", "!", "！")


class Sample(PlainForm):
    name = NameField(label="对方的姓名")
    phone = PhoneField(label="手机号")
    amount = MoneyField(label="要求的金额")
    id_number = IdNumberField(label="身份证号")
    company = UsccField(label="统一社会信用代码", required=False)
    facts = TextField(label="事实与理由", max_length=200)
    place = LineField(label="地址", required=False, max_length=50)
    day = DayField(label="借款日期", required=False, future_allowed=False)


GOOD = {
    "name": "阿卜杜拉·买买提", "phone": "+86 138-0000-0001", "amount": "６０,０００元".replace(",", ""),
    "id_number": "11010519491231002x", "facts": "借款\r\n未还", "day": "2026年4月2日",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _a_day_in_november() -> Any:
    with clock.at(datetime(2026, 11, 21, 12, tzinfo=clock.BEIJING)):
        yield


def fault(field: forms.Field, typed: Any) -> str:
    with pytest.raises(ValidationError) as refusal:
        field.clean(typed)
    sentence = refusal.value.messages[0]
    assert not any(word in sentence for word in FORBIDDEN)
    return sentence


def test_forgives_and_normalises() -> None:
    form = Sample(GOOD)
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "name": "阿卜杜拉·买买提", "phone": "13800000001", "amount": Decimal("60000.00"),
        "id_number": "11010519491231002X", "company": "", "facts": "借款\n未还", "place": "", "day": date(2026, 4, 2),
    }  # fmt: skip


def test_nothing_written_asks_for_it_by_its_label() -> None:
    errors = Sample({"name": " \u3000 ", "phone": "", "facts": "\u200b"}).errors
    assert errors["name"] == ["请填写对方的姓名"]
    assert errors["amount"] == ["请填写要求的金额"]
    assert errors["facts"] == ["请填写事实与理由"]
    assert "place" not in errors


def test_the_browser_is_not_told_to_check() -> None:
    page = Sample().as_p()
    assert " required" not in page
    assert "maxlength" not in page


def test_what_was_typed_comes_back() -> None:
    assert 'value="六万"' in Sample({"amount": "六万"}).as_p()
    assert 'value="60000.00"' in Sample(initial={"amount": Decimal("60000.00")}).as_p()
    assert 'value="2026-04-02"' in Sample(initial={"day": date(2026, 4, 2)}).as_p()


@pytest.mark.req("B-05", "B-06")
@pytest.mark.parametrize(
    "typed",
    [
        "王",
        "王" * 100,
        "欧阳娜娜",
        "𠮷田𠀋",
        "迪丽热巴•买买提",
        "葛\U000e0100飞",
        "བསོད་ནམས",
        "Zoë O'Neil-Smith",
        "58同城（北京）有限公司",
        "J. R. Wang",
    ],
)
def test_names_of_every_kind(typed: str) -> None:
    assert NameField().clean(typed)


def test_all_dots_are_one_dot() -> None:
    assert {NameField().clean(f"阿不都{dot}热合曼") for dot in "·•・‧"} == {"阿不都·热合曼"}


@pytest.mark.parametrize(
    "typed", ["<b>王</b>", "=cmd|' /C calc'!A0", "+86", "@王", "12345", "王\x1b[31m<", "-王", "{{7*7}}"]
)
def test_names_are_not_code(typed: str) -> None:
    assert "请按证件填写姓名" in fault(NameField(label="姓名"), typed)


@pytest.mark.req("B-24", "B-25", "B-26", "B-27", "B-29", "B-31")
@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        (NameField(), "王" * 101, "100字以内"), (PhoneField(), "1380000", "手机号应为11位数字"),
        (PhoneField(), "0311-88880000", "座机"), (MoneyField(label="要求的金额"), "0", "要求的金额应大于0"),
        (MoneyField(label="要求的金额"), "-1", "要求的金额应大于0"), (MoneyField(), "0.001", "小数点后两位"),
        (MoneyField(), "1e3", "请用数字填写金额"), (MoneyField(), "NaN", "请用数字填写金额"),
        (MoneyField(), "Infinity", "请用数字填写金额"), (MoneyField(), str(2**63), "金额过大"),
        (IdNumberField(), "110105194912310021", "最后一位"), (IdNumberField(), "110105491231002", "15位"),
        (IdNumberField("passport"), "E1", "护照"), (UsccField(), "91110000600037341M", "最后一位"),
        (TextField(max_length=200), "字" * 1_000_000, "200字以内"), (TextField(max_length=200), "a" + "\u0301" * 50, "叠加符号"),
        (LineField(), "\ud800", "无法保存"), (DayField(), "2025-02-29", "不存在"), (DayField(), "0000-01-01", "1900年"),
        (DayField(), "9999-12-31", "1900年"), (DayField(), "明天", "例如 2026-04-02"),
        (DayField(label="出生日期", future_allowed=False), "2026-11-22", "出生日期不应晚于今天"),
        (DayField(label="开庭日期", past_allowed=False), "2026-11-20", "开庭日期不应早于今天"),
    ],
)  # fmt: skip
def test_every_refusal_is_a_sentence(field: forms.Field, typed: str, sentence: str) -> None:
    assert sentence in fault(field, typed)


@pytest.mark.parametrize(
    "typed", ["2026-4-2", "2026/04/02", "2026.4.2", "２０２６年４月２日", "20260402", " 2026-04-02 "]
)
def test_days_as_people_write_them(typed: str) -> None:
    assert DayField().clean(typed) == date(2026, 4, 2)


def test_zero_where_it_is_allowed() -> None:
    assert MoneyField(allow_zero=True).clean("0") == Decimal("0.00")
    assert "不应小于0" in fault(MoneyField(allow_zero=True), "-0.01")


@pytest.mark.req("B-16", "B-17", "B-18")
@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "<svg onload=x>",
        "{{7*7}}",
        "Robert'); DROP TABLE x;--",
        "100%_",
        "(a+)+$",
        "=1+1",
    ],
)
def test_text_is_kept_as_written(typed: str) -> None:
    """Escaping is the page's and the export's business: what a person wrote to the court is not rewritten."""
    assert TextField(max_length=200).clean(typed) == typed


def test_an_unknown_kind_of_paper_is_a_defect() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        IdNumberField("library_card")
