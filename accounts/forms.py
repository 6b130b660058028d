"""Shapes of the sign-in forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import IdKind
from common import clock, identity
from common.forms import LineField, NameField, PhoneField, PlainForm
from common.text import fold_width, strip_invisible


class PasswordField(forms.CharField):
    """A password as it is typed, blanks included; ``empty`` is what is said when there is none."""

    def __init__(self, *, empty: Any, is_new: bool = False, **options: Any) -> None:
        super().__init__(
            max_length=128,
            strip=False,
            error_messages={
                "required": empty,
                "max_length": _("密码最多128个字符"),
                "null_characters_not_allowed": _("密码里有不能用的字符，请重新输入"),
            },
            widget=forms.PasswordInput(
                attrs={"autocomplete": "new-password" if is_new else "current-password"}
            ),
            **options,
        )


class PhoneForm(PlainForm):
    phone = PhoneField(label=_("手机号"), help_text=_("验证码会发到这个手机。"))


class PhonePasswordForm(PlainForm):
    """Sign-in of somebody of the public with a password."""

    phone = PhoneField(label=_("手机号"))
    password = PasswordField(label=_("密码"), empty=_("请填写密码"))


class NewPhoneForm(PlainForm):
    """The number that is to be used from now on."""

    phone = PhoneField(label=_("新手机号"), help_text=_("验证码会发到这个号码。"))


class StopForm(PlainForm):
    """The code that came to the old phone."""

    code = LineField(
        label=_("停止码"),
        max_length=20,
        help_text=_("原手机号收到的短信里的8位数字"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "w-code"}),
    )


class CodeForm(PlainForm):
    code = forms.CharField(
        label=_("短信验证码"),
        help_text=_("6位数字，5分钟内有效。"),
        max_length=20,
        error_messages={
            "required": _("请填写短信里的6位数字"),
            "max_length": _("验证码是6位数字"),
            "null_characters_not_allowed": _("验证码是6位数字"),
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        """Forgive full-width digits, blanks and what copying drags along."""
        code = "".join(strip_invisible(fold_width(self.cleaned_data["code"])).split())
        if not (code.isascii() and code.isdigit() and len(code) == 6):
            raise forms.ValidationError(_("验证码是6位数字"))
        return code


class StaffSignInForm(PlainForm):
    username = LineField(
        label=_("用户名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = PasswordField(label=_("密码"), empty=_("请填写密码"))


class NewPasswordForm(PlainForm):
    """A new password, typed or pasted twice; what makes it a good one says ``services.passwords``."""

    password = PasswordField(
        label=_("新密码"),
        empty=_("请填写新密码"),
        help_text=_("可以是一句话，什么字符都可以用，可以粘贴。不要用姓名、手机号这样容易猜的"),
        is_new=True,
    )
    again = PasswordField(label=_("再填一遍新密码"), empty=_("请再填一遍新密码"), is_new=True)

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        cleaned = super().clean() or {}
        if "password" in cleaned and "again" in cleaned and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("两次填的不一样，请再填一遍"))
        return cleaned


class RealNameForm(PlainForm):
    """Name and identity paper, asked once; what is wrong with the number is said together with all the rest."""

    name = NameField(label=_("姓名"))
    id_kind = forms.ChoiceField(
        label=_("证件类型"),
        choices=[(kind.value, kind.label) for kind in IdKind if kind != IdKind.USCC],
        error_messages={"required": _("请选择证件类型"), "invalid_choice": _("请从列表中选择证件类型")},
    )
    id_number = LineField(
        label=_("证件号码"),
        max_length=40,
        help_text=_("只用于核对身份，加密保存。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """The number must be well formed for its kind."""
        cleaned = super().clean() or {}
        kind, number = cleaned.get("id_kind"), cleaned.get("id_number")
        if kind and number:
            checked = identity.check(kind, number, today=clock.today())
            if not checked.valid:
                self.add_error("id_number", checked.message)
        return cleaned


class CounterIdentityForm(RealNameForm):
    """What a person lays on the counter, and the phone number of the account that waits."""

    phone = PhoneField(label=_("账号的手机号"), help_text=_("本人登录用的手机号"))
    seen = forms.BooleanField(
        label=_("我看过证件原件，和本人是同一个人"),
        error_messages={"required": _("看过证件原件和本人，再打勾")},
    )


class FactorForm(PlainForm):
    """The second step: six digits of an app, or a recovery code."""

    code = LineField(
        label=_("验证码"),
        max_length=20,
        help_text=_("验证器应用里的6位数字。手机不在身边，填一个备用码"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "class": "w-code"}),
    )


class StaffProofForm(PlainForm):
    """A fresh proof of somebody who is signed in: password, and a code where the second step is a code."""

    password = StaffSignInForm.base_fields["password"]
    code = FactorForm.base_fields["code"]

    def __init__(self, data: Any = None, *, code: bool) -> None:
        super().__init__(data)
        if not code:
            del self.fields["code"]


class AppForm(PlainForm):
    """Takes an authenticator app into use."""

    label = LineField(label=_("给它起个名字"), max_length=40, initial=_("手机上的验证器"))
    code = LineField(
        label=_("应用里现在显示的6位数字"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "w-code"}
        ),
    )


class KeyForm(PlainForm):
    """Takes a security key into use; the browser's answer stands in a hidden field of its own."""

    label = LineField(label=_("给它起个名字"), max_length=40, initial=_("安全密钥"))


class LostPhoneForm(RealNameForm):
    """A person at the counter whose phone is gone, as the paper says, and the new number."""

    login_phone = PhoneField(
        label=_("原来的登录手机号"), required=False, help_text=_("本人有几个实名账号时才要填，说明办哪一个")
    )
    phone = PhoneField(label=_("新手机号"), help_text=_("要能马上收到短信：验证码会发到这个号码。"))
