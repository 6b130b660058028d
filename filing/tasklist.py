"""The task list of an application: what is to do, and what is still missing in each task (UX §4)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from cases.models import Side
from filing.draft import AGENTS, CAPACITY, DELIVERY, EVIDENCE, ME, TASK_OF_SIDE, THIRD_SIDE, Draft
from filing.elements import schema
from filing.elements.values import ask_for, order_message, out_of_order
from filing.models import Capacity
from filing.people import gaps_of_agents, gaps_of_side, people_words


@dataclass(frozen=True)
class Gap:
    """Something missing or wrong before sending: which task, which page or slot, and the sentence that helps."""

    task: str
    place: str
    message: str


@dataclass(frozen=True)
class TaskState:
    """One row of the task list; ``state`` is one of todo, partly, done, optional, locked."""

    key: str
    title: str
    hint: str
    state: str
    gaps: list[Gap] = field(default_factory=list)


def gaps_of(draft: Draft) -> list[Gap]:
    """Everything that is missing, in the order of the task list."""
    return [gap for task in tasks_of(draft) for gap in task.gaps]


def tasks_of(draft: Draft) -> list[TaskState]:
    """The task list (UX §4)."""
    rows = [_capacity(draft)]
    rows += [_people(draft, side) for side in (Side.PLAINTIFF, Side.DEFENDANT) if side in draft.form.sides]
    rows += [_third(draft)] if Side.THIRD in draft.form.sides else []
    rows += [_agents(draft)]
    rows += [_answers(draft, task) for task in draft.form.tasks]
    rows += [_evidence(draft), _delivery(draft)]
    return [row if draft.unlocked(row.key) else replace(row, state="locked") for row in rows]


def _capacity(draft: Draft) -> TaskState:
    return TaskState(CAPACITY, _("谁来办"), str(Capacity(draft.filing.capacity).label), "done")


def _people(draft: Draft, side: Side) -> TaskState:
    key, people = TASK_OF_SIDE[side], draft.side(side)
    title, hint = people_words(draft, side)
    if not people and side == Side.DEFENDANT and not draft.procedure.against:
        return TaskState(key, title, hint, "optional")
    if not people:
        text = _("请填写%(role)s的信息") if key == ME else _("请填写%(role)s的姓名或名称")
        return TaskState(key, title, hint, "todo", [Gap(key, "", text % {"role": draft.role(side)})])
    gaps = [Gap(key, place, text) for place, text in gaps_of_side(draft, side)]
    return TaskState(key, title, hint, "partly" if gaps else "done", gaps)


def _third(draft: Draft) -> TaskState:
    """Somebody the outcome also concerns (民诉法59); most disputes have none."""
    state = "done" if draft.side(Side.THIRD) else "optional"
    return TaskState(THIRD_SIDE, draft.role(Side.THIRD), _("案子和他也有关系的人"), state)


def _agents(draft: Draft) -> TaskState:
    """Somebody who acts for the applicants; nobody must have one (民诉法61)."""
    title, hint = _("请人代理"), _("律师、亲友、单位工作人员，最多两位")
    gaps = [Gap(AGENTS, place, text) for place, text in gaps_of_agents(draft)]
    if gaps:
        return TaskState(AGENTS, title, hint, "partly" if draft.agents else "todo", gaps)
    return TaskState(AGENTS, title, hint, "done" if draft.agents else "optional")


def _answers(draft: Draft, task: schema.Task) -> TaskState:
    answers = draft.filing.answers
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
        Gap(task.key, page.key, order_message(draft.form, item, answers))
        for page, item in asked
        if out_of_order(item, answers)
    ]
    state = "done" if not gaps else "partly" if begun else "todo"
    return TaskState(task.key, task.title, task.hint, state, gaps)


def _evidence(draft: Draft) -> TaskState:
    slots = draft.slots()
    gaps = [
        Gap(EVIDENCE, slot.key, _("请上传“%(title)s”") % {"title": slot.title})
        for slot, files in slots
        if slot.required and not files
    ]
    state = "done" if not gaps else "partly" if draft.materials else "todo"
    return TaskState(EVIDENCE, _("证据照片"), _("身份证件、证据和委托手续"), state, gaps)


def _delivery(draft: Draft) -> TaskState:
    chosen = draft.filing.e_delivery is not None
    gaps = [] if chosen else [Gap(DELIVERY, "", _("请选择文书怎么送给您"))]
    return TaskState(DELIVERY, _("送达方式"), _("文书送到手机还是寄到家"), "done" if chosen else "todo", gaps)
