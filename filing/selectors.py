"""Reads of applications: drafts and their gaps, the clerk's queue."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, PartyKind, Side
from common import clock
from common.actor import Actor
from common.errors import NotVisible
from eventlog.registry import Timeline
from eventlog.timeline import Entry, timeline
from filing.elements import schema
from filing.elements.values import ask_for, opened_answers, order_message, out_of_order, shown
from filing.models import (
    CorrectionItem,
    CorrectionNotice,
    Filing,
    FilingMaterial,
    FilingParty,
    FilingStatus,
)
from filing.policies import visible_filings

ME, OTHER_SIDE, THIRD_SIDE, EVIDENCE, DELIVERY = "me", "other", "third", "evidence", "delivery"
TASK_OF_SIDE = {Side.PLAINTIFF: ME, Side.DEFENDANT: OTHER_SIDE, Side.THIRD: THIRD_SIDE}
SIDE_OF_TASK = {task: side for side, task in TASK_OF_SIDE.items()}


def filing_for(actor: Actor, public_id: UUID | str) -> Filing:
    """An application the actor may see; NotVisible otherwise. One query."""
    filing = (
        visible_filings(actor)
        .filter(public_id=public_id)
        .select_related("deciding_court", "court", "cause", "applicant", "claimed_by__user")
        .first()
    )
    if filing is None:
        raise NotVisible(_("没有这个页面。"))
    return filing


def filings_of(actor: Actor) -> QuerySet[Filing]:
    """The applicant's own applications that are not cases yet, newest first."""
    return (
        visible_filings(actor)
        .exclude(status__in=[FilingStatus.ACCEPTED, FilingStatus.WITHDRAWN])
        .select_related("deciding_court", "cause")
        .order_by("-id")
    )


def live_materials(filing: Filing) -> list[FilingMaterial]:
    """Materials that were not taken out, with their files. One query."""
    return list(filing.materials.filter(removed_at=None).select_related("file"))


def latest_notice(filing: Filing) -> CorrectionNotice | None:
    """The newest correction notice with its items. Two queries."""
    items = Prefetch("items", queryset=CorrectionItem.objects.order_by("id"))
    return filing.notices.prefetch_related(items).select_related("sent_by__user").order_by("-round").first()


@dataclass(frozen=True)
class Gap:
    """Something missing or wrong before sending: which task, which page or slot, and the sentence that helps."""

    task: str
    place: str
    message: str


@dataclass
class TaskState:
    """One row of the task list; ``state`` is one of todo, partly, done, optional, locked."""

    key: str
    title: str
    hint: str
    state: str
    gaps: list[Gap] = field(default_factory=list)


@dataclass(frozen=True)
class Draft:
    """Everything about an application that its pages show. Built by :func:`draft_of` in three queries."""

    filing: Filing
    form: schema.ElementForm
    parties: list[FilingParty]
    materials: list[FilingMaterial]
    notice: CorrectionNotice | None

    @property
    def applicant_kind(self) -> str:
        mine = self.side(Side.PLAINTIFF)
        return mine[0].kind if mine else PartyKind.NATURAL

    def side(self, side: Side) -> list[FilingParty]:
        return [party for party in self.parties if party.side == side]

    def slots(self) -> list[tuple[schema.Slot, list[FilingMaterial]]]:
        """Slots to show with what lies in them."""
        answers, kind = self.filing.answers, self.applicant_kind
        return [
            (slot, [m for m in self.materials if m.slot == slot.key])
            for slot in self.form.slots
            if slot.is_shown(answers, kind)
        ]

    def unlocked(self, task: str, slot: str = "") -> bool:
        """In a draft everything is open; after a correction notice only what the notice names (UX §6.3)."""
        if self.filing.status == FilingStatus.DRAFT:
            return True
        if self.filing.status != FilingStatus.RETURNED or self.notice is None:
            return False
        return any(
            item.task == task and (not slot or item.slot in ("", slot)) for item in self.notice.items.all()
        )

    def gaps(self) -> list[Gap]:
        """Everything that is missing, in the order of the task list."""
        return [gap for task in self.tasks() for gap in task.gaps]

    def tasks(self) -> list[TaskState]:
        """The task list (UX §4)."""
        rows = [self._people(ME, Side.PLAINTIFF), self._people(OTHER_SIDE, Side.DEFENDANT), self._third()]
        rows += [self._answers(task) for task in self.form.tasks]
        rows += [self._evidence(), self._delivery()]
        for row in rows:
            if not self.unlocked(row.key):
                row.state = "locked"
        return rows

    def _people(self, key: str, side: Side) -> TaskState:
        title, hint = (
            (_("我的信息"), _("姓名、证件、地址、电话"))
            if key == ME
            else (_("对方信息"), _("不知道的可以不填"))
        )
        people = self.side(side)
        if not people:
            missing = _("请填写您的信息") if key == ME else _("请填写对方的姓名")
            return TaskState(key, title, hint, "todo", [Gap(key, "", missing)])
        gaps = []
        if key == ME:
            gaps = [Gap(key, str(p.public_id), text) for p in people for text in _plaintiff_gaps(p)]
        return TaskState(key, title, hint, "partly" if gaps else "done", gaps)

    def _third(self) -> TaskState:
        """Somebody the outcome also concerns (民诉法59); most disputes have none."""
        state = "done" if self.side(Side.THIRD) else "optional"
        return TaskState(THIRD_SIDE, _("第三人"), _("案子和他也有关系的人"), state)

    def _answers(self, task: schema.Task) -> TaskState:
        answers = self.filing.answers
        asked = [(page, item) for page in task.pages for item in page.fields if item.is_asked(answers)]
        begun = any(answers.get(item.key) for _page, item in asked)
        if task.optional and not begun:
            return TaskState(task.key, task.title, task.hint, "optional")
        gaps = [
            Gap(task.key, page.key, ask_for(item))
            for page, item in asked
            if item.required and not answers.get(item.key)
        ]
        gaps += [
            Gap(task.key, page.key, order_message(self.form, item, answers))
            for page, item in asked
            if out_of_order(item, answers)
        ]
        state = "done" if not gaps else "partly" if begun else "todo"
        return TaskState(task.key, task.title, task.hint, state, gaps)

    def _evidence(self) -> TaskState:
        answers, kind = self.filing.answers, self.applicant_kind
        filled = {material.slot for material in self.materials}
        gaps = [
            Gap(EVIDENCE, slot.key, _("请上传“%(title)s”") % {"title": slot.title})
            for slot in self.form.slots
            if slot.is_needed(answers, kind) and slot.key not in filled
        ]
        state = "done" if not gaps else "partly" if filled else "todo"
        return TaskState(EVIDENCE, _("证据照片"), _("身份证、借条、转账记录"), state, gaps)

    def _delivery(self) -> TaskState:
        chosen = self.filing.e_delivery is not None
        gaps = [] if chosen else [Gap(DELIVERY, "", _("请选择文书怎么送给您"))]
        return TaskState(
            DELIVERY, _("送达方式"), _("文书送到手机还是寄到家"), "done" if chosen else "todo", gaps
        )


def _plaintiff_gaps(party: FilingParty) -> list[str]:
    needed = [
        ("name", _("请填写姓名或名称")),
        ("id_number", _("请填写证件号码")),
        ("phone", _("请填写联系电话")),
    ]
    needed.append(("address", _("请填写住所地")))
    return [text for name, text in needed if not getattr(party, name)]


def draft_of(filing: Filing) -> Draft:
    """Load what the pages of one application show. Four queries."""
    return Draft(
        filing=filing,
        form=schema.load(filing.form),
        parties=list(filing.parties.all()),
        materials=live_materials(filing),
        notice=latest_notice(filing),
    )


@dataclass(frozen=True)
class Answer:
    """One question of the form with its answer: ``value`` as it is kept (opened), ``shown`` for reading."""

    label: str
    value: Any
    page: str
    kind: str
    shown: str = ""


def answers_by_task(draft: Draft) -> list[tuple[schema.Task, list[Answer]]]:
    """Given answers per task for the check page and the review desk."""
    answers = opened_answers(draft.form, draft.filing.answers)
    return [
        (
            task,
            [
                Answer(
                    item.label, answers.get(item.key), page.key, item.type, shown(item, answers.get(item.key))
                )
                for page in task.pages
                for item in page.fields
                if item.is_asked(answers)
            ],
        )
        for task in draft.form.tasks
    ]


def story_of(filing: Filing) -> list[Entry]:
    """What happened to an application, for its applicant, newest first. One query."""
    return timeline(f"filing:{filing.public_id}", audience=Timeline.PARTIES)


def case_of(filing: Filing) -> Case | None:
    """The case an accepted application became. One query."""
    return Case.objects.filter(filing_public_id=filing.public_id).first()


VIEWS = {
    "due": gettext_lazy("今天到期"),
    "mine": gettext_lazy("我的"),
    "open": gettext_lazy("全部待审"),
    "returned": gettext_lazy("待补正"),
    "decided": gettext_lazy("已办"),
}


def queue(actor: Actor, view: str, search: str = "") -> QuerySet[Filing]:
    """A view of the clerk's queue, oldest due first (fairness)."""
    rows = visible_filings(actor).select_related("cause", "applicant", "claimed_by__user")
    if search:
        rows = rows.filter(Q(number__contains=search) | Q(parties__name__contains=search)).distinct()
    return _in_view(rows, actor, view).order_by(F("due_on").asc(nulls_last=True), "id")


def next_to_review(actor: Actor, *, after: Filing) -> Filing | None:
    """The oldest waiting application that no other clerk holds now. One query."""
    taken = Q(claimed_until__gt=clock.sql_now()) & ~Q(claimed_by_id=actor.post_id)
    return queue(actor, "open").exclude(pk=after.pk).exclude(taken).first()


def _in_view(rows: QuerySet[Filing], actor: Actor, view: str) -> QuerySet[Filing]:
    if view == "due":
        return rows.filter(status=FilingStatus.SUBMITTED, due_on__lte=clock.today())
    if view == "mine":
        return rows.filter(status=FilingStatus.SUBMITTED, claimed_by_id=actor.post_id)
    if view == "returned":
        return rows.filter(status=FilingStatus.RETURNED)
    if view == "decided":
        return rows.filter(status=FilingStatus.ACCEPTED, decided_at__gte=clock.now() - timedelta(days=30))
    return rows.filter(status=FilingStatus.SUBMITTED)


def queue_counts(actor: Actor) -> dict[str, int]:
    """Numbers on the tabs of waiting work. One query over the waiting rows only, whatever the court has decided."""
    waiting = visible_filings(actor).filter(status__in=[FilingStatus.SUBMITTED, FilingStatus.RETURNED])
    submitted = Q(status=FilingStatus.SUBMITTED)
    return waiting.aggregate(
        due=Count("id", filter=submitted & Q(due_on__lte=clock.today())),
        mine=Count("id", filter=submitted & Q(claimed_by_id=actor.post_id)),
        open=Count("id", filter=submitted),
        returned=Count("id", filter=Q(status=FilingStatus.RETURNED)),
    )


def claims_of(filing_public_id: UUID) -> Draft | None:
    """The accepted application behind a case, for showing the pleading to both sides."""
    filing = (
        Filing.objects.filter(public_id=filing_public_id).select_related("cause", "deciding_court").first()
    )
    return draft_of(filing) if filing else None
