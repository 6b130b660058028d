"""Reads the form files under ``filing/data/forms`` into plain objects. A new form is a new file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FORMS_DIR = Path(__file__).resolve().parent.parent / "data" / "forms"
Answers = Mapping[str, Any]
"""Values by field key; dates as ISO text, sums as decimal text, several choices as a list."""


@dataclass(frozen=True)
class Condition:
    """Holds when the answer to ``field`` is one of ``values``."""

    field: str
    values: tuple[str, ...]

    def holds(self, answers: Answers) -> bool:
        return answers.get(self.field) in self.values


@dataclass(frozen=True)
class ElementField:
    """One question; ``element`` names the item of the official form it answers.

    ``past`` refuses days after today, ``not_before`` names the date question that must not lie after this one,
    ``days_since`` also tells how many days it is to today, ``sum_of`` names the sums that this one should cover.
    """

    key: str
    label: str
    type: str
    element: str
    hint: str = ""
    required: bool = False
    options: tuple[str, ...] = ()
    when: Condition | None = None
    past: bool = False
    zero: bool = False
    not_before: str = ""
    days_since: bool = False
    sum_of: tuple[str, ...] = ()
    suggestion: str = ""

    @property
    def is_sealed(self) -> bool:
        """True for answers that are encrypted at rest (DESIGN §9: phone numbers)."""
        return self.type == "phone"

    def is_asked(self, answers: Answers) -> bool:
        """False when an earlier answer makes the question pointless."""
        return self.when is None or self.when.holds(answers)


@dataclass(frozen=True)
class Page:
    key: str
    title: str
    fields: tuple[ElementField, ...]
    hint: str = ""


@dataclass(frozen=True)
class Task:
    """A group of pages; an ``optional`` one need not be opened at all."""

    key: str
    title: str
    hint: str
    pages: tuple[Page, ...]
    optional: bool = False


@dataclass(frozen=True)
class Slot:
    """A place in the materials list; codes are those of ``guides`` materials."""

    key: str
    title: str
    required: bool
    hint: str = ""
    applicant: str = ""
    when: Condition | None = None

    def is_needed(self, answers: Answers, applicant_kind: str) -> bool:
        """True when the slot must be filled by this applicant with these answers."""
        return self.required and self.is_shown(answers, applicant_kind)

    def is_shown(self, answers: Answers, applicant_kind: str) -> bool:
        if self.applicant and self.applicant != applicant_kind:
            return False
        return self.when is None or self.when.holds(answers)


@dataclass(frozen=True)
class ElementForm:
    """One element form with everything the draft, the check page and the review desk need.

    ``elsewhere`` says where an item of the official form is asked that is no question of this file: a field of a
    person, the list of people of a side, the slots of evidence, the statement, or the application itself.
    """

    key: str
    cause: str
    procedure: str
    type_code: str
    fee_item: str
    amount_field: str
    element_template: str
    tasks: tuple[Task, ...]
    slots: tuple[Slot, ...]
    elsewhere: dict[str, str] = field(default_factory=dict, compare=False)
    pages: dict[str, Page] = field(default_factory=dict, compare=False)

    def task(self, key: str) -> Task | None:
        return next((task for task in self.tasks if task.key == key), None)

    def slot(self, key: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.key == key), None)

    def question(self, key: str) -> ElementField | None:
        return next((item for item in self.fields() if item.key == key), None)

    def fields(self) -> Iterator[ElementField]:
        for task in self.tasks:
            for page in task.pages:
                yield from page.fields

    def task_of_page(self, page_key: str) -> Task:
        return next(task for task in self.tasks if any(page.key == page_key for page in task.pages))


def _condition(raw: dict[str, Any] | None) -> Condition | None:
    return Condition(raw["field"], tuple(raw["is"])) if raw else None


def _field(raw: dict[str, Any]) -> ElementField:
    values = dict(raw)
    values["when"] = _condition(raw.get("when"))
    for name in ("options", "sum_of"):
        values[name] = tuple(raw.get(name, ()))
    return ElementField(**values)


def _page(raw: dict[str, Any]) -> Page:
    return Page(raw["key"], raw["title"], tuple(_field(item) for item in raw["fields"]), raw.get("hint", ""))


@cache
def load(key: str) -> ElementForm:
    """The form with this key; KeyError for an unknown one."""
    path = FORMS_DIR / f"{key}.json"
    if key not in form_keys():
        raise KeyError(key)
    raw = json.loads(path.read_text(encoding="utf-8"))
    tasks = tuple(
        Task(
            task["key"],
            task["title"],
            task.get("hint", ""),
            tuple(_page(page) for page in task["pages"]),
            task.get("optional", False),
        )
        for task in raw["tasks"]
    )
    slots = tuple(Slot(**(item | {"when": _condition(item.get("when"))})) for item in raw["slots"])
    names = ("key", "cause", "procedure", "type_code", "fee_item", "amount_field", "element_template")
    known = {name: raw[name] for name in names}
    form = ElementForm(**known, tasks=tasks, slots=slots, elsewhere=raw["elsewhere"])
    form.pages.update({page.key: page for task in tasks for page in task.pages})
    return form


@cache
def form_keys() -> tuple[str, ...]:
    """Keys of all forms, sorted."""
    return tuple(sorted(path.stem for path in FORMS_DIR.glob("*.json")))


def form_for_cause(cause_name: str) -> ElementForm | None:
    """The element form of a cause, None when it has none yet."""
    return next((load(key) for key in form_keys() if load(key).cause == cause_name), None)
