"""Identity numbers: is this number well formed? Whether it exists is the identity register's answer.

Sources: GB 11643 (居民身份证), GB 32100 (统一社会信用代码), GB 11714 (组织机构代码).
"""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.cn import uscc

from common.text import fold_width, strip_invisible

PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 "
    "50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)
EARLIEST_BIRTH = date(1900, 1, 1)

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORG_VALUES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_USCC_CHARACTERS = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")


@dataclass(frozen=True)
class IdentityCheck:
    """``message`` is the sentence for the screen, also when the number is well formed."""

    valid: bool
    normalized: str
    message: str


def normalize(value: str) -> str:
    """Half width, upper case, without blanks, dashes and invisible characters."""
    return re.sub(r"[\s\-‐‑–—·.]", "", strip_invisible(fold_width(value))).upper()


def check_id_card(value: str, *, today: date) -> IdentityCheck:
    """Resident identity card (居民身份证, also the 港澳台居民居住证), GB 11643; today is Beijing's date."""
    number = normalize(value)
    fault = _id_card_fault(number, today)
    return IdentityCheck(not fault, number, fault or _("身份证号格式正确"))


def check_residence_permit(value: str, *, today: date) -> IdentityCheck:
    """港澳台居民居住证: an identity number whose region is 81, 82 or 83."""
    answer = check_id_card(value, today=today)
    if answer.valid and answer.normalized[:2] not in ("81", "82", "83"):
        return IdentityCheck(False, answer.normalized, _("港澳台居民居住证号码应以81、82或83开头"))
    return answer


def _id_card_fault(number: str, today: date) -> str:
    if re.fullmatch(r"[0-9]{15}", number):
        return _("15位身份证号已停用，请填写新证上的18位号码")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return _("身份证号应为18位，前17位是数字，最后一位是数字或X")
    if number[:2] not in PROVINCES:
        return _("身份证号开头的地区代码不存在，请对照证件逐位核对")
    birth = birth_date(number)
    if birth is None or birth < EARLIEST_BIRTH:
        return _("身份证号中的出生日期不存在，请对照证件逐位核对")
    if birth > today:
        return _("身份证号中的出生日期晚于今天，请对照证件逐位核对")
    if id_card_check_digit(number[:17]) != number[17]:
        return _("身份证号最后一位与前面的数字对不上，请对照证件逐位核对")
    return ""


def id_card_check_digit(first17: str) -> str:
    """Check character of seventeen digits (GB 11643, MOD 11-2)."""
    return _ID_CHECKS[sum(int(d) * w for d, w in zip(first17, _ID_WEIGHTS, strict=True)) % 11]


def birth_date(number: str) -> date | None:
    """Date of birth in an 18-digit number, None if there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def check_uscc(value: str, *, strict_organisation_code: bool = False) -> IdentityCheck:
    """Unified social credit code (统一社会信用代码), GB 32100.

    ``strict_organisation_code`` also checks the inner 组织机构代码 (characters 9 to 17, GB 11714).
    """
    code = normalize(value)
    if len(code) != 18:
        fault = _("统一社会信用代码应为18位")
    elif not _USCC_CHARACTERS.fullmatch(code):
        fault = _("统一社会信用代码只有数字和大写字母，没有I、O、Z、S、V，请对照营业执照核对")
    elif uscc.calc_check_digit(code) != code[17] or (
        strict_organisation_code and not _organisation_code_ok(code[8:17])
    ):
        fault = _("统一社会信用代码最后一位与前面的对不上，请对照营业执照逐位核对")
    else:
        fault = ""
    return IdentityCheck(not fault, code, fault or _("统一社会信用代码格式正确"))


def _organisation_code_ok(code: str) -> bool:
    total = sum(_ORG_VALUES.index(c) * w for c, w in zip(code, _ORG_WEIGHTS, strict=False))
    return "0123456789X0"[11 - total % 11] == code[8]


_PERMITS = {
    "passport": (r"[A-Z0-9]{5,15}", gettext_lazy("护照号码应为5到15位字母和数字")),
    "hk_macau_permit": (
        r"[HM][0-9]{8}(?:[0-9]{2})?",
        gettext_lazy("港澳居民来往内地通行证号码应为H或M加8位或10位数字"),
    ),
    "taiwan_permit": (
        r"[0-9]{8}|[0-9]{10}[A-Z]?|[0-9]{10}\([A-Z]\)",
        gettext_lazy("台湾居民来往大陆通行证号码应为8位或10位数字"),
    ),
    "foreign_permanent_card": (
        r"[A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X]",
        gettext_lazy("外国人永久居留身份证号码应为3位字母加12位数字，或以9开头的18位号码"),
    ),
}


def check_permit(kind: str, value: str) -> IdentityCheck:
    """Passport and travel permits: shape only, they carry no public check digit. Unknown kind → KeyError."""
    pattern, fault = _PERMITS[kind]
    number = normalize(value)
    valid = re.fullmatch(pattern, number) is not None
    return IdentityCheck(valid, number, _("证件号码格式正确") if valid else str(fault))


KINDS = ("id_card", "uscc", "residence_permit", *_PERMITS)


def check(kind: str, value: str, *, today: date) -> IdentityCheck:
    """The one door for a chosen kind of paper, one of ``KINDS``. Unknown kind → KeyError."""
    if kind == "uscc":
        return check_uscc(value)
    if kind == "id_card":
        return check_id_card(value, today=today)
    if kind == "residence_permit":
        return check_residence_permit(value, today=today)
    return check_permit(kind, value)
