"""The page behind a printed code: the same bytes for every code, no effect, and limits that say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import OneTimeCode
from common import clock
from documents.models import Copy
from eventlog.models import Event
from qrlinks import services
from qrlinks.models import CaseCode, Verification, Visit
from standins.models import SentText
from tests.support.scans import Told, printed_path

UNKNOWN = "0123456789ABCDEFGHJKMNPQRS"
CHANGES_BY_ITSELF = {"X-Request-ID", "Date"}


@pytest.fixture
def addresses() -> Iterator[str]:
    """An address of its own for each look."""
    return (f"10.9.{number >> 8}.{number & 255}" for number in count(1))


def look(path: str, address: str) -> HttpResponse:
    return Client().get(path, REMOTE_ADDR=address)


def same(answer: HttpResponse) -> tuple[int, bytes, dict[str, str]]:
    headers = {name: value for name, value in answer.headers.items() if name not in CHANGES_BY_ITSELF}
    return answer.status_code, answer.content, headers


@pytest.mark.req("SEC-21", "SEC-06", "B-66")
def test_every_code_gets_the_same_bytes(told: Told, addresses: Iterator[str]) -> None:
    mine, theirs = told.copy(told.plaintiff), told.copy(told.defendant)
    live, revoked = printed_path(theirs), printed_path(mine)
    token = live.strip("/").split("/")[1]
    Copy.objects.filter(pk=mine.pk).update(revoked_at=clock.now())
    expected = same(look(live, next(addresses)))
    assert expected[0] == 200
    off_by_one = token[:-1] + ("A" if token[-1] != "A" else "B")
    odd = [
        token.lower(),
        token[:-1],
        off_by_one,
        UNKNOWN,
        "x",
        "x" * 10_000,
        "%00",
        "%F0%9F%98%80",
        "%ED%A0%80",
        "..",
        "<b>",
        "{{7*7}}",
    ]
    for path in [revoked, live.lower(), *(f"/m/{text}/" for text in odd), *(f"/M/{text}/" for text in odd)]:
        assert same(look(path, next(addresses))) == expected, path
    Copy.objects.filter(pk=theirs.pk).update(expires_at=clock.now())
    assert same(look(live, next(addresses))) == expected
    Copy.objects.filter(pk=theirs.pk).update(expires_at=mine.expires_at)
    CaseCode.objects.filter(case=told.case).update(is_on=False)
    assert same(look(live, next(addresses))) == expected
    CaseCode.objects.filter(case=told.case).update(is_on=True, ends_at=clock.now())
    assert same(look(live, next(addresses))) == expected


def test_page_says_nothing_of_code_or_case(told: Told, addresses: Iterator[str]) -> None:
    path = printed_path(told.copy(told.defendant))
    answer = look(path, next(addresses))
    page = answer.content.decode()
    assert path.strip("/").split("/")[1] not in page
    for word in (
        told.case.number,
        told.case.cause.name,
        "张某",
        "李某",
        "赵明",
        "应诉",
        "csrfmiddlewaretoken",
    ):
        assert word not in page
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    for word in ("这是法院文书上的服务码", "验证身份", "12368", "这不是我的文书", "不收费"):
        assert word in page


@pytest.mark.req("SEC-21", "SEC-06")
def test_verification_pages_are_alike_too(told: Told, addresses: Iterator[str]) -> None:
    """Every page of a code, asked and answered, for live, revoked, expired, unknown and malformed ones."""
    token_field = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')

    def page(path: str, name: str, sent: dict[str, str] | None) -> tuple[int, str, dict[str, str]]:
        client, address = Client(REMOTE_ADDR=next(addresses)), f"{path}{name}/"
        answer = client.get(address) if sent is None else client.post(address, sent)
        headers = {key: value for key, value in answer.headers.items() if key not in CHANGES_BY_ITSELF}
        return answer.status_code, token_field.sub("", answer.content.decode()), headers

    mine, theirs = told.copy(told.plaintiff), told.copy(told.defendant)
    off, live = printed_path(mine), printed_path(theirs)
    Copy.objects.filter(pk=mine.pk).update(revoked_at=clock.now())
    facts = {"name": "李某", "last_six": "123456"}
    asked: list[tuple[str, dict[str, str] | None]] = [
        ("verify", None), ("verify", facts), ("verify", {}), ("not-mine", None), ("not-mine", {}),
    ]  # fmt: skip
    for name, sent in asked:
        expected = page(live, name, sent)
        assert live.strip("/").split("/")[1] not in str(expected)
        for other in (off, f"/m/{UNKNOWN}/", "/m/x/", "/M/%00/", f"/m/{'9' * 3000}/"):
            assert page(other, name, sent) == expected, (name, other)
        Copy.objects.filter(pk=theirs.pk).update(expires_at=clock.now())
        assert page(live, name, sent) == expected, (name, "expired")
        Copy.objects.filter(pk=theirs.pk).update(expires_at=theirs.expires_at)


@pytest.mark.req("SEC-21", "SEC-23", "B-71")
def test_preview_robot_a_hundred_times_has_no_effect(told: Told) -> None:
    path = printed_path(told.copy(told.defendant))
    events = Event.objects.count()
    answers = [look(path, "10.8.8.8") for _ in range(100)]
    assert [answer.status_code for answer in answers[:10]] == [200] * 10
    assert {answer.status_code for answer in answers[20:]} == {429}
    refused = answers[-1]
    assert int(refused["Retry-After"]) <= 60
    assert path.strip("/").split("/")[1] not in refused.content.decode()
    for model in (Visit, Verification, OneTimeCode, SentText):
        assert not model.objects.exists()
    assert Event.objects.count() == events
    assert look(path, "10.8.8.9").status_code == 200


@pytest.mark.req("SEC-23")
def test_address_that_opened_many_unknown_codes_waits_for_every_code(told: Told) -> None:
    address = "10.8.7.7"
    for _ in range(30):
        services.note_resolve(address, known=False)
    live = look(printed_path(told.copy(told.defendant)), address)
    unknown = look(f"/m/{UNKNOWN}/", address)
    assert live.status_code == unknown.status_code == 429
    assert live.content == unknown.content


def test_known_codes_do_not_count_as_unknown(told: Told) -> None:
    for _ in range(40):
        services.note_resolve("10.8.7.8", known=True)
    assert look(printed_path(told.copy(told.defendant)), "10.8.7.8").status_code == 200


@pytest.mark.django_db
def test_elder_mode_from_the_landing_needs_no_session() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(f"/m/{UNKNOWN}/display/", {"text": "large"})
    assert (answer.status_code, answer["Location"]) == (302, "../")
    page = client.get(f"/m/{UNKNOWN}/").content.decode()
    assert "text-large" in page and "标准版" in page
    assert "sessionid" not in client.cookies


@pytest.mark.django_db
def test_nothing_but_reading_is_answered() -> None:
    assert Client().post(f"/m/{UNKNOWN}/").status_code == 405
    assert Client().head(f"/m/{UNKNOWN}/").status_code == 200
    assert Client().get(f"/m/{UNKNOWN}").status_code == 301
