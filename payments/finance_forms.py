"""Forms of the finance desks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import ChoiceField, DayField, LineField, MoneyField, PlainForm, TextField
from common.money import format_yuan
from payments.models import Account, Bill
from payments.services.counter import METHODS
from payments.services.suspense import LONGEST_NOTE


class NoteForm(PlainForm):
    """What finance found out, in words."""

    note = TextField(label=gettext_lazy("处理说明"), max_length=LONGEST_NOTE)


class ApplyForm(PlainForm):
    """Which open bill money in suspense was meant for: one of those with its sum, or any other by its number."""

    bill = ChoiceField(label=gettext_lazy("抵哪张账单"), widget=forms.RadioSelect, required=False)
    number = LineField(
        label=gettext_lazy("缴费编号"),
        help_text=gettext_lazy("上面没有的，填这里"),
        max_length=40,
        required=False,
    )
    note = TextField(label=gettext_lazy("处理说明"), max_length=LONGEST_NOTE)

    def __init__(self, bills: Iterable[Bill], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        choices = [(bill.number, f"{bill.number} {bill.party.name} {bill.case.number}") for bill in bills]
        if choices:
            self.fields["bill"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["bill"]
            self.fields["number"].help_text, self.fields["number"].required = "", True

    def clean(self) -> dict[str, Any]:
        """Exactly one bill is named."""
        found: dict[str, Any] = super().clean() or {}
        named = {found.get("bill"), found.get("number")} - {None, ""}
        if len(named) != 1 and not self.errors:
            raise ValidationError({"number": _("请选一张账单，或填一个缴费编号")})
        found["chosen"] = next(iter(named), "")
        return found


class ReturnForm(PlainForm):
    """Money in suspense goes back; a transfer nobody knows needs the case whose party paid it."""

    words = TextField(label=gettext_lazy("退回的原因"), max_length=LONGEST_NOTE)


class TransferForm(PlainForm):
    """A credit of the bank list that was the court's own money."""

    out_of = ChoiceField(
        label=gettext_lazy("这笔款是什么"),
        ask=gettext_lazy("请选择这笔款是什么"),
        widget=forms.RadioSelect,
        choices=[
            (Account.CLEARING, gettext_lazy("支付平台的清算款")),
            (Account.CASH, gettext_lazy("窗口缴存的现金")),
        ],
    )
    note = TextField(label=gettext_lazy("处理说明"), max_length=LONGEST_NOTE)


class CounterForm(PlainForm):
    """Money taken at the window."""

    method = ChoiceField(
        label=gettext_lazy("收款方式"),
        ask=gettext_lazy("请选择收款方式"),
        widget=forms.RadioSelect,
        choices=list(METHODS.items()),
    )
    voucher = LineField(label=gettext_lazy("票据号"), max_length=40)
    amount = MoneyField(label=gettext_lazy("收款金额"))
    units = {"amount": gettext_lazy("元")}

    def __init__(self, bill: Bill, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["amount"].help_text = _("应收%(amount)s") % {"amount": format_yuan(bill.amount)}


class BankListForm(PlainForm):
    """A file of the bank."""

    file = forms.FileField(
        label=gettext_lazy("银行流水文件"),
        help_text=gettext_lazy("CSV格式，不超过2MB"),
        error_messages={
            "required": gettext_lazy("请先选文件，再点导入"),
            "empty": gettext_lazy("文件是空的，请重新导出"),
            "missing": gettext_lazy("请先选文件，再点导入"),
            "invalid": gettext_lazy("请先选文件，再点导入"),
            "max_length": gettext_lazy("文件名过长，请改短再传"),
        },
    )


class DayChoiceForm(PlainForm):
    """A day to look at."""

    day = DayField(label=gettext_lazy("日期"), future_allowed=False, required=False)


class MonthForm(PlainForm):
    """A month to look at, as 2026-03."""

    month = LineField(
        label=gettext_lazy("月份"), help_text=gettext_lazy("例如 2026-03"), max_length=10, required=False
    )

    def clean_month(self) -> date | None:
        """The first day of the month."""
        written = self.cleaned_data["month"]
        if not written:
            return None
        try:
            return date.fromisoformat(f"{written}-01")
        except ValueError:
            raise ValidationError(_("请按年-月填写月份，例如 2026-03")) from None
