"""Money: ``Decimal`` yuan with two places. Whole fen (分) exist only inside payment gateways."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext as _

from common.text import fold_width, strip_invisible

FEN = Decimal("0.01")
ZERO = Decimal("0.00")
MAX_YUAN = Decimal("9999999999999999.99")  # DecimalField(max_digits=18, decimal_places=2)

_WRITTEN = re.compile(r"[0-9]{1,16}(?:\.[0-9]{1,2})?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))


def to_yuan(value: Decimal | int | str) -> Decimal:
    """Round half up to the fen. float or bool → TypeError; NaN, infinity, nonsense → ValueError.

    >>> to_yuan("766.666")
    Decimal('766.67')
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise TypeError(f"money must be Decimal, int or str, not {type(value).__name__}")
    try:
        amount = Decimal(value)
    except InvalidOperation as exc:
        raise ValueError("not an amount of money") from exc
    if not amount.is_finite() or abs(amount) > MAX_YUAN:
        raise ValueError("not an amount of money")
    return amount.quantize(FEN, rounding=ROUND_HALF_UP)


def to_fen(yuan: Decimal | int | str) -> int:
    """Whole fen, for gateways only. More than two places → ValueError: a gateway never rounds."""
    amount = to_yuan(yuan)
    if amount != Decimal(yuan):
        raise ValueError("amount has more than two decimals")
    return int(amount * 100)


def from_fen(fen: int) -> Decimal:
    """Yuan of a gateway's whole fen. Anything but an int → TypeError."""
    if isinstance(fen, bool) or not isinstance(fen, int):
        raise TypeError("fen must be int")
    return to_yuan(Decimal(fen).scaleb(-2))


def format_yuan(yuan: Decimal | int | str) -> str:
    """``¥1,250.00``; a negative amount is ``-¥1,250.00``."""
    amount = to_yuan(yuan)
    return f"{'-' if amount < 0 else ''}¥{abs(amount):,.2f}"


def parse_yuan(text: str) -> Decimal:
    """Read what a person typed: full-width digits, spaces, 1,000 commas, ¥ and 元 are fine.

    ValueError with the sentence for the screen otherwise. The sign and size are the caller's to judge.
    """
    plain = "".join(strip_invisible(fold_width(text)).split())
    plain = plain.removeprefix("人民币").removeprefix("¥").removeprefix("￥").removesuffix("元")
    plain = plain.replace("，", ",")
    sign = -1 if plain.startswith("-") else 1
    plain = plain.removeprefix("-")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if re.fullmatch(r"[0-9]+\.[0-9]{3,}", plain):
        raise ValueError(_("金额最多写到分，也就是小数点后两位"))
    if re.fullmatch(r"[0-9]{17,}(?:\.[0-9]*)?", plain):
        raise ValueError(_("金额过大，请核对"))
    if not _WRITTEN.fullmatch(plain):
        raise ValueError(_("请用数字填写金额，例如 60000 或 1250.50"))
    return to_yuan(plain) * sign


def in_capitals(yuan: Decimal | int | str) -> str:
    """Amount in financial capitals (大写金额), rounded half up to the fen first. Negative → ValueError.

    >>> in_capitals("1250")
    '人民币壹仟贰佰伍拾元整'
    """
    amount = to_yuan(yuan)
    if amount < 0:
        raise ValueError("a negative amount has no capitals")
    whole, cents = divmod(to_fen(amount), 100)
    jiao, fen = divmod(cents, 10)
    words = f"{_read(whole)}元" if whole or not cents else ""
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif fen and whole:
        words += "零"
    return f"人民币{words}" + (f"{_DIGITS[fen]}分" if fen else "" if jiao else "整")


def _read(number: int) -> str:
    for value, unit in _UNITS:
        if number >= value:
            high, low = divmod(number, value)
            gap = "零" if 0 < low < value // 10 else ""
            return _read(high) + unit + gap + (_read(low) if low else "")
    return _DIGITS[number]
