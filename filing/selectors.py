"""Reads of applications: drafts and their gaps, the clerk's queue."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _

from cases.models import Case, PartyKind, Side
from cases.policies import live_access
from common.actor import Actor
from common.errors import NotVisible
from eventlog.registry import Timeline
from eventlog.timeline import Entry, timeline
from filing.elements import schema
from filing.elements.values import ask_for, opened_answers, order_message, out_of_order, shown
from filing.models import (
    Capacity,
    CorrectionItem,
    CorrectionNotice,
    Filing,
    FilingAgent,
    FilingMaterial,
    FilingParty,
    FilingStatus,
)
from filing.people import gaps_of_agents, gaps_of_side, people_words
from filing.policies import visible_filings
from filing.procedures import Procedure, procedure
from filing.slots import slots_for

CAPACITY, AGENTS = "capacity", "agents"
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
        .exclude(status__in=[FilingStatus.ACCEPTED, FilingStatus.WITHDRAWN, FilingStatus.RECEIVED])
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
    """Everything about an application that its pages show. Built by :func:`draft_of` in five queries."""

    filing: Filing
    form: schema.ElementForm
    parties: list[FilingParty]
    materials: list[FilingMaterial]
    notice: CorrectionNotice | None
    agents: list[FilingAgent] = field(default_factory=list)

    @property
    def procedure(self) -> Procedure:
        return procedure(self.filing.procedure)

    @property
    def applicant_kind(self) -> str:
        mine = self.side(Side.PLAINTIFF)
        return mine[0].kind if mine else PartyKind.NATURAL

    def side(self, side: Side) -> list[FilingParty]:
        return [party for party in self.parties if party.side == side]

    def slots(self) -> list[tuple[schema.Slot, list[FilingMaterial]]]:
        """Slots to show with what lies in them: papers of the people by rule, then those of the dispute."""
        wanted = slots_for(self.filing, self.form, self.procedure, self.parties, self.agents)
        return [(slot, [m for m in self.materials if m.slot == slot.key]) for slot in wanted]

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
        rows = [self._capacity()]
        rows += [self._people(side) for side in (Side.PLAINTIFF, Side.DEFENDANT) if side in self.form.sides]
        rows += [self._third()] if Side.THIRD in self.form.sides else []
        rows += [self._agents()]
        rows += [self._answers(task) for task in self.form.tasks]
        rows += [self._evidence(), self._delivery()]
        for row in rows:
            if not self.unlocked(row.key):
                row.state = "locked"
        return rows

    def role(self, side: Side) -> str:
        """What somebody of this side is called in this form: 原告, 申请人, 上诉人 …"""
        return self.form.role(side.value)

    def _capacity(self) -> TaskState:
        return TaskState(CAPACITY, _("谁来办"), str(Capacity(self.filing.capacity).label), "done")

    def _people(self, side: Side) -> TaskState:
        key, people = TASK_OF_SIDE[side], self.side(side)
        title, hint = people_words(self, side)
        if not people and side == Side.DEFENDANT and not self.procedure.against:
            return TaskState(key, title, hint, "optional")
        if not people:
            text = _("请填写%(role)s的信息") if key == ME else _("请填写%(role)s的姓名或名称")
            return TaskState(key, title, hint, "todo", [Gap(key, "", text % {"role": self.role(side)})])
        gaps = [Gap(key, place, text) for place, text in gaps_of_side(self, side)]
        return TaskState(key, title, hint, "partly" if gaps else "done", gaps)

    def _third(self) -> TaskState:
        """Somebody the outcome also concerns (民诉法59); most disputes have none."""
        state = "done" if self.side(Side.THIRD) else "optional"
        return TaskState(THIRD_SIDE, self.role(Side.THIRD), _("案子和他也有关系的人"), state)

    def _agents(self) -> TaskState:
        """Somebody who acts for the applicants; nobody must have one (民诉法61)."""
        title, hint = _("请人代理"), _("律师、亲友、单位工作人员，最多两位")
        gaps = [Gap(AGENTS, place, text) for place, text in gaps_of_agents(self)]
        if gaps:
            return TaskState(AGENTS, title, hint, "partly" if self.agents else "todo", gaps)
        return TaskState(AGENTS, title, hint, "done" if self.agents else "optional")

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
        slots = self.slots()
        gaps = [
            Gap(EVIDENCE, slot.key, _("请上传“%(title)s”") % {"title": slot.title})
            for slot, files in slots
            if slot.required and not files
        ]
        state = "done" if not gaps else "partly" if self.materials else "todo"
        return TaskState(EVIDENCE, _("证据照片"), _("身份证件、证据和委托手续"), state, gaps)

    def _delivery(self) -> TaskState:
        chosen = self.filing.e_delivery is not None
        gaps = [] if chosen else [Gap(DELIVERY, "", _("请选择文书怎么送给您"))]
        return TaskState(
            DELIVERY, _("送达方式"), _("文书送到手机还是寄到家"), "done" if chosen else "todo", gaps
        )


def draft_of(filing: Filing) -> Draft:
    """Load what the pages of one application show. Five queries."""
    return Draft(
        filing=filing,
        form=schema.load(filing.form),
        parties=list(filing.parties.all()),
        materials=live_materials(filing),
        notice=latest_notice(filing),
        agents=list(filing.agents.all()),
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
    """The case an accepted application became, the first of several. One query."""
    return Case.objects.filter(filing_public_id=filing.public_id).order_by("filing_part").first()


def cases_of_filing(filing: Filing) -> list[Case]:
    """All cases an accepted application became, in their order; ``is_mine`` tells those its applicant may open. One
    query."""
    mine = live_access().filter(user_id=filing.applicant_id, party__case=OuterRef("pk"))
    cases = Case.objects.filter(filing_public_id=filing.public_id).annotate(is_mine=Exists(mine))
    return list(cases.order_by("filing_part"))


def claims_of(filing_public_id: UUID) -> Draft | None:
    """The accepted application behind a case, for showing the pleading to both sides."""
    filing = (
        Filing.objects.filter(public_id=filing_public_id).select_related("cause", "deciding_court").first()
    )
    return draft_of(filing) if filing else None
