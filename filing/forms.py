"""Shapes of the filing pages that are no element form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import IdKind
from cases.models import PartyKind, Side
from common import clock, identity
from common.forms import DayField, LineField, MoneyField, NameField, PhoneField, PlainForm, TextField
from courts.models import Court
from filing.defects import Defect, library_for
from filing.selectors import Draft


class ChoiceField(forms.ChoiceField):
    """A choice with our sentences."""

    def __init__(self, *, ask: str, **kwargs: Any) -> None:
        messages = {"required": ask, "invalid_choice": gettext_lazy("请从列出的选项里选")}
        super().__init__(error_messages=messages, **kwargs)


class WhatForm(PlainForm):
    """Pre-check 1: what happened."""

    what = ChoiceField(
        label=gettext_lazy("您遇到了什么事"),
        ask=gettext_lazy("请选择您遇到的事"),
        widget=forms.RadioSelect,
        choices=[
            ("private_lending", gettext_lazy("借给别人的钱，对方不还")),
            ("other", gettext_lazy("其他纠纷")),
        ],
    )


class WhoForm(PlainForm):
    """Pre-check 2: against whom."""

    who = ChoiceField(
        label=gettext_lazy("您要告谁"),
        ask=gettext_lazy("请选择对方是谁"),
        widget=forms.RadioSelect,
        choices=[
            (PartyKind.NATURAL.value, gettext_lazy("一个人或几个人")),
            (PartyKind.LEGAL.value, gettext_lazy("公司或其他单位")),
            ("unknown", gettext_lazy("我不知道对方叫什么")),
        ],
    )


class AmountForm(PlainForm):
    """Pre-check 3: how much."""

    amount = MoneyField(label=gettext_lazy("您要对方一共付多少钱"), help_text=gettext_lazy("大概的数也可以，单位元"))


class DueForm(PlainForm):
    """Pre-check 4: when it fell due; the limitation of three years (民法典188) is said, never decided here."""

    due = ChoiceField(
        label=gettext_lazy("约定的还款日，或您最后一次要钱，过去多久了"),
        ask=gettext_lazy("请选择过去多久了"),
        widget=forms.RadioSelect,
        choices=[
            ("recent", gettext_lazy("不到3年")),
            ("old", gettext_lazy("3年以上")),
            ("none", gettext_lazy("没有约定还款日，也没有要过")),
        ],
    )


class WhereForm(PlainForm):
    """Pre-check 5: where. Suits go to the defendant's court (民诉法22) or, for a loan, where the lender lives (民间借贷解释3)."""

    court = ChoiceField(
        label=gettext_lazy("对方住在哪个法院的辖区"),
        ask=gettext_lazy("请选择法院"),
        help_text=gettext_lazy("对方是公司的，选公司所在地。也可以选您自己（出借人）住的地方。"),
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        open_courts = Court.objects.filter(is_open=True, level="basic").order_by("code")
        self.fields["court"].choices = [(court.code, court.name) for court in open_courts]  # type: ignore[attr-defined]


PRECHECK_STEPS: list[tuple[str, type[PlainForm]]] = [
    ("what", WhatForm),
    ("who", WhoForm),
    ("amount", AmountForm),
    ("due", DueForm),
    ("court", WhereForm),
]

PERSON_KINDS = [
    (PartyKind.NATURAL.value, gettext_lazy("个人")),
    (PartyKind.LEGAL.value, gettext_lazy("公司或其他单位")),
]


class PartyForm(PlainForm):
    """One person or organisation. Of the other side only the name is needed (登记立案规定4: distinguishable is enough)."""

    kind = ChoiceField(
        label=gettext_lazy("是个人还是单位"),
        ask=gettext_lazy("请选择是个人还是单位"),
        choices=PERSON_KINDS,
        widget=forms.RadioSelect,
    )
    name = NameField(label=gettext_lazy("姓名或单位名称"))
    gender = forms.ChoiceField(
        label=gettext_lazy("性别"),
        choices=[("男", gettext_lazy("男")), ("女", gettext_lazy("女"))],
        widget=forms.RadioSelect,
        required=False,
    )
    born_on = DayField(label=gettext_lazy("出生日期"), required=False)
    ethnicity = LineField(label=gettext_lazy("民族"), max_length=20, required=False)
    id_kind = forms.ChoiceField(
        label=gettext_lazy("证件类型"),
        choices=[("", gettext_lazy("请选择")), *IdKind.choices],
        required=False,
        help_text=gettext_lazy("单位选统一社会信用代码"),
    )
    id_number = LineField(label=gettext_lazy("证件号码"), max_length=40, required=False)
    phone = PhoneField(label=gettext_lazy("联系电话"), required=False)
    address = LineField(label=gettext_lazy("住所地"), max_length=200, required=False)
    usual_address = LineField(
        label=gettext_lazy("经常居住地"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("和住所地不同的才填"),
    )
    legal_representative = NameField(
        label=gettext_lazy("法定代表人"), required=False, help_text=gettext_lazy("单位填写")
    )
    employer = LineField(label=gettext_lazy("工作单位"), max_length=100, required=False)
    job = LineField(label=gettext_lazy("职务"), max_length=60, required=False)

    def __init__(self, side: Side, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.side = side
        if side == Side.PLAINTIFF:
            self.must_fill = frozenset({"id_kind", "id_number", "phone", "address"})
        else:
            for name in ("id_number", "phone", "address"):
                self.fields[name].help_text = gettext_lazy("不知道的不填")

    def clean(self) -> dict[str, Any]:
        """The plaintiff gives everything; a given number must be well formed for its kind."""
        cleaned = super().clean() or {}
        for name in getattr(self, "must_fill", ()):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("请填写%(label)s") % {"label": self.fields[name].label})
        if cleaned.get("kind") == PartyKind.LEGAL and cleaned.get("id_number"):
            cleaned["id_kind"] = IdKind.USCC
        self._check_number(cleaned)
        if cleaned.get("born_on") and cleaned["born_on"] > clock.today():
            self.add_error("born_on", _("出生日期不能晚于今天"))
        return cleaned

    def _check_number(self, cleaned: dict[str, Any]) -> None:
        number, kind = cleaned.get("id_number"), cleaned.get("id_kind")
        if not number or "id_number" in self.errors:
            return
        if not kind:
            self.add_error("id_kind", _("请选择证件类型"))
            return
        checked = identity.check(kind, number, today=clock.today())
        if checked.valid:
            cleaned["id_number"] = checked.normalized
        else:
            self.add_error("id_number", checked.message)

    def values(self) -> dict[str, Any]:
        """Values for the row; empty choices as empty text."""
        return {name: value if value is not None or name == "born_on" else "" for name, value in self.cleaned_data.items()}


class DeliveryForm(PlainForm):
    """How papers reach the applicant; nothing is chosen beforehand (R-01, R-40)."""

    e_delivery = ChoiceField(
        label=gettext_lazy("法院的文书怎么送给您"),
        ask=gettext_lazy("请选择文书怎么送给您"),
        widget=forms.RadioSelect,
        choices=[
            ("yes", gettext_lazy("送到这个平台的收件箱，并发短信提醒")),
            ("no", gettext_lazy("寄纸质文书到我填的地址")),
        ],
    )
    option_hints = {
        "e_delivery": {
            "yes": gettext_lazy("文书到收件箱就算送达，从那天起算期限。随时可以改回纸质。"),
            "no": gettext_lazy("邮寄要多花几天。"),
        }
    }


class StatementForm(PlainForm):
    """The statement before sending."""

    agree = forms.BooleanField(
        label=gettext_lazy("我确认以上内容是真实的。我知道虚假诉讼要承担法律责任"),
        error_messages={"required": gettext_lazy("请先确认内容真实，再提交")},
    )
    signed_name = NameField(label=gettext_lazy("签名：请写您的姓名"))


class UploadForm(PlainForm):
    """Photos or files for one slot."""

    slot = forms.SlugField(widget=forms.HiddenInput)


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
    reason_for_repeat = TextField(
        label=gettext_lazy("为什么再次通知补正"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("已经通知过一次。主管会看到这条理由。"),
    )

    def __init__(self, draft: Draft, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.library = {defect.code: defect for defect in library_for(draft)}
        self.fields["defects"].choices = [(d.code, d.title) for d in self.library.values()]  # type: ignore[attr-defined]
        if draft.notice is None:
            del self.fields["reason_for_repeat"]

    def chosen(self) -> list[Defect]:
        """The ticked defects of the library."""
        return [self.library[code] for code in self.cleaned_data["defects"]]


