"""Drafting of papers: who writes, who signs off, what is issued; by services and by the pages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cases.drafting.rules import RULES
from cases.models import Case, DraftState, PaperDraft
from cases.services import drafting
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed, StaleVersion
from documents.models import Copy, Delivery, Paper
from documents.rendering.fields import FIELDS
from documents.rendering.reading import read_all, shown
from documents.rendering.samples import sample
from documents.services.authenticity import Verdict, verify_codes
from eventlog.models import Event
from eventlog.relay import run_due
from tests.support.court import Cast

SUMMONS = {"purpose": "开庭审理", "appear_at": "2026年12月15日上午9时30分", "place": "本院第三法庭"}


def texts(template: str) -> dict[str, str]:
    """What a person would type for the everyday sample of a template."""
    content = sample(template).content
    return {field.name: shown(field, content.get(field.name)) for field in FIELDS[template]}


def written(case: Case, template: str, actor: Actor, typed: dict[str, str] | None = None) -> PaperDraft:
    draft = drafting.start_draft(case_id=case.pk, template=template, actor=actor)
    typed = texts(template) if typed is None else typed
    return drafting.save_draft(
        draft_id=draft.pk, typed=typed, addressees=draft.addressees, seen=draft.version, actor=actor
    )


def submitted(case: Case, actor: Actor, template: str = "withdrawal_ruling") -> PaperDraft:
    draft = written(case, template, actor)
    return drafting.submit_draft(draft_id=draft.pk, seen=draft.version, actor=actor)


def issued(case: Case, actor: Actor, typed: dict[str, str] | None = None) -> PaperDraft:
    draft = written(case, "summons", actor, typed or SUMMONS)
    return drafting.issue_draft(draft_id=draft.pk, seen=draft.version, actor=actor)


def test_a_summons_is_written_and_issued_by_the_clerk_alone(cast: Cast, case: Case) -> None:
    draft = issued(case, cast.caseclerk)
    assert draft.state == DraftState.APPROVED
    paper = draft.paper
    assert paper is not None and paper.data["appear_at"] == "2026-12-15 09:30"
    assert paper.copies.count() == case.parties.count()
    run_due()
    draft.refresh_from_db()
    assert draft.state == DraftState.ISSUED
    names = set(Event.objects.filter(payload__draft=str(draft.public_id)).values_list("name", flat=True))
    assert names == {"cases.draft_started", "cases.draft_approved"}


def test_a_ruling_goes_by_two_people(cast: Cast, case: Case) -> None:
    draft = submitted(case, cast.caseclerk)
    for name in ("caseclerk", "clerk", "judge-b", "head", "zhang"):
        with pytest.raises(NotAllowed):
            drafting.approve_draft(draft_id=draft.pk, seen=draft.version, actor=cast.actors[name])
    with pytest.raises(InvalidInput):
        drafting.return_draft(draft_id=draft.pk, reason="", seen=draft.version, actor=cast.judge)
    back = drafting.return_draft(draft_id=draft.pk, reason="案由写错了", seen=draft.version, actor=cast.judge)
    assert (back.state, back.paper) == (DraftState.RETURNED, None)
    again = drafting.submit_draft(draft_id=draft.pk, seen=back.version, actor=cast.caseclerk)
    with pytest.raises(StaleVersion):
        drafting.approve_draft(draft_id=draft.pk, seen=back.version, actor=cast.judge)
    done = drafting.approve_draft(draft_id=draft.pk, seen=again.version, actor=cast.judge)
    assert done.paper is not None and done.decided_by == cast.posts["judge"]
    assert done.versions.count() == 2


def test_what_the_judge_wrote_is_signed_off_by_the_head_of_the_division(cast: Cast, case: Case) -> None:
    draft = submitted(case, cast.judge)
    with pytest.raises(NotAllowed):
        drafting.approve_draft(draft_id=draft.pk, seen=draft.version, actor=cast.judge)
    assert drafting.approve_draft(draft_id=draft.pk, seen=draft.version, actor=cast.head).paper


def test_who_changed_a_word_signs_nothing_off(cast: Cast, case: Case) -> None:
    draft = written(case, "withdrawal_ruling", cast.caseclerk)
    draft = drafting.save_draft(
        draft_id=draft.pk,
        typed=draft.fields | {"why": "已经和解"},
        addressees=draft.addressees,
        seen=draft.version,
        actor=cast.judge,
    )
    draft = drafting.submit_draft(draft_id=draft.pk, seen=draft.version, actor=cast.caseclerk)
    with pytest.raises(NotAllowed):
        drafting.approve_draft(draft_id=draft.pk, seen=draft.version, actor=cast.judge)


def test_a_corrected_paper_takes_the_place_of_the_old_one(cast: Cast, case: Case) -> None:
    first = issued(case, cast.caseclerk).paper
    assert first is not None
    run_due()
    copy = Copy.objects.filter(paper=first).latest("id")
    draft = drafting.start_draft(case_id=case.pk, template="summons", actor=cast.judge, corrects=first)
    assert draft.fields["place"] == SUMMONS["place"]
    same = drafting.start_draft(case_id=case.pk, template="summons", actor=cast.caseclerk, corrects=first)
    assert same.pk == draft.pk
    done = drafting.issue_draft(draft_id=draft.pk, seen=draft.version, actor=cast.judge)
    assert done.paper is not None and done.paper.supersedes == first
    answer = verify_codes(serial=copy.serial, check_code=copy.check_code, address="10.0.0.1")
    assert answer.verdict == Verdict.SUPERSEDED
    assert not Delivery.objects.filter(copy__paper=first, state="waiting").exists()
    with pytest.raises(Conflict):
        drafting.start_draft(case_id=case.pk, template="summons", actor=cast.judge, corrects=first)
    assert Paper.objects.filter(template="summons").count() == 2


@pytest.mark.parametrize("template", sorted(RULES))
def test_every_paper_of_the_table_reads_what_its_sample_says(template: str) -> None:
    content = sample(template).content
    values, wrong = read_all(template, texts(template))
    assert wrong == {}
    for name, value in values.items():
        expected = content[name]
        if name == "parties":
            expected = [{"details": "", "agents": []} | party for party in expected]
        assert value == expected, name


@pytest.mark.parametrize("name", ["clerk", "judge-b", "clerk-b", "head", "finance1", "zhang", "li", "chen"])
def test_who_does_not_hold_the_case_begins_nothing(cast: Cast, case: Case, name: str) -> None:
    with pytest.raises(NotAllowed):
        drafting.start_draft(case_id=case.pk, template="summons", actor=cast.actors[name])


def test_a_draft_that_is_given_up_stays_on_record_and_makes_room(cast: Cast, case: Case) -> None:
    clerk, judge = cast.client("caseclerk"), cast.client("judge")
    draft = written(case, "summons", cast.caseclerk)
    look = reverse("pages:draft", args=[draft.public_id])
    assert judge.post(look, {"do": "discard", "seen": draft.version - 1}).status_code == 412
    gone = clerk.post(look, {"do": "discard", "seen": draft.version})
    assert gone.headers["Location"] == reverse("pages:desk_case", args=[case.public_id])
    draft.refresh_from_db()
    assert (draft.state, draft.paper) == (DraftState.DISCARDED, None)
    assert 'name="do"' not in clerk.get(look).content.decode()
    assert clerk.post(look, {"do": "issue", "seen": draft.version}).status_code == 409
    assert drafting.start_draft(case_id=case.pk, template="summons", actor=cast.caseclerk).pk != draft.pk
    assert Event.objects.filter(name="cases.draft_discarded", payload__draft=str(draft.public_id)).exists()


def test_the_pages_from_the_first_word_to_the_signature(cast: Cast, case: Case) -> None:
    clerk, judge = cast.client("caseclerk"), cast.client("judge")
    page = clerk.post(reverse("pages:draft_new", args=[case.public_id]), {"template": "mediation_paper"})
    draft = PaperDraft.objects.get()
    assert page.headers["Location"] == reverse("pages:draft_edit", args=[draft.public_id])
    edit, look = (reverse(f"pages:{name}", args=[draft.public_id]) for name in ("draft_edit", "draft"))
    form = clerk.get(edit).context["form"]
    body = {f"text-{name}": text for name, text in texts("mediation_paper").items()}
    body |= {"addressees": draft.addressees, "seen": "1"}
    wrong = clerk.post(edit, body | {"text-agreement": "", "do": "look"})
    assert wrong.status_code == 422 and "请填写达成的协议" in wrong.content.decode()
    assert next(iter(form.fields)) == "addressees"
    draft.refresh_from_db()
    assert draft.fields["facts"] == texts("mediation_paper")["facts"]
    assert "达成的协议" in clerk.get(look).content.decode()
    saved = clerk.post(edit, body | {"do": "look", "seen": str(draft.version)})
    assert saved.status_code == 302
    assert b"%PDF-" in b"".join(clerk.get(reverse("pages:draft_file", args=[draft.public_id])))  # type: ignore[arg-type]
    assert (
        clerk.get(reverse("pages:draft_page", args=[draft.public_id, 1])).headers["Content-Type"]
        == "image/jpeg"
    )
    draft.refresh_from_db()
    clerk.post(look, {"do": "submit", "seen": draft.version})
    draft.refresh_from_db()
    assert "调解书待签发" in judge.get("/bench/").content.decode()
    stale = judge.post(look, {"do": "approve", "seen": draft.version - 1})
    assert stale.status_code == 412
    assert judge.post(look, {"do": "approve", "seen": draft.version}).status_code == 302
    draft.refresh_from_db()
    assert draft.state == DraftState.APPROVED
    assert judge.get(look).status_code == 200
