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
from common.forms import (
    ChoiceField,
    DayField,
    LineField,
    MoneyField,
    NameField,
    PhoneField,
    PlainForm,
    TextField,
)
from common.text import fold_width
from filing.elements.forms import ConditionalForm
from filing.models import AgentKind, Capacity, FilingParty, Power
from filing.people import needs_guardian

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
GUARDED = ("guardian_name", "guardian_relation", "guardian_id_number", "guardian_phone")
FOR_NATURAL = ("gender", "born_on", "ethnicity", "id_kind", "usual_address", "employer", "guarded")
EMPTY_AS_NONE = ("born_on", "claim_amount")
ONE_OF_SEVERAL = ("claim", "claim_amount")
FOR_LEGAL = ("legal_representative", "registered_address", "organisation_type", "ownership")
ASKED_OF_PERSON = ("gender", "born_on", "ethnicity", "id_kind", "id_number", "phone", "address")
ASKED_OF_ORGANISATION = ("id_number", "legal_representative", "phone", "address")
"""What the plaintiff must give (民诉法124): the rest is asked because the official form has a line for it."""


def _options(words: Iterable[str], first: str | Promise) -> list[tuple[str, Any]]:
    return [("", first), *((word, word) for word in words)]


class PersonForm(ConditionalForm):
    """What forms about a person share: lines of another kind do not count, others must be filled, a card is checked."""

    def _forget(self, cleaned: dict[str, Any], names: Iterable[str]) -> None:
        """Lines of the other kind do not count, whatever stands in them."""
        for name in names:
            self.errors.pop(name, None)
            cleaned[name] = None if name in EMPTY_AS_NONE else ""

    def _ask_for_all(self, cleaned: dict[str, Any], names: Iterable[str]) -> None:
        for name in names:
            if not cleaned.get(name) and name not in self.errors:
                chosen = name in ("gender", "id_kind")
                words = _("请选择%(label)s") if chosen else _("请填写%(label)s")
                self.add_error(name, words % {"label": self.fields[name].label})

    def _check_card(self, cleaned: dict[str, Any], name: str) -> str:
        """The identity card number of a field, normalized; empty when there is none or it is wrong."""
        number = cleaned.get(name)
        if not number or name in self.errors:
            return ""
        checked = identity.check(IdKind.ID_CARD, number, today=clock.today())
        if not checked.valid:
            self.add_error(name, checked.message)
            return ""
        cleaned[name] = checked.normalized
        return checked.normalized


class PartyForm(PersonForm):
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
    address_unknown = forms.BooleanField(
        label=gettext_lazy("现在找不到他（下落不明）"),
        required=False,
        help_text=gettext_lazy(
            "住所地写最后知道的地址或户籍地。法院要用公告送达：公告满30天才算送到，时间会长一些，也不能用简易程序。"
        ),
    )
    guarded = ChoiceField(
        label=gettext_lazy("要不要监护人代他打官司"),
        choices=[
            ("no", gettext_lazy("不要，他自己能打官司")),
            ("yes", gettext_lazy("要：他未满18岁，或者不能辨认自己的行为")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    guardian_name = NameField(label=gettext_lazy("监护人姓名"), required=False)
    guardian_relation = LineField(
        label=gettext_lazy("监护人和他是什么关系"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("例如：父亲、母亲、配偶、村民委员会"),
    )
    guardian_id_number = LineField(
        label=gettext_lazy("监护人证件号码"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("身份证号"),
    )
    guardian_phone = PhoneField(label=gettext_lazy("监护人电话"), required=False)
    claim = LineField(
        label=gettext_lazy("他本人要什么"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("几个人一起起诉的才填。例如：2026年1月至3月的工资"),
    )
    claim_amount = MoneyField(
        label=gettext_lazy("他本人要的金额"),
        required=False,
        help_text=gettext_lazy("几个人一起起诉的才填，单位元"),
    )
    units = {"claim_amount": gettext_lazy("元")}
    asked_of_person: tuple[str, ...] = ASKED_OF_PERSON
    conditions = {name: ("kind", (PartyKind.NATURAL.value,)) for name in FOR_NATURAL} | {
        name: ("kind", (PartyKind.LEGAL.value,)) for name in FOR_LEGAL
    }
    conditions |= {name: ("guarded", ("yes",)) for name in GUARDED}

    def __init__(self, side: Side, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.side = side
        for name in (*FOR_NATURAL[:-1], *FOR_LEGAL):
            field = self.fields[name]
            words = gettext_lazy("单位填这里") if name in FOR_LEGAL else gettext_lazy("个人填这里")
            field.help_text = format_lazy("{}。{}", words, field.help_text) if field.help_text else words
        self.fields["id_number"].help_text = gettext_lazy("单位写统一社会信用代码")
        for name in (
            ("address_unknown",) if side == Side.PLAINTIFF else ("guarded", *GUARDED, *ONE_OF_SEVERAL)
        ):
            del self.fields[name]
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
            self._ask_for_all(cleaned, ASKED_OF_ORGANISATION if legal else self.asked_of_person)
            self._check_guardian(cleaned)
        return cleaned

    def _check_guardian(self, cleaned: dict[str, Any]) -> None:
        """A minor, or somebody said to be without capacity, litigates through his guardian (民诉法60)."""
        minor = cleaned.get("kind") == PartyKind.NATURAL and needs_guardian(
            cleaned.get("born_on"), employer=cleaned.get("employer") or ""
        )
        if not minor and cleaned.get("guarded") != "yes":
            self._forget(cleaned, GUARDED)
            return
        if minor and cleaned.get("guarded") != "yes":
            self.add_error(
                "guarded",
                _(
                    "未满18岁的，由监护人代他打官司，请选“要”并填写监护人。满16岁靠自己工作生活的，请填写工作单位"
                ),
            )
            return
        self._ask_for_all(cleaned, GUARDED)
        number = self._check_card(cleaned, "guardian_id_number")
        if number and number == cleaned.get("id_number"):
            self.add_error("guardian_id_number", _("监护人不能是他本人，请填写监护人的证件号码"))
        elif number and needs_guardian(identity.birth_date(number)):
            self.add_error("guardian_id_number", _("监护人应年满18岁，请核对证件号码"))

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
            name: value if value is not None or name in EMPTY_AS_NONE else ""
            for name, value in self.cleaned_data.items()
            if name != "guarded"
        }


class CapacityForm(PlainForm):
    """In what capacity the account acts; it decides what is filled in beforehand, which papers and who signs."""

    capacity = ChoiceField(
        label=gettext_lazy("您以什么身份来办"),
        ask=gettext_lazy("请选择您以什么身份来办"),
        widget=forms.RadioSelect,
        choices=Capacity.choices,
    )
    option_hints = {
        "capacity": {
            Capacity.SELF.value: gettext_lazy("我自己起诉或者申请"),
            Capacity.ORGANISATION.value: gettext_lazy("我是法定代表人，或者单位派我来办"),
            Capacity.AGENT.value: gettext_lazy("律师、法律服务工作者、亲友等，要有授权委托书"),
            Capacity.GUARDIAN.value: gettext_lazy("当事人未满18岁，或者不能辨认自己的行为"),
            Capacity.DEPUTY.value: gettext_lazy("很多人一起起诉，大家推选我"),
        }
    }


class GroupForm(PlainForm):
    """Many applicants: one case together or one for each; whom they elected."""

    together = ChoiceField(
        label=gettext_lazy("一起审，还是每人一案"),
        ask=gettext_lazy("请选择一起审还是每人一案"),
        widget=forms.RadioSelect,
        choices=[
            ("one", gettext_lazy("一起审：合成一个案子")),
            ("separate", gettext_lazy("每人一案：一次提交，每人一个案号")),
        ],
    )
    deputies = forms.MultipleChoiceField(
        label=gettext_lazy("推选谁做代表人"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "10人以上一起审的，要推选2到5位，由他们代表大家参加诉讼。不到10人的可以不推选。"
        ),
        error_messages={"invalid_choice": gettext_lazy("请从列出的人里选")},
    )
    option_hints = {
        "together": {
            "one": gettext_lazy("事情相同、由同一个判决解决的，选这个"),
            "separate": gettext_lazy("工资、货款这类各算各的，选这个：各有各的金额、交费和判决，互相关联"),
        }
    }
    conditions = {"deputies": ("together", ("one",))}

    def __init__(
        self, people: list[FilingParty], data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        names = [(str(person.public_id), person.name) for person in people]
        self.fields["deputies"].choices = names  # type: ignore[attr-defined]


class AgentForm(PersonForm):
    """One agent 委托诉讼代理人 (民诉法61; 解释85-87): what must be filled hangs on his kind."""

    kind = ChoiceField(
        label=gettext_lazy("他是什么人"),
        ask=gettext_lazy("请选择代理人是什么人"),
        widget=forms.RadioSelect,
        choices=AgentKind.choices,
    )
    name = NameField(label=gettext_lazy("姓名"))
    firm = LineField(label=gettext_lazy("单位"), max_length=100, required=False)
    licence = LineField(
        label=gettext_lazy("执业证号"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("律师填17位律师执业证号"),
    )
    relation = LineField(
        label=gettext_lazy("和当事人是什么关系"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("近亲属：配偶、父母、子女、兄弟姐妹等；推荐的公民写由谁推荐"),
    )
    job = LineField(label=gettext_lazy("职务"), max_length=60, required=False)
    id_number = LineField(
        label=gettext_lazy("身份证号"), max_length=40, required=False, help_text=gettext_lazy("律师可以不填")
    )
    phone = PhoneField(label=gettext_lazy("联系电话"))
    power = ChoiceField(
        label=gettext_lazy("代理权限"),
        ask=gettext_lazy("请选择代理权限"),
        widget=forms.RadioSelect,
        choices=Power.choices,
    )
    option_hints = {
        "power": {
            Power.GENERAL.value: gettext_lazy("替当事人立案、收材料、开庭说话"),
            Power.SPECIAL.value: gettext_lazy(
                "还可以承认、放弃、变更请求，和解，上诉，代收款；委托书上要一项一项写明"
            ),
        }
    }
    conditions = {
        "firm": ("kind", ("lawyer", "legal_worker", "employee")),
        "licence": ("kind", ("lawyer", "legal_worker")),
        "relation": ("kind", ("relative", "recommended")),
        "job": ("kind", ("employee",)),
    }
    needed = {
        AgentKind.LAWYER.value: ("firm", "licence"),
        AgentKind.LEGAL_WORKER.value: ("firm", "licence"),
        AgentKind.RELATIVE.value: ("relation", "id_number"),
        AgentKind.EMPLOYEE.value: ("firm", "id_number"),
        AgentKind.RECOMMENDED.value: ("relation", "id_number"),
    }
    must_fill = frozenset({"firm", "licence", "relation"})

    def clean(self) -> dict[str, Any]:
        """What his kind asks for; what belongs to another kind is not kept."""
        cleaned = super().clean() or {}
        kind = cleaned.get("kind", "")
        if kind:
            self._forget(
                cleaned, [name for name, (_kind, kinds) in self.conditions.items() if kind not in kinds]
            )
        self._ask_for_all(cleaned, self.needed.get(kind, ()))
        self._check_card(cleaned, "id_number")
        if kind == AgentKind.LAWYER and cleaned.get("licence") and "licence" not in self.errors:
            licence = "".join(fold_width(cleaned["licence"]).split())
            cleaned["licence"] = licence
            if not (len(licence) == 17 and licence.isascii() and licence.isdigit()):
                self.add_error("licence", _("律师执业证号应为17位数字"))
        return cleaned


class ListForm(PlainForm):
    """Many people at once: lines written or pasted, or a table as CSV."""

    lines = TextField(
        label=gettext_lazy("每行写一个人"),
        max_length=20000,
        required=False,
        help_text=gettext_lazy(
            "按这个顺序：姓名，身份证号，电话，住址，要什么，金额。用逗号或者Tab隔开，可以从表格里直接粘贴。"
        ),
    )
    table = forms.FileField(
        label=gettext_lazy("或者上传表格（CSV）"),
        required=False,
        help_text=gettext_lazy("表格软件里选“另存为CSV”。列的顺序和上面一样，第一行可以是标题。"),
        error_messages={"empty": gettext_lazy("这个文件是空的，请重新选")},
    )
