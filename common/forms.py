"""Form fields that forgive how people write and say, in the label's words, what to do (UX §8)."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock, identity, money, text
from common.versions import LENGTH

LONGEST_NAME = 100
_IN_NAMES = frozenset(" ·\u0f0b.,'&()（）-—/+、《》“”")
_DOTS = str.maketrans("•・‧∙⋅●．", "·······")
_DAY = re.compile(
    r"([0-9]{4})(?:年|[-/.\s])([0-9]{1,2})(?:月|[-/.\s])([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})"
)


class ChoiceField(forms.ChoiceField):
    """A choice with our sentences."""

    def __init__(self, *, ask: str | Promise = "", **kwargs: Any) -> None:
        messages: dict[str, Any] = {"required": ask, "invalid_choice": gettext_lazy("请从列出的选项里选")}
        super().__init__(error_messages=messages, **kwargs)


class PlainForm(forms.Form):
    """Base of our forms: the browser checks nothing, the server says everything at once."""

    use_required_attribute = False


class SeenField(forms.CharField):
    """What the page showed, for ``common.versions.must_be_seen``; a form without it has seen nothing."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, max_length=LENGTH)


class _Asks:
    """Says 请填写 with the field's own label when nothing was written."""

    label: Any
    required: bool
    empty_values: Any

    def validate(self, value: Any) -> None:
        if self.required and value in self.empty_values:
            raise ValidationError(_("请填写%(label)s") % {"label": self.label or _("此项")}, code="required")


class _LineField(_Asks, forms.CharField):
    """One line, cleaned, then read by ``read``; a ValueError there is the sentence beside the field."""

    read: Callable[[str], Any] = staticmethod(str)

    def __init__(self, *, max_length: int = 200, **kwargs: Any) -> None:
        self.longest = max_length
        super().__init__(strip=False, **kwargs)
        self.validators = []

    def to_python(self, value: Any) -> Any:
        raw = "" if value is None else str(value)
        try:
            line = self.tidy(raw)
            return self.read(line) if line else self.empty_value
        except ValueError as exc:
            raise ValidationError(str(exc), code="invalid") from exc

    def tidy(self, raw: str) -> str:
        return text.clean_line(raw, max_length=self.longest)


class LineField(_LineField):
    """Any text of one line."""


class TextField(_LineField):
    """Text of several lines, at most ``max_length`` characters after cleaning."""

    widget = forms.Textarea

    def tidy(self, raw: str) -> str:
        return text.clean_text(raw, max_length=self.longest)


class NameField(_LineField):
    """Name of a person or organisation: minority names with ·, rare four-byte hanzi, 1 to 100 characters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_NAME, **kwargs)
        self.read = self._read

    def _read(self, line: str) -> str:
        name = re.sub(r"\s*·\s*", "·", line.translate(_DOTS))
        kinds = [unicodedata.category(char)[0] for char in name]
        known = all(kind in "LMN" or char in _IN_NAMES for kind, char in zip(kinds, name, strict=True))
        if not known or kinds[0] not in "LN" or "L" not in kinds:
            raise ValueError(_("请按证件填写%(label)s，不带特殊符号") % {"label": self.label or _("姓名")})
        return name


class PhoneField(_LineField):
    """Mainland mobile number, eleven digits."""

    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"})
    read = staticmethod(text.normalize_phone)


class TelephoneField(_LineField):
    """A number somebody can be called at, mobile or landline."""

    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"})
    read = staticmethod(text.normalize_telephone)


class MailField(_LineField):
    """A mail address."""

    widget = forms.TextInput(attrs={"type": "email", "inputmode": "email", "autocomplete": "email"})
    read = staticmethod(text.normalize_mail)


class MoneyField(_LineField):
    """Decimal yuan, greater than zero unless ``allow_zero``."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def __init__(self, *, allow_zero: bool = False, **kwargs: Any) -> None:
        super().__init__(empty_value=None, **kwargs)
        self.allow_zero = allow_zero
        self.read = self._read

    def _read(self, line: str) -> Decimal:
        amount = money.parse_yuan(line)
        if amount < 0 or (amount == 0 and not self.allow_zero):
            limit = _("不应小于0") if self.allow_zero else _("应大于0")
            raise ValueError(f"{self.label or _('金额')}{limit}")
        return amount

    def prepare_value(self, value: Any) -> Any:
        return f"{value:f}" if isinstance(value, Decimal) else value


class IdNumberField(_LineField):
    """Number of an identity paper of one kind, see ``common.identity.KINDS``."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"})

    def __init__(self, kind: str = "id_card", **kwargs: Any) -> None:
        if kind not in identity.KINDS:
            raise ValueError(f"unknown kind of identity paper: {kind}")
        super().__init__(**kwargs)
        self.kind = kind
        self.read = self._read

    def _read(self, line: str) -> str:
        answer = identity.check(self.kind, line, today=clock.today())
        if not answer.valid:
            raise ValueError(answer.message)
        return answer.normalized


class UsccField(IdNumberField):
    """Unified social credit code 统一社会信用代码."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("uscc", **kwargs)


class DayField(_LineField):
    """A day as people write it: 2026-4-2, 2026年4月2日, 2026/04/02, 20260402, also in full width."""

    widget = forms.DateInput

    def __init__(self, *, future_allowed: bool = True, past_allowed: bool = True, **kwargs: Any) -> None:
        super().__init__(empty_value=None, **kwargs)
        self.future_allowed = future_allowed
        self.past_allowed = past_allowed
        self.read = self._read

    def to_python(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return clock.beijing_day(value) if value.tzinfo else value.date()
        return value if isinstance(value, date) else super().to_python(value)

    def _read(self, line: str) -> date:
        day = parse_day(line)
        label = self.label or _("日期")
        if not self.future_allowed and day > clock.today():
            raise ValueError(_("%(label)s不应晚于今天") % {"label": label})
        if not self.past_allowed and day < clock.today():
            raise ValueError(_("%(label)s不应早于今天") % {"label": label})
        return day

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


class ClockField(LineField):
    """A time of day, 9:00 or 09:30."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "w-code"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=8, **kwargs)
        self.read = self._read

    def _read(self, line: str) -> time:
        hour, _colon, minute = line.replace("：", ":").partition(":")
        if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
            raise ValueError(_("请按 9:00 这样填写时间"))
        return time(int(hour), int(minute))


def parse_day(written: str) -> date:
    """The day a person wrote. ValueError with the sentence for the screen."""
    match = _DAY.fullmatch(text.fold_width(written).strip())
    if match is None:
        raise ValueError(_("请按年-月-日填写日期，例如 2026-04-02"))
    year, month, day = (int(part) for part in match.groups() if part)
    if year not in clock.YEARS:
        raise ValueError(_("日期应在1900年到2200年之间"))
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(_("这一天不存在，请核对日期")) from None
