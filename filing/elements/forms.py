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
from common.text import fold_width
from filing.elements import values
from filing.elements.schema import Answers, ElementField, ElementForm, Page

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
    """A question that hangs on an earlier answer says so, because without scripts all of them are shown."""
    if item.when is None:
        return item.hint
    accepted = _("”或“").join(item.when.values)
    condition = _("上面选“%(values)s”的填这里") % {"values": accepted}
    return (
        _("%(condition)s。%(hint)s") % {"condition": condition, "hint": item.hint} if item.hint else condition
    )


def _form_field(item: ElementField) -> forms.Field:
    common: dict[str, Any] = {"label": item.label, "help_text": _hint(item), "required": False}
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
        case "phone":
            return PhoneField(**common)
        case "name":
            return NameField(**common)
        case "textarea":
            return TextField(max_length=3000, **common)
        case _:
            return LineField(max_length=200, **common)


class PageForm(ConditionalForm):
    """Fields of one page. A question that an answer makes pointless is neither asked for nor kept."""

    def __init__(
        self, form: ElementForm, page: Page, answers: Answers, data: Mapping[str, Any] | None = None
    ) -> None:
        self.form, self.page, self.answers = form, page, answers
        initial = {
            item.key: values.opened(item, answers.get(item.key, item.suggestion)) for item in page.fields
        }
        super().__init__(data, initial=initial)
        for item in page.fields:
            self.fields[item.key] = _form_field(item)
        self.conditions = {item.key: (item.when.field, item.when.values) for item in page.fields if item.when}
        self.must_fill = frozenset(item.key for item in page.fields if item.required)
        self.units = {item.key: "%" for item in page.fields if item.type == "rate"}

    def clean(self) -> dict[str, Any]:
        """Required questions, conditions between questions, dates in order."""
        cleaned = super().clean() or {}
        so_far = {**self.answers, **{item.key: None for item in self.page.fields}, **cleaned}
        for item in self.page.fields:
            if not item.is_asked(so_far):
                self._forget(item.key)
                cleaned[item.key] = so_far[item.key] = None
            elif item.key in self.errors:
                continue
            elif cleaned.get(item.key) in (None, "", []):
                if item.required:
                    self.add_error(item.key, values.ask_for(item))
            elif item.type == "date":
                self._check_date(item, cleaned[item.key], so_far)
        return cleaned

    def _forget(self, key: str) -> None:
        """What was written beside a question that is not asked does not matter, not even when it is wrong."""
        self.errors.pop(key, None)

    def _check_date(self, item: ElementField, value: date, so_far: Answers) -> None:
        if item.past and value > clock.today():
            self.add_error(item.key, _("“%(label)s”不能晚于今天") % {"label": item.label})
        if values.out_of_order(item, so_far):
            self.add_error(item.key, values.order_message(self.form, item, so_far))

    def values(self) -> dict[str, Any]:
        """Plain values for ``Filing.answers``; empty ones are left out."""
        questions = {item.key: item for item in self.page.fields}
        return {
            key: values.stored(questions[key], value)
            for key, value in self.cleaned_data.items()
            if value not in (None, "", [])
        }
