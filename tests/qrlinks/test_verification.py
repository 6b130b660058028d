"""Facts, code, pass: the answers are the same whatever was found, and every try has its limit."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import CodePurpose, OneTimeCode
from accounts.services import count, start_code
from cases.models import Party
from common import clock, crypto
from documents.models import Copy
from documents.services import revoke_copy
from eventlog.models import Event
from portal.demo.cast import LI, OTHERS
from qrlinks import services
from qrlinks.models import CodeReport, ReportKind, Verification, Visit
from tests.support.scans import Told, Visitor, codes_sent, printed_path, printed_service_code

STRANGER = OTHERS[4]
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


def words(answer: HttpResponse) -> str:
    return CSRF.sub("", answer.content.decode())


@pytest.fixture
def path(told: Told) -> str:
    """The address printed on the defendant's copy."""
    return printed_path(told.copy(told.defendant))


@pytest.mark.req("SEC-22", "SEC-35")
def test_the_way_in_leaves_a_visit_in_the_access_stream_only(told: Told, path: str) -> None:
    answer = Visitor().scans(path, LI)
    assert answer["Location"] == f"/my/cases/{told.case.public_id}/"
    visit = Visit.objects.get()
    assert (visit.party, visit.copy) == (told.defendant, told.copy(told.defendant))
    event = Event.objects.get(name="qrlinks.verified")
    assert event.stream == f"access:某1234:{clock.today().isoformat()}"
    assert not Event.objects.filter(
        stream=f"case:{told.case.public_id}", name__startswith="qrlinks.verified"
    ).exists()


@pytest.mark.req("SEC-06", "SEC-22")
def test_fitting_and_unfitting_facts_look_the_same(told: Told, path: str) -> None:
    right, wrong, nowhere = Visitor(), Visitor(), Visitor()
    answers = [right.claims(path, LI), wrong.claims(path, STRANGER), nowhere.claims("/m/NOSUCHCODE/", LI)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/scan/code/")}
    assert len(codes_sent(LI.phone)) == 1
    pages = {words(visitor.client.get("/scan/code/")) for visitor in (right, wrong, nowhere)}
    assert len(pages) == 1
    refusals = {words(visitor.enters("000000")) for visitor in (right, wrong, nowhere)}
    assert len(refusals) == 1
    assert "如果核对一致，验证码已发到立案时留的手机" in pages.pop()
    assert OneTimeCode.objects.count() == Verification.objects.count() == 3


@pytest.mark.req("SEC-06")
def test_limits_of_the_phone_do_not_show(told: Told, path: str) -> None:
    """A second browser with the same facts within the minute, and a phone that just got a sign-in code."""
    first, second = Visitor(), Visitor()
    one, two = first.claims(path, LI), second.claims(path, LI)
    assert (one.status_code, one["Location"]) == (two.status_code, two["Location"])
    assert len(codes_sent(LI.phone)) == 1
    assert first.enters(codes_sent(LI.phone)[0]).status_code == 302


def test_provider_that_does_not_answer_does_not_show(told: Told, path: str, settings: object) -> None:
    settings.SMS_URL = "http://127.0.0.1:9/"  # type: ignore[attr-defined]  # nobody listens there
    answer = Visitor().claims(path, LI)
    assert (answer.status_code, answer["Location"]) == (302, "/scan/code/")
    assert codes_sent(LI.phone) == []


def test_message_leaves_after_the_answer(told: Told, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the time nor the failure of sending is part of the answer."""
    order: list[str] = []
    real = services.send_code
    monkeypatch.setattr(
        "qrlinks.views.scan.services.send_code", lambda **values: (order.append("sent"), real(**values))
    )
    from django.core.handlers.wsgi import WSGIHandler

    answered = WSGIHandler.get_response

    def get_response(handler: WSGIHandler, request: object) -> HttpResponse:
        response = answered(handler, request)  # type: ignore[arg-type]
        order.append("answered")
        return response  # type: ignore[return-value]

    monkeypatch.setattr("django.test.client.ClientHandler.get_response", get_response)
    Visitor().claims(path, LI)
    assert order == ["answered", "sent"]


@pytest.mark.req("SEC-22", "B-69")
def test_phone_not_on_file(told: Told, path: str) -> None:
    Party.objects.filter(pk=told.defendant.pk).update(phone="", phone_index="", phone_origin="")
    visitor = Visitor()
    assert visitor.claims(path, LI)["Location"] == "/scan/code/"
    assert visitor.enters("123456").status_code == 422
    assert codes_sent(LI.phone) == []


def test_party_without_identity_number_cannot_be_claimed(told: Told, path: str) -> None:
    Party.objects.filter(pk=told.defendant.pk).update(id_number="", id_number_index="", id_last_six_index="")
    visitor = Visitor()
    visitor.claims(path, LI)
    assert codes_sent(LI.phone) == []


@pytest.mark.req("SEC-02", "B-70")
def test_two_phones_at_once(told: Told, path: str) -> None:
    """Two devices ask for the same party: one code, and only the browser that asked for it can use it."""
    first, second = Visitor(), Visitor()
    first.claims(path, LI)
    second.claims(path, LI)
    code = codes_sent(LI.phone)[0]
    assert second.enters(code).status_code == 422
    assert first.enters(code).status_code == 302


@pytest.mark.req("SEC-02", "B-68")
def test_code_of_another_purpose_or_an_older_one_or_too_late(told: Told, path: str) -> None:
    visitor = Visitor()
    visitor.claims(path, LI)
    old = codes_sent(LI.phone)[0]
    with clock.at(clock.now() + timedelta(minutes=2)):
        visitor.claims(path, LI)
        newer = codes_sent(LI.phone)[0]
        assert newer != old or len(codes_sent(LI.phone)) == 2
        if newer != old:
            assert visitor.enters(old).status_code == 422
    with clock.at(clock.now() + timedelta(minutes=8)):
        assert visitor.enters(newer).status_code == 422
    assert not Visit.objects.exists()


def test_sign_in_code_opens_no_scan(told: Told, path: str) -> None:
    visitor = Visitor()
    visitor.claims(path, LI)
    browser = visitor.client.session["browser"]
    with clock.at(clock.now() + timedelta(minutes=2)):
        start_code(purpose=CodePurpose.SIGN_IN, phone=LI.phone, browser=browser)
        from standins.models import SentText

        text = SentText.objects.filter(to=LI.phone, text__contains="登录").order_by("-id")[0].text
        found = re.search(r"验证码 (\d{6})", text)
        assert found is not None
        if found[1] != codes_sent(LI.phone)[0]:
            assert visitor.enters(found[1]).status_code == 422


@pytest.mark.req("SEC-02", "B-68")
def test_right_code_on_the_sixth_try(told: Told, path: str) -> None:
    visitor = Visitor()
    visitor.claims(path, LI)
    code = codes_sent(LI.phone)[0]
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert visitor.enters(wrong).status_code == 422
    assert visitor.enters(code).status_code == 422


def test_code_works_once(told: Told, path: str) -> None:
    visitor = Visitor()
    visitor.scans(path, LI)
    again = Visitor()
    again.client.cookies = visitor.client.cookies.copy()
    assert again.enters(codes_sent(LI.phone)[0])["Location"] == "/scan/"


@pytest.mark.req("SEC-23")
def test_visitor_waits_after_five_tries_known_or_not(told: Told, path: str) -> None:
    known, unknown = Visitor(), Visitor()
    for _ in range(5):
        known.claims(path, STRANGER)
        unknown.claims("/m/NOSUCHCODE/", STRANGER)
    one, two = known.claims(path, LI), unknown.claims("/m/NOSUCHCODE/", LI)
    assert one.status_code == two.status_code == 429
    assert words(one) == words(two)
    assert "15分钟" in words(one) and int(one["Retry-After"]) <= 900
    assert codes_sent(LI.phone) == []


@pytest.mark.req("SEC-23")
def test_clearing_cookies_does_not_help_for_ever(told: Told, path: str) -> None:
    facts = {"name": "某某", "last_six": "123456"}
    answers = [Client(REMOTE_ADDR="10.7.7.7").post(f"/m/{number}/verify/", facts) for number in range(31)]
    assert [answer.status_code for answer in answers[:30]] == [302] * 30
    assert answers[30].status_code == 429


@pytest.mark.req("SEC-23")
def test_guessing_at_one_code_is_slowed_and_the_court_told(told: Told, path: str) -> None:
    facts = {"name": LI.name, "last_six": "123456"}
    for number in range(21):
        assert Client(REMOTE_ADDR=f"10.6.6.{number}").post(f"{path}verify/", facts).status_code == 302
    report = CodeReport.objects.get()
    assert (report.kind, report.copy) == (ReportKind.GUESSED, told.copy(told.defendant))
    again = Client(REMOTE_ADDR="10.6.6.20").post(f"{path}verify/", facts)
    assert again.status_code == 429
    assert Visitor().scans(path, LI).status_code == 302  # the party at its own place is not locked out


@pytest.mark.req("SEC-23")
@pytest.mark.parametrize(("tries", "longest"), [(20, 60), (40, 600), (80, 3600)])
def test_the_delay_at_one_code_grows_known_or_not(told: Told, path: str, tries: int, longest: int) -> None:
    facts = {"name": LI.name, "last_six": "123456"}
    waits = set()
    for number, address in enumerate((path, "/m/0123456789ABCDEFGHJKMNPQRS/")):
        token = address.strip("/").split("/")[1]
        for _ in range(tries):
            count(f"scan-code:{crypto.keyed_hash('scan-code', token)}", 86_400)
        guesser = [Client(REMOTE_ADDR=f"10.6.{number}.7").post(f"{address}verify/", facts) for _ in range(2)]
        assert [answer.status_code for answer in guesser] == [302, 429]
        waits.add(int(guesser[1]["Retry-After"]) > longest // 10)
        assert int(guesser[1]["Retry-After"]) <= longest
    assert waits == {True}


def test_texts_by_scan_leave_room_for_signing_in(told: Told, path: str) -> None:
    start = clock.now().replace(minute=0, second=0) + timedelta(hours=1)
    for minute in range(0, 10, 2):
        with clock.at(start + timedelta(minutes=minute)):
            Visitor().claims(path, LI)
    assert len(codes_sent(LI.phone)) == 3
    with clock.at(start + timedelta(minutes=12)):
        assert start_code(purpose=CodePurpose.SIGN_IN, phone=LI.phone, browser="b").code_hash


@pytest.mark.req("SEC-25")
def test_code_switched_off_before_the_text_was_typed(told: Told, path: str) -> None:
    visitor = Visitor()
    visitor.claims(path, LI)
    revoke_copy(copy_public_id=told.copy(told.defendant).public_id, actor=told.cast.clerk, reason="lost")
    assert visitor.enters(codes_sent(LI.phone)[0]).status_code == 422


def test_typed_service_code_leads_the_same_way(told: Told) -> None:
    code = printed_service_code(told.copy(told.defendant))
    visitor, nobody = Visitor(), Visitor()
    one = visitor.client.post("/scan/", {"service_code": f" {code[:5].lower()}-{code[5:]} "})
    two = nobody.client.post("/scan/", {"service_code": "ABCDEFGHJK"})
    assert one["Location"] == two["Location"] == "/scan/verify/"
    facts = {"name": LI.name, "last_six": LI.id_number[-6:]}
    assert visitor.client.post("/scan/verify/", facts)["Location"] == "/scan/code/"
    assert nobody.client.post("/scan/verify/", facts)["Location"] == "/scan/code/"
    assert len(codes_sent(LI.phone)) == 1
    assert visitor.enters(codes_sent(LI.phone)[0])["Location"] == f"/my/cases/{told.case.public_id}/"


def test_typed_code_that_was_switched_off_meanwhile(told: Told) -> None:
    copy = told.copy(told.defendant)
    visitor = Visitor()
    visitor.client.post("/scan/", {"service_code": printed_service_code(copy)})
    Copy.objects.filter(pk=copy.pk).update(revoked_at=clock.now())
    visitor.client.post("/scan/verify/", {"name": LI.name, "last_six": LI.id_number[-6:]})
    assert codes_sent(LI.phone) == []


@pytest.mark.req("SEC-23")
def test_five_typed_codes_an_hour_known_or_not(told: Told) -> None:
    code = printed_service_code(told.copy(told.defendant))
    known, unknown = Visitor(), Visitor()
    for _ in range(5):
        assert known.client.post("/scan/", {"service_code": code}).status_code == 302
        assert unknown.client.post("/scan/", {"service_code": "ABCDEFGHJK"}).status_code == 302
    for visitor, typed in ((known, code), (unknown, "ABCDEFGHJK")):
        answer = visitor.client.post("/scan/", {"service_code": typed})
        assert answer.status_code == 422
        assert "1小时后再试" in answer.content.decode() and typed in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "values", "words_wanted"),
    [
        ("/scan/", {}, "请填写服务码"),
        ("/scan/", {"service_code": "太短"}, "服务码是10位字母和数字"),
        ("/scan/", {"service_code": "A" * 300}, "服务码"),
        ("/m/ANY/verify/", {}, "请填写姓名或单位名称"),
        ("/m/ANY/verify/", {"name": "张\x00某", "last_six": "12345"}, "请填最后6位"),
        ("/m/ANY/verify/", {"name": "<b>张</b>", "last_six": "１２００３ｘ"}, "不带特殊符号"),
        ("/scan/report/", {"words": " \u200b"}, "请填写哪里可疑"),
    ],
)
def test_wrong_entries_are_kept_and_explained(
    address: str, values: dict[str, str], words_wanted: str
) -> None:
    answer = Client().post(address, values)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words_wanted in page and "有误：" in page
    if "last_six" in values:
        assert 'value="' in page


@pytest.mark.django_db
def test_pages_in_the_middle_begin_at_the_beginning() -> None:
    assert Client().get("/scan/verify/")["Location"] == "/scan/"
    assert Client().get("/scan/code/")["Location"] == "/scan/"
    assert Client().post("/scan/code/", {"code": "123456"})["Location"] == "/scan/"


def test_not_mine_tells_the_court_and_shows_nothing(told: Told, path: str) -> None:
    client = Client()
    page = client.get(f"{path}not-mine/").content.decode()
    assert told.case.number not in page and "李某" not in page
    answer = client.post(f"{path}not-mine/", follow=True)
    assert "谢谢，法院已知道" in answer.content.decode()
    report = CodeReport.objects.get()
    assert (report.kind, report.copy) == (ReportKind.NOT_MINE, told.copy(told.defendant))
    event = Event.objects.get(name="qrlinks.reported")
    assert event.stream.startswith("access:某1234:")


@pytest.mark.django_db
def test_suspicious_code_is_reported_without_a_name() -> None:
    client = Client(REMOTE_ADDR="10.5.5.5")
    answers = [client.post("/scan/report/", {"words": "电线杆上贴的，要先交保证金"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert CodeReport.objects.filter(kind=ReportKind.SUSPICIOUS).count() == 5


def test_pass_is_for_this_browser_and_replaces_a_sign_in(told: Told, path: str) -> None:
    visitor = Visitor()
    visitor.client.force_login(told.cast.users["zhang"])
    before = visitor.client.session.session_key
    visitor.scans(path, LI)
    assert visitor.client.session.session_key != before
    assert visitor.client.get("/my/")["Location"].startswith("/login/")


def test_facts_forgive_how_people_write(told: Told, path: str) -> None:
    visitor = Visitor()
    last = LI.id_number[-6:].lower()
    wide = "".join(chr(ord(c) + 0xFEE0) for c in last)
    visitor.client.post(f"{path}verify/", {"name": f" {LI.name}\u200b ", "last_six": f" {wide} "})
    assert len(codes_sent(LI.phone)) == 1
