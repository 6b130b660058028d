"""The columns of a table of claims, made from the form's own questions."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import IdKind
from filing.elements import schema
from filing.elements.schema import ElementField, ElementForm, Page
from filing.forms import PERSON_KINDS, PartyForm

REFERENCE, ROW_NUMBER, PROBLEMS = "序号", "行号", "问题"
"""Headings of our own: the claimant's number of the claim; both others stand in the file of faulty rows only."""
LINES = 2
"""So many lines of a table inside the form fit into one row."""
OTHERS = ("defendant.0", "defendant.1")
PERSON = ("kind", "name", "id_kind", "id_number", "phone", "address", "legal_representative")
_BETWEEN = re.compile(r"[、;；]")
BROKEN_NUMBER = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{2,}", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """One column. ``place`` is ``reference``, ``defendant.0``, ``defendant.1``, ``answers``, or ``rows`` for a column of a
    question that is a table itself (key ``question.number.column``); ``words`` maps the words of the table to values
    where they differ."""

    heading: str
    place: str
    key: str = ""
    hint: str = ""
    required: bool = False
    options: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    several: bool = False

    def value(self, cell: str) -> Any:
        """What a page would have sent for this cell."""
        if self.several:
            return [part.strip() for part in _BETWEEN.split(cell) if part.strip()]
        return dict(self.words).get(cell, cell)


@cache
def columns_of(form_key: str) -> tuple[Column, ...]:
    """All columns of the table for this form: one defendant, a second one, every question that fits one cell."""
    form = schema.load(form_key)
    found = [
        Column(REFERENCE, "reference", hint=_("您自己的编号，比如合同号，结果里会带上")),
        *(column for place in OTHERS for column in _person(form, place)),
    ]
    questions = [(page, item) for page in form.pages.values() for item in page.fields if item.type != "table"]
    labels = Counter(item.label for _page, item in questions)
    taken = {column.heading for column in found}
    for page, item in questions:
        heading = item.label if labels[item.label] == 1 else f"{page.title}：{item.label}"
        heading = heading if heading not in taken else f"{heading}（{item.key}）"
        taken.add(heading)
        found.append(
            Column(
                heading,
                "answers",
                item.key,
                hint=item.hint,
                required=item.required and item.when is None,
                options=item.options,
                several=item.type == "checkbox",
            )
        )
    found += [column for _page, item in _tables(form) for column in _lines(item)]
    return tuple(found)


def _tables(form: ElementForm) -> list[tuple[Page, ElementField]]:
    """Questions that are tables and must be answered; the others are left out of a row."""
    return [
        (page, item)
        for page in form.pages.values()
        for item in page.fields
        if item.type == "table" and item.required
    ]


def _lines(item: ElementField) -> list[Column]:
    """The first lines of a table, side by side."""
    return [
        Column(
            f"{item.label}{number}：{cell.label}",
            "rows",
            f"{item.key}.{number}.{cell.key}",
            hint=cell.hint,
            required=number == 1 and cell.required and item.when is None,
            options=cell.options,
        )
        for number in range(1, LINES + 1)
        for cell in item.columns
    ]


def _person(form: ElementForm, place: str) -> list[Column]:
    role = form.role("defendant") + ("" if place == OTHERS[0] else "2")
    fields = PartyForm.base_fields
    words = {
        "kind": tuple((str(label), value) for value, label in PERSON_KINDS),
        "id_kind": tuple((str(label), value) for value, label in IdKind.choices),
    }
    return [
        Column(
            f"{role}：{fields[name].label}",
            place,
            name,
            hint="" if name == "name" else str(_("不知道的不填")),
            required=name == "name" and place == OTHERS[0],
            options=tuple(word for word, _value in words.get(name, ())),
            words=words.get(name, ()),
        )
        for name in PERSON
        if name in fields
    ]


def batch_forms() -> tuple[ElementForm, ...]:
    """Forms whose claims come in tables: those of banks, property managers, sellers and lenders."""
    return tuple(form for key in schema.form_keys() if (form := schema.load(key)).batch)
