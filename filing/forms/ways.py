"""Forms of appointments and of keying in for somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import IdKind
from common import clock, identity
from common.forms import (
    ChoiceField,
    ClockField,
    DayField,
    LineField,
    NameField,
    PhoneField,
    PlainForm,
    TextField,
)
from courts.models import Cause, CauseVersion
from filing.elements import schema
from filing.models import VisitKind

OF_ANY_CAUSE = "general"


def form_choices() -> list[tuple[str, Any]]:
    """Forms that a clerk may key in: every complaint or application that follows no earlier case."""
    return [
        (key, form.cause or form.title)
        for key in schema.form_keys()
        if not (form := schema.load(key)).answers_form and (form.cause or key == OF_ANY_CAUSE)
    ]


class WhatToKeyForm(PlainForm):
    """Which form the paper is, and its cause where the form leaves it open."""

    form = ChoiceField(label=_("什么诉状"), ask=_("请选择什么诉状"))
    cause = LineField(
        label=_("案由"),
        max_length=100,
        required=False,
        help_text=_("选了“其他”诉状的才填，和案由规定写得一样"),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field: Any = self.fields["form"]
        field.choices = [("", _("请选择")), *form_choices()]

    def clean(self) -> dict[str, Any]:
        """The cause must exist in the list in force."""
        cleaned = super().clean() or {}
        if cleaned.get("form"):
            name = schema.load(cleaned["form"]).cause or cleaned.get("cause") or ""
            found = (
                Cause.objects.filter(name=name, version=CauseVersion.CIVIL_2025).order_by("-level").first()
            )
            if found is None:
                self.add_error("cause", _("没有这个案由，请按案由规定填写，例如：承揽合同纠纷"))
            cleaned["cause_found"] = found
        return cleaned


class KeyForm(WhatToKeyForm):
    """Who stands at the counter, by the identity paper, and what he brings."""

    name = NameField(label=_("姓名"), help_text=_("和身份证写得一样"))
    id_kind = ChoiceField(
        label=_("证件类型"),
        ask=_("请选择证件类型"),
        choices=[(kind.value, kind.label) for kind in IdKind if kind != IdKind.USCC],
        initial=IdKind.ID_CARD.value,
    )
    id_number = LineField(label=_("证件号码"), max_length=40)
    phone = PhoneField(label=_("手机号"), required=False, help_text=_("没有手机可以不填，通知寄到他的地址"))
    field_order = ("name", "id_kind", "id_number", "phone", "form", "cause")

    def clean(self) -> dict[str, Any]:
        """The number must be well formed for its kind."""
        cleaned = super().clean() or {}
        if cleaned.get("id_kind") and cleaned.get("id_number"):
            checked = identity.check(cleaned["id_kind"], cleaned["id_number"], today=clock.today())
            if not checked.valid:
                self.add_error("id_number", checked.message)
        return cleaned


class SlotsForm(PlainForm):
    """Hours of one day, cut into slots."""

    kind = ChoiceField(
        label=_("办什么"), ask=_("请选择到窗口还是上门"), widget=forms.RadioSelect, choices=VisitKind.choices
    )
    day = DayField(label=_("哪一天"), past_allowed=False)
    first = ClockField(label=_("从几点"))
    until = ClockField(label=_("到几点"))
    minutes = forms.IntegerField(
        label=_("每段多少分钟"),
        min_value=10,
        max_value=480,
        initial=30,
        error_messages={
            "required": _("请填写每段多少分钟"),
            "invalid": _("请填写数字，例如 30"),
            "min_value": _("每段至少10分钟"),
            "max_value": _("每段最多480分钟"),
        },
    )
    capacity = forms.IntegerField(
        label=_("每段几个名额"),
        min_value=1,
        max_value=50,
        initial=1,
        error_messages={
            "required": _("请填写名额"),
            "invalid": _("请填写数字，例如 2"),
            "min_value": _("名额至少1个"),
            "max_value": _("名额最多50个"),
        },
    )


class BookForm(PlainForm):
    """What a person writes when booking; a home visit also needs the place and why."""

    name = NameField(label=_("姓名"))
    phone = PhoneField(label=_("手机号"))
    purpose = TextField(
        label=_("要办什么"), max_length=300, help_text=_("一两句话就行，例如：朋友借钱不还，想起诉")
    )
    address = LineField(label=_("上门的地址"), max_length=300, help_text=_("写到门牌号"))
    needs = TextField(
        label=_("为什么不能到法院"), max_length=200, help_text=_("例如：腿脚不便、住院、家里有重病人要照顾")
    )

    def __init__(self, at_home: bool, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if not at_home:
            del self.fields["address"]
            self.fields["needs"].required = False
            self.fields["needs"].label = _("需要什么帮助")
            self.fields["needs"].help_text = _("例如：轮椅、手语、大字。没有可以不填")
