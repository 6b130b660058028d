"""What people and attackers type into a message and into an address (RELIABILITY §6, 9–23): refused beside its field with the
rest kept, or cleaned and printed harmlessly; never a failure, never half a row. The filing form has its own list
(tests/filing/test_pages_bad_input.py)."""

from __future__ import annotations

import logging
import re
import uuid
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from cases.models import ServiceChoice
from feedback.models import Message, Thread
from tests.support.scans import Told

KEPT_BESIDE = "某市某区某路9号3单元502"

REFUSED: dict[str, tuple[str, str]] = {
    # item: what is typed, words of the answer
    "13 ten thousand combining marks": ("e" + "\u0301" * 10_000, "内容过长|过多叠加符号"),
    "13 fifty combining marks": ("路" + "\u0301" * 50, "过多叠加符号"),
    "14 a megabyte": ("长" * 350_000, "内容过长"),
    "15 blanks": (" \u3000\t\n ", "请填写|请写"),
    "15 invisible": ("\u200b\u200e\u2060\ufeff", "请填写|请写"),
}

CLEANED: dict[str, tuple[str, str]] = {
    # item: what is typed, what is kept
    "9 zero width and direction": ("某路\u200b1\u202e号\u2066乙\u2069", "某路1号乙"),
    "10 NUL": ("某路\x001号", "某路1号"),
    "12 decomposed": ("cafe\u0301路1号", "caf\u00e9路1号"),
    "16 script": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "16 SVG": ("<svg onload=alert(1)>", "<svg onload=alert(1)>"),
    "17 template": ("{{7*7}}{% now 'Y' %}${7*7}", "{{7*7}}{% now 'Y' %}${7*7}"),
    "18 quotes and SQL": ("'; DROP TABLE cases_case; -- \"\\", "'; DROP TABLE cases_case; -- \"\\"),
    "19 wildcards": ("100%_路", "100%_路"),
    "20 regular expression bomb": ("a" * 90 + "!", "a" * 90 + "!"),
    "21 formula": ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    "5 rare hanzi": ("王\U0002a6a5\U00030edd·村", "王\U0002a6a5\U00030edd·村"),
    "23 forged line of the log": ('路1号","level":"ERROR"}', '路1号","level":"ERROR"}'),
}


@pytest.fixture
def zhang(told: Told) -> Client:
    return told.cast.client("zhang")


def new_message(told: Told) -> str:
    return f"/my/cases/{told.case.public_id}/messages/new/?topic=other"


def service(told: Told) -> str:
    return f"/my/cases/{told.case.public_id}/service/"


def service_form(told: Told, client: Client, **changes: Any) -> dict[str, Any]:
    page = client.get(service(told)).content.decode()
    hidden = dict(re.findall(r'name="(form_key|seen)" value="([^"]*)"', page))
    kept = {
        "electronic": "no",
        "postal_address": KEPT_BESIDE,
        "postal_phone": "031112345678",
        "confirmed": "on",
    }
    return hidden | kept | changes


def says(answer: HttpResponse, words: str) -> str:
    """422 with the sentence beside the field and in the title."""
    page = answer.content.decode()
    assert answer.status_code == 422 and "<title>有误：" in page
    assert re.search(words, page), words
    return page


@pytest.mark.parametrize("item", REFUSED)
def test_a_message_that_cannot_be_kept_is_refused(item: str, told: Told, zhang: Client) -> None:
    text, words = REFUSED[item]
    before = Thread.objects.count(), Message.objects.count()
    says(zhang.post(new_message(told), {"text": text, "form_key": uuid.uuid4()}), words)
    assert (Thread.objects.count(), Message.objects.count()) == before


@pytest.mark.parametrize("item", REFUSED)
def test_an_address_that_cannot_be_kept_is_refused(item: str, told: Told, zhang: Client) -> None:
    text, words = REFUSED[item]
    before = ServiceChoice.objects.count()
    page = says(zhang.post(service(told), service_form(told, zhang, postal_address=text)), words)
    assert "031112345678" in page, "what stands beside it is kept"
    assert ServiceChoice.objects.count() == before


@pytest.mark.parametrize("item", CLEANED)
def test_a_message_is_kept_clean_and_printed_harmlessly(item: str, told: Told, zhang: Client) -> None:
    text, kept = CLEANED[item]
    answer = zhang.post(new_message(told), {"text": text, "form_key": uuid.uuid4()})
    assert answer.status_code == 302
    assert Message.objects.latest("id").text == kept
    clerk_side = f"/bench/messages/{Thread.objects.latest('id').public_id}/"
    for page in (zhang.get(answer["Location"]), told.cast.client("caseclerk").get(clerk_side)):
        harmless(page)


@pytest.mark.parametrize("item", CLEANED)
def test_an_address_is_kept_clean_and_printed_harmlessly(item: str, told: Told, zhang: Client) -> None:
    text, kept = CLEANED[item]
    answer = zhang.post(service(told), service_form(told, zhang, postal_address=text))
    assert answer.status_code == 302
    assert chosen(told).postal_address == kept
    harmless(zhang.get(answer["Location"]))


def chosen(told: Told) -> ServiceChoice:
    return ServiceChoice.objects.filter(party=told.plaintiff).latest("id")


def harmless(answer: HttpResponse) -> None:
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<script>alert" not in page and "<svg onload" not in page and ">49<" not in page


@pytest.mark.parametrize("field", ["text", "postal_address"])
def test_a_lone_surrogate_is_no_text(field: str, told: Told, zhang: Client) -> None:
    """Item 11: bytes that are no UTF-8 arrive as a replacement character; nothing fails."""
    data = f"{field}=".encode() + b"%ED%A0%80abc&electronic=no&confirmed=on"
    path = new_message(told) if field == "text" else service(told)
    answer = zhang.post(path, data, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (302, 422)


def test_written_line_breaks_forge_no_line_of_the_log(
    told: Told, zhang: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Items 22 and 23: in fields and in the address of the page."""
    caplog.set_level(logging.INFO)
    forged = '路\r\n{"level": "ERROR", "event": "forged"}'
    assert zhang.post(service(told), service_form(told, zhang, postal_address=forged)).status_code == 302
    zhang.get(f"{service(told)}?a=%0d%0a%7B%22event%22:%22forged%22%7D")
    assert chosen(told).postal_address == '路 {"level": "ERROR", "event": "forged"}'
    assert "forged" not in caplog.text
