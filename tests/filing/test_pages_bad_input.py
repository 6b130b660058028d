"""What people and attackers type into the filing forms (RELIABILITY §6, 1–23, 29–31, 39): a sentence beside the field or
the cleaned value, never a failure, and never half a row."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from filing.models import Filing
from tests.filing.pages import PLAINTIFF, change, home, refused, text_of
from tests.support.court import Cast, draft

FACTS = "facts/contract/"
PLAIN_FACTS = {"contract_facts": "借条一张", "lender": "张某", "borrower": "李某"}

WRONG_PERSON: list[tuple[str, dict[str, Any], str]] = [
    ("1 wrong checksum", {"id_number": "130102198503140011"}, "最后一位与前面的数字对不上"),
    ("1 wrong day", {"id_number": "130102198502300018"}, "出生日期不存在"),
    ("3 fifteen digits", {"id_number": "130102850314001"}, "15位身份证号已停用"),
    ("4 wrong kind", {"id_kind": "hk_macau_permit"}, "港澳居民来往内地通行证号码应为H或M"),
    ("4 no such kind", {"id_kind": "driving_licence"}, "请从列出的选项里选"),
    ("4 credit code for a person", {"id_kind": "uscc"}, "个人请选身份证件"),
    ("6 name of 101", {"name": "张" * 101}, "内容过长，请缩短到100字以内"),
    ("8 landline", {"phone": "0311-86011111"}, "座机收不到短信"),
    ("8 short", {"phone": "1380000000"}, "手机号应为11位数字"),
    ("11 replaced surrogate", {"name": "张\ufffd"}, "不带特殊符号"),
    ("13 combining marks", {"name": "张" + "\u0301" * 10_000}, "内容过长"),
    ("13 combining marks", {"address": "某" + "\u0301" * 50}, "过多叠加符号"),
    ("14 a megabyte", {"address": "长" * 350_000}, "内容过长，请缩短到200字以内"),
    ("15 blanks", {"name": " \u3000\t "}, "请填写姓名或单位名称"),
    ("15 invisible", {"name": "\u200b\u200e\u2060"}, "请填写姓名或单位名称"),
    ("16 script", {"name": "<script>alert(1)</script>"}, "不带特殊符号"),
    ("17 template", {"name": "{{7*7}}"}, "不带特殊符号"),
    ("20 long number", {"id_number": "1" * 40}, "身份证号应为18位"),
    ("20 too long number", {"id_number": "1-" * 5000}, "内容过长"),
    ("29 no such day", {"born_on": "2025-02-29"}, "这一天不存在"),
    ("29 year 0", {"born_on": "0000-01-01"}, "1900年到2200年"),
    (
        "30 future birth",
        {"id_kind": "passport", "id_number": "E12345678", "born_on": "2199-01-01"},
        "不能晚于今天",
    ),
    ("30 not the card's", {"born_on": "1985-03-15"}, "和身份证号里的不一样"),
    ("31 with time", {"born_on": "1985-03-14T08:00"}, "请按年-月-日填写日期"),
]


@pytest.mark.req("B-01", "B-03")
@pytest.mark.parametrize(("_name", "values", "sentence"), WRONG_PERSON, ids=[row[0] for row in WRONG_PERSON])
def test_wrong_person_is_refused_with_a_sentence(
    cast: Cast, _name: str, values: dict[str, Any], sentence: str
) -> None:
    filing, client = draft(cast), cast.client("zhang")
    before = filing.parties.count()
    response = client.post(home(filing, "me/new/"), PLAINTIFF | values)
    refused(response, sentence)
    assert f'value="{PLAINTIFF["ethnicity"]}"' in text_of(response), "the rest is kept"
    assert filing.parties.count() == before


RIGHT_PERSON: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("2 lower x", {"id_number": "13010219850314107x"}, {"id_number": "13010219850314107X"}),
    ("4 Hong Kong", {"id_kind": "hk_macau_permit", "id_number": "h12345678", "gender": "男", "born_on": "1985-03-14"},
     {"id_number": "H12345678"}),
    ("4 Taiwan", {"id_kind": "taiwan_permit", "id_number": "12345678", "gender": "女", "born_on": "1985-03-14"},
     {"id_number": "12345678", "gender": "女"}),
    ("4 residence permit", {"id_kind": "residence_permit", "id_number": "810102199001010017"},
     {"id_number": "810102199001010017"}),
    ("5 rare hanzi", {"name": "王\U0002a6a5\U00030edd"}, {"name": "王\U0002a6a5\U00030edd"}),
    ("5 middle dot", {"name": "阿依古丽 • 买买提"}, {"name": "阿依古丽·买买提"}),
    ("6 name of 1", {"name": "张"}, {"name": "张"}),
    ("6 name of 100", {"name": "张" * 100}, {"name": "张" * 100}),
    ("7 full width", {"id_number": "１３０１０２１９８５０３１４００１８", "phone": "１３８００００００01"},
     {"id_number": "130102198503140018", "phone": "13800000001"}),
    ("8 country code", {"phone": "+86 138-0000 0001"}, {"phone": "13800000001"}),
    ("9 invisible", {"name": "张\u200b某\u202e", "phone": "\u2066138 0000 0001\u2069"},
     {"name": "张某", "phone": "13800000001"}),
    ("10 NUL", {"name": "张\x00某", "address": "某省\x00某市"}, {"name": "张某", "address": "某省某市"}),
    ("12 decomposed", {"address": "e\u0301 路1号"}, {"address": "\u00e9 路1号"}),
    ("17 template", {"address": "{{7*7}}"}, {"address": "{{7*7}}"}),
    ("18 quotes", {"address": "'; DROP TABLE filing_filing; --"}, {"address": "'; DROP TABLE filing_filing; --"}),
    ("21 formula", {"address": "=1+1", "job": "@SUM(A1)"}, {"address": "=1+1", "job": "@SUM(A1)"}),
    ("22 line breaks", {"name": "张\r\n某", "address": "某省\r\nBcc: x"}, {"name": "张 某", "address": "某省 Bcc: x"}),
    ("39 extra fields", {"role": "judge", "is_staff": "1", "paid": "1", "phone_origin": "court", "filing": "1"},
     {"phone_origin": "own"}),
]  # fmt: skip


@pytest.mark.parametrize(("_name", "values", "kept"), RIGHT_PERSON, ids=[row[0] for row in RIGHT_PERSON])
def test_forgiven_person_is_kept_clean(
    cast: Cast, _name: str, values: dict[str, Any], kept: dict[str, str]
) -> None:
    filing, client = draft(cast), cast.client("zhang")
    party = filing.parties.get(side="plaintiff")
    assert change(client, home(filing, f"me/{party.public_id}/"), PLAINTIFF | values).status_code == 302
    party.refresh_from_db()
    assert {name: getattr(party, name) for name in kept} == kept
    assert client.get(home(filing, "check/")).status_code == 200


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("<script>alert(1)</script><svg onload=x>", "<script>alert(1)</script><svg onload=x>"),
        ("{{7*7}}{% now 'Y' %}", "{{7*7}}{% now 'Y' %}"),
        ("a\x00b\u200b\u202ec\r\nd", "abc\nd"),
        ("'\" OR 1=1; --%_\\", "'\" OR 1=1; --%_\\"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    ],
)
def test_text_is_stored_as_typed_and_printed_harmlessly(cast: Cast, text: str, kept: str) -> None:
    filing, client = draft(cast), cast.client("zhang")
    assert change(client, home(filing, FACTS), PLAIN_FACTS | {"contract_facts": text}).status_code == 302
    assert Filing.objects.get().answers["contract_facts"] == kept
    page = text_of(client.get(home(filing, "check/"))) + text_of(client.get(home(filing, FACTS)))
    assert "<script>alert" not in page and "<svg onload" not in page and ">49<" not in page


@pytest.mark.parametrize("text", ["长" * 3001, "长" * 330_000, "e" + "\u0301" * 10_000])
def test_text_that_is_too_long_is_refused_with_its_neighbours_kept(cast: Cast, text: str) -> None:
    filing, client = draft(cast), cast.client("zhang")
    before = filing.answers
    response = client.post(home(filing, FACTS), PLAIN_FACTS | {"contract_facts": text, "lender": "张三某"})
    assert response.status_code == 422 and 'value="张三某"' in text_of(response)
    assert Filing.objects.get().answers == before


def test_a_form_beyond_all_measure_is_refused_before_it_is_read(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    response = client.post(home(filing, FACTS), PLAIN_FACTS | {"contract_facts": "x" * 6_000_000})
    assert 400 <= response.status_code < 500


@pytest.mark.req("B-41", "B-42")
def test_an_array_for_a_scalar_and_a_twice_given_field_take_the_last(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    sent = {"principal_as_of": ["x", "2025-03-01"], "principal": ["9", "5"]}
    response = change(client, home(filing, "claims/principal/"), sent)
    assert response.status_code == 302 and Filing.objects.get().answers["principal"] == "5.00"


@pytest.mark.req("B-22", "B-23")
def test_written_line_breaks_forge_no_line_of_the_log(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    filing, client = draft(cast), cast.client("zhang")
    with caplog.at_level(logging.DEBUG):
        client.post(home(filing, "me/new/"), PLAINTIFF | {"name": "张某\nERROR forged line", "job": "\rroot"})
    assert "forged" not in caplog.text and "130102198503140018" not in caplog.text


@pytest.mark.parametrize(
    "address",
    [
        "/my/filings/------------------------------------/me/",
        "/my/filings/00000000-0000-0000-0000-000000000000/",
        "/my/filings/%00/",
        "/my/filings/1/check/",
    ],
)
def test_an_address_that_is_no_application_is_not_found(cast: Cast, address: str) -> None:
    assert cast.client("zhang").get(address).status_code == 404
