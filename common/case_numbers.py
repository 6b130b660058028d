"""Case numbers 案号: read what people type, check it, write our own.

Source: 关于人民法院案件案号的若干规定 (法〔2015〕137号, 法〔2018〕335号). Pure: courts and type codes are
looked up through the two functions passed in, see ``courts.selectors.parse_case_number``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from common.text import fold_width, strip_invisible

PROVINCES = "京津冀晋内辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新兵军"
DEMO_PROVINCE = "某"
"""The invented province of the demo court, known only outside production."""
LONGEST = 60

_SIMPLIFIED = str.maketrans("號终終執復監轄調訴財請認", "号终终执复监辖调诉财请认")
_BRACKETS = str.maketrans("()〔〕[]【】", "（）（）（）（）")
_STRICT = (
    r"（(?P<year>20(?:1[6-9]|[2-9][0-9]))）"
    r"(?P<court>最高法|[{provinces}](?:[0-9]{{2}}(?:[0-9]{{2}})?)?)(?P<special>知)?"
    r"(?P<type>[\u4e00-\u9fa5]{{1,4}})(?P<seq>[1-9][0-9]{{0,7}})号"
    r"(?:之(?P<sub>[一二三四五六七八九十]{{1,3}}|[1-9][0-9]?))?"
)
_NUMBER = re.compile(_STRICT.format(provinces=PROVINCES))
_NUMBER_WITH_DEMO = re.compile(_STRICT.format(provinces=PROVINCES + DEMO_PROVINCE))
_LEGACY = re.compile(
    r"（(?P<year>(?:19|20)[0-9]{2})）(?P<words>[\u4e00-\u9fa5]{2,12})字第(?P<seq>[0-9]{1,8})号(?:[-—之]\w+)?"
)


class NumberStatus(StrEnum):
    VALID = "valid"
    INVALID = "invalid"
    LEGACY = "legacy"
    UNKNOWN_COURT = "unknown_court"
    LEVEL_MISMATCH = "level_mismatch"
    UNKNOWN_TYPE = "unknown_type"
    FUTURE_YEAR = "future_year"


@dataclass(frozen=True)
class CourtRef:
    """A court as the rules see it; ``level`` is supreme, high, intermediate or basic."""

    code: str
    name: str | None
    level: str


@dataclass(frozen=True)
class TypeRef:
    """A type code 类型代字; ``name`` lists the kinds of case that share it."""

    code: str
    name: str | None


@dataclass(frozen=True)
class ParsedNumber:
    """The answer. A bad number is an answer too: look at ``status``; ``message`` is for the screen."""

    status: NumberStatus
    normalized: str
    message: str
    year: int | None = None
    court: CourtRef | None = None
    special: str = ""
    type: TypeRef | None = None
    sequence: int | None = None


FindCourt = Callable[[str], CourtRef | None]
FindType = Callable[[str], TypeRef | None]


def normalize(text: str) -> str:
    """Half-width digits, full-width brackets, simplified characters; no blanks and no 案号: in front."""
    plain = "".join(strip_invisible(fold_width(text)).split())
    return plain.removeprefix("案号").removeprefix(":").translate(_BRACKETS).translate(_SIMPLIFIED)


def format_number(*, year: int, court: str, type_code: str, sequence: int, special: str = "") -> str:
    """（2026）某1234民初1号; the sequence starts at 1 and has no leading zeros."""
    return f"（{year}）{court}{special}{type_code}{sequence}号"


def parse(
    text: str, *, this_year: int, find_court: FindCourt, find_type: FindType, demo: bool = False
) -> ParsedNumber:
    """Read a case number. ``demo`` also knows the invented province 某."""
    if len(text) > LONGEST * 4:
        return ParsedNumber(NumberStatus.INVALID, "", _("案号过长，请只填写案号"))
    plain = normalize(text)
    if match := (_NUMBER_WITH_DEMO if demo else _NUMBER).fullmatch(plain):
        return _parse_current(plain, match, this_year, find_court, find_type)
    if match := _LEGACY.fullmatch(plain):
        return _parse_legacy(plain, match, this_year, find_type)
    message = _("没有认出案号，写法如（2026）冀0102民初1号")
    return ParsedNumber(NumberStatus.INVALID, plain[:LONGEST], message)


def level_of(court_code: str) -> str:
    """Level by the shape of a code: 最高法, province, two digits more, four digits more."""
    if court_code == "最高法":
        return "supreme"
    return {1: "high", 3: "intermediate", 5: "basic"}[len(court_code)]


def _parse_current(
    plain: str, match: re.Match[str], this_year: int, find_court: FindCourt, find_type: FindType
) -> ParsedNumber:
    code, type_code = match["court"], match["type"]
    known_court, known_type = find_court(code), find_type(type_code)
    court = known_court or CourtRef(code, None, level_of(code))
    year = int(match["year"])
    status, message = NumberStatus.VALID, _("案号格式正确")
    if year > this_year:
        status, message = NumberStatus.FUTURE_YEAR, _("案号的年份还没有到，请核对")
    elif known_type is None:
        status, message = (
            NumberStatus.UNKNOWN_TYPE,
            _("案号里的案件类型“%(type)s”查不到，请核对") % {"type": type_code},
        )
    elif known_court is None:
        status, message = NumberStatus.UNKNOWN_COURT, _unknown_court(code, find_court)
    elif court.level == "basic" and type_code.endswith("终"):
        status, message = NumberStatus.LEVEL_MISMATCH, _("基层法院没有二审案件，请核对案号")
    elif court.code != code:
        message = _("案号格式正确，%(old)s是%(court)s的原代字") % {"old": code, "court": court.name}
    return ParsedNumber(
        status=status,
        normalized=plain,
        message=message,
        year=year,
        court=court,
        special=match["special"] or "",
        type=known_type or TypeRef(type_code, None),
        sequence=int(match["seq"]),
    )


def _unknown_court(code: str, find_court: FindCourt) -> str:
    if find_court(code[0]) is not None:
        return _("本省法院名单里没有代字“%(code)s”，请核对") % {"code": code}
    return _("外省法院的代字“%(code)s”这里不核对名称") % {"code": code}


def _parse_legacy(plain: str, match: re.Match[str], this_year: int, find_type: FindType) -> ParsedNumber:
    """旧式案号: recognised, its court code not checked; the type is the longest known ending."""
    words, year = match["words"], int(match["year"])
    endings = (words[-length:] for length in range(min(4, len(words) - 1), 0, -1))
    kind = next((found for ending in endings if (found := find_type(ending))), None)
    court = words.removesuffix(kind.code) if kind else words
    future = year > this_year
    return ParsedNumber(
        status=NumberStatus.FUTURE_YEAR if future else NumberStatus.LEGACY,
        normalized=plain,
        message=_("案号的年份还没有到，请核对") if future else _("这是2016年以前的旧式案号，不核对法院代字"),
        year=year,
        court=CourtRef(court, None, ""),
        type=kind,
        sequence=int(match["seq"]),
    )
