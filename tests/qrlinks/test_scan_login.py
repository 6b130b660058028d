"""A scan login: one case, one party, half an hour; no money, nothing of the account (SEC-22), gone with its paper (SEC-25)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from django.test import Client

from cases.models import Case, Party
from common import clock
from common.actor import Actor
from documents.services import reprint, revoke_copy
from feedback.models import Message, Thread, Topic
from feedback.services import ask
from payments.models import Bill
from portal.demo.cast import LI, ZHANG
from qrlinks import services
from qrlinks.models import CaseCode
from tests.support.court import Cast, accepted
from tests.support.scans import Told, Visitor, printed_path

ENDED = "/scan/?ended=1"


@pytest.fixture
def li(told: Told) -> Client:
    """李's browser after the scan of her own copy."""
    visitor = Visitor()
    visitor.scans(printed_path(told.copy(told.defendant)), LI)
    return visitor.client


def pages_of(case: Case) -> list[str]:
    home = f"/my/cases/{case.public_id}/"
    return [home, f"{home}timeline/", f"{home}files/", f"{home}people/", f"{home}messages/new/"]


def question(party: Party, actor: Actor, text: str) -> Thread:
    return ask(case_id=party.case_id, party_id=party.pk, topic=Topic.OTHER, text=text, actor=actor)


@pytest.mark.req("SEC-22")
def test_every_page_of_the_case_says_whose_view_it_is(told: Told, li: Client) -> None:
    for path in pages_of(told.case):
        page = li.get(path)
        text = page.content.decode()
        assert page.status_code == 200, path
        assert "扫码查看：李某" in text and "结束" in text
        assert page["Cache-Control"] == "no-store"
        for hidden in (
            ZHANG.id_number,
            ZHANG.phone,
            ZHANG.id_number[-6:],
            LI.id_number,
            LI.phone,
            "/my/bills/",
        ):
            assert hidden not in text, (path, hidden)


@pytest.mark.req("SEC-22")
def test_no_money_anywhere_not_even_for_the_plaintiff(told: Told) -> None:
    visitor = Visitor()
    visitor.scans(printed_path(told.copy(told.plaintiff)), ZHANG)
    bill = Bill.objects.get(case=told.case)
    home = visitor.client.get(f"/my/cases/{told.case.public_id}/").content.decode()
    assert "¥" not in home and "/my/bills/" not in home and bill.number not in home
    assert "通知交费" not in visitor.client.get(f"/my/cases/{told.case.public_id}/timeline/").content.decode()
    for path in ("", "result/"):
        answer = visitor.client.get(f"/my/bills/{bill.public_id}/{path}")
        assert answer["Location"].startswith("/login/")
    for path in ("pay/", "check/"):
        assert visitor.client.post(f"/my/bills/{bill.public_id}/{path}")["Location"].startswith("/login/")


@pytest.mark.req("SEC-22")
def test_nothing_of_an_account_and_no_other_case(
    told: Told, li: Client, run_outbox: Callable[..., int]
) -> None:
    other = accepted(told.cast)
    run_outbox()
    for path in ("/my/", "/my/notices/", "/my/filings/new/", "/desk/", "/bench/", "/my/real-name/"):
        assert "login" in li.get(path)["Location"], path
    assert li.post("/my/find/")["Location"].startswith("/login/")
    for path in pages_of(other):
        assert li.get(path).status_code == 404


@pytest.mark.req("SEC-22")
def test_exactly_its_own_threads_and_papers(told: Told, li: Client, cast: Cast) -> None:
    theirs = question(told.plaintiff, cast.zhang, "只给法官看的话")
    scan = f"/my/cases/{told.case.public_id}/messages/"
    li.post(f"{scan}new/?topic=statement", {"text": "我已经还了两千元", "form_key": "k1"})
    mine = Thread.objects.get(party=told.defendant)
    page = li.get(f"/my/cases/{told.case.public_id}/").content.decode()
    assert str(mine.public_id) in page and str(theirs.public_id) not in page
    assert "我已经还了两千元" in li.get(f"{scan}{mine.public_id}/").content.decode()
    assert li.get(f"{scan}{theirs.public_id}/").status_code == 404
    for act in ("read", "rate"):
        assert li.post(f"{scan}{theirs.public_id}/{act}/", {"level": "satisfied"}).status_code == 404
    assert li.post(f"{scan}{theirs.public_id}/", {"text": "插话", "form_key": "k2"}).status_code == 404
    assert Message.objects.filter(thread=theirs).count() == 1
    own, foreign = told.copy(told.defendant), told.copy(told.plaintiff)
    with closing(li.get(f"/papers/{own.public_id}/", follow=True)) as paper:
        assert paper["Content-Type"] == "application/pdf"
    assert li.get(f"/papers/{foreign.public_id}/").status_code == 404
    assert str(foreign.public_id) not in li.get(f"/my/cases/{told.case.public_id}/files/").content.decode()


def test_no_file_of_the_other_side(told: Told, li: Client) -> None:
    from documents.models import StoredFile

    for file in StoredFile.objects.all():
        assert li.get(f"/files/{file.public_id}/").status_code == 404
        assert li.get(f"/files/{file.public_id}/preview/").status_code == 404


def test_paper_in_hand_can_be_compared_after_the_factor(told: Told, li: Client) -> None:
    copy = told.copy(told.defendant)
    page = li.get(f"/my/cases/{told.case.public_id}/").content.decode()
    assert copy.serial in page and copy.check_code in page


@pytest.mark.req("SEC-35")
def test_the_log_of_looks_is_complete_and_shown_to_this_party_only(told: Told, li: Client) -> None:
    """谁在什么时候看过: scans, scans let in by a counter, and every opening of a paper of this party."""
    path, copy = f"/my/cases/{told.case.public_id}/people/", told.copy(told.defendant)
    entered = li.get(path).content.decode()
    assert copy.serial in entered and "核对了手机验证码" in entered and "打开了" not in entered
    clerk, zhang = Client(), Client()
    clerk.force_login(told.cast.posts["clerk"].user)
    zhang.force_login(told.cast.users["zhang"])
    for reader in (li, clerk):
        with closing(reader.get(f"/papers/{copy.public_id}/", follow=True)) as paper:
            assert paper.status_code == 200
    with closing(zhang.get(f"/papers/{told.copy(told.plaintiff).public_id}/", follow=True)) as paper:
        assert paper.status_code == 200
    shown = services.Shown(copy.serial, copy.check_code, LI.name, LI.id_number)
    services.enter_with_pass(
        text=services.identify(shown=shown, actor=told.cast.clerk_b).code, address="10.9.9.9"
    )
    page = li.get(path).content.decode()
    for words in ("扫码进入的人", "法院工作人员 钱", "由窗口核对了身份证"):
        assert words in page, words
    assert page.count("<time") >= 4 and "您的账号" not in page
    theirs = zhang.get(path).content.decode()
    assert "您的账号" in theirs
    for words in (copy.serial, "扫码进入", "法院工作人员"):
        assert words not in theirs, words
    for name in ("judge", "caseclerk"):
        staff = told.cast.client(name)
        assert staff.get(path).status_code == 404


@pytest.mark.req("SEC-22")
def test_it_ends_by_time(told: Told, li: Client) -> None:
    session = li.session
    scan = session["scan_pass"]
    left = datetime.fromisoformat(scan["expires_at"]) - clock.process_now()
    assert timedelta(minutes=28) < left <= timedelta(minutes=30)
    session["scan_pass"] = scan | {"expires_at": "2020-01-01T00:00:00+00:00"}
    session.save()
    answer = li.get(f"/my/cases/{told.case.public_id}/")
    assert answer["Location"] == ENDED
    assert "扫码查看已结束" in li.get(ENDED).content.decode()
    assert li.get(f"/my/cases/{told.case.public_id}/")["Location"].startswith("/login/")


@pytest.mark.req("SEC-25", "B-67")
@pytest.mark.parametrize("how", ["revoked", "reprinted", "switched off"])
def test_it_ends_with_its_paper(told: Told, li: Client, how: str) -> None:
    copy = told.copy(told.defendant)
    if how == "revoked":
        revoke_copy(copy_public_id=copy.public_id, actor=told.cast.clerk, reason="lost")
    elif how == "reprinted":
        reprint(copy_public_id=copy.public_id, actor=told.cast.clerk)
    else:
        CaseCode.objects.filter(case=told.case).update(is_on=False)
    paper = Client()
    paper.cookies = li.cookies.copy()
    assert paper.get(f"/papers/{copy.public_id}/")["Location"] == ENDED
    assert li.get(f"/my/cases/{told.case.public_id}/")["Location"] in (
        ENDED,
        f"/login/?next=/my/cases/{told.case.public_id}/",
    )
    thread = li.post(
        f"/my/cases/{told.case.public_id}/messages/new/?topic=other", {"text": "还能写吗", "form_key": "k"}
    )
    assert thread.status_code == 302 and not Thread.objects.exists()


def test_other_papers_of_the_case_keep_their_scans(told: Told, li: Client) -> None:
    revoke_copy(copy_public_id=told.copy(told.plaintiff).public_id, actor=told.cast.clerk, reason="lost")
    assert li.get(f"/my/cases/{told.case.public_id}/").status_code == 200


def test_it_ends_by_hand(told: Told, li: Client) -> None:
    assert li.post("/logout/")["Location"] == "/"
    assert li.get(f"/my/cases/{told.case.public_id}/")["Location"].startswith("/login/")


def test_changed_pass_is_no_way_to_another_party(told: Told, li: Client) -> None:
    """Party and case of a pass must belong together, whatever a session says."""
    session = li.session
    session["scan_pass"] = session["scan_pass"] | {"case_id": told.case.pk + 1}
    session.save()
    assert li.get(f"/my/cases/{told.case.public_id}/").status_code == 302
