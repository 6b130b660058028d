"""Forms of refunds: the way the money comes back, applying by hand, what finance writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import ChoiceField, LineField, MoneyField, NameField, PlainForm, TextField
from payments.models import PayeeAccount, Route
from payments.services.refunds import NewAccount

KEPT = "kept"
YUAN = gettext_lazy("元")


class AccountForm(PlainForm):
    """A bank account in the party's own name."""

    holder = NameField(label=gettext_lazy("户名"), help_text=gettext_lazy("应和案件里登记的姓名或名称一样"))
    bank = LineField(
        label=gettext_lazy("开户银行"),
        help_text=gettext_lazy("写到支行，例如：某某银行示例支行"),
        max_length=100,
    )
    number = LineField(
        label=gettext_lazy("银行账号"),
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def account(self) -> NewAccount:
        """The account as the service wants it; only of a valid form."""
        found = self.cleaned_data
        return NewAccount(holder=found["holder"], bank=found["bank"], number=found["number"])


class WayForm(AccountForm):
    """How the money comes back: the way it was paid, the account named before, or a bank account."""

    route = ChoiceField(
        label=gettext_lazy("怎么收款"), ask=gettext_lazy("请选择怎么收款"), widget=forms.RadioSelect
    )
    field_order = ("route", "holder", "bank", "number")

    def __init__(
        self,
        *,
        own_way: bool,
        kept: PayeeAccount | None,
        data: Mapping[str, Any] | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.kept = kept
        choices: list[tuple[str, str]] = []
        if own_way:
            choices.append((Route.ORIGINAL, _("原路退回（付款的账户，一般最快）")))
        if kept is not None:
            words = _("转到登记过的账户：%(bank)s，尾号%(tail)s") % {"bank": kept.bank, "tail": kept.tail}
            choices.append((KEPT, words))
        choices.append((Route.BANK, _("转到银行账户（下面三项都要填）")))
        self.fields["route"].choices = choices  # type: ignore[attr-defined]
        self.needs_choice = len(choices) > 1
        if not self.needs_choice:
            del self.fields["route"]
        if self.wanted() in (Route.ORIGINAL, KEPT):
            for name in ("holder", "bank", "number"):
                self.fields[name].required = False

    def wanted(self) -> str:
        """The chosen way; the only one when there is no choice."""
        return self.data.get("route", "") if self.needs_choice else str(Route.BANK)

    def way(self) -> tuple[str, NewAccount | None]:
        """Route and account for the service; only of a valid form."""
        if self.wanted() == Route.ORIGINAL:
            return Route.ORIGINAL, None
        if self.wanted() == KEPT and self.kept is not None:
            return Route.BANK, NewAccount(self.kept.holder, self.kept.bank, self.kept.number)
        return Route.BANK, self.account()


class AskForm(PlainForm):
    """Applying by hand."""

    amount = MoneyField(label=gettext_lazy("申请退多少"))
    words = TextField(
        label=gettext_lazy("为什么应当退"),
        help_text=gettext_lazy("例如：哪一天的哪份文书写明退费，或者多交了多少"),
        max_length=1000,
    )
    units = {"amount": YUAN}
    who_can_see = {"words": gettext_lazy("谁能看到：收款法院的财务。对方当事人看不到。")}


class ExplainForm(PlainForm):
    """How much of what was asked for comes back, and why."""

    amount = MoneyField(label=gettext_lazy("应退金额"))
    words = TextField(label=gettext_lazy("怎么算的"), help_text=gettext_lazy("当事人会看到"), max_length=500)
    article = LineField(
        label=gettext_lazy("依据"),
        help_text=gettext_lazy("例如：诉讼费用交纳办法第二十七条"),
        max_length=100,
    )
    units = {"amount": YUAN}


class WordsForm(PlainForm):
    """Words that the person will read."""

    words = TextField(label=gettext_lazy("理由"), help_text=gettext_lazy("当事人会看到"), max_length=500)


class DecideForm(PlainForm):
    """What has to be said about an account that several cases pay into."""

    account_words = LineField(
        label=gettext_lazy("多案使用同一账户，怎么核实的"), max_length=200, required=False
    )


class ResultForm(PlainForm):
    """What the bank did with one transfer."""

    voucher = LineField(label=gettext_lazy("到账：银行流水号"), max_length=80, required=False)
    failure = LineField(label=gettext_lazy("被退回：原因"), max_length=200, required=False)
