"""One kind of paper for many own cases at once: checked first, then issued one by one by the worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.access import allows
from cases import events
from cases.drafting.rules import EXECUTION, RULES, Audience, may_write
from cases.models import PAPER_DRAFT_FLOW, Case, DraftState, PaperBatch, PaperDraft, Stage
from cases.policies import visible_batches, visible_cases
from cases.services import drafting
from common import clock
from common.actor import Actor, Kind, Role
from common.errors import DomainError, InvalidInput, NotAllowed, NotVisible
from courts.models import StaffPost
from courts.posts import live_posts
from documents.models import Paper
from documents.rendering.fields import FIELDS, Field, FieldKind
from documents.rendering.reading import value_of
from eventlog.services import act

LARGEST = 50
SHORT = (FieldKind.LINE, FieldKind.DAY, FieldKind.MOMENT, FieldKind.DAYS)


@dataclass(frozen=True)
class Row:
    """What was typed for one case, by field."""

    case: Case
    typed: Mapping[str, str]


def batch_templates(actor: Actor) -> list[str]:
    """Papers that may go to many cases at once: those that need no second pair of eyes."""
    if not allows(actor, "paper.batch"):
        return []
    return [
        name
        for name, rule in RULES.items()
        if may_write(actor.role, name)
        and not rule.second_eyes
        and not rule.only_correct
        and rule.goes_to == Audience.PARTIES
    ]


def batch_fields(template: str) -> list[Field]:
    """The short fields of a template, one column each; the others are filled in from each case."""
    return [field for field in FIELDS[template] if field.kind in SHORT]


def cases_for_batch(actor: Actor, template: str, *, stage: str = "", unsent: bool = False) -> QuerySet[Case]:
    """Own open cases that such a paper fits, oldest first; ``unsent``: only those that have none yet."""
    rows = visible_cases(actor).exclude(stage=Stage.CLOSED).select_related("cause")
    if RULES[template].enforcement is not None:
        enforced = rows.filter(procedure__startswith=EXECUTION)
        rows = enforced if RULES[template].enforcement else rows.exclude(pk__in=enforced.values("pk"))
    if stage:
        rows = rows.filter(stage=stage)
    if unsent:
        sent = Paper.objects.filter(
            subject_kind="cases.case", subject_public_id=OuterRef("public_id"), template=template
        )
        rows = rows.exclude(Exists(sent))
    return rows.order_by("accepted_at", "id")


def check_row(template: str, typed: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the short fields of one case, by field."""
    wrong = {}
    for field in batch_fields(template):
        try:
            value_of(field, typed.get(field.name, ""))
        except ValueError as error:
            wrong[field.name] = str(error)
    return wrong


def issue_many(*, template: str, rows: Sequence[Row], actor: Actor) -> PaperBatch:
    """A draft for each case, all of them queued at once; nothing is made while one of them is wrong.

    Raises InvalidInput for none, too many or wrong rows, NotAllowed for a paper that needs a second pair of eyes or a
    case that is not the actor's.
    """
    if template not in batch_templates(actor):
        raise NotAllowed(_("这种文书不能批量发出。"))
    if not 0 < len(rows) <= LARGEST:
        raise InvalidInput(_("请选1到%(max)s件案件") % {"max": LARGEST})
    if any(check_row(template, row.typed) for row in rows):
        raise InvalidInput(_("表里还有没填好的，请先改好。"))
    with act():
        batch = PaperBatch.objects.create(
            court_id=actor.court_id or 0,
            template=template,
            made_by_id=actor.post_id or 0,
            made_at=clock.now(),
        )
        for row in sorted(rows, key=lambda row: row.case.pk):
            draft = drafting.start_draft(case_id=row.case.pk, template=template, actor=actor)
            draft = drafting.save_draft(
                draft_id=draft.pk,
                typed=draft.fields | dict(row.typed),
                addressees=draft.addressees,
                seen=draft.version,
                actor=actor,
            )
            draft.batch = batch
            _queue(draft, actor)
    return batch


def queue_again(*, batch_id: int, actor: Actor) -> int:
    """Those that did not go out are tried once more; how many. Nothing for those that are out or were discarded."""
    with act():
        batch = visible_batches(actor).filter(pk=batch_id).first()
        if batch is None:
            raise NotVisible(_("没有这个页面。"))
        failed = batch.drafts.filter(state=DraftState.DRAFT).order_by("case_id").values_list("pk", flat=True)
        again = [drafting.locked_draft(pk) for pk in failed]
        for draft in again:
            if PAPER_DRAFT_FLOW.can(draft, "queue"):
                _queue(draft, actor)
    return len(again)


def issue_queued(*, draft_id: int) -> None:
    """The worker's part for one case, in the name of who queued it: issued, or put back with the reason. Repeatable."""
    draft = PaperDraft.objects.select_related("batch").get(pk=draft_id)
    if draft.state != DraftState.QUEUED or draft.batch is None:
        return
    try:
        drafting.issue_draft(
            draft_id=draft.pk, seen=draft.version, actor=_in_the_name_of(draft.batch.made_by_id)
        )
    except DomainError as error:
        with act():
            failed = drafting.locked_draft(draft_id)
            if PAPER_DRAFT_FLOW.can(failed, "put_back"):
                PAPER_DRAFT_FLOW.move(failed, "put_back")
                failed.failure = error.message[:300]
                drafting.save_locked(failed)


def _queue(draft: PaperDraft, actor: Actor) -> None:
    PAPER_DRAFT_FLOW.move(draft, "queue")
    draft.failure = ""
    drafting.save_locked(draft)
    drafting.record(events.DRAFT_QUEUED, draft, actor)


def _in_the_name_of(post_id: int) -> Actor:
    """Who queued it, while the post is held. NotAllowed afterwards."""
    post: StaffPost | None = live_posts().filter(pk=post_id).select_related("user").first()
    if post is None:
        raise NotAllowed(_("提交的人已经不在这个岗位上。"))
    return Actor(
        kind=Kind.STAFF,
        user_id=post.user_id,
        name=post.user.name,
        staff_no=post.user.staff_no,
        role=Role(post.role),
        post_id=post.pk,
        court_id=post.court_id,
        division_id=post.division_id,
    )
