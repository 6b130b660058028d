"""先看看能不能立案: questions without sign-in, the answer with court, papers, fee and other ways, and the ways out."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.test import Client

from courts.models import Court
from filing.models import Filing
from filing.precheck import cause_named
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
        assert (f"第 {number} 题，共 5 题" if given else "第 1 题") in page
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
        "民事诉讼法第二十二条",
        "民事诉讼法第二十四条；民间借贷司法解释第三条",
        "营业执照",
        "律师事务所公函",
        "借条、收据、欠条",
        "给钱的凭证",
        "¥1,300.00",
        suit.steps[0].text,
        suit.steps[0].article,
        f"¥{order.fee:,.2f}",
        "先调解",
        "申请支付令",
        "法院最晚这一天答复您",
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
        ({"what": "labour", "work_claim": "wages", "arbitrated": "no"}, "劳动争议要先申请仲裁"),
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


OTHER_WAYS = [
    ({"what": "divorce", "amount_to_divide": "0", "court": "某1234"}, ["离婚纠纷", "第十二条", "结婚证"]),
    (
        {"what": "labour", "work_claim": "wages", "arbitrated": "yes", "court": "某1234"},
        ["追索劳动报酬纠纷", "不用先交费", "收到裁决书起15日内"],
    ),
    (
        {"what": "payment_order", "who": "legal", "amount": "90000", "reachable": "no", "court": "某1234"},
        ["申请支付令", "¥683.33", "直接起诉更稳妥", "民事诉讼法第二百二十五条"],
    ),
    (
        {"what": "enforcement", "basis": "court", "origin": "(2026)某1234民初56号", "cause": "LOAN",
         "amount": "60000", "effective": "recent"},
        ["首次执行", "某省某市示例区人民法院", "申请执行不用先交费", "生效法律文书副本"],
    ),
    (
        {"what": "appeal", "origin": "（2026）某1234民初56号", "cause": "LOAN", "served": "late",
         "amount_in_dispute": "20000"},
        ["某省某市中级人民法院", "材料交给某省某市示例区人民法院", "可能已经过了上诉期", "¥300.00"],
    ),
    (
        {"what": "preservation", "who": "legal", "amount": "126000", "guarantee": "none", "court": "某1234"},
        ["诉前财产保全", "诉前保全一定要有担保", "48小时内", "¥1,150.00"],
    ),
    (
        {"what": "protection", "in_danger": "yes", "court": "某1234"},
        ["人身安全保护令", "不收费", "马上打110", "反家庭暴力法第二十五条"],
    ),
    (
        {"what": "other", "cause": "RENT", "who": "natural", "amount": "0", "due": "recent", "court": "某1234"},
        ["房屋租赁合同纠纷", "民事诉讼法第三十四条"],
    ),
    (
        {"what": "private_lending", "who": "natural", "amount": "500000000", "due": "recent", "court": "某1234"},
        ["某省某市中级人民法院", "由中级人民法院管辖"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("answers", "said"), OTHER_WAYS, ids=[row[0]["what"] for row in OTHER_WAYS])
def test_every_kind_of_matter_gets_court_rule_papers_and_fee(
    client: Client, cast: Cast, answers: dict[str, str], said: list[str]
) -> None:
    """At most eight taps, the rule that makes the court competent, what is paid, what to think of."""
    Court.objects.filter(code="某12").update(is_open=True)
    names = {"LOAN": "民间借贷纠纷", "RENT": "房屋租赁合同纠纷"}
    given = {
        key: cause_named(names[value]).code if value in names else value for key, value in answers.items()
    }
    assert len(given) <= 8
    asked: dict[str, str] = {}
    for name, value in given.items():
        step = {"step": list(asked)[-1]} if asked else {}
        page = client.get("/precheck/", asked | step)
        assert page.status_code == 200, (name, page.headers)
        assert f'name="step" value="{name}"' in text_of(page)
        asked[name] = value
    answer = client.get("/precheck/", asked | {"step": name})
    page = text_of(client.get(answer["Location"]))
    for words in said:
        assert words in page, words
    start = cast.client("zhang").post("/my/filings/new/", asked | {"form_key": "k1"})
    filing = Filing.objects.get()
    assert start["Location"] == f"/my/filings/{filing.public_id}/"
    assert cast.client("zhang").get(start["Location"]).status_code == 200


def test_a_cause_is_found_by_a_few_words(client: Client, cast: Cast) -> None:
    page = client.get("/precheck/", {"what": "other", "step": "cause", "q": "继承"})
    assert page.status_code == 200 and "法定继承纠纷" in text_of(page)
    nothing = client.get("/precheck/", {"what": "other", "step": "cause", "q": "火星旅行"})
    assert nothing.status_code == 200 and "没有找到" in text_of(nothing)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("2026民初56", "请"),
        ("（2026）某9999民初56号", "法院"),
        ("（2026）某12民终5号", "终审"),
        ("%00", "请"),
    ],
)
def test_a_wrong_earlier_number_is_said(client: Client, cast: Cast, number: str, sentence: str) -> None:
    refused(client.get("/precheck/", {"what": "appeal", "step": "origin", "origin": number}), sentence)


def test_a_court_that_takes_nothing_in_here_is_named_with_another_way(client: Client, cast: Cast) -> None:
    """Until the intermediate court is connected, an appeal goes to the window."""
    Court.objects.filter(code="某12").update(is_open=False)
    cause = cause_named("民间借贷纠纷")
    given = {"what": "appeal", "origin": "（2026）某1234民初56号", "cause": cause.code, "served": "ten"}
    page = text_of(client.get("/precheck/result/", given | {"amount_in_dispute": "0"}))
    assert "这个法院还不能在网上办" in page and "某省某市中级人民法院" in page and "跨域立案" in page


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
