"""Witnesses, experts and the like: written down, called by 出庭通知书, hidden from the parties."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.drafting.addressees import possible_addressees, what_he_is
from cases.drafting.rules import RULES, Audience
from cases.models import Case, PaperDraft, Participant, ParticipantKind, Party, PhoneOrigin, Representative
from cases.services import add_participant, drafting, end_authority, end_participant
from cases.services.batches import batch_templates
from common import clock
from common.actor import Actor
from common.errors import InvalidInput, InvalidTransition, NotAllowed, NotVisible
from documents.models import Copy, Office
from eventlog.models import Event
from qrlinks.models import Verification
from qrlinks.services.verification import Facts, start_verification
from tests.cases.test_drafting import texts
from tests.support.court import Cast

STREET, PHONE = "某市某区证人路7号", "13977778888"
CALLED = {"kind": "witness", "name": "吴某", "address": STREET, "phone": PHONE}
TYPED = {"appear_at": "2026-12-15 9:30", "place": "本院第三法庭", "topic": "交付借款的经过"}


def witness(case: Case, actor: Actor, **changes: Any) -> Participant:
    asked: dict[str, Any] = {"asked_by_public_id": case.parties.get(side="plaintiff").public_id}
    return add_participant(case_id=case.pk, actor=actor, **CALLED | asked | changes)


def agent(case: Case, **changes: Any) -> Representative:
    party = case.parties.get(side="plaintiff")
    known: dict[str, Any] = {"name": "王律师", "kind": "lawyer", "phone": "13800000003"}
    return Representative.objects.create(party=party, starts_at=clock.now(), **known | changes)


def notice(case: Case, actor: Actor, *people: Participant | Representative | Party) -> PaperDraft:
    draft = drafting.start_draft(case_id=case.pk, template="appearance_notice", actor=actor)
    ids = [str(one.public_id) for one in people]
    return drafting.save_draft(
        draft_id=draft.pk, typed=TYPED, addressees=ids, seen=draft.version, actor=actor
    )


def issued(case: Case, actor: Actor, *people: Participant | Representative) -> PaperDraft:
    draft = notice(case, actor, *people)
    return drafting.issue_draft(draft_id=draft.pk, seen=draft.version, actor=actor)


@pytest.mark.parametrize("template", sorted(RULES))
def test_who_may_be_addressed_by_which_paper(cast: Cast, case: Case, template: str) -> None:
    """Papers for parties reach parties alone, letters offices, the notice to appear whoever is called and is no party."""
    person, lawyer = witness(case, cast.caseclerk), agent(case)
    agent(case, name="某母", kind="guardian")
    office = Office.objects.create(court=case.court, kind="bank", name="某银行", address="某市某路8号")
    draft = PaperDraft(case=case, court=case.court, template=template)
    expected = {
        Audience.PARTIES: [(one.public_id, one.get_side_display()) for one in case.parties.order_by("id")],
        Audience.OFFICES: [(office.public_id, "银行和支付机构")],
        Audience.CALLED: [(person.public_id, "证人"), (lawyer.public_id, "委托诉讼代理人")],
    }[RULES[template].goes_to]
    found = [(one.public_id, what_he_is(one)) for one in possible_addressees(draft)]
    assert sorted(found) == sorted(expected)
    audiences = {"appearance_notice": Audience.CALLED, "official_letter": Audience.OFFICES}
    assert RULES[template].goes_to == audiences.get(template, Audience.PARTIES)


@pytest.mark.parametrize("kind", ParticipantKind.values)
def test_everybody_who_is_called_gets_a_notice_by_the_print_desk(
    cast: Cast, case: Case, run_outbox: Any, kind: str
) -> None:
    person = witness(case, cast.caseclerk, kind=kind)
    paper = issued(case, cast.caseclerk, person).paper
    run_outbox()
    copy = Copy.objects.get(paper=paper)
    assert paper is not None and paper.data["role"] == ParticipantKind(kind).label
    assert (copy.addressee_name, copy.state, copy.delivery.method) == ("吴某", "issued", "post")
    desk = cast.client("clerk").get(f"/desk/print/{copy.delivery.public_id}/").content.decode()
    assert STREET in desk and PHONE in desk


def test_an_agent_gets_his_notice_at_the_address_of_his_party(
    cast: Cast, case: Case, run_outbox: Any
) -> None:
    lawyer = agent(case)
    paper = issued(case, cast.caseclerk, lawyer).paper
    run_outbox()
    copy = Copy.objects.get(paper=paper)
    assert (copy.addressee_name, copy.delivery.method, copy.delivery.phone) == (
        "王律师",
        "post",
        "13800000003",
    )
    assert copy.addressee_address == lawyer.party.address
    end_authority(representative_public_id=lawyer.public_id, actor=cast.caseclerk)
    draft = notice(case, cast.caseclerk, lawyer)
    assert draft.addressees == []


def test_one_notice_calls_people_as_one_thing(cast: Cast, case: Case) -> None:
    """The text of a paper is one, so a witness and an expert get a paper each; without anybody there is none. A party is
    called by 传票 and dropped here."""
    expert = witness(case, cast.caseclerk, kind="expert", name="郑某")
    party = case.parties.first()
    assert party is not None
    for people in ([witness(case, cast.caseclerk), expert], [party], []):
        draft = notice(case, cast.caseclerk, *people)
        with pytest.raises(InvalidInput) as refused:
            drafting.issue_draft(draft_id=draft.pk, seen=draft.version, actor=cast.caseclerk)
        assert set(refused.value.fields) == {"addressees"}
        page = cast.client("caseclerk").get(reverse("pages:draft", args=[draft.public_id]))
        assert page.status_code == 200 and "还不能看样子" in page.content.decode()


def test_no_batch_of_notices(cast: Cast) -> None:
    """Many cases at once are for papers that go to the parties."""
    assert {RULES[name].goes_to for name in batch_templates(cast.caseclerk)} == {Audience.PARTIES}


def test_the_clerk_writes_a_witness_down_and_calls_him(cast: Cast, case: Case, run_outbox: Any) -> None:
    clerk = cast.client("caseclerk")
    page = reverse("pages:participants", args=[case.public_id])
    assert page in clerk.get(reverse("pages:desk_case", args=[case.public_id])).content.decode()
    empty = clerk.post(page, {})
    assert empty.status_code == 422
    for words in ("请选择身份", "请填写姓名", "请填写地址", "请选择是谁申请的"):
        assert words in empty.content.decode()
    wrong = clerk.post(page, CALLED | {"asked_by": "court", "kind": "specialist"})
    assert wrong.status_code == 422 and "由当事人申请" in wrong.content.decode()
    assert STREET in wrong.content.decode(), "what was typed stays"
    assert clerk.post(page, CALLED | {"asked_by": "court"}).status_code == 302
    twice = clerk.post(page, CALLED | {"asked_by": "court"})
    assert twice.status_code == 422 and "已经登记过" in twice.content.decode()
    assert "法院通知" in clerk.get(page).content.decode()
    person = Participant.objects.get()
    clerk.post(reverse("pages:draft_new", args=[case.public_id]), {"template": "appearance_notice"})
    draft = PaperDraft.objects.latest("id")
    edit = reverse("pages:draft_edit", args=[draft.public_id])
    assert "吴某（证人）" in clerk.get(edit).content.decode()
    body = {f"text-{name}": text for name, text in TYPED.items()}
    body |= {"addressees": str(person.public_id), "seen": str(draft.version), "do": "look"}
    assert clerk.post(edit, body).status_code == 302
    draft.refresh_from_db()
    look = reverse("pages:draft", args=[draft.public_id])
    assert "吴某（证人）" in clerk.get(look).content.decode()
    clerk.post(look, {"do": "issue", "seen": draft.version})
    run_outbox()
    assert Copy.objects.get(addressee_public_id=person.public_id).state == "issued"
    assert clerk.post(reverse("pages:participant_end", args=[case.public_id, person.public_id])).status_code
    assert "还没有登记" in clerk.get(page).content.decode()


def test_no_party_reads_the_witness(cast: Cast, case: Case, run_outbox: Any) -> None:
    """Neither the side that asked for him nor the other: no name, no address, no phone, no paper, no entry of the file."""
    person = witness(case, cast.caseclerk)
    issued(case, cast.caseclerk, person)
    run_outbox()
    copy = Copy.objects.get(addressee_public_id=person.public_id)
    assert "出庭通知书" in _file(cast, case, "caseclerk", "casefiles:desk_file")
    for name in ("zhang", "li"):
        browser = cast.client(name)
        assert browser.get(f"/papers/{copy.public_id}/").status_code == 404
        pages = ["", "timeline/", "files/", "people/", "file/"]
        texts_seen = [browser.get(f"/my/cases/{case.public_id}/{page}").content.decode() for page in pages]
        for secret in (STREET, PHONE, "吴某", "出庭通知书"):
            assert not any(secret in text for text in texts_seen), (name, secret)
    assert "出庭通知书" not in _file(cast, case, "zhang", "casefiles:file")
    said = " ".join(
        str(event.payload) for event in Event.objects.filter(name__startswith="cases.participant")
    )
    assert said and not any(secret in said for secret in (STREET, PHONE, "吴某"))


def _file(cast: Cast, case: Case, name: str, address: str) -> str:
    answer = cast.client(name).get(reverse(address, args=[case.public_id]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.req("SEC-22")
def test_the_code_on_a_witness_copy_lets_nobody_else_in(cast: Cast, case: Case, run_outbox: Any) -> None:
    """The witness is no party: his name opens nothing. A party whose number the other side named gets no message with it."""
    person = witness(case, cast.caseclerk)
    issued(case, cast.caseclerk, person)
    run_outbox()
    copy = Copy.objects.select_related("paper").get(addressee_public_id=person.public_id)
    defendant = case.parties.get(side="defendant")
    assert defendant.phone_origin == PhoneOrigin.OTHER_SIDE
    for facts in (Facts("吴某", "000000"), Facts(defendant.name, defendant.id_number[-6:])):
        start_verification(copy=copy, code_key=facts.name, facts=facts, browser="b", address="10.0.0.1")
    assert list(Verification.objects.values_list("party", "copy")) == [(None, None)] * 2


@pytest.mark.parametrize("name", ["clerk", "judge-b", "clerk-b", "head", "finance1", "zhang", "li", "chen"])
def test_who_does_not_hold_the_case_writes_nobody_down(cast: Cast, case: Case, name: str) -> None:
    with pytest.raises(NotAllowed):
        witness(case, cast.actors[name])
    person = witness(case, cast.judge)
    with pytest.raises(NotVisible):
        end_participant(public_id=person.public_id, actor=cast.actors[name])


def test_who_is_ended_is_called_no_more(cast: Cast, case: Case) -> None:
    person = witness(case, cast.judge)
    draft = notice(case, cast.caseclerk, person)
    end_participant(public_id=person.public_id, actor=cast.caseclerk)
    with pytest.raises(InvalidTransition):
        end_participant(public_id=person.public_id, actor=cast.caseclerk)
    with pytest.raises(InvalidInput):
        drafting.issue_draft(draft_id=draft.pk, seen=draft.version, actor=cast.caseclerk)
    assert witness(case, cast.judge).pk != person.pk, "he can come back"


def test_specialists_are_asked_for_and_two_at_most(cast: Cast, case: Case) -> None:
    """民诉法82, 解释122; the database keeps the first of it too."""
    with pytest.raises(InvalidInput) as refused:
        witness(case, cast.judge, kind="specialist", asked_by_public_id=None)
    assert set(refused.value.fields) == {"asked_by"}
    for name in ("甲某", "乙某"):
        witness(case, cast.judge, kind="specialist", name=name)
    with pytest.raises(InvalidInput):
        witness(case, cast.judge, kind="specialist", name="丙某")
    other = case.parties.get(side="defendant").public_id
    person = witness(case, cast.judge, kind="specialist", name="丙某", asked_by_public_id=other)
    with pytest.raises(IntegrityError), transaction.atomic():
        Participant.objects.filter(pk=person.pk).update(asked_by=None)


def test_a_party_of_another_case_asked_for_nobody_here(cast: Cast, case: Case) -> None:
    with pytest.raises(InvalidInput) as refused:
        witness(case, cast.judge, asked_by_public_id=case.public_id)
    assert set(refused.value.fields) == {"asked_by"}


def test_every_notice_says_what_its_reader_must_do(cast: Cast, case: Case) -> None:
    assert set(texts("appearance_notice")) == {
        "purpose", "appear_at", "place", "topic", "online", "enclosures",
    }  # fmt: skip
