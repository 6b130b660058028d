"""Shapes of the scan pages."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import ChoiceField, LineField, NameField, PhoneField, PlainForm, TextField
from common.text import fold_width
from documents.rendering import codes
from documents.services.authenticity import UNREADABLE
from qrlinks.models import OffReason, ReportFinding


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


class PassForm(PlainForm):
    """The code from the counter."""

    code = LineField(
        label=gettext_lazy("窗口通行码"), max_length=40, help_text=gettext_lazy("窗口写给您的10位字母和数字")
    )

    def clean_code(self) -> str:
        """Forgive blanks, dashes, lower case and full width."""
        code = codes.read_service_code(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(_("通行码是10位字母和数字，请照窗口写的填"))
        return code


class CheckForm(PlainForm):
    """The staff's check tool: whatever a scanner read or stands on the paper."""

    text = LineField(
        label=gettext_lazy("扫到的内容，或者纸上的服务码、份号"),
        max_length=300,
        help_text=gettext_lazy("扫码枪扫一下，或者照着输入。网址要整个输入，从HTTP开始。"),
    )
    check_code = LineField(
        label=gettext_lazy("校验码"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("填了份号的，把校验码也填上，能看出是不是照抄份号"),
    )


class OffForm(PlainForm):
    """Why a code is switched off."""

    reason = ChoiceField(
        label=gettext_lazy("为什么停用"),
        choices=OffReason.choices,
        widget=forms.RadioSelect,
        ask=gettext_lazy("请选停用的原因"),
    )


class SettleForm(PlainForm):
    """What came of a report."""

    finding = ChoiceField(
        label=gettext_lazy("查明的情况"),
        choices=ReportFinding.choices,
        widget=forms.RadioSelect,
        ask=gettext_lazy("请选查明的情况"),
    )
    words = TextField(label=gettext_lazy("说明"), required=False, max_length=500)


class IdentifyForm(PlainForm):
    """What the person laid on the counter."""

    serial = LineField(label=gettext_lazy("份号"), max_length=100)
    check_code = LineField(label=gettext_lazy("校验码"), max_length=60)
    name = NameField(label=gettext_lazy("姓名或单位名称"), help_text=gettext_lazy("照身份证或执照填"))
    id_number = LineField(label=gettext_lazy("身份证号或统一社会信用代码"), max_length=40)
    seen = forms.BooleanField(
        label=gettext_lazy("本人在场，我已核对身份证原件（单位为执照和经办人的身份证、授权书）"),
        error_messages={"required": gettext_lazy("请先核对本人和证件原件，再打勾")},
    )

    def clean_serial(self) -> str:
        serial = codes.read_serial(self.cleaned_data["serial"])
        if not serial:
            raise forms.ValidationError(UNREADABLE["serial"])
        return serial

    def clean_check_code(self) -> str:
        code = codes.read_check_code(self.cleaned_data["check_code"])
        if not code:
            raise forms.ValidationError(UNREADABLE["check_code"])
        return code

    def clean_id_number(self) -> str:
        return re.sub(r"\s", "", fold_width(self.cleaned_data["id_number"])).upper()


class PhoneForm(PlainForm):
    """Another phone of a party, confirmed by the court."""

    phone = PhoneField(
        label=gettext_lazy("新的手机号"), help_text=gettext_lazy("请本人当面报号，并核对身份证原件")
    )
