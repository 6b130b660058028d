"""算诉讼费 at /fees/: every matter and every kind of case, each sum with its steps, what is wrong beside its field."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from courts.models import Court, CourtSetting
from payments.calculator import ITEM_WORDS, MATTERS
from payments.fees import book_on
from tests.filing.pages import refused, text_of

pytestmark = pytest.mark.django_db
ADDRESS = "/fees/"
EASY = {
    "amount": "60000", "contested_amount": "20000", "old": "10000", "new": "60000", "before_end": "yes",
    "prepaid": "1300", "borne_by_prepayer": "0",
}  # fmt: skip


def asked(what: str, **given: Any) -> Any:
    return Client().get(f"{ADDRESS}?{urlencode({'what': what} | given, doseq=True)}")


def test_the_front_page_leads_to_every_matter() -> None:
    page = text_of(Client().get(ADDRESS))
    assert all(f"?what={key}" in page and str(matter.title) in page for key, matter in MATTERS.items())
    assert text_of(asked("nonsense")).count(f"{ADDRESS}?what=") == len(MATTERS) + 1  # and the one just asked


def test_every_kind_of_case_of_the_regulation_can_be_asked_for() -> None:
    """But for two that are consequences of a decision, not something one begins."""
    assert set(book_on(None).items) - set(ITEM_WORDS) == {"inadmissible", "appeal_procedural"}


@pytest.mark.parametrize(
    ("what", "item"), [(key, item) for key, matter in MATTERS.items() for item in matter.items or ("",)]
)
def test_every_matter_gives_a_sum_or_a_range_with_its_articles(what: str, item: str) -> None:
    matter = MATTERS[what]
    empty = text_of(asked(what))
    assert "算一算" in empty and "怎么算出来的" not in empty
    given = {name: EASY[name] for name in (*matter.needs, *matter.may) if name in EASY}
    given |= {"old": "90000"} if what == "decrease" else {}
    page = text_of(asked(what, **given | ({"item": item} if item else {})))
    assert "怎么算出来的" in page and "¥" in page and "第" in page
    assert all(str(note) in page for note in matter.notes)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"what": "suit", "item": "property", "amount": "60000"}, "¥1,300.00"),
        ({"what": "suit", "item": "property", "amount": "60,000元"}, "¥1,300.00"),
        ({"what": "suit", "item": "property", "amount": "60000", "halve": ["simplified", "mediation"]}, "¥650.00"),
        ({"what": "suit", "item": "divorce"}, "¥50.00 – ¥300.00"),
        ({"what": "application", "item": "enforcement", "amount": "500000"}, "¥7,400.00"),
        ({"what": "application", "item": "payment_order", "amount": "60000"}, "¥433.33"),
        ({"what": "appeal", "item": "property", "contested_amount": "20000"}, "¥300.00"),
        ({"what": "increase", "old": "10000", "new": "60000"}, "¥1,250.00"),
        ({"what": "decrease", "old": "60000", "new": "10000", "before_end": "no"}, "¥0.00"),
        ({"what": "won", "prepaid": "1300", "borne_by_prepayer": "300"}, "¥1,000.00"),
    ],
)  # fmt: skip
def test_sums_of_the_regulation(given: dict[str, Any], shown: str) -> None:
    assert f'<p class="h2">{shown}</p>' in text_of(Client().get(f"{ADDRESS}?{urlencode(given, doseq=True)}"))


def test_a_court_that_has_set_its_own_fee_gives_one_sum() -> None:
    court = Court.objects.filter(is_open=True).first() or Court.objects.all()[0]
    Court.objects.filter(pk=court.pk).update(is_open=True)
    CourtSetting.objects.create(court=court, key="fee_base.divorce", value="200")
    assert '<p class="h2">¥200.00</p>' in text_of(asked("suit", item="divorce", court=court.code))


@pytest.mark.parametrize(
    ("what", "given", "sentence"),
    [
        ("suit", {"amount": "60000"}, "请选择哪一种"),
        ("suit", {"item": "property"}, "请填写金额"),
        ("suit", {"item": "property", "amount": "很多"}, "请用数字填写金额"),
        ("suit", {"item": "property", "amount": "0"}, "一共多少钱应大于0"),
        ("suit", {"item": "divorce", "court": "无此院"}, "请从列出的选项里选"),
        ("won", {"prepaid": "100", "borne_by_prepayer": "200"}, "应负担的金额不应超过已预交的金额"),
        ("increase", {"old": "60000", "new": "10000"}, "增加后的金额不应小于原来的金额"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    what: str, given: dict[str, str], sentence: str
) -> None:
    answer = asked(what, **given)
    refused(answer, sentence)
    assert all(f'value="{value}"' in text_of(answer) for name, value in given.items() if name != "court")
