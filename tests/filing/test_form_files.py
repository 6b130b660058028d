"""Forms are data: a new file is a new form, a faulty one is refused with file and key."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from common import crypto
from filing.elements import schema
from filing.elements.values import SEALED
from filing.models import Filing, FilingStatus
from tests.filing.pages import change, home, refused, text_of
from tests.filing.test_forms_walk import add_the_rest, begun, fill_in
from tests.support.court import Cast

NEW: dict[str, Any] = {
    "key": "deposit",
    "title": "民事起诉状",
    "cause": "",
    "procedure": "CIVIL_FIRST",
    "type_code": "民初",
    "fee_item": "property",
    "amount_field": "total",
    "element_template": "",
    "legal_source": "本院",
    "checks": [{"text": "退租前先通知房东", "when": {"field": "kinds", "is": ["押金"]}}],
    "tasks": [
        {
            "key": "claims",
            "title": "我要什么",
            "pages": [
                {
                    "key": "what",
                    "title": "要退什么",
                    "fields": [
                        {
                            "key": "kinds",
                            "label": "哪些钱",
                            "type": "checkbox",
                            "options": ["押金", "房租"],
                            "required": True,
                        },
                        {"key": "months", "label": "住了几个月", "type": "number", "min": 1, "max": 120},
                        {"key": "landlord_phone", "label": "房东的电话", "type": "phone"},
                    ],
                },
                {
                    "key": "rows",
                    "title": "一笔一笔写",
                    "fields": [
                        {
                            "key": "payments",
                            "label": "付过的钱",
                            "type": "table",
                            "row": "付款",
                            "max_rows": 3,
                            "required": True,
                            "columns": [
                                {"key": "what", "label": "什么钱", "type": "text", "required": True},
                                {"key": "amount", "label": "金额", "type": "money", "required": True},
                                {"key": "paid_on", "label": "哪天付的", "type": "date", "past": True},
                                {
                                    "key": "way",
                                    "label": "怎么付的",
                                    "type": "radio",
                                    "options": ["现金", "转账"],
                                },
                            ],
                        }
                    ],
                },
                {
                    "key": "cash",
                    "title": "现金的证明",
                    "fields": [
                        {
                            "key": "cash_proof",
                            "label": "给现金有什么证明",
                            "type": "text",
                            "when": {"field": "payments.way", "is": ["现金"]},
                        }
                    ],
                },
                {
                    "key": "total",
                    "title": "一共多少",
                    "fields": [
                        {
                            "key": "total",
                            "label": "合计",
                            "type": "money",
                            "required": True,
                            "sum_of": ["payments.amount"],
                        }
                    ],
                },
            ],
        }
    ],
    "slots": [{"key": "ID_CARD", "title": "您的身份证", "required": True}],
}
ROW = {
    "payments-0-what": "押金",
    "payments-0-amount": "2000",
    "payments-0-paid_on": "2025-03-01",
    "payments-0-way": "转账",
}


@pytest.fixture
def new_form(tmp_path: Path, settings: Any) -> str:
    """The form above, put into a directory of the installation."""
    (tmp_path / "deposit.json").write_text(json.dumps(NEW), encoding="utf-8")
    settings.FORM_DIRS = [str(tmp_path)]
    return "deposit"


def test_a_form_added_as_a_file_is_walked_from_the_first_page_to_the_end(cast: Cast, new_form: str) -> None:
    assert new_form in schema.form_keys()
    filing, client = begun(cast, new_form), cast.client("zhang")
    fill_in(client, filing)
    add_the_rest(client, filing)
    page = text_of(client.get(home(filing, "check/")))
    assert "退租前先通知房东" in page and "声明和签名" in page
    assert "付款" not in filing.answers and Filing.objects.get(pk=filing.pk).status == FilingStatus.DRAFT


def test_phone_numbers_lie_sealed(cast: Cast, new_form: str) -> None:
    filing, client = begun(cast, new_form), cast.client("zhang")
    sent = {"kinds": ["押金"], "months": "１２", "landlord_phone": "+86 138-0000-0003"}
    assert client.post(home(filing, "claims/what/"), sent).status_code == 302
    filing.refresh_from_db()
    assert filing.answers["months"] == "12" and "13800000003" not in str(filing.answers)
    assert crypto.decrypt(filing.answers["landlord_phone"], context=SEALED) == "13800000003"
    assert 'value="13800000003"' in text_of(client.get(home(filing, "claims/what/")))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"months": "半年"}, "请填写整数，例如 30"),
        ({"months": "121"}, "应在1到120之间"),
        ({"kinds": ["金条"]}, "请从列出的选项里选"),
    ],
)
def test_wrong_numbers_and_choices_are_said_and_kept(
    cast: Cast, new_form: str, values: dict[str, Any], sentence: str
) -> None:
    filing, client = begun(cast, new_form), cast.client("zhang")
    answer = client.post(home(filing, "claims/what/"), {"kinds": ["押金"]} | values)
    refused(answer, sentence)
    assert "kinds" in values or f'value="{values["months"]}"' in text_of(answer)


def test_rows_are_added_and_taken_out_without_scripts_and_keep_what_was_typed(
    cast: Cast, new_form: str
) -> None:
    filing, client = begun(cast, new_form), cast.client("zhang")
    address = home(filing, "claims/rows/")
    assert "<legend>付款 1</legend>" in text_of(client.get(address)).replace("\n", "")
    typed = ROW | {"payments-0-amount": "两千元"}
    more = text_of(client.post(address, typed | {"row": "add payments"}))
    assert "付款 2" in more and 'value="两千元"' in more and "有误" not in more
    both = typed | {"payments-1-what": "<b>房租</b>", "payments-1-amount": "1500"}
    less = text_of(client.post(address, both | {"row": "drop payments 0"}))
    assert "&lt;b&gt;房租&lt;/b&gt;" in less and "两千元" not in less and "付款 2" not in less
    assert Filing.objects.get(pk=filing.pk).answers == {}
    for rubbish in ("add nothing", "drop payments 99999", "drop payments x", "add", "x" * 5000):
        assert client.post(address, both | {"row": rubbish}).status_code == 422, rubbish


def test_wrong_rows_are_named_by_row_and_column_and_everything_is_kept(cast: Cast, new_form: str) -> None:
    filing, client = begun(cast, new_form), cast.client("zhang")
    address = home(filing, "claims/rows/")
    wrong = ROW | {"payments-4-what": "房租", "payments-4-amount": "-5", "payments-4-paid_on": "2025-02-30"}
    answer = client.post(address, wrong)
    refused(answer, "付款 2“金额”：金额应大于0", "付款 2“哪天付的”：这一天不存在，请核对日期")
    page = text_of(answer)
    assert 'href="#id_payments-4-amount"' in page and 'value="2025-02-30"' in page and 'value="2000"' in page
    refused(client.post(address, {"payments-0-amount": "5"}), "付款 1“什么钱”：没有填，请补上")
    refused(client.post(address, {"payments-0-what": "  "}), "请填写“付过的钱”")
    four = {
        f"payments-{row}-{key}": value for row in range(4) for key, value in (("what", "x"), ("amount", "1"))
    }
    refused(client.post(address, four), "“付过的钱”最多填3行，请删掉多的")
    assert Filing.objects.get(pk=filing.pk).answers == {}


def test_blank_rows_do_not_count_and_the_total_is_suggested(cast: Cast, new_form: str) -> None:
    filing, client = begun(cast, new_form), cast.client("zhang")
    rows = ROW | {"payments-1-what": "", "payments-2-what": "房租", "payments-2-amount": "1,500.5"}
    answer = client.post(home(filing, "claims/rows/"), rows)
    assert answer["Location"] == home(filing, "claims/total/"), "nothing was paid in cash"
    filing.refresh_from_db()
    assert [row["amount"] for row in filing.answers["payments"]] == ["2000.00", "1500.50"]
    page = text_of(client.get(home(filing, "claims/total/")))
    assert "合计是 ¥3,500.50" in page and 'value="3500.50"' in page
    assert client.post(home(filing, "claims/total/"), {"total": ""}).status_code == 302
    assert str(Filing.objects.get(pk=filing.pk).amount) == "3500.50"
    cash = rows | {"payments-2-way": "现金"}
    assert change(client, home(filing, "claims/rows/"), cash)["Location"] == home(filing, "claims/cash/")
    assert "1. 什么钱：押金；金额：¥2,000.00" in text_of(client.get(home(filing, "check/")))


def _at(form: dict[str, Any], *path: Any) -> Any:
    for step in path:
        form = form[step]
    return form


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda form: form.update(colour="red"), "form.colour: is no known key"),
        (lambda form: form.pop("slots"), "form.slots: is missing"),
        (lambda form: form.update(key="other"), "key: is 'other', the file is called deposit.json"),
        (lambda form: form.update(amount_field="months"), "amount_field: months is no sum of money"),
        (lambda form: form.update(sides=["judge"]), "sides: judge"),
        (lambda form: form["tasks"].append(copy.deepcopy(form["tasks"][0])), "tasks.claims: is used twice"),
        (
            lambda form: _at(form, "tasks", 0, "pages", 2, "fields", 0).update(
                when={"field": "x", "is": ["y"]}
            ),
            "cash_proof: x is no",
        ),
        (
            lambda form: _at(form, "tasks", 0, "pages", 2, "fields", 0, "when").update({"is": ["支票"]}),
            "has no option 支票",
        ),
        (
            lambda form: _at(form, "tasks", 0, "pages", 3, "fields", 0).update(sum_of=["payments.what"]),
            "total: payments.what is no sum",
        ),
        (
            lambda form: _at(form, "tasks", 0, "pages", 0, "fields", 1).update(type="colour"),
            "months: colour is no type",
        ),
        (
            lambda form: _at(form, "tasks", 0, "pages", 1, "fields", 0, "columns", 0).update(type="phone"),
            "payments.what: phone cannot stand",
        ),
        (
            lambda form: _at(form, "slots", 0).update(when={"field": "nothing", "is": ["y"]}),
            "ID_CARD: nothing is no question",
        ),
    ],
)
def test_a_faulty_file_is_refused_with_file_and_key(
    tmp_path: Path, settings: Any, change: Any, where: str
) -> None:
    form = copy.deepcopy(NEW)
    change(form)
    (tmp_path / "deposit.json").write_text(json.dumps(form), encoding="utf-8")
    settings.FORM_DIRS = [str(tmp_path)]
    with pytest.raises(schema.FormError) as error:
        schema.load("deposit")
    assert str(error.value).startswith("deposit.json: ") and where in str(error.value)


def test_a_key_written_twice_is_refused(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "deposit.json").write_text('{"key": "deposit", "key": "deposit"}', encoding="utf-8")
    settings.FORM_DIRS = [str(tmp_path)]
    with pytest.raises(schema.FormError, match="written twice"):
        schema.load("deposit")


@pytest.mark.parametrize("key", schema.form_keys())
def test_every_file_that_comes_with_the_portal_is_good(key: str) -> None:
    form = schema.load(key)
    assert form.title and form.tasks and max(len(page.fields) for page in form.pages.values()) <= 13


def test_an_unknown_form_is_no_form() -> None:
    for key in ("nothing", "nothing.defence", "../private_lending", ""):
        with pytest.raises(KeyError):
            schema.load(key)
