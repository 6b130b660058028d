"""A pasted or uploaded list of people, read line by line with the rules of the page for one person."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import IdKind
from cases.models import PartyKind, Side
from common import clock, identity
from common.forms import PlainForm
from common.text import fold_width
from filing.forms import PartyForm

COLUMNS = ("name", "id_number", "phone", "address", "claim", "claim_amount")
LARGEST_BYTES = 1_000_000
HEADINGS = frozenset({"姓名", "名字", "名称"})


class LineForm(PartyForm):
    """One line: as one person, without what is on no list or stands in the number."""

    asked_of_person = ("id_number", "phone", "address")


@dataclass(frozen=True)
class Listed:
    """What was read: checked values in order, and one sentence per faulty line."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_people(text: str, side: Side) -> Listed:
    """Read the lines; a heading and empty lines are passed over. Every line is checked, all faults are told at once."""
    listed, seen = Listed(), set[str]()
    for number, cells in _lines(text):
        values, problems = _one(cells, side)
        who = values.get("id_number") or values.get("name", "")
        if not problems and who in seen:
            problems = [_("和前面的一行重复")]
        seen.add(who)
        if problems:
            name = cells[0] if cells else ""
            listed.problems.append(
                _("第%(n)s行（%(name)s）：%(what)s")
                % {"n": number, "name": name, "what": "；".join(problems)}
            )
        else:
            listed.rows.append(values)
    if not listed.rows and not listed.problems:
        listed.problems.append(_("没有读到人，请每行写一个人"))
    return listed


def decode(content: bytes) -> str:
    """Text of an uploaded table: UTF-8 with or without a mark, else GB18030. ValueError with the sentence to show."""
    if len(content) > LARGEST_BYTES:
        raise ValueError(_("表格超过1MB，请确认是不是选错了文件"))
    if b"\x00" in content:
        raise ValueError(_("这不是CSV表格。请在表格软件里选“另存为CSV”再上传"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError(_("读不出这个文件里的文字，请另存为CSV（UTF-8）再上传"))


def _lines(text: str) -> list[tuple[int, list[str]]]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if "\t" in line:
            cells = line.split("\t")
        else:
            cells = next(csv.reader(io.StringIO(line.replace("，", ",").replace("；", ","))), [])
        cells = [cell.strip() for cell in cells]
        if fold_width(cells[0]) not in HEADINGS:
            found.append((number, cells))
    return found


def _one(cells: list[str], side: Side) -> tuple[dict[str, Any], list[str]]:
    if len(cells) > len(COLUMNS) and any(cells[len(COLUMNS) :]):
        return {}, [_("多了几列，住址里有逗号的请改用Tab隔开")]
    given = dict(zip(COLUMNS, cells, strict=False))
    number = given.get("id_number", "")
    legal = _is_of_an_organisation(number)
    data = given | {
        "kind": PartyKind.LEGAL.value if legal else PartyKind.NATURAL.value,
        "id_kind": "" if legal or not number else IdKind.ID_CARD.value,
    }
    form = LineForm(side, data)
    if form.is_valid():
        return form.values(), []
    return {}, _sentences(form)


def _is_of_an_organisation(number: str) -> bool:
    """A good identity card is a person's, although its last digit may by chance (one in 31) fit a credit code too."""
    if identity.check_id_card(number, today=clock.today()).valid:
        return False
    return identity.check_uscc(number).valid


def _sentences(form: PlainForm) -> list[str]:
    return [str(errors[0]) for errors in form.errors.values()]
