"""Shapes of the filing pages that are no element form."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import IdKind
from cases.models import PartyKind, Side
from common import clock, identity
from common.forms import DayField, LineField, MoneyField, NameField, PhoneField, PlainForm, TextField
from courts.models import Court
from filing.defects import Defect, library_for
from filing.elements.forms import ConditionalForm
from filing.selectors import Draft


class ChoiceField(forms.ChoiceField):
    """A choice with our sentences."""

    def __init__(self, *, ask: str | Promise = "", **kwargs: Any) -> None:
        messages: dict[str, Any] = {"required": ask, "invalid_choice": gettext_lazy("请从列出的选项里选")}
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

    amount = MoneyField(
        label=gettext_lazy("您要对方一共付多少钱"), help_text=gettext_lazy("大概的数也可以，单位元")
    )


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
ORGANISATION_TYPES = (
    "有限责任公司 股份有限公司 上市公司 其他企业法人 事业单位 社会团体 基金会 社会服务机构 机关法人 "
    "农村集体经济组织法人 城镇农村合作经济组织法人 基层群众性自治组织法人 个人独资企业 合伙企业 其他"
).split()
OWNERSHIPS = ("国有（控股/参股）", "民营", "其他")
"""Options of the official form (法〔2025〕82号); kept as they are printed there."""
FOR_NATURAL = ("gender", "born_on", "ethnicity", "id_kind", "usual_address", "employer")
FOR_LEGAL = ("legal_representative", "registered_address", "organisation_type", "ownership")
ASKED_OF_PERSON = ("gender", "born_on", "ethnicity", "id_kind", "id_number", "phone", "address")
ASKED_OF_ORGANISATION = ("id_number", "legal_representative", "phone", "address")
"""What the plaintiff must give (民诉法124): the rest is asked because the official form has a line for it."""


def _options(words: Iterable[str], first: str | Promise) -> list[tuple[str, Any]]:
    return [("", first), *((word, word) for word in words)]


class PartyForm(ConditionalForm):
    """One person or organisation. Of the other side only the name is needed (登记立案规定4: distinguishable is enough).

    What an identity card says (sex, date of birth) is read from its number when it was not filled in.
    """

    kind = ChoiceField(
        label=gettext_lazy("是个人还是单位"),
        ask=gettext_lazy("请选择是个人还是单位"),
        choices=PERSON_KINDS,
        widget=forms.RadioSelect,
    )
    name = NameField(label=gettext_lazy("姓名或单位名称"))
    id_kind = ChoiceField(
        label=gettext_lazy("证件类型"),
        choices=[("", gettext_lazy("请选择")), *IdKind.choices],
        required=False,
    )
    id_number = LineField(label=gettext_lazy("证件号码"), max_length=40, required=False)
    gender = ChoiceField(
        label=gettext_lazy("性别"),
        choices=[("男", gettext_lazy("男")), ("女", gettext_lazy("女"))],
        widget=forms.RadioSelect,
        required=False,
        help_text=gettext_lazy("填了身份证号的，可以不选"),
    )
    born_on = DayField(
        label=gettext_lazy("出生日期"),
        required=False,
        widget=forms.DateInput,
        help_text=gettext_lazy("填了身份证号的，可以不填"),
    )
    ethnicity = LineField(
        label=gettext_lazy("民族"), max_length=20, required=False, help_text=gettext_lazy("例如：汉族")
    )
    legal_representative = NameField(label=gettext_lazy("法定代表人或负责人"), required=False)
    phone = PhoneField(
        label=gettext_lazy("联系电话"), required=False, help_text=gettext_lazy("手机号，用来收短信")
    )
    address = LineField(
        label=gettext_lazy("住所地"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("写到门牌号，文书会寄到这里"),
    )
    usual_address = LineField(
        label=gettext_lazy("经常居住地"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("和住所地不同的才填"),
    )
    registered_address = LineField(
        label=gettext_lazy("注册地"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("和住所地不同的才填"),
    )
    organisation_type = ChoiceField(
        label=gettext_lazy("单位类型"),
        choices=_options(ORGANISATION_TYPES, gettext_lazy("请选择")),
        required=False,
    )
    ownership = ChoiceField(
        label=gettext_lazy("所有制性质"),
        choices=_options(OWNERSHIPS, gettext_lazy("请选择")),
        required=False,
    )
    employer = LineField(label=gettext_lazy("工作单位"), max_length=100, required=False)
    job = LineField(label=gettext_lazy("职务"), max_length=60, required=False)
    conditions = {name: ("kind", (PartyKind.NATURAL.value,)) for name in FOR_NATURAL} | {
        name: ("kind", (PartyKind.LEGAL.value,)) for name in FOR_LEGAL
    }

    def __init__(self, side: Side, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.side = side
        for name in (*FOR_NATURAL, *FOR_LEGAL):
            field = self.fields[name]
            words = gettext_lazy("单位填这里") if name in FOR_LEGAL else gettext_lazy("个人填这里")
            field.help_text = format_lazy("{}。{}", words, field.help_text) if field.help_text else words
        self.fields["id_number"].help_text = gettext_lazy("单位写统一社会信用代码")
        if side == Side.PLAINTIFF:
            self.must_fill = frozenset({*ASKED_OF_PERSON, *ASKED_OF_ORGANISATION} - {"gender", "born_on"})
        else:
            self._ask_little()

    def _ask_little(self) -> None:
        """Of anybody else the applicant tells what he knows."""
        for name in ("id_number", "phone", "address"):
            self.fields[name].help_text = gettext_lazy("不知道的不填")
        self.fields["phone"].help_text = gettext_lazy("不知道的不填。法院会核对，不会只凭号码认定对方身份")

    def clean(self) -> dict[str, Any]:
        """The plaintiff gives everything; a given number must be well formed for its kind."""
        cleaned = super().clean() or {}
        legal = cleaned.get("kind") == PartyKind.LEGAL
        self._forget(cleaned, FOR_NATURAL if legal else FOR_LEGAL)
        if legal:
            cleaned["id_kind"] = IdKind.USCC.value if cleaned.get("id_number") else ""
        self._check_number(cleaned)
        self._check_birth(cleaned)
        if self.side == Side.PLAINTIFF and cleaned.get("kind"):
            self._ask_for_all(cleaned, ASKED_OF_ORGANISATION if legal else ASKED_OF_PERSON)
        return cleaned

    def _forget(self, cleaned: dict[str, Any], names: Iterable[str]) -> None:
        """Lines of the other kind do not count, whatever stands in them."""
        for name in names:
            self.errors.pop(name, None)
            cleaned[name] = None if name == "born_on" else ""

    def _ask_for_all(self, cleaned: dict[str, Any], names: Iterable[str]) -> None:
        for name in names:
            if not cleaned.get(name) and name not in self.errors:
                chosen = name in ("gender", "id_kind")
                words = _("请选择%(label)s") if chosen else _("请填写%(label)s")
                self.add_error(name, words % {"label": self.fields[name].label})

    def _check_number(self, cleaned: dict[str, Any]) -> None:
        number, kind = cleaned.get("id_number"), cleaned.get("id_kind")
        if not number or "id_number" in self.errors or "id_kind" in self.errors or not cleaned.get("kind"):
            return
        if not kind:
            self.add_error("id_kind", _("请选择证件类型"))
            return
        if kind == IdKind.USCC and cleaned.get("kind") == PartyKind.NATURAL:
            self.add_error("id_kind", _("个人请选身份证件，统一社会信用代码是单位用的"))
            return
        checked = identity.check(kind, number, today=clock.today())
        if checked.valid:
            cleaned["id_number"] = checked.normalized
        else:
            self.add_error("id_number", checked.message)

    def _check_birth(self, cleaned: dict[str, Any]) -> None:
        """Not in the future; an identity card's number says it, so that nobody fills it in twice."""
        born = cleaned.get("born_on")
        if born and born > clock.today():
            self.add_error("born_on", _("出生日期不能晚于今天"))
            return
        carries = cleaned.get("id_kind") in (IdKind.ID_CARD, IdKind.RESIDENCE_PERMIT)
        if not (carries and cleaned.get("id_number")) or "id_number" in self.errors:
            return
        number = cleaned["id_number"]
        written = identity.birth_date(number)
        if born and born != written and "born_on" not in self.errors:
            self.add_error("born_on", _("出生日期和身份证号里的不一样，请核对"))
        gender = "男" if int(number[16]) % 2 else "女"
        cleaned["born_on"] = born or (None if "born_on" in self.errors else written)
        cleaned["gender"] = cleaned.get("gender") or gender

    def values(self) -> dict[str, Any]:
        """Values for the row; empty choices as empty text."""
        return {
            name: value if value is not None or name == "born_on" else ""
            for name, value in self.cleaned_data.items()
        }


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
            "yes": gettext_lazy("文书到收件箱就算送达，从那天起算期限。判决书等可以再要一份纸质的。"),
            "no": gettext_lazy("寄到您填的住所地，邮寄要多花几天。"),
        }
    }


class StatementForm(PlainForm):
    """The statement before sending; it is signed with the name of the account's checked identity (具状人)."""

    agree = forms.BooleanField(
        label=gettext_lazy("我确认以上内容是真实的。我知道虚假诉讼要承担法律责任"),
        error_messages={"required": gettext_lazy("请先确认内容真实，再提交")},
    )
    signed_name = NameField(label=gettext_lazy("签名"), help_text=gettext_lazy("请写您的姓名，和实名一致"))

    def __init__(self, signer: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.signer = signer

    def clean_signed_name(self) -> str:
        """Another name under the statement would sign nothing."""
        written = str(self.cleaned_data["signed_name"])
        if self.signer and unicodedata.normalize("NFKC", written) != unicodedata.normalize(
            "NFKC", self.signer
        ):
            raise forms.ValidationError(_("签名和您的实名不一致，请写证件上的姓名"))
        return written


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
