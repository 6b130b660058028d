"""The applicant's pages from the first draft to the receipt, a correction and a withdrawal."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from common import clock
from eventlog.receipts import is_genuine
from eventlog.selectors import receipt_of
from filing import events, services
from filing.defects import library_for
from filing.models import Filing, FilingStatus
from filing.selectors import draft_of
from portal.demo import cast as people
from tests.filing.pages import PLAINTIFF, change, client_of, home, refused, take_out, text_of
from tests.filing.test_pages_precheck import ANSWERS
from tests.support.court import Cast, accepted, claimed, draft, submitted
from tests.support.servers import Live

PLAIN = {"what": "private_lending"}


def new_key() -> str:
    return str(uuid.uuid4())


def returned(cast: Cast, *codes: str) -> Filing:
    """张某's application, sent and returned with these defects."""
    filing = claimed(cast, submitted(cast))
    defects = [defect for defect in library_for(draft_of(filing)) if defect.code in codes]
    services.return_filing_for_correction(
        filing_id=filing.pk,
        fence=filing.fence,
        defects=defects,
        words="请把借条重拍一张",
        reason_for_repeat="",
        actor=cast.clerk,
    )
    return Filing.objects.get(pk=filing.pk)


def photo(name: str = "借条.jpg") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 80), (240, 240, 230)).save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), content_type="image/jpeg")


# --- start -----------------------------------------------------------------------------------------------------
def test_start_shows_what_is_needed_and_one_click_makes_the_draft(cast: Cast) -> None:
    client = cast.client("zhang")
    page = text_of(client.get("/my/filings/new/", ANSWERS))
    assert "大约15分钟" in page and "借条、收据、欠条" in page
    key = new_key()
    first = client.post("/my/filings/new/", ANSWERS | {"form_key": key})
    again = client.post("/my/filings/new/", ANSWERS | {"form_key": key})
    assert first["Location"] == again["Location"]
    filing = Filing.objects.get()
    assert first["Location"] == home(filing)
    assert filing.precheck == ANSWERS and filing.deciding_court == cast.court


def test_start_asks_for_the_real_name_first_and_comes_back(cast: Cast, live: Live) -> None:
    from accounts.services import sign_in_by_phone

    client = client_of(sign_in_by_phone(phone="13900000009"))
    response = client.get("/my/filings/new/", ANSWERS)
    assert response["Location"].startswith("/my/real-name/?next=")
    person = people.Person("13900000009", "阿依古丽·某", "65010219920214011", "女", "")
    answer = client.post(
        response["Location"],
        {"name": "阿依古丽•某", "id_kind": "id_card", "id_number": person.id_number.lower()},
    )
    assert answer["Location"] == f"/my/filings/new/?{urlencode(ANSWERS)}"
    assert client.get(answer["Location"]).status_code == 200


def test_start_without_answers_goes_back_to_the_questions_and_staff_may_not(cast: Cast) -> None:
    assert cast.client("zhang").post("/my/filings/new/", PLAIN)["Location"] == "/precheck/"
    assert cast.client("clerk").get("/my/filings/new/", ANSWERS).status_code == 403
    assert not Filing.objects.exists()


# --- task list ---------------------------------------------------------------------------------------------------
def test_task_list_says_in_words_how_far_each_task_is(cast: Cast) -> None:
    filing = draft(cast, without=("interest", "IOU"))
    page = text_of(cast.client("zhang").get(home(filing)))
    for words in (
        "我的信息",
        "对方信息",
        "第三人",
        "我要什么",
        "事情经过",
        "证据照片",
        "送达方式",
    ):
        assert words in page
    for state in ("已完成", "填了一部分", "没有可以不填", "还有 2 项要填"):
        assert state in page
    assert "草稿保留90天" in page


def test_nobody_else_sees_a_draft_or_a_sent_application_on_these_pages(cast: Cast) -> None:
    filing = submitted(cast)
    for rest in ("", "check/", "sent/", "evidence/", "delivery/", "me/", "claims/principal/", "withdraw/"):
        for name in ("li", "wang", "chen"):
            assert cast.client(name).get(home(filing, rest)).status_code == 404, (name, rest)
        for name in ("clerk", "judge", "supervisor", "clerk-b"):
            answer = cast.client(name).get(home(filing, rest))
            assert answer.status_code == 404, (name, rest)


# --- pages of the element form -------------------------------------------------------------------------------------
def test_page_says_task_and_number_and_goes_on_to_the_next(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    page = text_of(client.get(home(filing, "claims/principal/")))
    assert "我要什么，第 1 题，共 5 题" in page and "<h1>对方还欠您多少本金</h1>" in page
    sent = {"principal_as_of": "2026年5月1日", "principal": "６０，０００元"}
    answer = change(client, home(filing, "claims/principal/"), sent)
    assert answer["Location"] == home(filing, "claims/interest/")
    filing.refresh_from_db()
    assert filing.answers["principal"] == "60000.00" and filing.answers["principal_as_of"] == "2026-05-01"


def test_last_page_of_a_task_goes_back_to_the_list_and_from_check_back_to_check(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    total = {"total_amount": "60000"}
    assert change(client, home(filing, "claims/total/"), total)["Location"] == home(filing)
    changed = change(client, home(filing, "claims/total/?from=check"), total)
    assert changed["Location"] == home(filing, "check/")


def test_conditional_questions_have_a_hint_and_marks_for_the_script(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    page = text_of(client.get(home(filing, "claims/interest/")))
    assert 'data-when="interest_claimed" data-when-is="是"' in page
    assert "上面选“是”的填这里" in page
    assert "/static/js/when.js" in page


def test_an_answer_that_became_pointless_is_not_asked_for_and_not_kept(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    sent = {"interest_claimed": "否", "interest_as_of": "kein Tag", "interest_amount": "abc"}
    assert change(client, home(filing, "claims/interest/"), sent).status_code == 302
    filing.refresh_from_db()
    assert filing.answers["interest_claimed"] == "否"
    assert not {"interest_as_of", "interest_amount"} & set(filing.answers)


def test_a_condition_that_holds_makes_its_questions_required(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    response = client.post(
        home(filing, "claims/interest/"), {"interest_claimed": "是", "interest_method": "按借条算"}
    )
    refused(response, "请填写“利息算到哪一天”", "请填写“到这一天的利息”")
    assert "按借条算" in text_of(response)


@pytest.mark.parametrize(
    ("page", "values", "sentence"),
    [
        ("claims/principal/", {"principal_as_of": "2025-02-29", "principal": "1"}, "这一天不存在"),
        ("claims/principal/", {"principal_as_of": "tomorrow", "principal": "1"}, "请按年-月-日填写日期"),
        (
            "claims/principal/",
            {"principal_as_of": "2025-03-01T10:00", "principal": "1"},
            "请按年-月-日填写日期",
        ),
        ("claims/principal/", {"principal_as_of": "0000-01-01", "principal": "1"}, "1900年到2200年"),
        ("claims/principal/", {"principal_as_of": "9999-01-01", "principal": "1"}, "1900年到2200年"),
        ("claims/principal/", {"principal_as_of": "FUTURE", "principal": "1"}, "不能晚于今天"),
        ("claims/principal/", {"principal_as_of": "2025-03-01", "principal": "0"}, "应大于0"),
        ("claims/principal/", {"principal_as_of": "2025-03-01", "principal": "0.001"}, "小数点后两位"),
        ("claims/principal/", {"principal_as_of": "2025-03-01", "principal": "NaN"}, "请用数字填写金额"),
        (
            "facts/term/",
            {"is_due": "是", "term_from": "2025-03-02", "term_to": "2025-03-01"},
            "不能早于“从哪天起”",
        ),
        ("facts/term/", {"is_due": "也许"}, "请从列出的选项里选"),
        ("facts/rate/", {"rate": "1001"}, "年利率应在0到1000之间"),
        ("facts/rate/", {"rate": "1_0"}, "请填写数字"),
        ("facts/rate/", {"rate": "3.85555"}, "小数点后四位"),
        ("facts/amount/", {"pay_method": "黄金"}, "请从列出的选项里选"),
        ("agreements/jurisdiction/", {}, "请选择“起诉前有没有申请法院冻结对方财产”"),
    ],
)
def test_wrong_entries_are_said_beside_the_field_and_kept(
    cast: Cast, page: str, values: dict[str, str], sentence: str
) -> None:
    filing, client = draft(cast), cast.client("zhang")
    before = Filing.objects.get().answers
    typed = {
        k: (clock.today() + timedelta(days=2)).isoformat() if v == "FUTURE" else v for k, v in values.items()
    }
    response = client.post(home(filing, page), typed)
    refused(response, sentence)
    for name, value in typed.items():
        if name not in ("is_due", "pay_method"):
            assert f'value="{value}"' in text_of(response)
    assert Filing.objects.get().answers == before


def test_dates_are_compared_across_pages_and_before_sending(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    paid_on = filing.answers["paid_on"]
    earlier = (clock.today() - timedelta(days=900)).isoformat()
    repaid = {"repaid_principal": "0", "repaid_interest": "0", "overdue": "是", "overdue_since": earlier}
    refused(client.post(home(filing, "facts/repaid/"), repaid), "不能早于“给钱的日期”")
    later = {name: filing.answers[name] for name in ("agreed_amount", "paid_amount", "paid_on_amount")}
    later |= {"pay_method": "转账", "paid_on": clock.today().isoformat()}
    assert paid_on != later["paid_on"]
    assert change(client, home(filing, "facts/amount/"), later).status_code == 302
    assert "“从哪天开始超期”不能早于“给钱的日期”" in text_of(client.get(home(filing, "check/")))


def test_the_total_is_helped_with_the_sum_of_the_parts(cast: Cast) -> None:
    filing = draft(cast)
    assert "合计是 ¥63,600.00" in text_of(cast.client("zhang").get(home(filing, "claims/total/")))


# --- people ----------------------------------------------------------------------------------------------------------
def test_first_plaintiff_is_filled_in_from_the_account(cast: Cast) -> None:
    client = cast.client("zhang")
    client.post("/my/filings/new/", ANSWERS | {"form_key": new_key()})
    filing = Filing.objects.get()
    assert client.get(home(filing, "me/"))["Location"] == home(filing, "me/new/")
    page = text_of(client.get(home(filing, "me/new/")))
    assert 'value="张某"' in page and 'value="13800000001"' in page
    assert client.post(home(filing, "me/new/"), PLAINTIFF)["Location"] == home(filing, "me/")
    party = filing.parties.get()
    assert (party.gender, party.born_on.isoformat()) == ("男", "1985-03-14"), "read from the identity number"


def test_the_other_side_needs_a_name_only(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    refused(
        client.post(home(filing, "other/new/"), {"kind": "natural", "name": " 　"}), "请填写姓名或单位名称"
    )
    assert (
        client.post(home(filing, "other/new/"), {"kind": "legal", "name": "某某商贸有限公司"}).status_code
        == 302
    )
    cards = text_of(client.get(home(filing, "other/")))
    assert "被告1" in cards and "某某商贸有限公司" in cards


def test_an_organisation_gives_its_own_lines(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    firm: dict[str, Any] = {"kind": "legal", "name": "某某商贸有限公司", "gender": "男", "ethnicity": "汉族"}
    response = client.post(home(filing, "me/new/"), firm)
    refused(response, "请填写证件号码", "请填写法定代表人或负责人", "请填写联系电话", "请填写住所地")
    assert "请填写民族" not in text_of(response)
    firm |= {"id_number": "91130102ma0f0f0f0e", "legal_representative": "陈某", "phone": "13900000002"}
    firm |= {"address": "某省某市示例区中山路2号", "organisation_type": "有限责任公司", "ownership": "民营"}
    assert client.post(home(filing, "me/new/"), firm).status_code == 302
    party = filing.parties.get(name="某某商贸有限公司")
    assert (party.id_kind, party.id_number) == ("uscc", "91130102MA0F0F0F0E")
    assert (party.gender, party.ethnicity, party.organisation_type) == ("", "", "有限责任公司")


def test_third_parties_have_their_own_list(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    assert client.post(home(filing, "third/new/"), {"kind": "natural", "name": "陈某"}).status_code == 302
    assert filing.parties.get(name="陈某").side == "third"
    assert "第三人：陈某" in text_of(client.get(home(filing, "check/")))


def test_a_person_is_changed_and_taken_out(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    party = filing.parties.get(side="defendant")
    address = home(filing, f"other/{party.public_id}/")
    sent = change(client, f"{address}?from=check", {"kind": "natural", "name": "李四某"})
    assert sent["Location"] == home(filing, "check/")
    assert take_out(client, home(filing, "other/"), f"{address}remove/")["Location"] == home(filing, "other/")
    assert not filing.parties.filter(side="defendant").exists()
    assert client.get(address).status_code == 404


# --- evidence and delivery ---------------------------------------------------------------------------------------------
def test_files_are_kept_one_by_one_with_a_result_each(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    address = home(filing, "evidence/")
    good, bad = photo("催款.jpg"), SimpleUploadedFile("假的.pdf", b"<html>", content_type="application/pdf")
    response = client.post(address, {"slot": "REPAY", "files": [good, bad]})
    page = text_of(response)
    assert response.status_code == 422 and "<title>有误：" in page
    assert "假的.pdf：" in page and "催款.jpg" in page and "已收到" in page
    material = filing.materials.get(slot="REPAY")
    assert f"/files/{material.file.public_id}/preview/" in page
    answer = client.post(home(filing, f"evidence/{material.public_id}/remove/"))
    assert answer["Location"] == address
    assert "催款.jpg" not in text_of(client.get(address))


def test_upload_without_a_file_or_into_no_slot(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    refused(client.post(home(filing, "evidence/"), {"slot": "IOU"}), "请先选照片或文件，再点上传")
    assert client.post(home(filing, "evidence/"), {"slot": "\x00", "files": photo()}).status_code == 404


def test_nothing_is_chosen_beforehand_for_delivery(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    Filing.objects.update(e_delivery=None)
    assert "checked" not in text_of(client.get(home(filing, "delivery/")))
    refused(client.post(home(filing, "delivery/"), {}), "请选择文书怎么送给您")
    assert change(client, home(filing, "delivery/"), {"e_delivery": "no"})["Location"] == home(filing)
    assert Filing.objects.get().e_delivery is False


# --- check, sending, afterwards ----------------------------------------------------------------------------------------
def test_check_page_shows_everything_with_ways_to_change_it(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    page = text_of(client.get(home(filing, "check/")))
    for words in (
        "原告：张某",
        "被告：李某",
        "¥60,000.00",
        "到今天",
        "借条",
        "送到这个平台的收件箱",
        "声明和签名",
    ):
        assert words in page, words
    assert home(filing, "claims/principal/?from=check") in page
    assert cast.users["zhang"].id_number in page, "full values stand on the person's own check page"


def test_what_is_missing_is_listed_once_with_links_and_cannot_be_sent(cast: Cast) -> None:
    filing, client = draft(cast, without=("principal", "IOU")), cast.client("zhang")
    page = text_of(client.get(home(filing, "check/")))
    assert "还有 3 处没有填好" in page
    assert (
        f'href="{home(filing, "claims/principal/")}"' in page
        and f'href="{home(filing, "evidence/")}#slot-IOU"' in page
    )
    assert "提交立案申请" not in page
    sent = client.post(home(filing, "check/"), {"agree": "on", "signed_name": "张某", "form_key": new_key()})
    refused(sent, "还有没填完的内容")
    assert Filing.objects.get().status == FilingStatus.DRAFT


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "请先确认内容真实，再提交"),
        ({"agree": "on"}, "请填写签名"),
        ({"agree": "on", "signed_name": "李某"}, "签名和您的实名不一致"),
        ({"agree": "on", "signed_name": "<b>张某</b>"}, "请按证件填写签名"),
    ],
)
def test_statement_and_signature_are_needed(cast: Cast, values: dict[str, str], sentence: str) -> None:
    filing, client = draft(cast), cast.client("zhang")
    refused(client.post(home(filing, "check/"), values | {"form_key": new_key()}), sentence)
    assert Filing.objects.get().number is None


@pytest.mark.parametrize("key", ["", "x" * 101, "a\x00b", "编号"])
def test_a_broken_form_key_is_no_failure(cast: Cast, key: str) -> None:
    filing, client = draft(cast), cast.client("zhang")
    sent = {"agree": "on", "signed_name": "张某", "form_key": key}
    answer = client.post(home(filing, "check/"), sent)
    assert answer.status_code == (302 if key == "" else 422)


def test_sending_gives_number_date_and_a_receipt_that_checks(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    sent = {"agree": "on", "signed_name": "张　某", "form_key": new_key()}
    refused(client.post(home(filing, "check/"), sent), "签名和您的实名不一致")
    sent["signed_name"] = "张某"
    assert client.post(home(filing, "check/"), sent)["Location"] == home(filing, "sent/")
    assert client.post(home(filing, "check/"), sent)["Location"] == home(filing, "sent/")
    filing.refresh_from_db()
    page = text_of(client.get(home(filing, "sent/")))
    receipt = receipt_of(filing, events.SUBMITTED)
    assert receipt and is_genuine(receipt.text, receipt.signature)
    due = filing.due_on
    for words in (
        filing.number,
        "还没有立案",
        f"{due.month}月{due.day}日",
        receipt.signature.replace("+", "&#x2B;"),
    ):
        assert words in page or words.replace("&#x2B;", "+") in page, words
    assert f"/receipts/{receipt.public_id}/" in page
    assert '"signed_name": "张某"' in filing.submissions.get().content
    assert client.get(home(filing, "check/"))["Location"] == home(filing, "sent/"), "done already"


def test_state_says_whose_turn_it_is_and_shows_no_internal_step(cast: Cast) -> None:
    filing, client = claimed(cast, submitted(cast)), cast.client("zhang")
    page = text_of(client.get(home(filing)))
    assert "现在轮到法院：立案庭审查中" in page and "最晚答复" in page and "提交立案申请" in page
    assert "开始审查" not in page and "钱立" not in page
    for rest in ("claims/principal/", "me/new/", "evidence/", "delivery/"):
        assert client.get(home(filing, rest))["Location"] == home(filing), rest
    assert (
        client.post(
            home(filing, "claims/principal/"), {"principal_as_of": "2025-03-01", "principal": "1"}
        ).status_code
        == 403
    )


def test_accepted_application_leads_to_the_case(cast: Cast) -> None:
    case = accepted(cast)
    page = text_of(cast.client("zhang").get(f"/my/filings/{case.filing_public_id}/"))
    assert case.number in page and f"/my/cases/{case.public_id}/" in page


def test_correction_shows_why_how_and_opens_only_what_is_named(cast: Cast) -> None:
    filing, client = returned(cast, "unreadable_IOU", "other_unclear"), cast.client("zhang")
    assert client.get(home(filing))["Location"] == home(filing, "fix/")
    page = text_of(client.get(home(filing, "fix/")))
    for words in (
        "补 2 项",
        "看不清：借条、收据、欠条",
        "为什么",
        "怎么补",
        "对方是谁还不够清楚",
        "请把借条重拍一张",
    ):
        assert words in page, words
    assert home(filing, "evidence/#slot-IOU") in page and home(filing, "other/") in page
    assert client.get(home(filing, "claims/principal/"))["Location"] == home(filing)
    evidence = text_of(client.get(home(filing, "evidence/")))
    assert 'id="file-IOU"' in evidence and 'id="file-TRANSFER"' not in evidence
    check = text_of(client.get(home(filing, "check/")))
    assert (
        home(filing, "evidence/?from=check#slot-IOU") in check and "claims/principal/?from=check" not in check
    )
    assert client.post(home(filing, "evidence/"), {"slot": "TRANSFER", "files": photo()}).status_code == 403


def test_corrected_application_is_sent_again_with_a_new_clock(cast: Cast) -> None:
    filing, client = returned(cast, "unreadable_IOU"), cast.client("zhang")
    assert (
        client.post(home(filing, "evidence/"), {"slot": "IOU", "files": photo("重拍.jpg")}).status_code == 302
    )
    sent = {"agree": "on", "signed_name": "张某", "form_key": new_key()}
    assert client.post(home(filing, "check/"), sent)["Location"] == home(filing, "sent/")
    filing.refresh_from_db()
    assert filing.status == FilingStatus.SUBMITTED and filing.submissions.count() == 2
    assert client.get(home(filing, "fix/"))["Location"] == home(filing)


def test_withdrawal_asks_first_names_the_consequence_and_happens_once(cast: Cast) -> None:
    filing, client = submitted(cast), cast.client("zhang")
    page = text_of(client.get(home(filing, "withdraw/")))
    assert "不影响您以后再起诉" in page and page.index("不撤回，返回") < page.index('class="btn btn-danger"')
    assert client.post(home(filing, "withdraw/"))["Location"] == "/my/"
    assert client.post(home(filing, "withdraw/")).status_code == 409
    assert "您已撤回这份申请" in text_of(client.get(home(filing)))


@pytest.mark.parametrize("rest", ["", "check/", "sent/", "evidence/", "me/", "claims/total/", "fix/"])
def test_no_page_asks_the_database_more_than_thirty_times(
    cast: Cast, rest: str, django_assert_max_num_queries: Any
) -> None:
    filing = returned(cast, "unreadable_IOU", "other_unclear") if rest == "fix/" else draft(cast)
    client = cast.client("zhang")
    with django_assert_max_num_queries(30):
        client.get(home(filing, rest))
