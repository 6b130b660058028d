"""From what was typed for a paper to its ``content`` and back. Shape only: no rule of law, no database."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common import text
from common.forms import parse_day
from common.money import parse_yuan
from documents.rendering.fields import FIELDS, Field, FieldKind

PARTY_ROLES = (
    "原告", "被告", "第三人", "申请人", "被申请人", "申请执行人", "被执行人", "上诉人", "被上诉人", "原审原告", "原审被告",
    "异议人", "利害关系人",
)  # fmt: skip
"""Words with which the line of a party begins; any other line is about who acts for the party above it."""
ON = "yes"
LONGEST_PERIOD_DAYS = 365
LONGEST_ENTRY = 500
_MOMENT = re.compile(r"(.*?)(?:[\sT]+|(?<=日))(上午|下午)?([0-9]{1,2})[:：时点]([0-9]{1,2})?分?整?")
_NOON = 12


def tidied(field: Field, typed: str) -> str:
    """The text as it may be kept: one normal form, nothing invisible. ValueError with the sentence for the screen."""
    if field.kind in (FieldKind.PARAGRAPHS, FieldKind.LIST, FieldKind.PEOPLE, FieldKind.PARTIES):
        return text.clean_text(typed, max_length=field.longest)
    return text.clean_line(typed, max_length=field.longest)


def value_of(field: Field, typed: str) -> Any:
    """The value for the page; None for a field left empty that may be. ValueError with the sentence for the screen."""
    line = tidied(field, typed)
    if not line:
        if field.required:
            raise ValueError(_("请填写%(label)s") % {"label": field.label})
        return None
    return _READ[field.kind](line)


def read_all(template: str, typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of a template's fields and, by field, what is wrong; empty ones are left out."""
    values, wrong = {}, {}
    for field in FIELDS[template]:
        try:
            value = value_of(field, typed.get(field.name, ""))
        except ValueError as error:
            wrong[field.name] = str(error)
        else:
            if value is not None:
                values[field.name] = value
    return values, wrong


def storable(template: str, typed: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """What of the typed texts can be kept, finished or not; a text that cannot be stored leaves the one kept before."""
    kept = {}
    for field in FIELDS[template]:
        try:
            kept[field.name] = tidied(field, typed.get(field.name, ""))
        except ValueError:
            kept[field.name] = before.get(field.name, "")
    return kept


def shown(field: Field, value: Any) -> str:
    """The text to type for a value of ``content``: the other way of :func:`value_of`."""
    if value is None or value == "" or value is False:
        return ""
    if field.kind == FieldKind.SWITCH:
        return ON
    if field.kind == FieldKind.LIST:
        return "\n".join(str(item) for item in value)
    if field.kind == FieldKind.PEOPLE:
        return "\n".join(f"{one['role']}：{one['name']}" for one in value)
    if field.kind == FieldKind.PARTIES:
        return "\n".join(_party_text(one) for one in value)
    return str(value)


def _party_text(party: Mapping[str, Any]) -> str:
    details = f"，{party['details']}" if party.get("details") else ""
    return "\n".join([f"{party['role']}：{party['name']}{details}", *party.get("agents", ())])


def _lines(written: str) -> list[str]:
    lines = [" ".join(line.split()) for line in written.split("\n") if line.strip()]
    if any(len(line) > LONGEST_ENTRY for line in lines):
        raise ValueError(_("每一行不超过%(max)s字，请分成几行") % {"max": LONGEST_ENTRY})
    return lines


def _day(written: str) -> str:
    return parse_day(written).isoformat()


def _moment(written: str) -> str:
    """2026-12-15 9:30, 2026年12月15日上午9时30分."""
    found = _MOMENT.fullmatch(text.fold_width(written).strip())
    if found is None:
        raise ValueError(_("请写日期和时间，例如 2026-12-15 9:30"))
    day: date = parse_day(found[1])
    hour, minute = int(found[3]), int(found[4] or 0)
    if found[2] == "下午" and hour < _NOON:
        hour += _NOON
    if hour > 23 or minute > 59:
        raise ValueError(_("请按 9:30 这样填写时间"))
    return f"{day.isoformat()} {hour:02d}:{minute:02d}"


def _days(written: str) -> int:
    digits = text.fold_width(written).removesuffix("日").removesuffix("天").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 5):
        raise ValueError(_("请填几日，例如 15"))
    if not 1 <= int(digits) <= LONGEST_PERIOD_DAYS:
        raise ValueError(_("期限应在1日到%(max)s日之间") % {"max": LONGEST_PERIOD_DAYS})
    return int(digits)


def _money(written: str) -> str:
    amount: Decimal = parse_yuan(written)
    if amount < 0:
        raise ValueError(_("金额不应小于0"))
    return f"{amount:.2f}"


def _pair(line: str) -> tuple[str, str]:
    role, colon, name = line.replace(":", "：", 1).partition("：")
    if not colon or not role.strip() or not name.strip():
        raise ValueError(_("“%(line)s”这一行请写成：职务：姓名") % {"line": line[:30]})
    return role.strip(), name.strip()


def _people(written: str) -> list[dict[str, str]]:
    return [dict(zip(("role", "name"), _pair(line), strict=True)) for line in _lines(written)]


def _parties(written: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for line in _lines(written):
        role, rest = _pair(line)
        if role in PARTY_ROLES:
            name, _comma, details = rest.partition("，")
            found.append({"role": role, "name": name, "details": details, "agents": []})
        elif found:
            found[-1]["agents"].append(line)
        else:
            raise ValueError(_("请先写当事人，例如：原告：张某"))
    return found


_READ: dict[FieldKind, Callable[[str], Any]] = {
    FieldKind.LINE: str,
    FieldKind.PARAGRAPHS: str,
    FieldKind.DAY: _day,
    FieldKind.MOMENT: _moment,
    FieldKind.DAYS: _days,
    FieldKind.MONEY: _money,
    FieldKind.LIST: _lines,
    FieldKind.PEOPLE: _people,
    FieldKind.PARTIES: _parties,
    FieldKind.SWITCH: lambda written: written == ON,
}
