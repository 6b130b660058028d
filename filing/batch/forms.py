"""Forms of the pages about tables of claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm
from courts.models import Court
from filing.forms import ChoiceField, DeliveryForm, StatementForm
from filing.models import Capacity
from filing.services.batch import CAPACITIES


class BatchForm(PlainForm):
    """Court, capacity and the table itself."""

    court = ChoiceField(label=_("向哪个法院申请"), ask=_("请选择法院"))
    capacity = ChoiceField(
        label=_("您是以什么身份办"),
        ask=_("请选择您的身份"),
        widget=forms.RadioSelect,
        choices=[(kind.value, kind.label) for kind in CAPACITIES],
    )
    file = forms.FileField(
        label=_("填好的表"),
        help_text=_("XLSX或CSV，一次最多10000行"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": _("请选择填好的表"),
            "empty": _("文件是空的，请重新选择"),
            "invalid": _("请选择填好的表"),
            "missing": _("请选择填好的表"),
        },
    )

    def __init__(self, data: Mapping[str, Any] | None = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self.courts = {court.code: court for court in Court.objects.filter(is_open=True).order_by("code")}
        field: Any = self.fields["court"]
        field.choices = [("", _("请选择")), *((code, court.name) for code, court in self.courts.items())]

    def court_chosen(self) -> Court:
        """The chosen court."""
        return self.courts[self.cleaned_data["court"]]

    def capacity_chosen(self) -> Capacity:
        """The chosen capacity."""
        return Capacity(self.cleaned_data["capacity"])


class BatchStatementForm(StatementForm):
    """One statement for all rows: how papers come, that all is true, the signature."""

    e_delivery = DeliveryForm.base_fields["e_delivery"]
    option_hints = DeliveryForm.option_hints
    field_order = ("e_delivery", "agree", "signed_name")
