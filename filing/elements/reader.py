"""Reads a form file into :class:`ElementForm` and says exactly what is wrong with it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, NoReturn

from filing.elements.model import (
    CARRIED,
    CELL_TYPES,
    FIELD_TYPES,
    ROLES,
    SIDES,
    TABLE,
    Check,
    Condition,
    ElementField,
    ElementForm,
    Page,
    Slot,
    Task,
)

NEEDED = (
    *("key", "title", "cause", "procedure", "type_code", "fee_item", "amount_field", "element_template"),
    *("legal_source", "tasks", "slots"),
)
OPTIONAL = ("plain", "roles", "sides", "checks", "defence", "batch", "elsewhere")
PAGE, TASK = ("key", "title", "hint", "fields"), ("key", "title", "hint", "optional", "pages")
Raw = dict[str, Any]


class FormError(ValueError):
    """A form file that cannot be used; the message names file and key."""


def read_form(path: Path) -> ElementForm:
    """The form in this file. Raises FormError naming file and key."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_no_twins)
        form = _Reader().form(raw)
        if form.key != path.stem:
            _fail("key", f"is {form.key!r}, the file is called {path.name}")
        _Checker(form).run()
    except FormError as error:
        raise FormError(f"{path.name}: {error}") from None
    except json.JSONDecodeError as error:
        raise FormError(f"{path.name}: {error}") from error
    return form


def _fail(where: str, what: str) -> NoReturn:
    raise FormError(f"{where}: {what}")


def _no_twins(pairs: list[tuple[str, Any]]) -> Raw:
    found: Raw = {}
    for key, value in pairs:
        if key in found:
            _fail(key, "is written twice in one place")
        found[key] = value
    return found


def _names(kind: type) -> tuple[str, ...]:
    return tuple(item.name for item in dataclasses.fields(kind))


class _Reader:
    """From JSON values to objects; every unknown or missing key is an error."""

    def form(self, raw: Raw) -> ElementForm:
        self.keys(raw, "form", NEEDED + OPTIONAL, NEEDED)
        return ElementForm(
            **{name: raw[name] for name in NEEDED if name not in ("tasks", "slots")},
            plain=raw.get("plain", ""),
            tasks=tuple(self.task(item) for item in raw["tasks"]),
            slots=tuple(self.slot(item) for item in raw["slots"]),
            roles=ROLES | raw.get("roles", {}),
            sides=tuple(raw.get("sides", SIDES)),
            checks=tuple(self.check(item) for item in raw.get("checks", ())),
            defence=raw.get("defence", False),
            batch=raw.get("batch", False),
            elsewhere=raw.get("elsewhere", {}),
        )

    def keys(self, raw: Raw, where: str, known: tuple[str, ...], needed: tuple[str, ...]) -> None:
        for key in raw:
            if key not in known:
                _fail(f"{where}.{key}", "is no known key")
        for key in needed:
            if key not in raw:
                _fail(f"{where}.{key}", "is missing")

    def task(self, raw: Raw) -> Task:
        self.keys(raw, f"tasks.{raw.get('key')}", TASK, ("key", "title", "pages"))
        pages = tuple(self.page(item) for item in raw["pages"])
        return Task(raw["key"], raw["title"], raw.get("hint", ""), pages, raw.get("optional", False))

    def page(self, raw: Raw) -> Page:
        self.keys(raw, f"pages.{raw.get('key')}", PAGE, ("key", "title", "fields"))
        return Page(raw["key"], raw["title"], tuple(map(self.field, raw["fields"])), raw.get("hint", ""))

    def field(self, raw: Raw) -> ElementField:
        self.keys(raw, f"fields.{raw.get('key')}", _names(ElementField), ("key", "label", "type"))
        values = (
            raw | {"when": self.condition(raw)} | {"columns": tuple(map(self.field, raw.get("columns", ())))}
        )
        for name in ("options", "sum_of"):
            values[name] = tuple(raw.get(name, ()))
        return ElementField(**values)

    def slot(self, raw: Raw) -> Slot:
        self.keys(raw, f"slots.{raw.get('key')}", _names(Slot), ("key", "title", "required"))
        return Slot(**(raw | {"when": self.condition(raw)}))

    def check(self, raw: Raw) -> Check:
        self.keys(raw, "checks", _names(Check), ("text",))
        return Check(raw["text"], self.condition(raw))

    def condition(self, raw: Raw) -> Condition | None:
        when = raw.get("when")
        if when is None:
            return None
        self.keys(when, f"{raw.get('key', 'checks')}.when", ("field", "is"), ("field", "is"))
        return Condition(when["field"], tuple(when["is"]))


class _Checker:
    """What holds between the parts of a form."""

    def __init__(self, form: ElementForm) -> None:
        self.form = form
        self.earlier: dict[str, ElementField] = {}

    def run(self) -> None:
        form = self.form
        self.once("tasks", [task.key for task in form.tasks])
        self.once("pages", [page.key for task in form.tasks for page in task.pages])
        self.once("fields", [item.key for item in form.fields()])
        self.once("slots", [slot.key for slot in form.slots])
        for item in form.fields():
            self.question(item)
            self.earlier[item.key] = item
        for slot in form.slots:
            self.condition(slot.key, slot.when)
        for check in form.checks:
            self.condition("checks", check.when)
        if form.amount_field and self.type_of("amount_field", form.amount_field) != "money":
            _fail("amount_field", f"{form.amount_field} is no sum of money")
        for side in (*form.sides, *form.roles):
            if side not in SIDES:
                _fail("sides", f"{side} is none of {', '.join(SIDES)}")

    def once(self, where: str, keys: list[str]) -> None:
        for key in keys:
            if not key.isidentifier() or not key.isascii():
                _fail(f"{where}.{key}", "a key consists of letters, digits and _")
            if keys.count(key) > 1:
                _fail(f"{where}.{key}", "is used twice")

    def question(self, item: ElementField) -> None:
        if item.type not in FIELD_TYPES:
            _fail(item.key, f"{item.type} is no type of question")
        if item.type in ("radio", "checkbox") and not item.options:
            _fail(item.key, "offers no options")
        if item.reads not in ("", "claims", "facts"):
            _fail(item.key, f"reads {item.reads}, which no pleading has")
        if item.carried not in ("", *CARRIED):
            _fail(item.key, f"carries {item.carried}, which the pre-check does not tell")
        if (item.type == TABLE) != bool(item.columns):
            _fail(item.key, "columns belong to a table, and a table has columns")
        self.condition(item.key, item.when)
        if item.not_before and self.type_of(item.key, item.not_before) != "date":
            _fail(item.key, f"{item.not_before} is no date")
        for part in item.sum_of:
            if self.type_of(item.key, part) != "money":
                _fail(item.key, f"{part} is no sum of money")
        self.once(f"{item.key}.columns", [column.key for column in item.columns])
        for column in item.columns:
            self.column(item, column)

    def column(self, table: ElementField, column: ElementField) -> None:
        where = f"{table.key}.{column.key}"
        if column.type not in CELL_TYPES:
            _fail(where, f"{column.type} cannot stand in a table")
        if column.when or column.not_before or column.sum_of:
            _fail(where, "conditions, order and sums are not for columns")
        if column.type == "radio" and not column.options:
            _fail(where, "offers no options")

    def condition(self, where: str, when: Condition | None) -> None:
        if when is None:
            return
        self.type_of(where, when.field)
        key, _dot, column = when.field.partition(".")
        asked = self.earlier[key].column(column) if column else self.earlier[key]
        for value in when.values:
            if asked is not None and asked.options and value not in asked.options:
                _fail(f"{where}.when", f"{when.field} has no option {value}")

    def type_of(self, where: str, name: str) -> str:
        """Type of an earlier question or column."""
        key, dot, column = name.partition(".")
        item = self.earlier.get(key)
        found = item.column(column) if item and dot else item
        if found is None:
            _fail(where, f"{name} is no question before it")
        return found.type
