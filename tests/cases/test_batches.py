"""One kind of paper for many own cases: checked first, issued one by one, partial failure, safe to repeat."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cases.models import Case, CaseStaff, DraftState, PaperBatch, PaperDraft, Stage
from cases.services import batches
from cases.services.batches import Row
from common import clock
from common.errors import InvalidInput, NotAllowed, NotVisible
from documents.models import Paper
from eventlog.relay import run_due
from tests.cases.test_drafting import SUMMONS
from tests.concurrency.together import at_once
from tests.support.court import Cast, accepted


@pytest.fixture
def three(cast: Cast, case: Case) -> list[Case]:
    """Three cases of one clerk."""
    others = [accepted(cast), accepted(cast)]
    holder = case.staff.get(ends_at=None, role="clerk").post
    assert all(one.staff.filter(ends_at=None, post=holder).exists() for one in others)
    run_due()
    return [case, *others]


def made(cast: Cast, cases: list[Case]) -> PaperBatch:
    rows = [Row(case, SUMMONS | {"place": f"第{number}法庭"}) for number, case in enumerate(cases, 1)]
    return batches.issue_many(template="summons", rows=rows, actor=cast.caseclerk)


def states(batch: PaperBatch) -> list[str]:
    return list(batch.drafts.order_by("id").values_list("state", flat=True))


def test_each_case_gets_its_own_paper(cast: Cast, three: list[Case]) -> None:
    batch = made(cast, three)
    assert states(batch) == [DraftState.QUEUED] * 3
    run_due()
    assert states(batch) == [DraftState.ISSUED] * 3
    papers = Paper.objects.filter(template="summons").order_by("id")
    assert [paper.data["place"] for paper in papers] == ["第1法庭", "第2法庭", "第3法庭"]
    assert {paper.subject_public_id for paper in papers} == {case.public_id for case in three}


def test_one_that_fails_says_why_and_is_tried_again(cast: Cast, three: list[Case]) -> None:
    batch = made(cast, three)
    lost = CaseStaff.objects.filter(case=three[1], post=cast.posts["caseclerk"], ends_at=None)
    held = list(lost.values_list("pk", flat=True))
    lost.update(ends_at=clock.now())
    run_due()
    assert states(batch) == [DraftState.ISSUED, DraftState.DRAFT, DraftState.ISSUED]
    failed = batch.drafts.get(case=three[1])
    assert failed.failure == "这份文书稿不由您办理。"
    page = cast.client("caseclerk").get(reverse("pages:papers_batch", args=[batch.public_id]))
    assert "没有发成 1 件" in page.content.decode() and failed.failure in page.content.decode()
    CaseStaff.objects.filter(pk__in=held).update(ends_at=None)
    again = cast.client("caseclerk").post(reverse("pages:papers_batch", args=[batch.public_id]))
    assert again.status_code == 302
    run_due()
    assert states(batch) == [DraftState.ISSUED] * 3
    assert batches.queue_again(batch_id=batch.pk, actor=cast.caseclerk) == 0
    assert Paper.objects.filter(template="summons").count() == 3


def test_two_workers_issue_it_once(cast: Cast, case: Case) -> None:
    draft = made(cast, [case]).drafts.get()
    at_once(*[lambda: batches.issue_queued(draft_id=draft.pk)] * 3)
    batches.issue_queued(draft_id=draft.pk)
    draft.refresh_from_db()
    assert (draft.state, draft.failure) == (DraftState.APPROVED, "")
    assert Paper.objects.filter(template="summons").count() == 1


def test_nothing_is_made_while_something_is_wrong(cast: Cast, three: list[Case]) -> None:
    wrong = [Row(three[0], SUMMONS), Row(three[1], SUMMONS | {"appear_at": "明天"})]
    for rows in (wrong, [], [Row(three[0], SUMMONS)] * (batches.LARGEST + 1)):
        with pytest.raises(InvalidInput):
            batches.issue_many(template="summons", rows=rows, actor=cast.caseclerk)
    with pytest.raises(NotAllowed):
        batches.issue_many(template="withdrawal_ruling", rows=[Row(three[0], {})], actor=cast.judge)
    with pytest.raises(NotAllowed):
        batches.issue_many(template="summons", rows=[Row(three[0], SUMMONS)], actor=cast.judge_b)
    with pytest.raises(NotAllowed):
        batches.issue_many(template="summons", rows=[Row(three[0], SUMMONS)], actor=cast.clerk)
    with pytest.raises(NotVisible):
        batches.queue_again(batch_id=made(cast, three).pk, actor=cast.judge)
    assert PaperBatch.objects.count() == 1 and PaperDraft.objects.count() == 3


def test_the_filters(cast: Cast, three: list[Case]) -> None:
    made(cast, three[:1])
    run_due()

    def listed(**options: object) -> list[Case]:
        return list(batches.cases_for_batch(cast.caseclerk, "summons", **options))  # type: ignore[arg-type]

    assert len(listed()) == 3
    assert three[0] not in listed(unsent=True) and len(listed(unsent=True)) == 2
    assert listed(stage=Stage.SERVED) == []
    Case.objects.filter(pk=three[1].pk).update(procedure="EXEC_FIRST")
    assert three[1] not in listed()


def test_the_pages(cast: Cast, three: list[Case]) -> None:
    clerk = cast.client("caseclerk")
    address = reverse("pages:papers_batch_new") + "?template=summons&unsent=1"
    page = clerk.get(address)
    body = {"form_key": page.context["form_key"], "case": [str(one.public_id) for one in three]}
    body |= {"all-purpose": "开庭审理", "all-place": "本院第三法庭", "all-appear_at": "2026-12-15 9:30"}
    own = f"{three[2].public_id}-appear_at"
    wrong = clerk.post(address, body | {own: "十点"})
    text = wrong.content.decode()
    assert wrong.status_code == 422 and "有 1 处需要改" in text and 'value="十点"' in text
    assert clerk.post(address, body | {"case": []}).status_code == 422
    sent = [clerk.post(address, body | {own: "2026-12-15 10:30"}) for _again in range(2)]
    assert {answer.status_code for answer in sent} == {302} and len({one["Location"] for one in sent}) == 1
    run_due()
    assert "已签发 3 件" in clerk.get(sent[0]["Location"]).content.decode()
    times = sorted(paper.data["appear_at"] for paper in Paper.objects.filter(template="summons"))
    assert times == ["2026-12-15 09:30", "2026-12-15 09:30", "2026-12-15 10:30"]
