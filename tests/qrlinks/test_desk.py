"""The staff's desk of codes: what a paper in hand is, codes switched off, reports worked off."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pypdfium2
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client

from cases.models import Outcome
from cases.services import close_case
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidTransition, NotVisible
from courts.models import CourtSetting
from documents.models import Copy
from documents.services import reprint
from eventlog.models import Event
from portal.demo.cast import LI
from qrlinks import selectors, services
from qrlinks.models import (
    CaseCode,
    CodeReport,
    OffReason,
    ReportFinding,
    ReportKind,
    ReportState,
)
from qrlinks.services import Outcome as Found
from qrlinks.services.checking import is_ours
from qrlinks.services.reports import write_report
from qrlinks.tasks import raise_alarm
from standins.models import SentText
from tests.support.scans import Told, Visitor, codes_sent, printed_path, printed_service_code

DESK = "/desk/codes/"


@pytest.fixture
def clerk(told: Told) -> Client:
    return told.cast.client("clerk")


def checked(actor: Actor, text: str, check_code: str = "") -> services.Checked:
    return services.check_paper(text=text, check_code=check_code, actor=actor)


@pytest.mark.req("SEC-24")
def test_whatever_stands_on_a_paper_leads_to_whose_it_is(told: Told, clerk: Client) -> None:
    copy = told.copy(told.defendant)
    address = f"{settings.PUBLIC_URL}{printed_path(copy)}"
    token, service_code = printed_path(copy).split("/")[2], printed_service_code(copy)
    texts = [
        address.upper(), address.lower(), f"  {address}  ", address.partition("//")[2], token, token.lower(),
        service_code, f"{service_code[:5]} {service_code[5:].lower()}", copy.serial, copy.serial.replace("-", "－"),
    ]  # fmt: skip
    for text in texts:
        assert checked(told.cast.clerk, text).copy == copy, text
    assert checked(told.cast.clerk, copy.serial, copy.check_code.lower()).copy == copy
    answer = clerk.post(DESK, {"text": address})
    assert answer["Location"] == f"{DESK}copies/{copy.public_id}/"
    page = clerk.get(answer["Location"]).content.decode()
    for words in ("李某", told.case.number, copy.serial, copy.check_code, "可以扫", "码有效到"):
        assert words in page, words
    assert copy.expires_at is not None
    assert f"{clock.beijing_day(copy.expires_at).year}年" in page
    assert token not in page and service_code not in page


@pytest.mark.req("SEC-24")
def test_a_real_code_on_a_foreign_host_is_refused(told: Told, clerk: Client) -> None:
    copy = told.copy(told.defendant)
    path, ours = printed_path(copy), urlsplit(settings.PUBLIC_URL)
    foreign = [
        f"https://evil.example{path}",
        f"https://{ours.netloc}.evil.example{path}",
        f"https://{ours.netloc}@evil.example{path}",
        f"https://{ours.netloc}\\@evil.example{path}",
        f"https://evil.example\\@{ours.netloc}{path}",
        f"ftp://{ours.netloc}{path}",
        f"{ours.scheme}://{ours.hostname}:4444{path}",
        f"evil.example{path}",
    ]
    for text in foreign:
        found = checked(told.cast.clerk, text)
        assert found.outcome == Found.FOREIGN_HOST, text
        assert found.copied and found.copy == copy, text
    page = clerk.post(DESK, {"text": foreign[0]}).content.decode()
    assert "网址不是法院的" in page and "EVIL.EXAMPLE" in page and "抄的是一份真文书的码" in page
    strange = checked(told.cast.clerk, "https://evil.example/pay?to=1")
    assert (strange.outcome, strange.copied, strange.copy) == (Found.FOREIGN_HOST, False, None)
    assert checked(told.cast.clerk, f"{settings.PUBLIC_URL}/fees/").outcome == Found.NO_CODE
    assert is_ours(settings.PUBLIC_URL, ours.netloc.upper())


def test_unknown_wrong_and_other_courts_papers(told: Told, clerk: Client) -> None:
    copy = told.copy(told.defendant)
    actor = told.cast.clerk
    for text in ("ABCDEFGHJK", "0123456789ABCDEFGHJKMNPQRS", "某1234-2026-999999-1", "随便写的"):
        assert checked(actor, text).outcome == Found.UNKNOWN
    unknown = f"{settings.PUBLIC_URL}/m/0123456789ABCDEFGHJKMNPQRS/"
    assert checked(actor, unknown).outcome == Found.UNKNOWN
    wrong = "ABCDEF" if copy.check_code != "ABCDEF" else "ABCDEG"
    assert checked(actor, copy.serial, wrong).outcome == Found.WRONG_CHECK
    other = checked(told.cast.clerk_b, copy.serial)
    assert (other.outcome, other.copy, other.court_name) == (Found.OTHER_COURT, None, told.case.court.name)
    assert checked(told.cast.clerk_b, f"https://evil.example{printed_path(copy)}").copy is None
    for nobody in (told.cast.head, told.cast.zhang, told.cast.finance1):
        with pytest.raises(NotVisible):
            checked(nobody, copy.serial)
    assert clerk.post(DESK, {"text": ""}).status_code == 422
    for text in ("\x00", "//", "http://", "https://[", "x" * 5000, "https://[::1/m/x/"):
        assert clerk.post(DESK, {"text": text}).status_code in (200, 422), text


@pytest.mark.req("SEC-25")
def test_one_lost_copy_is_switched_off_by_its_clerk(told: Told, clerk: Client) -> None:
    copy, other = told.copy(told.defendant), told.copy(told.plaintiff)
    visitor = Visitor()
    visitor.scans(printed_path(copy), LI)
    case_page = f"/my/cases/{told.case.public_id}/"
    assert visitor.client.get(case_page).status_code == 200
    address = f"{DESK}copies/{copy.public_id}/"
    assert "不能再恢复" in clerk.get(f"{address}off/").content.decode()
    assert clerk.post(f"{address}off/", {}).status_code == 422
    assert clerk.post(f"{address}off/", {"reason": "lost"})["Location"] == address
    assert visitor.client.get(case_page)["Location"] == "/scan/?ended=1"
    assert services.live_copy(printed_path(copy).split("/")[2]) is None
    assert services.live_copy(printed_path(other).split("/")[2]) == other
    page = clerk.get(address).content.decode()
    assert "这一份已停用：文书遗失" in page and "停用这一份</a>" not in page
    assert Event.objects.get(name="documents.copy_revoked").payload["reason"] == "lost"


@pytest.mark.req("SEC-25")
def test_the_code_of_a_whole_case_goes_off_and_on(told: Told, clerk: Client) -> None:
    tokens = [printed_path(told.copy(party)).split("/")[2] for party in (told.plaintiff, told.defendant)]
    visitor = Visitor()
    visitor.scans(f"/m/{tokens[1]}/", LI)
    address = f"{DESK}cases/{told.case.public_id}/"
    assert clerk.post(f"{address}switch/", {}).status_code == 422
    assert clerk.post(f"{address}switch/", {"reason": "suspicious"})["Location"] == address
    assert [services.live_copy(token) for token in tokens] == [None, None]
    assert visitor.client.get(f"/my/cases/{told.case.public_id}/")["Location"] == "/scan/?ended=1"
    page = clerk.get(address).content.decode()
    assert page.count("整个案件的码已停用") >= 2 and "被仿冒或者有人乱猜" in page
    with pytest.raises(InvalidTransition):
        services.switch_case(
            case_public_id=told.case.public_id, on=False, reason=OffReason.LOST, actor=told.cast.clerk
        )
    lost = told.copy(told.plaintiff)
    services.switch_copy_off(copy_public_id=lost.public_id, reason=OffReason.LOST, actor=told.cast.clerk)
    assert clerk.post(f"{address}switch/", {"on": "yes"}).status_code == 302
    assert services.live_copy(tokens[0]) is None, "what was switched off by itself stays off"
    assert services.live_copy(tokens[1]) is not None
    events = Event.objects.filter(name="qrlinks.case_switched").order_by("id")
    assert [(event.payload["on"], event.payload["reason"]) for event in events] == [
        (False, "suspicious"),
        (True, ""),
    ]


def test_only_the_cases_own_people_switch_it(told: Told) -> None:
    for nobody in (told.cast.judge_b, told.cast.clerk_b, told.cast.head, told.cast.zhang):
        with pytest.raises(NotVisible):
            services.switch_case(
                case_public_id=told.case.public_id, on=False, reason=OffReason.LOST, actor=nobody
            )
    assert CaseCode.objects.get(case=told.case).is_on
    services.switch_case(
        case_public_id=told.case.public_id, on=False, reason=OffReason.LOST, actor=told.cast.caseclerk
    )


@pytest.mark.req("SEC-25")
@pytest.mark.parametrize("days", [0, 30])
def test_the_code_of_a_closed_case_ends_with_the_courts_days(told: Told, days: int) -> None:
    CourtSetting.objects.create(court=told.case.court, key="code_days_after_closing", value=days)
    token = printed_path(told.copy(told.defendant)).split("/")[2]
    close_case(
        case_id=told.case.pk, outcome=Outcome.JUDGED, decided_on=clock.today(), fee_borne=0,  # type: ignore[arg-type]
        words="被告偿还借款", actor=told.cast.judge,
    )  # fmt: skip
    assert (services.live_copy(token) is None) == (days == 0)
    code = CaseCode.objects.get(case=told.case)
    assert code.ends_at is not None
    with clock.at(code.ends_at):
        assert services.live_copy(token) is None
        rows = selectors.codes_of(told.case)
        assert {state.words for _copy, state in rows} == {"案件已结，码已到期"}


@pytest.mark.req("SEC-20")
def test_each_copy_has_its_own_code_serial_and_expiry_and_a_reprint_a_new_one(
    told: Told, run_outbox: Callable[..., int]
) -> None:
    copies = list(Copy.objects.filter(paper__subject_public_id=told.case.public_id))
    tokens = {printed_path(copy).split("/")[2] for copy in copies}
    assert len(tokens) == len(copies) >= 3
    assert all(len(token) == 26 for token in tokens)
    for copy in copies:
        assert copy.expires_at and copy.issued_at and copy.paper.template and copy.serial
    row = Copy.objects.filter(pk=copies[0].pk).values().get()
    assert not any(token in str(row) for token in tokens), "only keyed hashes are kept"
    old = told.copy(told.defendant)
    kept = reprint(copy_public_id=old.public_id, actor=told.cast.clerk, keep_old=True)
    run_outbox()
    kept.refresh_from_db()
    new_token, old_token = (printed_path(copy).split("/")[2] for copy in (kept, old))
    assert new_token != old_token
    assert services.live_copy(old_token) == old and services.live_copy(new_token) is not None
    newest = reprint(copy_public_id=old.public_id, actor=told.cast.clerk)
    run_outbox()
    assert services.live_copy(old_token) is None
    words = {copy.pk: state.words for copy, state in selectors.codes_of(told.case)}
    assert words[old.pk] == "已换新份" and words[newest.pk] == "可以扫"


def test_reports_have_states_and_one_hand(told: Told, clerk: Client) -> None:
    copy = told.copy(told.defendant)
    Client().post(f"{printed_path(copy)}not-mine/")
    Client().post("/scan/report/", {"words": "电线杆上贴的，要先交保证金"})
    mine, loose = CodeReport.objects.order_by("id")
    page = clerk.get(f"{DESK}reports/").content.decode()
    assert "这不是我的文书" in page and "电线杆上贴的" in page and copy.serial in page
    address = f"{DESK}reports/{mine.public_id}/"
    assert "停用这一份" in clerk.get(address).content.decode()
    assert clerk.post(f"{address}take/")["Location"] == address
    assert "处理中" in clerk.get(address).content.decode()
    with pytest.raises(Conflict):
        services.take_report(report_id=mine.public_id, actor=told.cast.clerk2)
    assert clerk.post(address, {"words": "x"}).status_code == 422
    assert clerk.post(address, {"finding": "wrong_person", "words": "门牌号写错"}).status_code == 302
    assert clerk.post(address, {"finding": "ours", "words": ""}).status_code == 422
    assert mine.steps.count() == 2
    assert "门牌号写错" in clerk.get(address).content.decode()
    settled = clerk.get(f"{DESK}reports/?view=settled").content.decode()
    assert copy.serial in settled and "电线杆" not in settled
    services.settle_report(
        report_id=loose.public_id, finding=ReportFinding.FAKE, words="", actor=told.cast.supervisor
    )
    counts, _rows = selectors.reports_page(told.cast.clerk, ReportState.NEW)
    assert counts == {"new": 0, "taken": 0, "settled": 2}


@pytest.mark.req("SEC-35")
def test_judge_and_clerk_of_the_case_see_no_report_and_no_visit(told: Told) -> None:
    """A report of guessing tells that somebody tried; who works on the case learns of neither."""
    write_report(kind=ReportKind.GUESSED, copy=told.copy(told.defendant))
    Visitor().scans(printed_path(told.copy(told.defendant)), LI)
    for name in ("judge", "caseclerk"):
        client = told.cast.client(name)
        assert client.get(f"{DESK}reports/").status_code == 403
        for path in (f"{DESK}cases/{told.case.public_id}/", f"/desk/cases/{told.case.public_id}/"):
            page = client.get(path).content.decode()
            assert "核对次数太多" not in page and "扫码看过" not in page and "窗口核对身份</dt>" not in page
    for other in ("clerk-b", "admin"):
        actor = told.cast.actors[other]
        assert not any(row.copy for row in selectors.reports_page(actor, ReportState.NEW)[1]), other


@pytest.mark.req("SEC-23")
def test_guessing_from_many_addresses_raises_one_alarm(
    told: Told, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SCAN_UNKNOWN_ALARM = 5
    with caplog.at_level(logging.ERROR, logger="qrlinks.services.codes"):
        for number in range(5):
            Client(REMOTE_ADDR=f"10.44.0.{number}").get("/m/0123456789ABCDEFGHJKMNPQRS/")
        raise_alarm()
        assert not CodeReport.objects.exists() and not caplog.records
        for number in range(5, 9):
            Client(REMOTE_ADDR=f"10.44.0.{number}").get("/m/0123456789ABCDEFGHJKMNPQRS/")
    assert len(caplog.records) == 1 and services.unknown_last_hour() == 9
    raise_alarm()
    raise_alarm()
    alarm = CodeReport.objects.get()
    assert alarm.kind == ReportKind.ALARM and "9次" in alarm.words
    answer = Client(REMOTE_ADDR="10.44.1.1").get(printed_path(told.copy(told.defendant)))
    assert answer.status_code == 200, "nobody else is held up"
    assert (
        "portal_scan_unknown_last_hour 9" in Client(REMOTE_ADDR="127.0.0.1").get("/metrics").content.decode()
    )


@pytest.mark.req("SEC-24")
def test_paper_page_and_text_carry_what_tells_them_from_fakes(told: Told) -> None:
    """Host in words, serial, check code and hotline on paper; serial and check code on the page only after the factor;
    the text names the host; no page asks for a card or takes a fee, and says so."""
    copy, host = told.copy(told.defendant), urlsplit(settings.PUBLIC_URL).netloc
    with default_storage.open(copy.file_key) as kept:
        document = pypdfium2.PdfDocument(kept.read())
    printed = re.sub(r"\s", "", document[0].get_textpage().get_text_range())
    for words in (
        f"{host}/scan/",
        copy.serial,
        copy.check_code,
        settings.COURT_HOTLINE,
        "不收费、不问银行卡",
    ):
        assert words in printed, words
    path, visitor = printed_path(copy), Visitor()
    before = [visitor.client.get(f"{path}{name}").content.decode() for name in ("", "verify/", "not-mine/")]
    visitor.claims(path, LI)
    before.append(visitor.client.get("/scan/code/").content.decode())
    assert not any(copy.serial in page or copy.check_code in page for page in before)
    assert "不收费，不问银行卡" in before[0] and host in before[0]
    assert not any(re.search(r'name="(card|bank|amount|pay)', page) for page in before)
    text = SentText.objects.filter(to=LI.phone, text__contains="核对身份").latest("id").text
    assert urlsplit(settings.PUBLIC_URL).hostname in text
    for secret in (told.case.number, "张某", "李某", "http"):
        assert secret not in text
    assert visitor.enters(codes_sent(LI.phone)[0]).status_code == 302
    after = visitor.client.get(f"/my/cases/{told.case.public_id}/").content.decode()
    assert copy.serial in after and copy.check_code in after
