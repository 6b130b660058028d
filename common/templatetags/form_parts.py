"""From a Django form to the arguments of the templates in ``components/``.

Nothing here knows a particular form. What a form may add for its fields, all optional:

``who_can_see``  field name → 「谁能看到：……」
``units``        field name → words after the box (a money field gets 元 by itself)
``option_hints`` field name → {option value: hint}
``boxed``        names of choice fields whose answers are framed
``must_fill``    names of fields that must be filled though Django does not require them (conditional questions)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.rows import RowsField

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
AUTOCOMPLETE = {
    "phone": "tel",
    "code": "one-time-code",
    "password": "current-password",
    "username": "username",
    "email": "email",
    "real_name": "name",
}
COUNTED_UP_TO = 5000
DJANGO_ROWS = "10"


@dataclass(frozen=True)
class Part:
    """A component to include: its template and arguments."""

    template: str
    arguments: dict[str, Any]


def element_id(bound: BoundField) -> str:
    """The id of a field's box; forms rendered with auto_id=False get one all the same."""
    return str(bound.field.widget.attrs.get("id") or bound.auto_id or f"id_{bound.html_name}")


def described_by(element: str, *, hint: bool, error: bool, counter: bool, who: bool) -> str:
    """The value of aria-describedby: hint, error, counter, who-can-see, in reading order."""
    parts = (("hint", hint), ("err", error), ("count", counter), ("who", who))
    return " ".join(f"{element}-{suffix}" for suffix, present in parts if present)


def part_for(bound: BoundField, *, heading: bool = False, plain: bool = False, **given: Any) -> Part:
    """Choose and fill the component of one visible field.

    ``heading`` makes its label the page's h1; ``plain`` leaves out （选填） (filter bars, where all is optional).
    ``given`` replaces hint, who, suffix, prefix, label, boxed.
    """
    form, widget = bound.form, bound.field.widget
    form.use_required_attribute = False
    arguments: dict[str, Any] = {
        "id": element_id(bound),
        "name": bound.html_name,
        "label": bound.label,
        "hint": bound.help_text,
        "error": " ".join(str(error) for error in bound.errors),
        "optional": not (bound.field.required or plain or bound.name in getattr(form, "must_fill", ())),
        "heading": heading,
        "who": getattr(form, "who_can_see", {}).get(bound.name, ""),
        "suffix": getattr(form, "units", {}).get(bound.name, ""),
        "boxed": bound.name in getattr(form, "boxed", ()),
    }
    arguments.update(given)
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return _choice_part(bound, arguments)
    if isinstance(bound.field, RowsField):
        field = bound.field
        arguments |= {"rows": field.rows, "blank": field.blank, "full": field.is_full, "most": field.most}
        return Part("components/rows.html", arguments)
    if isinstance(widget, forms.CheckboxInput):
        arguments |= {"checked": bool(bound.value()), "value": "on"}
        return Part("components/checkbox.html", arguments)
    return _box_part(bound, arguments)


def _choice_part(bound: BoundField, arguments: dict[str, Any]) -> Part:
    hints = getattr(bound.form, "option_hints", {}).get(bound.name, {})
    arguments["options"] = [
        {
            "id": sub.id_for_label or f"{arguments['id']}_{index}",
            "value": sub.data["value"],
            "label": sub.choice_label,
            "hint": hints.get(str(sub.data["value"]), ""),
            "checked": sub.data["selected"],
        }
        for index, sub in enumerate(bound.subwidgets)
        if str(sub.data["value"]) != "" or isinstance(bound.field.widget, forms.CheckboxSelectMultiple)
    ]
    many = isinstance(bound.field.widget, forms.CheckboxSelectMultiple)
    return Part("components/checkboxes.html" if many else "components/radios.html", arguments)


def _box_part(bound: BoundField, arguments: dict[str, Any]) -> Part:
    field, widget = bound.field, bound.field.widget
    longest = getattr(field, "max_length", None) or getattr(field, "longest", None)
    counted = isinstance(widget, forms.Textarea) and longest is not None and longest <= COUNTED_UP_TO
    if type(field).__name__ == "MoneyField" and not arguments["suffix"]:
        arguments["suffix"] = _("元")
    attributes: dict[str, Any] = {"id": arguments["id"], "maxlength": False, "minlength": False}
    described = described_by(
        arguments["id"],
        hint=bool(arguments["hint"]),
        error=bool(arguments["error"]),
        counter=counted,
        who=bool(arguments["who"]),
    )
    if described:
        attributes["aria-describedby"] = described
    if isinstance(widget, forms.Textarea):
        attributes["cols"] = False
        if widget.attrs.get("rows") == DJANGO_ROWS:
            attributes["rows"] = "5"
    attributes |= _typing_help(bound)
    arguments["counter"] = longest if counted else None
    arguments["control"] = _control(bound, attributes)
    return Part("components/field.html", arguments)


def _typing_help(bound: BoundField) -> dict[str, Any]:
    """Autocomplete, keyboard and width, where the form itself said nothing."""
    field, own = bound.field, bound.field.widget.attrs
    found: dict[str, Any] = {}
    if bound.name in AUTOCOMPLETE and "autocomplete" not in own:
        found["autocomplete"] = AUTOCOMPLETE[bound.name]
    keyboard, width = "", ""
    if isinstance(field, forms.IntegerField) and not isinstance(field, forms.FloatField | forms.DecimalField):
        keyboard, width = "numeric", "w-code"
    elif isinstance(field, forms.DecimalField) or type(field).__name__ == "MoneyField":
        keyboard, width = "decimal", "w-money"
    elif bound.name.endswith("phone"):
        keyboard, width = "tel", "w-phone"
    elif bound.name == "code":
        keyboard, width = "numeric", "w-code"
    elif bound.name.endswith("id_number"):
        width = "w-id"
    if keyboard and "inputmode" not in own:
        found["inputmode"] = keyboard
    if width and "class" not in own and not isinstance(field.widget, forms.Select):
        found["class"] = width
    return found


def _control(bound: BoundField, attributes: dict[str, Any]) -> SafeString:
    widget = bound.field.widget
    if isinstance(widget, forms.NumberInput):
        # A number box drops "1,250元" without a word; a text box keeps it for the form to read or to complain about.
        return bound.as_widget(widget=forms.TextInput(attrs=widget.attrs | {"step": False}), attrs=attributes)
    if isinstance(widget, forms.DateInput) and widget.input_type in ("text", "date"):
        value = bound.value()
        native = not value or isinstance(value, date) or ISO_DAY.fullmatch(str(value)) is not None
        box = forms.DateInput(attrs=widget.attrs | {"type": "date" if native else "text"}, format="%Y-%m-%d")
        return bound.as_widget(widget=box, attrs={"class": "w-date"} | attributes)
    return bound.as_widget(attrs=attributes)


def first_target(bound: BoundField) -> str:
    """What a link of the error summary jumps to: the box, the first answer of a choice, the first box of rows."""
    if isinstance(bound.field, RowsField) and bound.field.rows:
        return first_target(next(iter(bound.field.rows[0])))
    if isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        subwidgets = [sub for sub in bound.subwidgets if str(sub.data["value"]) != ""]
        if subwidgets and subwidgets[0].id_for_label:
            return subwidgets[0].id_for_label
    return element_id(bound)


def collect_errors(sources: Iterable[Any]) -> list[dict[str, str]]:
    """Errors of forms and formsets in reading order, as {href, text}; the same sentence as beside the field. A list of
    such rows (of files, which stand in no form) is taken as it is, anything else has no errors.
    """
    found: list[dict[str, str]] = []
    for source in sources:
        if isinstance(source, list):
            found += source
        elif isinstance(source, forms.BaseForm | BaseFormSet):
            found += _errors_of(source)
    return found


def _errors_of(source: forms.BaseForm | BaseFormSet[Any]) -> Iterator[dict[str, str]]:
    if not source.is_bound:
        return
    if isinstance(source, BaseFormSet):
        for text in source.non_form_errors():
            yield {"href": "", "text": str(text)}
        for form in source.forms:
            yield from _errors_of(form)
        return
    for text in source.non_field_errors():
        yield {"href": "", "text": str(text)}
    for bound in source:
        if bound.errors and isinstance(bound.field, RowsField) and bound.field.wrong_rows:
            for row in bound.field.wrong_rows:
                yield from _errors_of(row)
        elif bound.errors:
            href = "" if bound.is_hidden else f"#{first_target(bound)}"
            yield {"href": href, "text": " ".join(str(error) for error in bound.errors)}
