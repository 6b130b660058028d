"""What people type, made safe to store: no invisible characters, one normal form, bounded length."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

MAX_COMBINING_RUN = 10
LONGEST_MAIL = 100

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_WIDE_DIGITS = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)}
_DASHES = dict.fromkeys(map(ord, "-‐‑‒–—―−－()（） "), None)
_ORDINARY = re.compile(r"[ -~\n·—‘’“”…、。〈-】一-\u9fff！-～]*")
"""What nearly everything that is typed consists of: visible, storable and in normal form, so that it need not be cleaned."""
_LINE_BREAKS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[1-9][0-9]{8,10}|[2-8][0-9]{6,7}|[48]00[0-9]{7}|12368")


def fold_digits(text: str) -> str:
    """Full-width digits to ASCII digits, nothing else."""
    return text.translate(_WIDE_DIGITS)


def fold_width(text: str) -> str:
    """Full-width digits, letters, signs and space to ASCII. For codes and numbers, never for prose."""
    return text.translate(_WIDE)


def strip_invisible(text: str) -> str:
    """Drop control, zero-width, direction-mark and non-character code points; keep tab and line feed."""
    return "".join(char for char in text if char in "\n\t" or not _is_invisible(char))


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf") or (ord(char) & 0xFFFE) == 0xFFFE


def clean_text(value: str, *, max_length: int = 5000) -> str:
    """Text of several lines: NFC, plain line feeds, no invisible characters; only blanks → "".

    ValueError with the sentence for the screen when it is too long or cannot be stored.
    """
    if len(value) > 4 * max_length + 1000:  # before any work on it
        raise ValueError(_too_long(max_length))
    text = value.strip() if _ORDINARY.fullmatch(value) else _made_ordinary(value).strip()
    if len(text) > max_length:
        raise ValueError(_too_long(max_length))
    return text


def _made_ordinary(value: str) -> str:
    _refuse_unstorable(value)
    return unicodedata.normalize("NFC", strip_invisible(_LINE_BREAKS.sub("\n", value)))


def clean_line(value: str, *, max_length: int = 200) -> str:
    """Text of one line: as ``clean_text``, and every run of blanks or line breaks is one space."""
    return " ".join(clean_text(value, max_length=max_length).split())


def _too_long(max_length: int) -> str:
    return _("内容过长，请缩短到%(max)s字以内") % {"max": max_length}


def _refuse_unstorable(text: str) -> None:
    run = 0
    for char in text:
        category = unicodedata.category(char)
        if category == "Cs":
            raise ValueError(_("内容里有无法保存的字符，请删去后重新填写"))
        run = run + 1 if category in ("Mn", "Me") else 0
        if run > MAX_COMBINING_RUN:
            raise ValueError(_("内容里有过多叠加符号，请删去后重新填写"))


def normalize_phone(value: str) -> str:
    """Eleven digits of a mainland mobile number; +86, blanks, dashes and full-width digits are fine.

    ValueError with the sentence for the screen otherwise.
    """
    digits = strip_invisible(fold_width(value)).translate(_DASHES)
    digits = "".join(digits.split())
    national = re.sub(r"^(?:\+86|0086|86(?=1[3-9][0-9]{9}$))", "", digits)
    if _MOBILE.fullmatch(national):
        return national
    if _LANDLINE.fullmatch(national):
        raise ValueError(_("这里要填手机号，座机收不到短信"))
    raise ValueError(_("手机号应为11位数字"))


def normalize_telephone(value: str) -> str:
    """A mobile number as :func:`normalize_phone`, or the digits of a landline with its area code.

    ValueError with the sentence for the screen otherwise.
    """
    digits = "".join(strip_invisible(fold_width(value)).translate(_DASHES).split())
    return digits if _LANDLINE.fullmatch(digits) else normalize_phone(value)


def mask_phone(phone: str) -> str:
    """138****0001"""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****"


def normalize_mail(value: str) -> str:
    """A mail address in ASCII, of at most 100 characters, its host in lower case; full-width letters and blanks around it are fine.

    ValueError with the sentence for the screen otherwise.
    """
    box, at, host = "".join(strip_invisible(fold_width(value)).split()).rpartition("@")
    address = f"{box}{at}{host.lower()}"
    try:
        validate_email(address)
    except ValidationError:
        address = ""
    if not address or not address.isascii() or len(address) > LONGEST_MAIL:
        raise ValueError(_("请填写完整的邮箱，例如 name@example.com"))
    return address


def mask_mail(address: str) -> str:
    """z***@example.com"""
    box, _at, host = address.rpartition("@")
    return f"{box[:1]}***@{host}"


def mask_name(name: str) -> str:
    """王**, whatever the length of the name."""
    return f"{name[:1]}**"


def mask_id_number(number: str) -> str:
    """First three and last four characters; a short number shows only its last two."""
    if len(number) < 10:
        return "*" * max(len(number) - 2, 2) + number[-2:]
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


NUMBER_OF_SOMEBODY = re.compile(
    r"(?<![0-9])(?:1[3-9][0-9]{9}"  # mobile phone
    r"|[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"  # identity number
    r"|62[0-9]{14,17})(?![0-9])"  # bank card
)
"""What looks like a number of a person in a text that somebody else wrote."""


def mask_numbers(text: str) -> str:
    """A text in which phones, identity numbers and bank cards show their ends only.

    >>> mask_numbers("诉讼费 JF某1234-2026-000001 电话13800000001")
    '诉讼费 JF某1234-2026-000001 电话138****0001'
    """
    return NUMBER_OF_SOMEBODY.sub(lambda found: mask_id_number(found[0]), text)


def squeezed(text: str) -> str:
    """Without blanks and ends of lines, which a PDF puts anywhere into a sentence; without NUL, which no column takes.

    >>> squeezed("欠款\\n 人民币")
    '欠款人民币'
    """
    return "".join(text.replace("\x00", "").split())
