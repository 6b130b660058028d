"""One page of an element form as a Django form, built from its file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from common import clock
from common.forms import DayField, LineField, MoneyField, NameField, PhoneField, PlainForm, TextField
from common.rows import PLACEHOLDER, RowChange, RowForm, RowsField, indexes
from common.text import fold_width
from filing.elements import values
from filing.elements.model import TABLE, Answers, ElementField, ElementForm, Page

LARGEST = 1_000_000_000
_WHOLE = re.compile(r"-?[0-9]{1,12}")
_RATE = re.compile(r"[0-9]{1,6}(?:\.[0-9]+)?")


class RateField(LineField):
    """A yearly rate in percent, 0 to 1000, at most four places."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "w-code"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.read = self._read

    def _read(self, line: str) -> str:
        text = fold_width(line).replace(" ", "").removesuffix("%")
        if not _RATE.fullmatch(text):
            raise ValueError(_("请填写数字，例如 6 或 3.85"))
        rate = Decimal(text)
        if rate > 1000:
            raise ValueError(_("年利率应在0到1000之间"))
        if rate != rate.quantize(Decimal("0.0001")):
            raise ValueError(_("年利率最多写到小数点后四位"))
        return text


class WholeField(LineField):
    """A whole number between ``low`` and ``high`` (both included; 0 and a billion when not given)."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "w-code"})

    def __init__(self, *, low: int | None, high: int | None, **kwargs: Any) -> None:
        super().__init__(max_length=40, empty_value=None, **kwargs)
        self.low = 0 if low is None else low
        self.high = LARGEST if high is None else high
        self.read = self._read

    def _read(self, line: str) -> int:
        text = fold_width(line).replace(" ", "").replace(",", "")
        if not _WHOLE.fullmatch(text):
            raise ValueError(_("请填写整数，例如 30"))
        number = int(text)
        if not self.low <= number <= self.high:
            raise ValueError(_("应在%(low)s到%(high)s之间") % {"low": self.low, "high": self.high})
        return number


@dataclass(frozen=True)
class Row:
    """A field on the page; with ``when`` it matters only while that question has one of the ``values``."""

    name: str
    when: str = ""
    values: str = ""


class ConditionalForm(PlainForm):
    """A form whose questions may hang on each other: ``conditions`` maps a field to (question, values)."""

    conditions: Mapping[str, tuple[str, tuple[str, ...]]] = {}

    def rows(self) -> list[Row]:
        """Fields in order, for the page's script that hides what does not matter now (``static/js/when.js``)."""
        found = []
        for name in self.fields:
            when, accepted = self.conditions.get(name, ("", ()))
            on_page = when in self.fields and name not in self.errors
            found.append(Row(name, when, "|".join(accepted)) if on_page else Row(name))
        return found


def _hint(item: ElementField) -> str:
    """A question that hangs on an answer of its page says so, because without scripts all of them are shown."""
    if item.when is None or "." in item.when.field:
        return item.hint
    accepted = _("”或“").join(item.when.values)
    condition = _("上面选“%(values)s”的填这里") % {"values": accepted}
    return (
        _("%(condition)s。%(hint)s") % {"condition": condition, "hint": item.hint} if item.hint else condition
    )


def _form_field(item: ElementField, hint: str) -> forms.Field:
    common: dict[str, Any] = {"label": item.label, "help_text": hint, "required": False}
    choices = [(option, option) for option in item.options]
    wrong_choice = {"invalid_choice": _("请从列出的选项里选")}
    match item.type:
        case "radio":
            return forms.ChoiceField(
                choices=choices, widget=forms.RadioSelect, error_messages=wrong_choice, **common
            )
        case "checkbox":
            widget = forms.CheckboxSelectMultiple
            return forms.MultipleChoiceField(
                choices=choices, widget=widget, error_messages=wrong_choice, **common
            )
        case "date":
            return DayField(widget=forms.DateInput, **common)
        case "money":
            return MoneyField(allow_zero=item.zero, **common)
        case "rate":
            return RateField(**common)
        case "number":
            return WholeField(low=item.min, high=item.max, **common)
        case "phone":
            return PhoneField(**common)
        case "name":
            return NameField(**common)
        case "textarea":
            return TextField(max_length=3000, **common)
        case _:
            return LineField(max_length=200, **common)


class TableRow(RowForm):
    """One row of a table question."""

    def __init__(self, table: ElementField, number: int | str, called: str, **kwargs: Any) -> None:
        self.columns = table.columns
        super().__init__(called, prefix=f"{table.key}-{number}", **kwargs)
        for column in table.columns:
            self.fields[column.key] = _form_field(column, column.hint)
        self.must_fill = frozenset(column.key for column in table.columns if column.required)
        self.units = {column.key: "%" for column in table.columns if column.type == "rate"}

    def clean(self) -> dict[str, Any]:
        """Required columns, days that must have passed."""
        cleaned = super().clean() or {}
        for column in self.columns:
            value = cleaned.get(column.key)
            if column.key in self.errors:
                continue
            if column.required and value in (None, ""):
                self.add_error(column.key, _("没有填，请补上"))
            elif column.past and value and value > clock.today():
                self.add_error(column.key, _("不能晚于今天"))
        return cleaned


def _rows_field(
    item: ElementField, hint: str, data: Mapping[str, Any] | None, known: list[dict[str, Any]]
) -> RowsField:
    """The rows that were sent, else the known ones, at least one to write in."""
    if data is not None:
        rows = [
            TableRow(item, index, _called(item, number), data=data)
            for number, index in enumerate(indexes(data, item.key), start=1)
        ]
    else:
        rows = [
            TableRow(item, index, _called(item, index + 1), initial=row)
            for index, row in enumerate(known or [{}])
        ]
    blank = TableRow(item, PLACEHOLDER, _called(item, PLACEHOLDER))
    words = {"label": item.label, "help_text": hint, "required": False}
    return RowsField(rows=rows, blank=blank, most=item.max_rows, **words)


def _called(item: ElementField, number: int | str) -> str:
    return f"{item.row} {number}" if item.row else _("第%(number)s行") % {"number": number}


class PageForm(ConditionalForm):
    """Fields of one page. A question that an answer makes pointless is neither asked for nor kept.

    ``told`` gives words to stand beside a question: what the other side wrote about it. ``carried`` is what the pre-check
    told already, offered until the page is saved. ``typed`` fills an unsent page.
    """

    def __init__(
        self,
        form: ElementForm,
        page: Page,
        answers: Answers,
        data: Mapping[str, Any] | None = None,
        *,
        told: Answers | None = None,
        carried: Answers | None = None,
        typed: Answers | None = None,
    ) -> None:
        self.form, self.page, self.answers, self.told = form, page, answers, told or {}
        self.questions = page.asked(answers)
        initial = dict(typed or {item.key: _known(item, answers, carried or {}) for item in self.questions})
        super().__init__(data, initial=initial)
        here = {item.key for item in self.questions}
        for item in self.questions:
            hint = self._hint(item, here)
            if item.type == TABLE:
                self.fields[item.key] = _rows_field(item, hint, data, initial.get(item.key) or [])
            else:
                self.fields[item.key] = _form_field(item, hint)
        asked = [item for item in self.questions if item.when]
        self.conditions = {item.key: (item.when.field, item.when.values) for item in asked if item.when}
        self.must_fill = frozenset(item.key for item in self.questions if item.required)
        self.units = {item.key: "%" for item in self.questions if item.type == "rate"}

    def _hint(self, item: ElementField, here: set[str]) -> str:
        """What the other side wrote, which answer of this page the question hangs on, and the hint of the form."""
        own = _hint(item) if item.when and item.when.field in here else item.hint
        if item.key in self.told:
            told = self.told[item.key]
            own = _("对方写的是：%(told)s") % {"told": told} if told else _("对方没有写这一项，可以不选")
        return own

    def tables(self) -> list[str]:
        """Keys of the questions that are answered with rows."""
        return [item.key for item in self.questions if item.type == TABLE]

    def with_rows(self, change: RowChange) -> PageForm:
        """The sent page again, unchecked, with one row more or less and everything that was typed."""
        typed: dict[str, Any] = {name: self[name].data for name in self.fields}
        for key in self.tables():
            field: Any = self.fields[key]
            rows = [row for row in field.rows if change != RowChange(key, int(row.number))]
            typed[key] = [row.raw() for row in rows]
            if change == RowChange(key) and not field.is_full:
                typed[key].append({})
        return PageForm(self.form, self.page, self.answers, told=self.told, typed=typed)

    def clean(self) -> dict[str, Any]:
        """Required questions, conditions between questions, dates in order."""
        cleaned = super().clean() or {}
        so_far = {**self.answers, **{item.key: None for item in self.page.fields}}
        for item in self.questions:
            so_far[item.key] = _plain(item, cleaned.get(item.key))
            if not item.is_asked(so_far):
                self._forget(item.key)
                cleaned[item.key] = so_far[item.key] = None
            elif item.key in self.errors:
                continue
            elif cleaned.get(item.key) in (None, "", []):
                self._fill_in(item, cleaned, so_far)
            elif item.type == "date":
                self._check_date(item, cleaned[item.key], so_far)
        return cleaned

    def _fill_in(self, item: ElementField, cleaned: dict[str, Any], so_far: dict[str, Any]) -> None:
        """A total that was left empty is the sum of its parts; anything else that is needed is asked for."""
        added = values.sum_of(item, so_far)
        if added is not None:
            cleaned[item.key] = added
            so_far[item.key] = _plain(item, added)
        elif item.required:
            self.add_error(item.key, values.ask_for(item))

    def _forget(self, key: str) -> None:
        """What was written beside a question that is not asked does not matter, not even when it is wrong."""
        self.errors.pop(key, None)
        for row in getattr(self.fields[key], "rows", ()):
            row.forgive()

    def _check_date(self, item: ElementField, value: date, so_far: Answers) -> None:
        if item.past and value > clock.today():
            self.add_error(item.key, _("“%(label)s”不能晚于今天") % {"label": item.label})
        if values.out_of_order(item, so_far):
            self.add_error(item.key, values.order_message(self.form, item, so_far))

    def said(self, key: str, value: Any) -> str:
        """An opened answer as a person reads it (``common.pages.carry``)."""
        return values.shown(next(item for item in self.questions if item.key == key), value)

    def values(self) -> dict[str, Any]:
        """Plain values for ``Filing.answers``; empty ones are left out."""
        return {
            item.key: _plain(item, self.cleaned_data[item.key])
            for item in self.questions
            if self.cleaned_data.get(item.key) not in (None, "", [])
        }


def _known(item: ElementField, answers: Answers, carried: Answers) -> Any:
    """The kept answer, else what was told before, else what the form suggests, else the sum of the parts."""
    if item.key in answers:
        return values.opened(item, answers[item.key])
    return carried.get(item.carried) or item.suggestion or values.sum_of(item, answers)


def _plain(item: ElementField, value: Any) -> Any:
    return value if value in (None, "", []) else values.stored(item, value)
