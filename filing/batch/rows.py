"""Rows of a table become claims, checked by the forms of the pages; what is wrong is said by the heading of its column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cases.models import Side
from common.errors import InvalidInput
from filing.batch.columns import (
    BROKEN_NUMBER,
    OTHERS,
    PROBLEMS,
    REFERENCE,
    ROW_NUMBER,
    Column,
    columns_of,
)
from filing.claims import Claim, ClaimReader, Problems
from filing.elements.schema import ElementForm

AT_LEAST = 4
"""So many headings of the template must be there, otherwise it is another table."""


@dataclass(frozen=True)
class ReadRow:
    """One row: the claimant's own number, its claim, and its problems by heading (empty = good)."""

    reference: str
    claim: Claim
    problems: Problems


def match(form_key: str, heading: list[str]) -> list[Column | None]:
    """The column behind each heading, None for those of our own that are only read by people.

    Raises InvalidInput (field ``file``) for a heading that is unknown or there twice, and for one that is missing.
    """
    known = {"".join(column.heading.split()): column for column in columns_of(form_key)}
    names = ["".join(name.split()) for name in heading]
    if len(set(names) & known.keys()) < min(AT_LEAST, len(known)):
        raise _refuse(_("这不是这种诉状的表。请下载模板，把内容填进去再上传"))
    problems = []
    for place, name in enumerate(names, start=1):
        if name and name not in known and name not in (ROW_NUMBER, PROBLEMS):
            problems.append(_("第%(place)d列“%(name)s”不在模板里") % {"place": place, "name": name[:40]})
        elif name and names.index(name) != place - 1:
            problems.append(_("“%(name)s”出现了两次") % {"name": name})
    lacking = [c.heading for name, c in known.items() if c.required and name not in names]
    problems += [_("缺少“%(name)s”这一列") % {"name": name} for name in lacking]
    if problems:
        more = _("等%(count)d处") % {"count": len(problems)} if len(problems) > 5 else ""
        raise _refuse("；".join(problems[:5]) + more + _("。请用模板的列名"))
    return [known.get(name) for name in names]


def _refuse(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, code="table_heading", file=sentence)


class RowReader:
    """Reads the rows of one table, one after the other."""

    def __init__(self, form: ElementForm, heading: list[str]) -> None:
        self.form = form
        self.columns = match(form.key, heading)
        self.headings = {
            f"{column.place}.{column.key}": column.heading for column in columns_of(form.key) if column.key
        }
        self.reader = ClaimReader(form)

    def read(self, cells: list[str]) -> ReadRow:
        """One row."""
        values: dict[str, dict[str, Any]] = {place: {} for place in (*OTHERS, "answers")}
        problems: Problems = {}
        reference = ""
        lines: dict[str, dict[str, dict[str, str]]] = {}
        for column, cell in zip(self.columns, cells, strict=False):
            if column is None or not cell:
                continue
            if column.place == "reference":
                reference = cell[:60]
            elif column.place == "rows":
                question, number, name = column.key.split(".")
                lines.setdefault(question, {}).setdefault(number, {})[name] = cell
            elif BROKEN_NUMBER.fullmatch(cell):
                problems[column.heading] = _(
                    "号码被表格软件改成了科学计数。请把这一列设成“文本”，重新填这个号码"
                )
            else:
                values[column.place][column.key] = column.value(cell)
        values["answers"] |= {question: list(found.values()) for question, found in lines.items()}
        claim = Claim()
        for place in OTHERS:
            if not values[place] and place != OTHERS[0]:
                continue
            person, wrong = self.reader.person(Side.DEFENDANT, values[place])
            claim.parties.append((Side.DEFENDANT, person))
            problems = self._by_heading(place, wrong) | problems
        claim.answers, wrong = self.reader.answers(values["answers"])
        return ReadRow(reference, claim, self._by_heading("answers", wrong) | problems)

    def _by_heading(self, place: str, wrong: Problems) -> Problems:
        return {self.headings.get(f"{place}.{name}", PROBLEMS): text for name, text in wrong.items()}


__all__ = ["REFERENCE", "ReadRow", "RowReader", "match"]
