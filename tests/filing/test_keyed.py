"""A clerk keys in a paper application: same pages, the helper on record, the person takes it over."""

from __future__ import annotations

import re
from typing import Any

import pytest

from accounts.models import IdKind, RealNameLevel, User
from accounts.services import sign_in_by_phone, verify_real_name
from eventlog.models import Event
from filing.models import Channel, Filing, FilingStatus
from portal.demo import cast as people
from portal.demo.cast import as_litigant
from portal.demo.loan import FORM, photo
from tests.filing.outside import SLOTS, application
from tests.filing.pages import PLAINTIFF, client_of, refused, text_of
from tests.support.court import Cast

NEW = "/desk/filings/new/"
WHO = {
    "name": "周某",
    "id_kind": "id_card",
    "id_number": people.OTHERS[3].id_number,
    "phone": "",
    "form": FORM,
    "form_key": "k1",
}


def begun(cast: Cast, **changed: str) -> tuple[Any, Filing]:
    desk = cast.client("clerk")
    places = {desk.post(NEW, WHO | changed)["Location"] for _click in range(4)}
    assert len(places) == 1 and Filing.objects.count() == 1
    return desk, Filing.objects.get()


def filled(desk: Any, filing: Filing) -> None:
    """All pages of the form through the applicant's own addresses."""
    home = f"/my/filings/{filing.public_id}/"
    me = PLAINTIFF | {"name": "周某", "id_number": WHO["id_number"], "phone": "13800000014"}
    assert desk.post(f"{home}me/new/", me).status_code == 302
    assert desk.post(f"{home}other/new/", {"kind": "natural", "name": "李某"}).status_code == 302
    from filing.elements import schema

    given = application()["answers"] | {"lender": "周某"}
    for task in schema.load(FORM).tasks:
        for page in task.pages:
            data = {item.key: given[item.key] for item in page.fields if item.key in given}
            assert desk.post(f"{home}{task.key}/{page.key}/", data).status_code == 302, page.key
    for slot in SLOTS:
        sent = desk.post(f"{home}evidence/", {"slot": slot, "files": photo([slot], f"{slot}.jpg")})
        assert sent.status_code == 302
    assert desk.post(f"{home}delivery/", {"e_delivery": "no"}).status_code == 302


@pytest.mark.req("SEC-47")
def test_a_paper_application_is_keyed_in_sent_and_taken_over(cast: Cast, run_outbox: Any) -> None:
    desk, filing = begun(cast)
    page = text_of(desk.get(f"/my/filings/{filing.public_id}/"))
    assert "正在替 周*" in page and "窗口代录" in page
    filled(desk, filing)
    send = {"agree": "on", "signed_name": "周某", "form_key": "send"}
    answer = desk.post(f"/my/filings/{filing.public_id}/check/", send)
    assert answer.status_code == 302, re.findall(r'class="err[^>]*>\s*([^<]+)', text_of(answer))
    filing.refresh_from_db()
    assert (filing.status, filing.channel) == (FilingStatus.SUBMITTED, Channel.COUNTER)
    event = Event.objects.get(name="filing.submitted")
    assert (event.actor_name, event.actor_post_id, event.acting_for, event.channel) == (
        "钱立",
        cast.posts["clerk"].pk,
        filing.applicant_id,
        "counter",
    )
    slip = text_of(desk.get(f"/desk/filings/keyed/{filing.public_id}/"))
    assert filing.number in slip and "工号 1201 代录" in slip
    assert "本人申请，工号 1201 代录" in text_of(desk.get(f"/desk/filings/{filing.public_id}/"))
    person = sign_in_by_phone(phone="13800000014")
    home = f"/my/filings/{filing.public_id}/"
    assert client_of(person).get(home).status_code == 404
    verify_real_name(
        user_id=person.pk,
        name="周某",
        id_kind=IdKind.ID_CARD,
        id_number=WHO["id_number"],
        actor=as_litigant(person),
    )
    run_outbox()
    assert client_of(person).get(home).status_code == 200
    filing.refresh_from_db()
    assert filing.applicant == person and filing.entered_by == cast.posts["clerk"]


def test_the_account_is_found_by_identity_and_never_by_somebody_elses_phone(cast: Cast) -> None:
    desk = cast.client("clerk")
    zhang = {"name": "张某", "id_number": people.ZHANG.id_number, "phone": "13900000099"}
    assert desk.post(NEW, WHO | zhang).status_code == 302
    assert Filing.objects.get().applicant == cast.users["zhang"]
    refused(desk.post(NEW, WHO | {"phone": "13800000002", "form_key": "k2"}), "这个手机号已经是别人的账号")
    wrong = desk.post(NEW, WHO | {"id_number": "130102198309090070", "form_key": "k3"})
    assert wrong.status_code == 422 and "周某" in text_of(wrong)
    before = User.objects.count()
    desk.post(NEW, WHO | {"form_key": "k4"})
    desk.post(NEW, WHO | {"form_key": "k5"})
    assert User.objects.count() == before + 1
    made = User.objects.get(name="周某")
    assert made.real_name_level == RealNameLevel.PHONE and made.phone == ""


def test_only_the_clerk_who_keyed_it_in_helps_with_it(cast: Cast) -> None:
    _desk, filing = begun(cast)
    home = f"/my/filings/{filing.public_id}/"
    for who in ("clerk2", "clerk-b", "judge"):
        other = cast.client(who)
        assert other.get(home).status_code == 404
        assert other.post(f"{home}delivery/", {"e_delivery": "no"}).status_code == 404
    assert cast.client("zhang").get(home).status_code == 404
    assert cast.client("judge").get(NEW).status_code == 403
    assert cast.client("zhang").get(NEW).status_code == 403
