"""Forms of the fee calculator and of relief: the fields that a matter needs, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import ChoiceField, DayField, MoneyField, PlainForm, TextField
from courts.models import Court
from payments.calculator import Matter, item_choices
from payments.fees import QuoteInput, book_on
from payments.models import Relief, ReliefKind
from payments.services import Answer, grounds_for
from payments.services.reliefs import INSTALLMENTS, is_installment

YUAN = _("元")
YES, NO = "yes", "no"
KEEP, END = "keep", "end"
PROOF_READERS = _("谁能看到：承办法官。对方当事人看不到。")


class CalculatorForm(PlainForm):
    """What one matter asks (``payments.calculator``)."""

    item = ChoiceField(label=_("哪一种"), ask=_("请选择哪一种"), widget=forms.RadioSelect)
    amount = MoneyField(label=_("一共多少钱"), help_text=_("只算您要的钱和财产的价值。没有金额的不填"))
    contested_amount = MoneyField(
        label=_("对一审判决不服的部分有多少钱"), help_text=_("不服的不是钱的，不填")
    )
    old = MoneyField(label=_("原来要多少钱"))
    new = MoneyField(label=_("现在要多少钱"))
    before_end = ChoiceField(
        label=_("法庭调查结束了没有"),
        ask=_("请选择法庭调查结束了没有"),
        widget=forms.RadioSelect,
        choices=[(YES, _("还没有结束")), (NO, _("已经结束"))],
    )
    prepaid = MoneyField(label=_("已经交了多少钱"))
    borne_by_prepayer = MoneyField(
        label=_("判决书写明由您承担多少"), help_text=_("一分不用承担的，填0"), allow_zero=True
    )
    halve = forms.MultipleChoiceField(
        label=_("有没有减半的情形"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("请从列出的选项里选")},
    )
    court = forms.ModelChoiceField(
        label=_("哪个法院"),
        queryset=Court.objects.none(),
        to_field_name="code",
        empty_label=_("还不知道"),
        help_text=_("有的收费标准由各地在国家规定的幅度内定"),
        error_messages={"invalid_choice": _("请从列出的选项里选")},
    )
    units = {
        name: YUAN for name in ("amount", "contested_amount", "old", "new", "prepaid", "borne_by_prepayer")
    }

    def __init__(self, matter: Matter, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.matter = matter
        needed = ("item",) if matter.items else ()
        self.order_fields((*needed, *matter.needs, *matter.may))
        for name in list(self.fields):
            if name in (*needed, *matter.needs, *matter.may):
                self.fields[name].required = name not in matter.may
            else:
                del self.fields[name]
        if "item" in self.fields:
            self.fields["item"].choices = item_choices(matter)  # type: ignore[attr-defined]
        if "halve" in self.fields:
            self.fields["halve"].choices = list(book_on(None).halving_reasons.items())  # type: ignore[attr-defined]
        if "court" in self.fields:
            self.fields["court"].queryset = Court.objects.filter(is_open=True).order_by("code")  # type: ignore[attr-defined]

    def asked(self) -> QuoteInput:
        """The question for ``payments.fees.quote``; only of a valid form."""
        names = {field.name for field in fields(QuoteInput)}
        given = {
            name: value
            for name, value in self.cleaned_data.items()
            if name in names and value not in (None, "", [])
        }
        if "before_end" in given:
            given["before_end"] = given["before_end"] == YES
        if "halve" in given:
            given["halve"] = tuple(given["halve"])
        return QuoteInput(operation=self.matter.operation, **given)


class ReliefForm(PlainForm):
    """Asking to pay later, less or nothing: a ground of the law and one's own words."""

    ground = ChoiceField(label=_("符合哪一种情形"), ask=_("请选择符合哪一种情形"), widget=forms.RadioSelect)
    words = TextField(
        label=_("家里和收入的情况"),
        help_text=_("例如：家里几口人、每月收入多少、有没有低保"),
        max_length=1000,
    )
    who_can_see = {"words": PROOF_READERS}

    def __init__(self, kind: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["ground"].choices = [(ground, ground) for ground in grounds_for(kind)]  # type: ignore[attr-defined]


class AnswerForm(PlainForm):
    """The judge's answer to a request; only what its kind needs."""

    granted = ChoiceField(
        label=_("决定"),
        ask=_("请选择准予还是不准予"),
        widget=forms.RadioSelect,
        choices=[(YES, _("准予")), (NO, _("不准予"))],
    )
    reduce_pct = forms.DecimalField(
        label=_("减交百分之几"),
        help_text=_("不低于30，准予时填写"),
        required=False,
        max_digits=5,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={
            "invalid": _("请用数字填写百分比，例如 50"),
            "max_digits": _("请用数字填写百分比，例如 50"),
            "max_decimal_places": _("最多写两位小数"),
            "max_whole_digits": _("请用数字填写百分比，例如 50"),
        },
    )
    defer_until = DayField(label=_("缓交到哪一天"), help_text=_("准予时填写"), required=False)
    installments = ChoiceField(
        label=_("分几期交"),
        help_text=_("各期金额相等，各期的最后一天平均分布到上面这一天"),
        required=False,
        choices=[("", _("不分期，一次交清")), *((str(n), _("分%(n)s期") % {"n": n}) for n in INSTALLMENTS)],
    )
    reasons = TextField(label=_("理由"), help_text=_("当事人会看到；不准予的必须说明理由"), max_length=1000)
    units = {"reduce_pct": "%"}

    def __init__(self, relief: Relief, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        kinds = {
            "reduce_pct": ReliefKind.REDUCE,
            "defer_until": ReliefKind.DEFER,
            "installments": ReliefKind.DEFER,
        }
        for name, kind in kinds.items():
            if relief.kind != kind or (name == "installments" and is_installment(relief.bill)):
                del self.fields[name]

    def answer(self) -> Answer:
        """The decision as the service wants it; only of a valid form."""
        found = self.cleaned_data
        return Answer(
            granted=found["granted"] == YES,
            reasons=found["reasons"],
            reduce_pct=found.get("reduce_pct"),
            defer_until=found.get("defer_until") or None,
            installments=int(found.get("installments") or 0) or None,
        )


class OverdueForm(PlainForm):
    """What the judge does about a bill that was not paid: ``ends`` says whether the case may end with it."""

    decision = ChoiceField(label=_("决定"), ask=_("请选择怎样处理"), widget=forms.RadioSelect)
    due_on = DayField(label=_("新的最晚交费日"), help_text=_("再给时间的填写"), required=False)
    reasons = TextField(label=_("理由"), help_text=_("当事人会看到"), max_length=1000)

    def __init__(self, data: Mapping[str, Any] | None = None, *, ends: bool) -> None:
        super().__init__(data)
        choices = [(KEEP, _("再给时间，新的账单照原数"))]
        if ends:
            choices.append((END, _("按撤诉处理，结案")))
        self.fields["decision"].choices = choices  # type: ignore[attr-defined]

    def keeps(self) -> bool:
        """Whether more time is given; only of a valid form."""
        return bool(self.cleaned_data["decision"] == KEEP)
