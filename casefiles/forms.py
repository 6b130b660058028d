"""Forms of the file: adding, correcting, closing, asking."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casefiles.models import MAIN_SECTIONS, SIDE_SECTIONS, Capacity, Entry, Ground, Section, Volume
from casefiles.services import Order, Place
from cases.models import Case
from cases.selectors import parties_of
from common.forms import ChoiceField, LineField, PlainForm, SeenField, TextField

WHOLE, PAGE, PART = "whole", "page", "part"


def _sections() -> list[tuple[str, list[tuple[str, Any]]]]:
    return [
        (str(Volume.MAIN.label), [(one.value, one.label) for one in MAIN_SECTIONS]),
        (str(Volume.SIDE.label), [(one.value, one.label) for one in SIDE_SECTIONS]),
    ]


class PlaceForm(PlainForm):
    """Section and name of something in the file."""

    section = ChoiceField(
        label=gettext_lazy("放在哪一类"), choices=_sections, ask=gettext_lazy("请选放在哪一类")
    )
    title = LineField(label=gettext_lazy("材料名称"), max_length=200)

    def place(self) -> Place:
        """What was chosen; after the form was found right."""
        return Place(Section(self.cleaned_data["section"]), self.cleaned_data["title"])


class AddForm(PlaceForm):
    """A scanned document for the file."""

    parties = forms.TypedMultipleChoiceField(
        label=gettext_lazy("只给这些当事人看"),
        help_text=gettext_lazy("都不选：正卷里各方都可以看。放进副卷的，当事人一律看不到。"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    file = forms.FileField(
        label=gettext_lazy("扫描件"), error_messages={"required": gettext_lazy("请选要放进案卷的文件")}
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parties"].choices = _party_choices(case)  # type: ignore[attr-defined]


class CorrectForm(PlaceForm):
    """The right place and name of an entry, or that it does not belong here."""

    withdrawn = forms.BooleanField(label=gettext_lazy("放错了，移出案卷"), required=False)
    reason = LineField(label=gettext_lazy("更正的理由"), max_length=200)
    seen = SeenField()


def _party_choices(case: Case) -> list[tuple[int, str]]:
    return [(party.pk, f"{party.get_side_display()} {party.name}") for party in parties_of(case)]


class SealForm(PlainForm):
    """What is closed, why, and who reads it nevertheless. Places on a page are per cent from its left and upper edge."""

    what = ChoiceField(
        label=gettext_lazy("限制哪些内容"),
        choices=[
            (WHOLE, gettext_lazy("整份材料，目录里也不显示")),
            (PAGE, gettext_lazy("其中一页")),
            (PART, gettext_lazy("一页里的一部分")),
        ],
        widget=forms.RadioSelect,
        ask=gettext_lazy("请选限制哪些内容"),
    )
    page = forms.IntegerField(label=gettext_lazy("第几页"), required=False)
    top = forms.IntegerField(label=gettext_lazy("从上边的百分之几开始"), required=False)
    bottom = forms.IntegerField(label=gettext_lazy("到上边的百分之几为止"), required=False)
    left = forms.IntegerField(label=gettext_lazy("从左边的百分之几开始"), required=False, initial=0)
    right = forms.IntegerField(label=gettext_lazy("到左边的百分之几为止"), required=False, initial=100)
    open_to = forms.TypedMultipleChoiceField(
        label=gettext_lazy("仍然可以看的当事人"),
        help_text=gettext_lazy("没有选的当事人和以后参加诉讼的人都看不到。"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    ground = ChoiceField(label=gettext_lazy("原因"), choices=Ground.choices, ask=gettext_lazy("请选原因"))
    reason = TextField(label=gettext_lazy("理由"), max_length=300)

    def __init__(self, *args: Any, entry: Entry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["open_to"].choices = _party_choices(entry.case)  # type: ignore[attr-defined]
        for name in ("page", "top", "bottom", "left", "right"):
            self.fields[name].error_messages["invalid"] = _("请填整数")

    def clean(self) -> dict[str, Any]:
        """A page needs its number, a part its upper and lower edge."""
        data = dict(super().clean() or {})
        needed = {PAGE: ("page",), PART: ("page", "top", "bottom")}.get(data.get("what", ""), ())
        for name in needed:
            if data.get(name) is None and name not in self.errors:
                self.add_error(
                    name, ValidationError(_("请填写%(label)s") % {"label": self.fields[name].label})
                )
        return data

    def order(self) -> Order:
        """What was chosen; after the form was found right."""
        data = self.cleaned_data
        whole, part = data["what"] == WHOLE, data["what"] == PART
        left = 0 if data.get("left") is None else data["left"]
        right = 100 if data.get("right") is None else data["right"]
        return Order(
            ground=Ground(data["ground"]),
            reason=data["reason"],
            open_to=data["open_to"],
            page=None if whole else data["page"],
            box=[left * 10, data["top"] * 10, right * 10, data["bottom"] * 10] if part else None,
        )


class LiftForm(PlainForm):
    """Why an order ends."""

    reason = LineField(label=gettext_lazy("取消的理由"), max_length=200)


class AskForm(PlainForm):
    """Who wants to read which file, and why."""

    number = LineField(
        label=gettext_lazy("案号"), help_text=gettext_lazy("例如：（2026）某1234民初1号"), max_length=60
    )
    capacity = ChoiceField(
        label=gettext_lazy("您是"),
        choices=Capacity.choices,
        widget=forms.RadioSelect,
        ask=gettext_lazy("请选您是谁"),
    )
    reason = TextField(
        label=gettext_lazy("为什么要看"),
        help_text=gettext_lazy("写明和案件的关系、用来做什么。"),
        max_length=500,
    )


class DecideForm(PlainForm):
    """The court's answer to a request."""

    decision = ChoiceField(
        label=gettext_lazy("答复"),
        choices=[("grant", gettext_lazy("同意查阅")), ("refuse", gettext_lazy("不同意查阅"))],
        widget=forms.RadioSelect,
        ask=gettext_lazy("请选同意还是不同意"),
    )
    answer = TextField(label=gettext_lazy("理由"), help_text=gettext_lazy("申请人会看到。"), max_length=500)
