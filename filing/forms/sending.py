"""How papers reach the applicant, and the statement before sending."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.service_wording import HINTS
from common.forms import ChoiceField, NameField, PlainForm
from common.pages import READ_BACK


class DeliveryForm(PlainForm):
    """How papers reach the applicant; nothing is chosen beforehand (R-01, R-40)."""

    e_delivery = ChoiceField(
        label=gettext_lazy("法院的文书怎么送给您"),
        ask=gettext_lazy("请选择文书怎么送给您"),
        widget=forms.RadioSelect,
        choices=[
            ("yes", gettext_lazy("送到这个平台的收件箱，并发短信提醒")),
            ("no", gettext_lazy("寄纸质文书到我填的地址")),
        ],
    )
    option_hints = {"e_delivery": HINTS}

    def __init__(self, *args: Any, for_another: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if for_another:  # who agrees to electronic delivery says so himself
            field: Any = self.fields["e_delivery"]
            field.choices = [choice for choice in field.choices if choice[0] == "no"]


class StatementForm(PlainForm):
    """The statement before sending; it is signed with the name of the account's checked identity (具状人)."""

    agree = forms.BooleanField(
        label=gettext_lazy("我确认以上内容是真实的。我知道虚假诉讼要承担法律责任"),
        error_messages={"required": gettext_lazy("请先确认内容真实，再提交")},
    )
    signed_name = NameField(label=gettext_lazy("签名"), help_text=gettext_lazy("请写您的姓名，和实名一致"))

    def __init__(
        self, signer: str, data: Mapping[str, Any] | None = None, *, for_another: bool = False
    ) -> None:
        super().__init__(data)
        self.signer = signer
        if for_another:
            self.fields[READ_BACK] = forms.BooleanField(
                label=_("我已从头念给当事人听，当事人说对"),
                error_messages={"required": _("请从头念给当事人听，当事人说对，再提交")},
            )

    def clean_signed_name(self) -> str:
        """Another name under the statement would sign nothing."""
        written = str(self.cleaned_data["signed_name"])
        if self.signer and unicodedata.normalize("NFKC", written) != unicodedata.normalize(
            "NFKC", self.signer
        ):
            raise forms.ValidationError(_("签名和您的实名不一致，请写证件上的姓名"))
        return written
