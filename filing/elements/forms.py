"""A Django form for one page of an element form, built from its data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from common import clock
from common.forms import DayField, LineField, MoneyField, PlainForm, TextField
from common.text import fold_width
from filing.elements.schema import Answers, ElementField, Page


class RateField(forms.CharField):
    """A yearly rate in percent, 0 to 1000, at most four places."""

    def to_python(self, value: Any) -> str:
        text = fold_width(str(value or "")).replace("%", "").replace(" ", "").strip()
        if not text:
            return ""
        try:
            rate = Decimal(text)
        except ArithmeticError:
            raise forms.ValidationError(_("请填写数字，例如 6 或 3.85")) from None
        if not rate.is_finite() or not Decimal(0) <= rate <= Decimal(1000) or "E" in text.upper():
            raise forms.ValidationError(_("年利率应在0到1000之间"))
        return f"{rate:f}"


def _hint(item: ElementField) -> str:
    """A question that hangs on an earlier answer says so, because without scripts all of them are shown."""
    if item.when is None:
        return item.hint
    values = _("”或“").join(sorted(item.when.values))
    condition = _("上面选“%(values)s”的填这里") % {"values": values}
    return _("%(condition)s。%(hint)s") % {"condition": condition, "hint": item.hint} if item.hint else condition


def _form_field(item: ElementField) -> forms.Field:
    common: dict[str, Any] = {"label": item.label, "help_text": _hint(item), "required": False}
    choices = [(option, option) for option in item.options]
    wrong_choice = {"invalid_choice": _("请从列出的选项里选")}
    match item.type:
        case "radio":
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, error_messages=wrong_choice, **common)
        case "checkbox":
            widget = forms.CheckboxSelectMultiple
            return forms.MultipleChoiceField(choices=choices, widget=widget, error_messages=wrong_choice, **common)
        case "date":
            return DayField(**common)
        case "money":
            return MoneyField(allow_zero=item.zero, **common)
        case "rate":
            return RateField(**common)
        case "textarea":
            return TextField(max_length=3000, **common)
        case _:
            return LineField(max_length=200, **common)


class PageForm(PlainForm):
    """Fields of one page. A question that an answer makes pointless is neither asked for nor kept."""

    def __init__(self, page: Page, answers: Answers, data: Mapping[str, Any] | None = None) -> None:
        self.page, self.answers = page, answers
        initial = {item.key: answers.get(item.key, item.suggestion) for item in page.fields}
        super().__init__(data, initial=initial)
        for item in page.fields:
            self.fields[item.key] = _form_field(item)
        self.must_fill = frozenset(item.key for item in page.fields if item.required)

    def clean(self) -> dict[str, Any]:
        """Required questions, conditions between questions, dates in order."""
        cleaned = super().clean() or {}
        so_far = {**self.answers, **cleaned}
        for item in self.page.fields:
            if item.key in self.errors:
                continue
            if not item.is_asked(so_far):
                cleaned[item.key] = so_far[item.key] = None
            elif cleaned.get(item.key) in (None, "", []):
                if item.required:
                    self.add_error(item.key, _ask_for(item))
            elif item.type == "date":
                self._check_date(item, cleaned[item.key], cleaned)
        return cleaned

    def _check_date(self, item: ElementField, value: date, cleaned: dict[str, Any]) -> None:
        if item.past and value > clock.today():
            self.add_error(item.key, _("“%(label)s”不能晚于今天") % {"label": item.label})
        earlier = cleaned.get(item.not_before) if item.not_before else None
        if earlier and value < earlier:
            self.add_error(item.key, _("“%(label)s”不能早于开始的日期") % {"label": item.label})

    def values(self) -> dict[str, Any]:
        """Plain values for ``Filing.answers``; empty ones are left out."""
        return {key: _plain(value) for key, value in self.cleaned_data.items() if value not in (None, "", [])}


def _ask_for(item: ElementField) -> str:
    if item.type in ("radio", "checkbox"):
        return _("请选择“%(label)s”") % {"label": item.label}
    return _("请填写“%(label)s”") % {"label": item.label}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value
