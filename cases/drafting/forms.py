"""The form of a draft, made from the fields its template declares; everything typed stays on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.drafting.addressees import possible_addressees, what_he_is
from cases.drafting.rules import RULES, Audience, templates_for
from cases.models import Case, PaperDraft
from common.forms import ChoiceField, PlainForm, TextField
from documents.rendering.fields import FIELDS, Field, FieldKind
from documents.rendering.reading import ON, value_of
from documents.rendering.templates import TEMPLATES

ADDRESSEES = "addressees"
PREFIX = "text"
"""Field names of a paper stand under it in the form, so that none meets a name of the page."""
_TALL = {FieldKind.PARAGRAPHS: 8, FieldKind.LIST: 4, FieldKind.PEOPLE: 4, FieldKind.PARTIES: 6}
_SHORT, _SHORT_ROWS = 500, 3
"""Characters up to which a box of several lines stays low."""
_NOT_THERE: dict[Audience, str | Promise] = {
    Audience.PARTIES: "",
    Audience.OFFICES: _("没有要找的单位，先到“文书寄送”的“往来单位”里加"),
    Audience.CALLED: _("没有要找的人，先到案件页面的“其他诉讼参与人”里登记。一份通知书只发给同一种身份的人"),
}
"""Where to write down an addressee who is missing."""
_UNITS = {FieldKind.DAYS: _("日"), FieldKind.MONEY: _("元")}


class _Typed(forms.CharField):
    """Whatever was typed; ``DraftForm`` reads it."""

    def __init__(self, field: Field) -> None:
        self.longest = field.longest
        tall = _TALL.get(field.kind)
        tall = min(tall, _SHORT_ROWS) if tall and field.longest <= _SHORT else tall
        widget = forms.Textarea(attrs={"rows": tall}) if tall else forms.TextInput()
        words: dict[str, Any] = {"label": field.label, "help_text": field.hint}
        super().__init__(required=field.required, strip=False, widget=widget, **words)
        self.validators = []

    def validate(self, value: Any) -> None:
        """The form says it, in the field's own words."""


class DraftForm(PlainForm):
    """The texts of one draft and who gets the paper."""

    def __init__(self, draft: PaperDraft, data: Mapping[str, Any] | None = None) -> None:
        self.paper_fields = {f"{PREFIX}-{field.name}": field for field in FIELDS[draft.template]}
        initial: dict[str, Any] = {
            name: draft.fields.get(field.name, "") for name, field in self.paper_fields.items()
        }
        super().__init__(data, initial=initial | {ADDRESSEES: draft.addressees})
        self.units = {name: _UNITS[f.kind] for name, f in self.paper_fields.items() if f.kind in _UNITS}
        not_there: dict[str, Any] = {"help_text": _NOT_THERE[RULES[draft.template].goes_to]}
        self.fields[ADDRESSEES] = forms.MultipleChoiceField(
            label=_("发给谁"),
            **not_there,
            choices=[
                (str(one.public_id), f"{one.name}（{what_he_is(one)}）") for one in possible_addressees(draft)
            ],
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": _("请至少选一个收件人"),
                "invalid_choice": _("请从列出的选项里选"),
            },
        )
        for name, field in self.paper_fields.items():
            self.fields[name] = self._made(field)

    @staticmethod
    def _made(field: Field) -> forms.Field:
        if field.kind != FieldKind.SWITCH:
            return _Typed(field)
        widget = forms.CheckboxInput(check_test=lambda value: value in (ON, True, "on"))
        words: dict[str, Any] = {"label": field.label, "help_text": field.hint}
        return forms.BooleanField(required=False, widget=widget, **words)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, field in self.paper_fields.items():
            try:
                value_of(field, self.typed()[field.name])
            except ValueError as error:
                self.add_error(name, str(error))
        return cleaned

    def typed(self) -> dict[str, str]:
        """The texts as sent, by the names of the paper's fields."""
        found = {}
        for name, field in self.paper_fields.items():
            raw = self.data.get(name, "")
            found[field.name] = (ON if raw else "") if field.kind == FieldKind.SWITCH else raw
        return found

    def unfinished_only(self) -> bool:
        """What is wrong is only that something is still empty."""
        empty = {name for name, field in self.paper_fields.items() if not self.typed()[field.name].strip()}
        return set(self.errors) <= empty | {ADDRESSEES}


class TemplateForm(PlainForm):
    """Which paper is begun, and beside each who signs it off and why."""

    boxed = ("template",)

    def __init__(self, case: Case, role: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.option_hints = {"template": {name: RULES[name].reason for name in templates_for(role, case)}}
        self.fields["template"] = ChoiceField(
            label=_("起草哪一种文书"),
            choices=[(name, TEMPLATES[name].title) for name in templates_for(role, case)],
            widget=forms.RadioSelect,
            ask=_("请选择文书"),
        )


class ReturnForm(PlainForm):
    """What has to be mended."""

    reason = TextField(label=_("要改什么"), help_text=_("起草的人会看到"), max_length=500)
