"""Forms of the clerk's desk, of the filing judge and of those who oversee them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from common.forms import ChoiceField, LineField, PlainForm, TextField
from common.text import fold_width
from courts.models import Court, StaffPost
from filing.defects import Defect, library_for
from filing.desk_queue import Wanted
from filing.draft import Draft
from filing.grounds import GROUNDS
from filing.models import Channel, RepeatReason
from guides.materials import procedures

ALL = ("", gettext_lazy("全部"))


class QueueForm(PlainForm):
    """The filters of the queue; they live in the address, so a wrong one is simply no filter."""

    q = LineField(
        label=gettext_lazy("编号或姓名"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "data-search": True}),
    )
    applicant = LineField(label=gettext_lazy("原告、申请人"), max_length=60, required=False)
    cause = LineField(label=gettext_lazy("案由"), max_length=60, required=False)
    procedure = ChoiceField(label=gettext_lazy("程序"), required=False)
    channel = ChoiceField(label=gettext_lazy("来源"), required=False, choices=[ALL, *Channel.choices])
    due = ChoiceField(
        label=gettext_lazy("最晚答复"),
        required=False,
        choices=[
            ALL,
            ("late", gettext_lazy("已超期")),
            ("today", gettext_lazy("今天到期")),
            ("three", gettext_lazy("3天内")),
        ],
    )
    round = ChoiceField(
        label=gettext_lazy("第几次提交"),
        required=False,
        choices=[ALL, ("first", gettext_lazy("第一次")), ("again", gettext_lazy("补正后"))],
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        kinds = [(code, item.name) for code, item in procedures().items()]
        self.fields["procedure"].choices = [ALL, *kinds]  # type: ignore[attr-defined]

    def wanted(self, view: str, sort: str) -> Wanted:
        """The filters that make sense; the rest is left out."""
        self.is_valid()
        found = {name: fold_width(self.cleaned_data.get(name) or "").strip() for name in self.fields}
        return Wanted(view=view, words=found.pop("q"), sort=sort, **found)

    def given(self) -> dict[str, str]:
        """Filters by name as they stand in the address, empty ones left out."""
        self.is_valid()
        return {name: value for name in self.fields if (value := self.cleaned_data.get(name))}


class AssignForm(PlainForm):
    """To whom ticked applications go."""

    post = ChoiceField(label=gettext_lazy("分派给"), ask=gettext_lazy("请选择分派给谁"))

    def __init__(self, clerks: list[StaffPost], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.choices = [(str(post.pk), post.user.name) for post in clerks]
        self.fields["post"].choices = [("", gettext_lazy("请选择")), *self.choices]  # type: ignore[attr-defined]


class SavedViewForm(PlainForm):
    """A name for the filters in the address."""

    name = LineField(label=gettext_lazy("视图名称"), max_length=40)
    shared = forms.BooleanField(label=gettext_lazy("同事也能用"), required=False)


class NoticeForm(PlainForm):
    """The correction notice: ticked defects, words, and a reason when it is the second one."""

    defects = forms.MultipleChoiceField(
        label=gettext_lazy("要补的内容"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("请至少选一项要补的内容"),
            "invalid_choice": gettext_lazy("请从列出的选项里选"),
        },
    )
    words = TextField(label=gettext_lazy("补充说明"), max_length=1000, required=False)
    repeat_reason = ChoiceField(
        label=gettext_lazy("再次通知的原因"),
        ask=gettext_lazy("请选择再次通知的原因"),
        choices=RepeatReason.choices,
        widget=forms.RadioSelect,
    )
    reason_for_repeat = TextField(
        label=gettext_lazy("为什么再次通知补正"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("已经通知过一次。主管会看到这条理由。"),
    )

    def __init__(self, draft: Draft, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"repeat_reason": RepeatReason.UNANSWERED.value})
        self.library = {defect.code: defect for defect in library_for(draft)}
        self.fields["defects"].choices = [(d.code, d.title) for d in self.library.values()]  # type: ignore[attr-defined]
        if draft.notice is None:
            del self.fields["reason_for_repeat"], self.fields["repeat_reason"]

    def chosen(self) -> list[Defect]:
        """The ticked defects of the library."""
        return [self.library[code] for code in self.cleaned_data["defects"]]


class RefusalForm(PlainForm):
    """不予受理建议: a ground of the law and why it fits here."""

    ground = ChoiceField(
        label=gettext_lazy("法律规定的理由"),
        ask=gettext_lazy("请选择法律规定的理由"),
        choices=[(key, ground.label) for key, ground in GROUNDS.items()],
        widget=forms.RadioSelect,
    )
    words = TextField(label=gettext_lazy("这件为什么属于这一条"), max_length=2000)


class RulingForm(PlainForm):
    """The judge's reasons; they stand in the ruling as he writes them."""

    reasons = TextField(
        label=gettext_lazy("理由"),
        max_length=2000,
        help_text=gettext_lazy("裁定不予受理的，这段话原样写进裁定书；继续审查的，立案人员会看到。"),
    )


class HandOverForm(PlainForm):
    """To which court, and why."""

    to_court = ChoiceField(label=gettext_lazy("移送给"), ask=gettext_lazy("请选择有管辖权的法院"))
    reason = TextField(
        label=gettext_lazy("移送理由"),
        max_length=500,
        help_text=gettext_lazy("当事人和那家法院会看到这段话。"),
    )

    def __init__(self, courts: list[Court], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.courts = {str(court.public_id): court for court in courts}
        choices = [("", gettext_lazy("请选择")), *((key, court.name) for key, court in self.courts.items())]
        self.fields["to_court"].choices = choices  # type: ignore[attr-defined]

    def court(self) -> Court:
        return self.courts[self.cleaned_data["to_court"]]


class AnswerForm(PlainForm):
    """Words of an answer; a nod may go without."""

    answer = TextField(label=gettext_lazy("意见"), max_length=1000, required=False)


class ComplaintAnswerForm(PlainForm):
    """The answer to a complaint about 立案."""

    answer = TextField(label=gettext_lazy("答复"), max_length=2000)


class ComplaintForm(PlainForm):
    """立案投诉 in the applicant's words."""

    words = TextField(label=gettext_lazy("您要投诉什么"), max_length=2000)
    who_can_see = {"words": gettext_lazy("谁能看到：本院院领导和立案庭庭长。审您这件申请的人看不到。")}


class MediationForm(PlainForm):
    """The applicant's answer: nothing is ticked beforehand (R-01)."""

    consent = ChoiceField(
        label=gettext_lazy("您愿意先调解吗"),
        ask=gettext_lazy("请选择愿意或不愿意"),
        choices=[
            ("yes", gettext_lazy("愿意先调解")),
            ("no", gettext_lazy("不愿意，请继续审查立案")),
        ],
        widget=forms.RadioSelect,
    )
