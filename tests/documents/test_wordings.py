"""A court's own words in its papers: two people, a day, versions kept with the papers; text is data."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from django.urls import reverse

from cases.models import Case
from cases.services import drafting
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, InvalidTransition, NotAllowed, NotVisible
from courts.models import Court
from documents.models import Wording, WordingState
from documents.rendering.preview import draft_pdf
from documents.rendering.samples import sample, torture
from documents.rendering.templates import DIRECTORY, TEMPLATES
from documents.rendering.wording import WITH_CONTACT, slots_of
from documents.services.wordings import (
    current_wording,
    decide_wording,
    propose_wording,
)
from eventlog.models import Event
from tests.cases.test_drafting import SUMMONS, issued, written
from tests.concurrency.together import at_once
from tests.support.court import Cast

MOMENT = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
WORDS = {"plain": "来院请走东门", "contact": "工作日上午有人接电话", "notes": "停车场在西侧\n请勿带宠物"}


def propose(actor: Actor, texts: dict[str, str] | None = None, days: int = 0) -> Wording:
    return propose_wording(
        template="summons",
        texts=WORDS if texts is None else texts,
        note="换了大门",
        effective_on=clock.today() + timedelta(days=days),
        actor=actor,
    )


def decided(row: Wording, move: str, actor: Actor) -> Wording:
    return decide_wording(template=row.template, number=row.number, move=move, actor=actor)


def agreed(cast: Cast, texts: dict[str, str] | None = None, days: int = 0) -> Wording:
    return decided(propose(cast.head, texts, days), "agree", cast.admin)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join(re.sub(r"\s|￾", "", page.get_textpage().get_text_range()) for page in document)
    finally:
        document.close()


def printed(template: str, words: dict[str, str], *, worst: bool = False) -> str:
    example = torture(template) if worst else sample(template)
    court = Court(name="某市某区人民法院", code="某1234")
    pdf = draft_pdf(template, example.content, court=court, addressee="张某", moment=MOMENT, words=words)
    return text_of(pdf)


def test_a_second_person_agrees_and_a_paper_keeps_its_version(cast: Cast, case: Case) -> None:
    before = issued(case, cast.caseclerk).paper
    proposal = propose(cast.head)
    with pytest.raises(NotAllowed):
        decided(proposal, "agree", cast.head)
    with pytest.raises(Conflict):
        propose(cast.admin)
    first = decided(proposal, "agree", cast.admin)
    with_words = issued(case, cast.caseclerk).paper
    second = agreed(cast, {"plain": "来院请走西门"})
    later = issued(case, cast.caseclerk).paper
    assert before and with_words and later
    assert [before.wording, with_words.wording, later.wording] == [None, first, second]
    assert with_words.content["wording"]["plain"] == "来院请走东门"
    assert agreed(cast, first.texts).number == 3
    assert Event.objects.filter(name="documents.wording_approved").count() == 3


def test_it_counts_from_its_day_and_refused_or_withdrawn_never(cast: Cast) -> None:
    today = clock.today()
    coming = agreed(cast, days=3)
    assert current_wording(cast.court.pk, "summons", today) is None
    assert current_wording(cast.court.pk, "summons", today + timedelta(days=3)) == coming
    assert current_wording(cast.other_court.pk, "summons", today + timedelta(days=3)) is None
    refused = decided(propose(cast.head), "refuse", cast.admin)
    mine = propose(cast.head)
    with pytest.raises(NotAllowed):
        decided(mine, "withdraw", cast.admin)
    assert decided(mine, "withdraw", cast.head).state == WordingState.WITHDRAWN
    assert refused.state == WordingState.REFUSED
    assert current_wording(cast.court.pk, "summons", today) is None


def test_two_decisions_are_one(cast: Cast) -> None:
    row = propose(cast.head)
    results = at_once(
        lambda: decided(row, "agree", cast.admin),
        lambda: decided(row, "refuse", cast.admin),
    )
    assert sorted(isinstance(result, InvalidTransition) for result in results) == [False, True]


def test_who_may_not(cast: Cast) -> None:
    row = propose(cast.head)
    for name in ("clerk", "judge", "caseclerk", "supervisor", "zhang"):
        with pytest.raises(NotAllowed):
            propose(cast.actors[name])
        with pytest.raises(NotVisible):
            decided(row, "agree", cast.actors[name])


def test_too_long_without_reason_and_in_the_past_is_refused(cast: Cast) -> None:
    for slot in slots_of("summons"):
        with pytest.raises(InvalidInput) as caught:
            propose(cast.head, {slot.name: "长" * (slot.longest + 1)})
        assert list(caught.value.fields) == [slot.name]
    with pytest.raises(InvalidInput):
        propose(cast.head, days=-1)
    assert not Wording.objects.exists()


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_every_template_prints_its_slots_full_and_as_they_stand(template: str) -> None:
    literal = '#panic("x") $x^2$ *粗* @ref <tag> {{7*7}}'
    words = {slot.name: (literal + "字" * slot.longest)[: slot.longest] for slot in slots_of(template)}
    text = printed(template, words)
    for slot in slots_of(template):
        assert re.sub(r"\s", "", words[slot.name]) in text, slot.name
    assert printed(template, words, worst=True)
    source = (DIRECTORY / f"{template}.typ").read_text(encoding="utf-8")
    assert ("lookup()" in source) == (template in WITH_CONTACT)


def test_the_preview_of_a_draft_shows_them(cast: Cast, case: Case) -> None:
    agreed(cast)
    draft = written(case, "summons", cast.caseclerk, SUMMONS)
    answer = cast.client("caseclerk").get(reverse("pages:draft_file", args=[draft.public_id]))
    text = text_of(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert "来院请走东门" in text and "停车场在西侧" in text and "草稿" in text
    assert drafting.issue_draft(draft_id=draft.pk, seen=draft.version, actor=cast.caseclerk).paper


def test_the_pages(cast: Cast) -> None:
    head, admin = cast.client("head"), cast.client("admin")
    page = reverse("documents:wording", args=["summons"])
    body = WORDS | {"effective_on": clock.today().isoformat(), "note": ""}
    wrong = head.post(page, body)
    assert wrong.status_code == 422 and "请填写为什么改" in wrong.content.decode()
    assert "来院请走东门" in wrong.content.decode()
    assert head.post(page, body | {"note": "换了大门"}).status_code == 302
    assert "撤回" in head.get(page).content.decode()
    assert head.post(page, {"do": "agree", "proposal": "1"}).status_code == 403
    assert "同意启用" in admin.get(page).content.decode()
    assert admin.post(page, {"do": "agree", "proposal": "1"}).status_code == 302
    assert "现在用的" in head.get(page).content.decode()
    assert "来院请走东门" in head.get(page + "?from=1").content.decode()
    assert head.get(reverse("documents:wording_page", args=["summons", 1])).status_code == 200
    assert head.get(reverse("documents:wording_pdf", args=["summons", 2])).status_code == 404
    assert head.get(reverse("documents:wording", args=["nothing"])).status_code == 404
    assert "第1版" in head.get(reverse("documents:wordings")).content.decode()
