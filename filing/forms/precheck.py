"""The questions of the pre-check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cases.models import PartyKind
from common.forms import MoneyField, PlainForm
from courts.models import Court
from filing.forms.base import ChoiceField


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
