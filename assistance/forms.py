"""Shapes of asking for help, arranging it and ending it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import IdKind
from assistance.acting_services import HOURS, Facts, Wish
from assistance.models import ActingScope, ConsentWay, HelpKind
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
from courts.models import StaffPost

WHO_SEES = _("谁能看到：诉讼服务中心和来帮您的人。对方当事人看不到。")


class HelpForm(PlainForm):
    """请人帮忙: which help, where to call, when it suits, what it is about."""

    boxed = ("kind",)
    option_hints = {
        "kind": {
            HelpKind.CALL: _("法院打电话给您，慢慢讲"),
            HelpKind.COMPANION: _("到法院以后有人一直陪着，帮您填表、讲给您听"),
            HelpKind.GUIDE: _("腿脚不便、不认字、第一次来，有人在门口接您"),
        }
    }
    kind = ChoiceField(
        label=_("您要什么帮助"), ask=_("请选择要什么帮助"), widget=forms.RadioSelect, choices=HelpKind.choices
    )
    phone = PhoneField(label=_("打哪个手机号"), help_text=_("家里人的也行"))
    when = LineField(label=_("什么时候方便"), max_length=200, help_text=_("例如：上午9点到11点"))
    words = TextField(
        label=_("要帮什么"), max_length=500, help_text=_("一两句话就行，例如：看不懂应诉通知书")
    )
    who_can_see = {"words": WHO_SEES}


class MeetingForm(PlainForm):
    """Who helps, and for a companion or guide the day, the time and the place."""

    post = ChoiceField(label=_("谁去"), ask=_("请选择谁去"))
    day = DayField(label=_("哪一天见面"), past_allowed=False)
    at = ClockField(label=_("几点"))
    meet_place = LineField(label=_("在哪里见面"), max_length=200, help_text=_("例如：诉讼服务中心门口"))

    def __init__(
        self, posts: Iterable[StaffPost], data: Mapping[str, Any] | None = None, *, meets: bool, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        field: Any = self.fields["post"]
        field.choices = [("", _("请选择")), *((str(post.pk), post.user.name) for post in posts)]
        if not meets:
            for name in ("day", "at", "meet_place"):
                del self.fields[name]

    def meet_at(self) -> datetime | None:
        """The moment both meet, Beijing time; None when day or time was left out."""
        day, at = self.cleaned_data.get("day"), self.cleaned_data.get("at")
        return datetime.combine(day, at, clock.BEIJING) if day and at else None


class CallForm(PlainForm):
    """What came of one call."""

    reached = ChoiceField(
        label=_("接通了吗"),
        ask=_("请选择接通了没有"),
        widget=forms.RadioSelect,
        choices=[("yes", _("接通了")), ("no", _("没有接"))],
    )
    words = TextField(label=_("说了什么"), max_length=500, required=False)


class OutcomeForm(PlainForm):
    """What came of a meeting."""

    outcome = TextField(label=_("帮助的结果"), max_length=500)


class ActingForm(PlainForm):
    """代办: for whom, as his identity paper says, what for and for how long."""

    boxed = ("scopes",)
    name = NameField(label=_("他的姓名"), help_text=_("和身份证写得一样"))
    id_kind = ChoiceField(
        label=_("证件类型"),
        ask=_("请选择证件类型"),
        choices=[(kind.value, kind.label) for kind in IdKind if kind != IdKind.USCC],
        initial=IdKind.ID_CARD.value,
    )
    id_number = LineField(label=_("他的证件号码"), max_length=40)
    phone = PhoneField(label=_("他登录用的手机号"), help_text=_("验证码会发到这个手机，请他念给您听"))
    scopes = forms.MultipleChoiceField(
        label=_("代他办什么"),
        choices=ActingScope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请选择代他办什么"), "invalid_choice": _("请从列出的选项里选")},
    )
    hours = forms.TypedChoiceField(
        label=_("最长办多久"),
        coerce=int,
        choices=[(str(hours), _("%(n)s小时") % {"n": hours}) for hours in HOURS],
        initial=str(HOURS[1]),
        error_messages={"required": _("请选择办多久"), "invalid_choice": _("请从列出的选项里选")},
    )

    def clean(self) -> dict[str, Any]:
        """The number is well formed for its kind."""
        cleaned = super().clean() or {}
        if cleaned.get("id_kind") and cleaned.get("id_number"):
            checked = identity.check(cleaned["id_kind"], cleaned["id_number"], today=clock.today())
            if checked.valid:
                cleaned["id_number"] = checked.normalized
            else:
                self.add_error("id_number", checked.message)
        return cleaned

    def wish(self) -> Wish:
        """What is asked for."""
        said = self.cleaned_data
        return Wish(tuple(ActingScope(name) for name in said["scopes"]), said["hours"])

    def facts(self) -> Facts:
        """Whom it is about."""
        said = self.cleaned_data
        return Facts(
            said["name"],
            IdKind(said["id_kind"]),
            said["id_number"],
            said.get("phone") or said.get("login_phone", ""),
        )


class ActingDeskForm(ActingForm):
    """The same at the counter, where the phone of the account is known and a signed paper does as well."""

    phone = None  # type: ignore[assignment]
    login_phone = PhoneField(
        label=_("他登录用的手机号"), required=False, help_text=_("他有几个实名账号时才要填，说明代哪一个办")
    )
    way = ChoiceField(
        label=_("他怎样同意"),
        ask=_("请选择他怎样同意"),
        widget=forms.RadioSelect,
        choices=ConsentWay.choices,
        initial=ConsentWay.CODE.value,
    )
    file = forms.FileField(label=_("本人签字的授权书"), required=False)
