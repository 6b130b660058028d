"""The questions of the pre-check, one per page. What is asked hangs on the answers before (``filing.precheck``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import PartyKind
from common import clock
from common.case_numbers import ParsedNumber
from common.forms import ChoiceField, LineField, MoneyField, PlainForm
from courts.models import Cause, CauseVersion, Court
from courts.selectors import cause_version_on, parse_case_number, search_causes
from filing.elements import schema
from filing.procedures import Procedure, procedures

OTHER, MORE = "other", "more"
FIRST_DISPUTES = ("private_lending", "labour", "sale", "divorce", "traffic_accident", "property_service")
FIRST_PROCEDURES = ("payment_order", "enforcement", "appeal", "preservation", "protection")
COMMON_CAUSES = (
    *(
        "房屋租赁合同纠纷",
        "建设工程施工合同纠纷",
        "承揽合同纠纷",
        "劳务合同纠纷",
        "追偿权纠纷",
        "不当得利纠纷",
    ),
    *("赡养纠纷", "抚养费纠纷", "法定继承纠纷", "生命权、身体权、健康权纠纷", "名誉权纠纷", "相邻关系纠纷"),
)
Choices = list[tuple[str, str | Promise]]


class Question(PlainForm):
    """One question. ``one`` is the procedure as far as the earlier answers tell it."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, one: Procedure | None = None) -> None:
        super().__init__(data)
        self.one = one


def disputes() -> Choices:
    """The disputes with an element form, the frequent ones first."""
    loaded = {key: schema.load(key) for key in schema.form_keys()}
    suits = [key for key, form in loaded.items() if form.cause and form.procedure.startswith("CIVIL_")]
    order = sorted(suits, key=lambda key: (*FIRST_DISPUTES, key).index(key))
    return [(key, loaded[key].plain or loaded[key].cause) for key in order]


def _applications(first: bool) -> Choices:
    found = [one for one in procedures().values() if one.choice]
    chosen = [one for one in found if (one.choice in FIRST_PROCEDURES) == first]
    if first:
        chosen.sort(key=lambda one: FIRST_PROCEDURES.index(one.choice))
    return [(one.choice, one.plain) for one in chosen]


def _hints() -> dict[str, str]:
    return {one.choice: one.hint for one in procedures().values() if one.choice and one.hint}


class WhatForm(Question):
    """What happened, in plain words."""

    what = ChoiceField(
        label=gettext_lazy("您遇到了什么事"),
        ask=gettext_lazy("请选择您遇到的事"),
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, one: Procedure | None = None) -> None:
        super().__init__(data, one=one)
        choices: Choices = [*disputes(), (OTHER, gettext_lazy("其他纠纷"))]
        choices += [
            *_applications(first=True),
            (MORE, gettext_lazy("别的申请（再审、执行异议、司法确认等）")),
        ]
        self.fields["what"].choices = choices  # type: ignore[attr-defined]
        self.option_hints = {"what": _hints()}


class ActForm(Question):
    """Which of the rarer applications."""

    act = ChoiceField(
        label=gettext_lazy("您要申请什么"),
        ask=gettext_lazy("请选择您要申请什么"),
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, one: Procedure | None = None) -> None:
        super().__init__(data, one=one)
        self.fields["act"].choices = _applications(first=False)  # type: ignore[attr-defined]
        self.option_hints = {"act": _hints()}


class CauseForm(Question):
    """The cause 案由, found by a few words; before a search the frequent ones are offered."""

    q = LineField(
        label=gettext_lazy("写几个字找一找"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("例如：租房、继承、装修。手里有判决书的，第一页写着“……纠纷”"),
    )
    cause = ChoiceField(
        label=gettext_lazy("最像哪一种"),
        ask=gettext_lazy("请选择最像的一种；没有的，换几个字再找"),
        widget=forms.RadioSelect,
    )
    SHOWN = 20

    def __init__(self, data: Mapping[str, Any] | None = None, *, one: Procedure | None = None) -> None:
        wanted = data or {}
        searched, chosen = _plain(wanted.get("q"))[:30], _plain(wanted.get("cause"))
        super().__init__(None if searched and not chosen else data, one=one)
        self.initial["q"] = searched
        version = CauseVersion.ADMINISTRATIVE if one and one.code == "ADMIN_FIRST" else _civil()
        if chosen:
            found = list(Cause.objects.filter(code=chosen, version=version))
        elif searched:
            found = list(search_causes(searched, version=version)[: self.SHOWN])
        elif version == CauseVersion.ADMINISTRATIVE:
            found = list(Cause.objects.filter(version=version, level=2)[: self.SHOWN])
        else:
            found = sorted(
                Cause.objects.filter(version=version, name__in=COMMON_CAUSES),
                key=lambda cause: COMMON_CAUSES.index(cause.name),
            )
        self.nothing = bool(searched) and not found
        self.fields["cause"].choices = [(cause.code, cause.name) for cause in found]  # type: ignore[attr-defined]


def _plain(value: Any) -> str:
    return str(value or "").replace("\x00", "").strip()


def _civil() -> str:
    return cause_version_on(clock.today())


class WhoForm(Question):
    """Against whom."""

    who = ChoiceField(
        label=gettext_lazy("对方是谁"),
        ask=gettext_lazy("请选择对方是谁"),
        widget=forms.RadioSelect,
        choices=[
            (PartyKind.NATURAL.value, gettext_lazy("一个人或几个人")),
            (PartyKind.LEGAL.value, gettext_lazy("公司或其他单位")),
            ("unknown", gettext_lazy("我不知道对方叫什么")),
        ],
    )


class AmountForm(Question):
    """How much. Where no money need be at stake, 0 is an answer."""

    amount = MoneyField(
        label=gettext_lazy("您要对方一共付多少钱"), help_text=gettext_lazy("大概的数也可以，单位元")
    )
    words: Mapping[str, tuple[str | Promise, str | Promise]] = {
        "PAYMENT_ORDER": (gettext_lazy("对方一共欠您多少钱"), gettext_lazy("单位元")),
        "EXEC_FIRST": (
            gettext_lazy("还有多少钱没有履行"),
            gettext_lazy("单位元。不是要钱的（例如要对方搬走），填0"),
        ),
        "PRESERVE_PRE": (gettext_lazy("要冻结多少钱的财产"), gettext_lazy("单位元")),
        "PRESERVE_EXEC": (gettext_lazy("要冻结多少钱的财产"), gettext_lazy("单位元")),
        "PRESERVE_LIT": (gettext_lazy("要冻结多少钱的财产"), gettext_lazy("单位元")),
        "PUBLIC_SUMMONS": (gettext_lazy("票面金额是多少"), gettext_lazy("单位元")),
        "SECURITY": (gettext_lazy("还有多少钱没有还"), gettext_lazy("单位元")),
        "CIVIL_FIRST": (
            gettext_lazy("您要对方一共付多少钱"),
            gettext_lazy("大概的数也可以，单位元。不要钱的（例如要求道歉），填0"),
        ),
        "EXEC_RESUME": (gettext_lazy("还有多少钱没有履行"), gettext_lazy("单位元")),
        "EXEC_DISTRIB": (gettext_lazy("对方还欠您多少钱"), gettext_lazy("单位元")),
    }
    MAY_BE_ZERO = ("EXEC_FIRST", "CIVIL_FIRST", "CIVIL_TRAFFIC")

    def __init__(self, data: Mapping[str, Any] | None = None, *, one: Procedure | None = None) -> None:
        super().__init__(data, one=one)
        if one is None:
            return
        usual = self.fields["amount"]
        label, hint = self.words.get(one.code, (usual.label or "", usual.help_text))
        zero = one.code in self.MAY_BE_ZERO
        self.fields["amount"] = MoneyField(label=label, help_text=hint, allow_zero=zero)


class AmountToDivideForm(Question):
    """The property of a couple; up to 200,000 yuan it costs nothing extra (办法13)."""

    amount_to_divide = MoneyField(
        label=gettext_lazy("要分的夫妻财产大约值多少钱"),
        allow_zero=True,
        help_text=gettext_lazy("单位元。没有财产要分，填0"),
    )


class AmountInDisputeForm(Question):
    """What of the first judgment is contested; the fee of an appeal is computed on it (办法17)."""

    amount_in_dispute = MoneyField(
        label=gettext_lazy("您不服的部分有多少钱"),
        allow_zero=True,
        help_text=gettext_lazy("只算一审判决里您不服的金额，单位元。不涉及钱的，填0"),
    )


def _choice(label: str | Promise, ask: str | Promise, choices: Choices) -> ChoiceField:
    return ChoiceField(label=label, ask=ask, widget=forms.RadioSelect, choices=choices)


class DueForm(Question):
    """When it fell due; the limitation of three years (民法典188) is said, never decided here."""

    due = _choice(
        gettext_lazy("该付钱（或出事）的日子，或您最后一次要钱，过去多久了"),
        gettext_lazy("请选择过去多久了"),
        [
            ("recent", gettext_lazy("不到3年")),
            ("old", gettext_lazy("3年以上")),
            ("none", gettext_lazy("没有约定日子，也没有要过")),
        ],
    )


class WorkClaimForm(Question):
    """What a dispute at work is about; it decides the cause."""

    work_claim = _choice(
        gettext_lazy("主要为了什么"),
        gettext_lazy("请选择主要为了什么"),
        [
            ("wages", gettext_lazy("拖欠工资、加班费")),
            ("injury", gettext_lazy("工伤待遇")),
            ("compensation", gettext_lazy("被辞退、解除合同的补偿或赔偿")),
            ("mixed", gettext_lazy("有好几样，或者别的")),
        ],
    )


class ArbitratedForm(Question):
    """Labour disputes go to arbitration first (劳动争议调解仲裁法5, 29, 47-50); a written debt of wages need not."""

    arbitrated = _choice(
        gettext_lazy("劳动仲裁过了吗"),
        gettext_lazy("请选择劳动仲裁过了没有"),
        [
            ("yes", gettext_lazy("仲裁过了：有裁决书、不予受理通知书，或者逾期没有裁")),
            ("iou", gettext_lazy("没有，但有工资欠条，只要求付这笔钱")),
            ("no", gettext_lazy("还没有")),
        ],
    )


class ReachableForm(Question):
    """A payment order must reach the debtor (民诉法225)."""

    reachable = _choice(
        gettext_lazy("能找到对方，并且他没有说过不欠吗"),
        gettext_lazy("请选择是不是这样"),
        [
            ("yes", gettext_lazy("能找到，他也没有争")),
            ("no", gettext_lazy("找不到，或者他不承认")),
        ],
    )


class GuaranteeForm(Question):
    """Preservation before a suit needs security (民诉法104)."""

    guarantee = _choice(
        gettext_lazy("能提供担保吗"),
        gettext_lazy("请选择能不能提供担保"),
        [
            ("insurance", gettext_lazy("买保险公司的保全责任险，或银行保函")),
            ("property", gettext_lazy("用自己或别人的钱、房子、车担保")),
            ("none", gettext_lazy("还没有")),
        ],
    )


class DangerForm(Question):
    """Whether somebody is in danger now."""

    in_danger = _choice(
        gettext_lazy("现在有没有马上的危险"),
        gettext_lazy("请选择现在有没有危险"),
        [("no", gettext_lazy("现在没有")), ("yes", gettext_lazy("有，我很害怕"))],
    )


class BasisForm(Question):
    """What is to be enforced (民诉法235, 248, 249)."""

    basis = _choice(
        gettext_lazy("您手里是什么文书"),
        gettext_lazy("请选择是什么文书"),
        [
            ("court", gettext_lazy("法院的判决书、裁定书、调解书、支付令")),
            ("labour", gettext_lazy("劳动仲裁裁决书、调解书，或公证债权文书")),
            ("award", gettext_lazy("仲裁委员会的裁决书、调解书（不是劳动仲裁）")),
        ],
    )


class EffectiveForm(Question):
    """Two years for enforcement (民诉法250); later ones are taken all the same (解释481)."""

    effective = _choice(
        gettext_lazy("文书写的付钱日子（或生效的日子）过去多久了"),
        gettext_lazy("请选择过去多久了"),
        [
            ("recent", gettext_lazy("不到2年")),
            ("old", gettext_lazy("2年以上")),
            ("not_yet", gettext_lazy("还没到日子")),
        ],
    )


class EffectiveSixMonthsForm(Question):
    """Six months for a retrial (民诉法216)."""

    effective_6m = _choice(
        gettext_lazy("判决、裁定生效多久了"),
        gettext_lazy("请选择生效多久了"),
        [
            ("recent", gettext_lazy("不到6个月")),
            ("old", gettext_lazy("6个月以上")),
            ("new", gettext_lazy("6个月以上，但最近才发现新证据、假证据等")),
        ],
    )


class ServedForm(Question):
    """Fifteen days against a judgment, ten against an order (民诉法171)."""

    served = _choice(
        gettext_lazy("您收到判决书、裁定书多久了"),
        gettext_lazy("请选择收到多久了"),
        [
            ("ten", gettext_lazy("10天以内")),
            ("fifteen", gettext_lazy("11到15天")),
            ("late", gettext_lazy("超过15天")),
        ],
    )


class OriginForm(Question):
    """The earlier case. It must be a case number; whether that case exists is never told here."""

    origin = LineField(
        label=gettext_lazy("原来的案号是多少"),
        max_length=80,
        help_text=gettext_lazy("写在文书标题下面，例如（2026）某1234民初56号"),
    )
    parsed: ParsedNumber | None = None

    def clean_origin(self) -> str:
        """The number as it is written officially."""
        parsed = parse_case_number(self.cleaned_data["origin"])
        if parsed.status not in ("valid", "legacy"):
            raise forms.ValidationError(parsed.message)
        kind = parsed.type.code if parsed.type else ""
        if self.one and self.one.code == "APPEAL" and kind.endswith("终"):
            raise forms.ValidationError(_("二审的判决、裁定是终审，不能再上诉。不服可以申请再审"))
        self.parsed = parsed
        return parsed.normalized


class WhereForm(Question):
    """Which court, with the rules that make it competent."""

    court = ChoiceField(
        label=gettext_lazy("向哪个法院申请"),
        ask=gettext_lazy("请选择法院"),
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, one: Procedure | None = None) -> None:
        super().__init__(data, one=one)
        open_courts = Court.objects.filter(is_open=True, level="basic").order_by("code")
        self.fields["court"].choices = [(court.code, court.name) for court in open_courts]  # type: ignore[attr-defined]
        self.venues = one.venues if one else ()
        self.fields["court"].help_text = _("下面写着哪些地方的法院可以选")


QUESTIONS: dict[str, type[Question]] = {
    "what": WhatForm,
    "act": ActForm,
    "cause": CauseForm,
    "who": WhoForm,
    "amount": AmountForm,
    "amount_to_divide": AmountToDivideForm,
    "amount_in_dispute": AmountInDisputeForm,
    "due": DueForm,
    "work_claim": WorkClaimForm,
    "arbitrated": ArbitratedForm,
    "reachable": ReachableForm,
    "guarantee": GuaranteeForm,
    "in_danger": DangerForm,
    "basis": BasisForm,
    "effective": EffectiveForm,
    "effective_6m": EffectiveSixMonthsForm,
    "served": ServedForm,
    "origin": OriginForm,
    "court": WhereForm,
}
