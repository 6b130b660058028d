"""Who is named in an application."""

from __future__ import annotations

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
from common.forms import DayField, LineField, NameField, PhoneField
from filing.elements.forms import ConditionalForm
from filing.forms.base import ChoiceField

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
