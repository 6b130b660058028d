"""先看看能不能立案: questions without sign-in, the answer with court, papers, fee and other ways, and the ways out."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.test import Client

from payments.fees import QuoteInput, quote
from portal.pages.precheck_fee import PAYMENT_ORDER
from tests.filing.pages import refused, text_of
from tests.support.court import Cast

ANSWERS = {
    "what": "private_lending",
    "who": "natural",
    "amount": "60000.00",
    "due": "recent",
    "court": "某1234",
}


def ask(client: Client, **answers: str) -> str:
    return f"/precheck/?{urlencode(answers)}"


def test_questions_come_one_by_one_and_carry_what_was_answered(client: Client, cast: Cast) -> None:
    given: dict[str, str] = {}
    for number, (name, value) in enumerate(ANSWERS.items(), start=1):
        page = text_of(client.get("/precheck/", given | {"step": list(given)[-1]} if given else {}))
        assert f"第 {number} 题，共 5 题" in page
        assert page.count("<h1>") == 1
        for earlier, answer in given.items():
            assert f'<input type="hidden" name="{earlier}" value="{answer}">' in page
        given[name] = value
    answer = client.get("/precheck/", given | {"step": "court"})
    assert answer.status_code == 302
    assert answer["Location"] == f"/precheck/result/?{urlencode(ANSWERS)}"


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"step": "what"}, "请选择您遇到的事"),
        ({"step": "what", "what": "<script>"}, "请从列出的选项里选"),
        ({"what": "private_lending", "step": "who"}, "请选择对方是谁"),
        ({"what": "private_lending", "who": "natural", "step": "amount"}, "请填写您要对方一共付多少钱"),
        ({"what": "private_lending", "who": "natural", "step": "amount", "amount": "0"}, "应大于0"),
        ({"what": "private_lending", "who": "natural", "step": "amount", "amount": "-1"}, "应大于0"),
        (
            {"what": "private_lending", "who": "natural", "step": "amount", "amount": "1e3"},
            "请用数字填写金额",
        ),
        ({"what": "private_lending", "who": "natural", "step": "amount", "amount": "0.001"}, "小数点后两位"),
        ({"what": "private_lending", "who": "natural", "step": "amount", "amount": "9" * 40}, "金额过大"),
        (
            {"what": "private_lending", "who": "natural", "step": "amount", "amount": "六万"},
            "请用数字填写金额",
        ),
        (ANSWERS | {"step": "court", "court": "某9999"}, "请从列出的选项里选"),
        (ANSWERS | {"step": "due", "due": ""}, "请选择过去多久了"),
    ],
)
def test_a_wrong_answer_is_said_and_kept(
    client: Client, cast: Cast, answers: dict[str, str], sentence: str
) -> None:
    response = client.get("/precheck/", answers)
    refused(response, sentence)
    if answers.get("amount") not in (None, "", ANSWERS["amount"]):
        assert f'value="{answers["amount"]}"' in text_of(response)


def test_an_answer_is_changed_and_the_later_ones_stay(client: Client, cast: Cast) -> None:
    page = text_of(client.get("/precheck/", ANSWERS | {"change": "amount"}))
    assert 'value="60000.00"' in page
    assert '<input type="hidden" name="court" value="某1234">' in page
    answer = client.get("/precheck/", ANSWERS | {"step": "amount", "amount": "８０，０００元"})
    assert urlencode({"amount": "80000.00"}) in answer["Location"]


def test_result_shows_court_rule_papers_fee_with_steps_and_other_ways(client: Client, cast: Cast) -> None:
    page = text_of(client.get("/precheck/result/", ANSWERS))
    suit = quote(QuoteInput(item="property", amount=Decimal("60000.00")))
    order = quote(QuoteInput(item=PAYMENT_ORDER, amount=Decimal("60000.00")))
    for words in (
        cast.court.name,
        "民事诉讼法第二十二条、第二十四条",
        "借条、收据、欠条",
        "给钱的凭证",
        "¥1,300.00",
        suit.steps[0].text,
        suit.steps[0].article,
        f"¥{order.fee:,.2f}",
        "先调解",
        "申请支付令",
        "法院最晚这一天答复您立不立案",
    ):
        assert words in page, words
    assert suit.fee == Decimal("1300.00")
    assert "已经过了3年" not in page
    assert f"/my/filings/new/?{urlencode(ANSWERS)}".replace("&", "&amp;") in page


def test_old_debts_get_a_hint_and_may_go_on(client: Client, cast: Cast) -> None:
    page = text_of(client.get("/precheck/result/", ANSWERS | {"due": "old"}))
    assert "已经过了3年" in page and "登录并开始填写" in page


@pytest.mark.parametrize(
    ("answers", "heading"),
    [
        ({"what": "other"}, "这类纠纷还不能在网上填"),
        ({"what": "private_lending", "who": "unknown"}, "先要知道对方是谁"),
    ],
)
def test_ways_out_say_why_and_what_else(
    client: Client, cast: Cast, answers: dict[str, str], heading: str
) -> None:
    asked = client.get("/precheck/", answers)
    assert asked["Location"] == f"/precheck/result/?{urlencode(answers)}"
    page = text_of(client.get(asked["Location"]))
    assert f"<h1>{heading}</h1>" in page
    assert "/my/filings/new/" not in page
    assert "改这一题" in page


@pytest.mark.parametrize("answers", [{}, {"what": "private_lending"}, ANSWERS | {"amount": "abc"}])
def test_result_without_all_answers_goes_back_to_the_questions(
    client: Client, cast: Cast, answers: dict[str, str]
) -> None:
    response = client.get("/precheck/result/", answers)
    assert response.status_code == 302 and response["Location"].startswith("/precheck/")
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    "value", ["\x00", "'; DROP TABLE courts_court; --", "{{7*7}}", "%", "🙂" * 50, "1" + ",111" * 5000]
)
@pytest.mark.parametrize("name", list(ANSWERS))
def test_nonsense_in_the_address_is_no_failure(client: Client, cast: Cast, name: str, value: str) -> None:
    response = client.get("/precheck/", ANSWERS | {name: value, "step": name})
    assert response.status_code == 422
    assert "49" != text_of(response).strip() and "<script>" not in text_of(response)


def test_nobody_is_asked_to_sign_in_before_the_answer(client: Client, cast: Cast) -> None:
    assert client.get("/precheck/").status_code == 200
    assert client.get("/precheck/result/", ANSWERS).status_code == 200
    start = client.get("/my/filings/new/", ANSWERS)
    assert start.status_code == 302 and start["Location"].startswith("/login/?next=")
