"""An element form as plain objects: tasks, pages, questions, tables and material slots. Knows no file and no screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

Answers = Mapping[str, Any]
"""Values by field key; dates as ISO text, sums as decimal text, several choices as a list, a table as a list of rows."""

TABLE = "table"
CELL_TYPES = ("text", "textarea", "name", "money", "number", "date", "rate", "radio")
FIELD_TYPES = (*CELL_TYPES, "phone", "checkbox", TABLE)
CARRIED = ("origin", "origin_court", "amount_in_dispute")
"""What a question may take over from the pre-check: the earlier case, the court that decided it, the sum contested."""
SIDES = ("plaintiff", "defendant", "third")
ROLES = {"plaintiff": "原告", "defendant": "被告", "third": "第三人"}


@dataclass(frozen=True)
class Condition:
    """Holds when the answer to ``field`` is one of ``values``; with several answers (choices, rows) when any is.

    ``field`` may name a column of a table: ``children.age_group``.
    """

    field: str
    values: tuple[str, ...]

    def holds(self, answers: Answers) -> bool:
        """True when it holds for these answers."""
        return any(value in self.values for value in self._given(answers))

    def _given(self, answers: Answers) -> list[Any]:
        key, _dot, column = self.field.partition(".")
        answer = answers.get(key)
        if not column:
            return answer if isinstance(answer, list) else [answer]
        return [row.get(column) for row in answer or []]


@dataclass(frozen=True)
class ElementField:
    """One question; ``element`` names the item of the official form it answers, as 「part/item」.

    ``past`` refuses days after today, ``not_before`` names the date question that must not lie after this one,
    ``days_since`` also tells how many days it is to today, ``sum_of`` names the sums that this one should cover
    (questions, or columns as ``table.column``), ``min`` and ``max`` bound a whole number. ``reads`` says which part of an
    uploaded pleading may pre-fill it: claims or facts. ``carried`` names what the pre-check told already. A table has ``columns``
    (keys of their own), at most ``max_rows`` rows, and ``row`` is what one of them is called.
    """

    key: str
    label: str
    type: str
    element: str = ""
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
    reads: str = ""
    carried: str = ""
    min: int | None = None
    max: int | None = None
    columns: tuple[ElementField, ...] = ()
    max_rows: int = 20
    row: str = ""

    @property
    def is_sealed(self) -> bool:
        """True for answers that are encrypted at rest (DESIGN §9: phone numbers)."""
        return self.type == "phone"

    def is_asked(self, answers: Answers) -> bool:
        """False when an earlier answer makes the question pointless."""
        return self.when is None or self.when.holds(answers)

    def column(self, key: str) -> ElementField | None:
        """A column of this table."""
        return next((column for column in self.columns if column.key == key), None)

    def parts(self, answers: Answers) -> list[Decimal]:
        """The given sums that this one should cover, yuan; row by row for a column of a table."""
        found: list[Any] = []
        for name in self.sum_of:
            key, _dot, column = name.partition(".")
            answer = answers.get(key)
            found += [row.get(column) for row in answer or []] if column else [answer]
        return [Decimal(value) for value in found if value]


@dataclass(frozen=True)
class Page:
    key: str
    title: str
    fields: tuple[ElementField, ...]
    hint: str = ""

    def asked(self, answers: Answers) -> list[ElementField]:
        """Questions to show: those that earlier pages do not make pointless; conditions on this page stay open."""
        shown: dict[str, ElementField] = {}
        here = {item.key for item in self.fields}
        for item in self.fields:
            asked_at = item.when.field.partition(".")[0] if item.when else ""
            if asked_at in shown or (asked_at not in here and item.is_asked(answers)):
                shown[item.key] = item
        return list(shown.values())


@dataclass(frozen=True)
class Task:
    """A group of pages; an ``optional`` one need not be opened at all."""

    key: str
    title: str
    hint: str
    pages: tuple[Page, ...]
    optional: bool = False

    def asked(self, answers: Answers) -> list[Page]:
        """Pages with at least one question to show."""
        return [page for page in self.pages if page.asked(answers)]


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
class Check:
    """A sentence to read before sending, always or on a condition; it never stops anybody."""

    text: str
    when: Condition | None = None


@dataclass(frozen=True)
class ElementForm:
    """One form with everything the draft, the check page and the review desk need.

    ``cause`` is empty for a form that any cause may use, ``amount_field`` where no total is asked, ``element_template``
    where no official form exists. ``plain`` says in everyday words what the dispute is. ``roles`` are the words for
    the three sides, ``sides`` those that the form asks for. ``defence`` tells that a 答辩状 is built from it, ``batch`` that claims of this kind come in tables;
    ``answers_form`` that this is one, and of which form. ``elsewhere`` says where an item of the official form is
    asked that is no question of this file: a field of a person or an agent, the people of a side, the slots of
    evidence, the statement, or the application itself.
    """

    key: str
    title: str
    cause: str
    procedure: str
    type_code: str
    fee_item: str
    amount_field: str
    element_template: str
    tasks: tuple[Task, ...]
    slots: tuple[Slot, ...]
    plain: str = ""
    legal_source: str = ""
    roles: Mapping[str, str] = field(default_factory=lambda: ROLES, compare=False)
    sides: tuple[str, ...] = SIDES
    checks: tuple[Check, ...] = ()
    defence: bool = False
    batch: bool = False
    answers_form: str = ""
    elsewhere: Mapping[str, str] = field(default_factory=dict, compare=False)

    @cached_property
    def pages(self) -> dict[str, Page]:
        """Pages by key; a key is used once in a form."""
        return {page.key: page for task in self.tasks for page in task.pages}

    @cached_property
    def questions(self) -> dict[str, ElementField]:
        """Questions by key in the order in which they are asked."""
        return {item.key: item for item in self.fields()}

    def task(self, key: str) -> Task | None:
        return next((task for task in self.tasks if task.key == key), None)

    def slot(self, key: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.key == key), None)

    def question(self, key: str) -> ElementField | None:
        return self.questions.get(key)

    def fields(self) -> Iterator[ElementField]:
        for task in self.tasks:
            for page in task.pages:
                yield from page.fields

    def task_of_page(self, page_key: str) -> Task:
        return next(task for task in self.tasks if any(page.key == page_key for page in task.pages))

    def role(self, side: str) -> str:
        """What a person of this side is called in this form."""
        return self.roles.get(side, ROLES[side])

    def relevant(self, answers: Answers) -> dict[str, Any]:
        """The answers without those that an earlier answer makes pointless; unknown keys are left out."""
        kept: dict[str, Any] = {}
        for item in self.questions.values():
            if item.key in answers and item.is_asked(kept):
                kept[item.key] = answers[item.key]
        return kept

    def notices(self, answers: Answers) -> list[str]:
        """Sentences to read before sending these answers."""
        return [check.text for check in self.checks if check.when is None or check.when.holds(answers)]
