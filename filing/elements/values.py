"""Answers between the form, the row and the screen: plain JSON, phone numbers sealed, words for reading."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common import clock, crypto
from common.money import format_yuan
from common.templatetags.time_words import day_words
from filing.elements.model import TABLE, Answers, ElementField, ElementForm

SEALED = "filing.filing.answers"
"""Context under which answers are encrypted; a value cannot be moved to another column."""


def stored(item: ElementField, value: Any) -> Any:
    """The value for ``Filing.answers``: dates, sums and numbers as text, phone numbers encrypted, rows as objects."""
    if item.type == TABLE:
        return [_stored_row(item, row) for row in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, int) and item.type == "number":
        return str(value)
    if item.is_sealed and value:
        return crypto.encrypt(str(value), context=SEALED)
    return value


def _stored_row(table: ElementField, row: Answers) -> dict[str, Any]:
    columns = {column.key: column for column in table.columns}
    return {
        key: stored(columns[key], value) if key in columns else value
        for key, value in row.items()
        if value not in (None, "")
    }


def opened(item: ElementField, value: Any) -> Any:
    """Inverse of :func:`stored` for sealed answers; all others as they are kept."""
    return crypto.decrypt(value, context=SEALED) if item.is_sealed and value else value


def opened_answers(form: ElementForm, answers: Answers) -> dict[str, Any]:
    """All answers with the sealed ones opened."""
    questions = form.questions
    return {
        key: opened(questions[key], value) if key in questions else value for key, value in answers.items()
    }


def day_of(value: Any) -> date | None:
    """A kept or just typed date; None when there is none."""
    if isinstance(value, date):
        return value
    return date.fromisoformat(value) if value else None


def shown(item: ElementField, value: Any) -> str:
    """An opened answer as a person reads it; empty text when nothing was answered."""
    if value in (None, "", []):
        return ""
    match item.type:
        case "money":
            return format_yuan(value)
        case "date":
            return _day(item, date.fromisoformat(value))
        case "rate":
            return f"{value}%"
        case "checkbox":
            return "、".join(value)
        case "table":
            return "\n".join(_row(item, number, row) for number, row in enumerate(value, start=1))
        case _:
            return str(value)


def _row(table: ElementField, number: int, row: Answers) -> str:
    """One row on one line: 1. 名称：房屋；价值：¥800,000.00."""
    cells = [(column.label, shown(column, row.get(column.key))) for column in table.columns]
    return f"{number}. " + "；".join(f"{label}：{words}" for label, words in cells if words)


def _day(item: ElementField, day: date) -> str:
    words = day_words(day)
    days = (clock.today() - day).days
    if not item.days_since or days <= 0:
        return words
    return _("%(day)s，到今天%(count)s天") % {"day": words, "count": days}


def sum_of(item: ElementField, answers: Answers) -> Decimal | None:
    """What the single sums add up to, yuan; None when none is given (a hint, never enforced)."""
    parts = item.parts(answers)
    return sum(parts, Decimal(0)) if parts else None


def out_of_order(item: ElementField, answers: Answers) -> date | None:
    """The day this date must not lie before, when it does; None when all is well (or one of both is missing)."""
    if item.type != "date" or not item.not_before:
        return None
    day, earliest = day_of(answers.get(item.key)), day_of(answers.get(item.not_before))
    return earliest if day and earliest and day < earliest else None


def order_message(form: ElementForm, item: ElementField, answers: Answers) -> str:
    """The sentence for a date that lies before the one it must follow."""
    other = form.question(item.not_before)
    day = day_of(answers.get(item.not_before))
    return _("“%(label)s”不能早于“%(other)s”（%(day)s）") % {
        "label": item.label,
        "other": other.label if other else "",
        "day": day_words(day) if day else "",
    }


def ask_for(item: ElementField) -> str:
    """The sentence for a question without an answer."""
    if item.type in ("radio", "checkbox"):
        return _("请选择“%(label)s”") % {"label": item.label}
    return _("请填写“%(label)s”") % {"label": item.label}
