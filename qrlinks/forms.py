"""Shapes of the scan pages."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import LineField, NameField, PlainForm, TextField
from common.text import fold_width


class ServiceCodeForm(PlainForm):
    """The 10-character code printed beside the square."""

    service_code = LineField(
        label=gettext_lazy("服务码"), max_length=40, help_text=gettext_lazy("文书二维码旁边的10位字母和数字")
    )

    def clean_service_code(self) -> str:
        """Forgive blanks, dashes, lower case and full width."""
        code = re.sub(r"[\s\-－—]", "", fold_width(self.cleaned_data["service_code"])).upper()
        if not re.fullmatch(r"[A-Z0-9]{10}", code):
            raise forms.ValidationError(_("服务码是10位字母和数字，请照文书上的填"))
        return code


class FactsForm(PlainForm):
    """Who the visitor says he is."""

    name = NameField(label=gettext_lazy("姓名或单位名称"), help_text=gettext_lazy("和文书上写的一样"))
    last_six = LineField(
        label=gettext_lazy("身份证号的最后6位"),
        max_length=12,
        help_text=gettext_lazy("单位填统一社会信用代码的最后6位"),
    )

    def clean_last_six(self) -> str:
        """Six letters or digits, lower-case x forgiven."""
        value = re.sub(r"\s", "", fold_width(self.cleaned_data["last_six"])).upper()
        if not re.fullmatch(r"[A-Z0-9]{6}", value):
            raise forms.ValidationError(_("请填最后6位，例如 12003X"))
        return value


class ReportForm(PlainForm):
    """A suspicious code."""

    words = TextField(
        label=gettext_lazy("哪里可疑"),
        max_length=500,
        help_text=gettext_lazy("在哪里看到的、要您做什么。不用写您的姓名和证件号。"),
    )
