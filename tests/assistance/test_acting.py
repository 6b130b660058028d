"""代办: somebody acts for a person who agreed, for what he agreed to, and only as long as he does (docs/adr/0038)."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client

from accounts.access import allows
from accounts.middleware import ACTING, PUBLIC_IDLE
from accounts.models import OneTimeCode, RateCounter
from accounts.unsent import UNSENT
from assistance import acting_selectors as selectors
from assistance import acting_services as services
from assistance.acting_services import Wish
from assistance.models import ActingConsent, ActingScope, EndedBy
from assistance.tasks import end_acting
from cases.models import AccessBasis, Case, Side
from cases.services import grant_access
from common import clock
from common.actor import Actor
from common.errors import Conflict, NotAllowed
from eventlog.models import Event
from eventlog.relay import run_due
from feedback import services as feedback
from feedback.models import Message, Satisfaction, Topic
from filing.models import Filing, FilingStatus
from filing.services import save_delivery, submit_filing
from notifications.models import Channel
from notifications.models import Message as Notice
from payments.models import Bill, Order
from portal.demo.cast import LI, OTHERS, ZHANG
from standins.models import SentText
from tests.accounts.test_pages_sign_in import code_of, other
from tests.complaints.conftest import inside
from tests.feedback.exchanges import picture
from tests.filing.pages import text_of
from tests.support.court import Cast, draft
from tests.support.servers import Live

CHEN = OTHERS[0]
FACTS = {"name": ZHANG.name, "id_kind": "id_card", "id_number": ZHANG.id_number}
EVERYTHING = tuple(ActingScope)
BANNER = "正在代"


def agreed(
    cast: Cast, helper: str = "chen", scopes: tuple[ActingScope, ...] = EVERYTHING, hours: int = 2
) -> ActingConsent:
    """张 agreed by his code."""
    return services.begin_by_code(
        person_id=cast.users["zhang"].pk, wish=Wish(scopes, hours), actor=cast.actors[helper]
    )


def acting(cast: Cast, consent: ActingConsent, helper: str = "chen") -> Client:
    """The helper's browser, the banner on."""
    client = cast.client(helper)
    session = client.session
    session[ACTING] = str(consent.public_id)
    session.save()
    return client


def acting_actor(cast: Cast, consent: ActingConsent, helper: str = "chen") -> Actor:
    user = cast.users[helper] if helper in cast.users else cast.posts[helper].user
    found = selectors.acting_as(user, cast.actors[helper], str(consent.public_id))
    assert found is not None
    return found[0]


def notices(cast: Cast, kind: str) -> list[str]:
    while run_due():
        pass
    rows = Notice.objects.filter(user=cast.users["zhang"], kind=kind, channel=Channel.INBOX)
    return list(rows.order_by("id").values_list("body", flat=True))


def test_a_daughter_acts_with_the_code_of_his_phone_and_he_hears_what_was_done(
    cast: Cast, live: Live
) -> None:
    filing, client = draft(cast), cast.client("chen")
    wish = {"phone": ZHANG.phone, "scopes": ["filing"], "hours": "2"}
    asked = client.post("/acting/", FACTS | wish)
    assert asked.status_code == 302 and asked["Location"] == "/acting/"
    text = SentText.objects.get(to=ZHANG.phone).text
    assert "立案" in text and f"手机尾号{CHEN.phone[-4:]}" in text and "2小时" in text
    assert not any(word in text for word in (ZHANG.name, CHEN.name, "http"))
    wrong = client.post("/acting/", {"do": "code", "code": other(code_of(ZHANG.phone))})
    assert wrong.status_code == 422 and not ActingConsent.objects.exists()
    key = client.session.session_key
    begun = client.post("/acting/", {"do": "code", "code": code_of(ZHANG.phone)}, follow=True)
    assert BANNER in text_of(begun) and str(filing.public_id) in text_of(begun)
    assert client.session.session_key != key, "a new id with other rights"
    page = f"/my/filings/{filing.public_id}/check/"
    assert "念给当事人听" in text_of(client.get(page))
    said = {"agree": "on", "signed_name": ZHANG.name, "form_key": "a-key-of-this-form"}
    assert client.post(page, said).status_code == 422, "nobody said that it was read out"
    assert client.post(page, said | {"read_back": "on"}).status_code == 302
    assert Filing.objects.get(pk=filing.pk).status == FilingStatus.SUBMITTED
    event = Event.objects.get(name="filing.submitted", subject_id=filing.pk)
    chen, zhang = cast.users["chen"], cast.users["zhang"]
    assert (event.actor_id, event.acting_for, event.channel) == (chen.pk, zhang.pk, "assisted")
    assert client.post("/acting/end/")["Location"] == "/acting/"
    mine = client.get("/my/")
    assert BANNER not in text_of(mine) and str(filing.public_id) not in text_of(mine)
    assert len(notices(cast, "acting_begun")) == 1
    assert "提交" in notices(cast, "acting_ended")[0]
    shown = text_of(cast.client("zhang").get("/my/acting/"))
    assert "已结束" in shown and CHEN.phone not in shown and CHEN.phone[-4:] in shown


def test_what_was_typed_for_him_is_not_kept_for_the_helper_alone(cast: Cast) -> None:
    """After the helper's next sign-in it would be sent in the helper's own name."""
    client = acting(cast, agreed(cast))
    assert client.get("/my/").status_code == 200
    session = client.session
    session["seen_at"] = (clock.process_now() - PUBLIC_IDLE - timedelta(seconds=1)).isoformat()
    session.save()
    page = f"/my/filings/{draft(cast).public_id}/facts/contract/"
    assert client.post(page, {"contract_facts": "替他写的"})["Location"] == f"/login/?next={page}"
    assert UNSENT not in client.session


@pytest.mark.req("SEC-06")
def test_nobody_learns_whether_there_is_such_an_account(cast: Cast, live: Live) -> None:
    pages = []
    for phone in (ZHANG.phone, "13911113333"):
        RateCounter.objects.all().delete()
        client = cast.client("chen")
        sent = client.post(
            "/acting/", FACTS | {"phone": phone, "scopes": ["filing"], "hours": "1"}, follow=True
        )
        page = re.sub(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', "", text_of(sent))
        pages.append((sent.status_code, page))
    assert pages[0] == pages[1]
    assert SentText.objects.count() == 1 and OneTimeCode.objects.count() == 2
    assert client.post("/acting/", {"do": "code", "code": "123456"}).status_code == 422
    assert not ActingConsent.objects.exists()


@pytest.mark.req("SEC-03")
def test_codes_that_clerks_ask_for_count_for_the_phone_they_go_to(cast: Cast, live: Live) -> None:
    """One code a minute for each person, whoever sits at the counter; the next person does not wait."""
    wish = {"scopes": ["filing"], "hours": "1", "way": "code"}
    first, second = cast.client("clerk"), cast.client("clerk2")
    of_li = FACTS | {"name": LI.name, "id_number": LI.id_number}
    with clock.at(clock.now()):  # within one minute
        assert first.post("/desk/assist/", FACTS | wish).status_code == 302
        assert first.post("/desk/assist/", of_li | wish).status_code == 302
        refused = second.post("/desk/assist/", FACTS | wish)
    assert refused.status_code == 422 and "1分钟后再试" in text_of(refused)
    sent = SentText.objects.order_by("id").values_list("to", flat=True)
    assert list(sent) == [ZHANG.phone, LI.phone]


def test_a_clerk_acts_by_a_signed_paper(cast: Cast, live: Live) -> None:
    client = cast.client("clerk")
    form = FACTS | {"scopes": ["filing", "cases"], "hours": "1", "way": "paper"}
    refused = text_of(client.post("/desk/assist/", form))
    assert "请上传本人签字的授权书" in refused and "一定要传" in refused and 'data-when-is="paper"' in refused
    begun = client.post("/desk/assist/", form | {"file": picture("授权书.jpg")}, follow=True)
    assert BANNER in text_of(begun), text_of(begun)
    consent = ActingConsent.objects.get()
    assert consent.paper is not None and consent.post_id == cast.clerk.post_id
    assert client.get("/desk/filings/")["Location"] == "/acting/closed/", "his own desk waits"
    for name, status in (("zhang", 302), ("li", 404)):
        answer = cast.client(name).get(f"/files/{consent.paper.public_id}/preview/")
        answer.close()
        assert answer.status_code == status
    page = text_of(cast.client("zhang").get("/my/acting/"))
    assert cast.clerk.name in page
    assert [f"<li>{words.label}</li>" in page for words in ActingScope] == [True, True, False]
    assert client.post("/acting/end/")["Location"] == "/desk/assist/"
    event = Event.objects.get(name="assistance.acting_ended")
    assert (event.actor_id, event.acting_for, event.payload["by"]) == (cast.clerk.user_id, None, "helper")


@pytest.mark.req("SEC-07")
def test_what_comes_after_the_person_said_no_is_done_for_nobody(cast: Cast, live: Live) -> None:
    filing, consent = draft(cast), agreed(cast)
    client, late = acting(cast, consent), acting_actor(cast, consent)
    page = f"/my/filings/{filing.public_id}/check/"
    assert client.get(page).status_code == 200
    stopped = cast.client("zhang").post("/my/acting/", {"consent": consent.public_id})
    assert stopped["Location"] == "/my/acting/"
    said = {"agree": "on", "signed_name": ZHANG.name, "form_key": "k", "read_back": "on"}
    answer = client.post(page, said)
    assert answer["Location"] == "/acting/over/" and "没有办" in text_of(client.get("/acting/over/"))
    assert client.get(page).status_code == 404, "and he is himself again"
    with pytest.raises(NotAllowed):  # a request that had begun before
        submit_filing(filing_id=filing.pk, actor=late, signed_name=ZHANG.name)
    assert Filing.objects.get(pk=filing.pk).status == FilingStatus.DRAFT
    assert ActingConsent.objects.get().ended_by == EndedBy.PERSON


def test_time_ends_it_by_itself(cast: Cast) -> None:
    consent = agreed(cast, hours=1)
    client = acting(cast, consent)
    assert BANNER in text_of(client.get("/my/"))
    with clock.at(consent.ends_at):
        assert client.get("/my/")["Location"] == "/acting/over/"
        assert end_acting() == 1 and end_acting() == 0
        assert "没有办什么" in notices(cast, "acting_ended")[0]
    consent.refresh_from_db()
    assert (consent.ended_by, consent.ended_at) == (EndedBy.TIME, consent.ends_at)


def test_the_trail_itself_takes_no_event_without_consent(cast: Cast) -> None:
    consent = agreed(cast)
    known = Event.objects.filter(name="assistance.acting_begun").get()

    def written(**other: Any) -> None:
        known.pk, known._state.adding, known.seq = None, True, known.seq + 100
        known.public_id = uuid.uuid4()
        values = {"channel": "assisted", "actor_id": consent.helper_id, "acting_for": consent.person_id}
        for name, value in (values | {"happened_at": clock.now()} | other).items():
            setattr(known, name, value)
        with transaction.atomic():
            known.save(force_insert=True)
            transaction.set_rollback(True)

    written()
    for wrong in (
        {"actor_id": cast.users["li"].pk},
        {"acting_for": cast.users["li"].pk},
        {"happened_at": consent.ends_at},
        {"happened_at": consent.started_at - timedelta(seconds=1)},
    ):
        with pytest.raises(IntegrityError):
            written(**wrong)


NEVER = (
    "/complaints/", "/my/phone/", "/password/", "/sessions/", "/step-up/", "/my/notices/", "/my/notices/settings/",
    "/my/data/", "/my/tokens/", "/my/readers/", "/my/acting/", "/acting/", "/my/organisations/", "/my/real-name/", "/my/webhooks/",
)  # fmt: skip


def test_what_is_the_persons_own_stays_closed(cast: Cast, case: Case) -> None:
    consent = agreed(cast)
    client, actor = acting(cast, consent), acting_actor(cast, consent)
    for path in (*NEVER, f"/my/cases/{case.public_id}/service/", f"/my/cases/{case.public_id}/agents/"):
        assert client.get(path)["Location"] == "/acting/closed/", path
    thread = feedback.ask(
        case_id=case.pk,
        party_id=case.parties.get(side=Side.PLAINTIFF).pk,
        topic=Topic.PROGRESS,
        text="到哪一步了？",
        actor=cast.zhang,
    )
    feedback.answer(thread_id=thread.pk, text="已经排期。", actor=cast.judge)
    address = f"/my/cases/{case.public_id}/messages/{thread.public_id}/"
    assert "评价这次答复" in text_of(cast.client("zhang").get(address))
    assert "评价这次答复" not in text_of(client.get(address))
    assert client.post(f"{address}rate/", {"level": "satisfied"})["Location"] == "/acting/closed/"
    feedback.rate(
        thread_id=thread.pk, level=Satisfaction.SATISFIED, words="", wants_reopening=False, actor=cast.zhang
    )
    assert "您在" in text_of(cast.client("zhang").get(address))
    assert str(Satisfaction.SATISFIED.label) not in text_of(client.get(address))
    for action in (
        "payee.name",
        "refund.ask",
        "service.choose",
        "survey.answer",
        "authority.give",
        "acting.begin",
    ):
        assert allows(cast.zhang, action) and not allows(actor, action), action
    with pytest.raises(NotAllowed):
        save_delivery(filing_id=draft(cast).pk, e_delivery=True, actor=actor)
    assert "送到这个平台" not in text_of(client.get(f"/my/filings/{draft(cast).public_id}/delivery/"))


def test_only_what_was_agreed_to_opens(cast: Cast, case: Case) -> None:
    client = acting(cast, agreed(cast, scopes=(ActingScope.FILING,)))
    assert client.get(f"/my/cases/{case.public_id}/")["Location"] == "/acting/closed/"
    page = text_of(client.get("/my/"))
    assert case.number not in page and "我要打官司" in page and "没有可以代办的案件" in page
    assert "没有同意" in text_of(client.get("/acting/closed/"))
    page = text_of(acting(cast, agreed(cast, scopes=(ActingScope.CASES,))).get("/my/"))
    assert case.number in page and "我要打官司" not in page and "立案申请" not in page


def test_what_leaves_is_read_out_first(cast: Cast, case: Case, live: Live) -> None:
    client = acting(cast, agreed(cast))
    address = f"/my/cases/{case.public_id}/messages/new/?topic=progress"
    letter = {"text": "请问什么时候开庭？", "form_key": "a-key-of-a-form"}
    first = client.post(address, letter)
    assert first.status_code == 200 and "念给当事人听" in text_of(first) and letter["text"] in text_of(first)
    assert not Message.objects.exists()
    assert client.post(address, fields_of(first)).status_code == 302
    assert Message.objects.get().text == letter["text"]
    bill = Bill.objects.get(case=case)
    paying = f"/my/bills/{bill.public_id}/pay/"
    page = client.post(paying, {})
    assert "695.00" in text_of(page) and not Order.objects.exists()
    assert client.post(paying, fields_of(page)).status_code == 302 and Order.objects.exists()


def fields_of(page: HttpResponse) -> dict[str, str]:
    """What the second button sends."""
    found = re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', text_of(page))
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"} | {"read_back": "yes"}


def test_who_may_not(cast: Cast, case: Case) -> None:
    """Nobody for himself, for the other side, beside another helper, or in a chain; a judge for nobody."""
    person = cast.users["zhang"].pk
    wish = Wish(EVERYTHING, 2)
    grant_access(
        party=case.parties.get(side=Side.DEFENDANT),
        user=cast.users["li"],
        basis=AccessBasis.COUNTER,
        actor=cast.clerk,
    )
    for helper in (cast.zhang, cast.li, cast.judge):
        with pytest.raises(NotAllowed):
            services.begin_by_code(person_id=person, wish=wish, actor=helper)
    consent = agreed(cast)
    with pytest.raises(Conflict):
        agreed(cast, helper="wang")
    with pytest.raises(NotAllowed):
        services.begin_by_code(person_id=cast.users["wang"].pk, wish=wish, actor=acting_actor(cast, consent))
    again = agreed(cast)
    assert ActingConsent.objects.filter(state="live").get() == again, (
        "the same helper: a new one in place of the old"
    )


def test_going_on_after_another_sign_in(cast: Cast) -> None:
    consent = agreed(cast, helper="clerk")
    client = cast.client("clerk")
    assert "接着办" in text_of(client.get("/desk/assist/"))
    assert BANNER in text_of(client.post("/acting/resume/", {"consent": consent.public_id}, follow=True))
    assert cast.client("clerk2").post("/acting/resume/", {"consent": consent.public_id}).status_code == 404
    stolen = acting(cast, consent, helper="clerk2")
    assert stolen.get("/my/")["Location"] == "/acting/over/", "an id of a consent is worth nothing to others"
    elsewhere = replace(cast.clerk, post_id=cast.posts["clerk2"].pk)
    assert selectors.acting_as(cast.posts["clerk"].user, elsewhere, str(consent.public_id)) is None


def test_nobody_reads_the_complaints_of_whom_he_acts_for(cast: Cast, settings: Any) -> None:
    client = acting(cast, agreed(cast))
    own, zones = "accounts.middleware.ActorMiddleware", "portal.zone.middleware.ZoneActorMiddleware"
    settings.MIDDLEWARE = [zones if name == own else name for name in settings.MIDDLEWARE]
    with inside(settings):
        assert client.get("/my/complaints/")["Location"] == "/acting/closed/"
