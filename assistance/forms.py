"""Shapes of asking for help, arranging it and ending it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assistance.models import HelpKind
from common import clock
from common.forms import ChoiceField, ClockField, DayField, LineField, PhoneField, PlainForm, TextField
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
