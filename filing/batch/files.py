"""The template of a table of claims, with its guide and its choices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from common.tables import saved
from filing.batch.columns import Column, columns_of

GUIDE = "填写说明"
LAST_ROW = 10_002


def guide_row(columns: Iterable[Column]) -> list[str]:
    """What to write into each column, in words; it is skipped when the table is read."""
    cells = []
    for place, column in enumerate(columns):
        parts = [_("必填") if column.required else _("可不填"), column.hint]
        if column.options:
            listed = "、".join(column.options)
            parts.append(
                _("可填几个，用、隔开：%(list)s") % {"list": listed}
                if column.several
                else _("只能填：%(list)s") % {"list": listed}
            )
        text = "。".join(part for part in parts if part)
        cells.append(f"{GUIDE}：{text}" if place == 0 else text)
    return cells


def template_rows(form_key: str) -> list[list[str]]:
    """Heading and guide of the template."""
    columns = columns_of(form_key)
    return [[column.heading for column in columns], guide_row(columns)]


def template_xlsx(form_key: str) -> IO[bytes]:
    """The template: all columns are text, columns with options offer them."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = _("填表")
    choices = book.create_sheet(_("选项"))
    columns = columns_of(form_key)
    heading, guide = template_rows(form_key)
    sheet.append(heading)
    sheet.append(guide)
    for place, column in enumerate(columns, start=1):
        letter = get_column_letter(place)
        dimension = sheet.column_dimensions[letter]
        dimension.number_format, dimension.width = "@", max(12, min(40, 2 * len(column.heading) + 2))
        sheet[f"{letter}1"].font = Font(bold=True)
        sheet[f"{letter}2"].alignment = Alignment(wrap_text=True, vertical="top")
        if column.options and not column.several:
            for line, option in enumerate(column.options, start=1):
                choices[f"{letter}{line}"] = option
            source = f"'{choices.title}'!${letter}$1:${letter}${len(column.options)}"
            rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
            rule.error, rule.errorTitle = _("请从列表里选"), column.heading[:30]
            rule.add(f"{letter}3:{letter}{LAST_ROW}")
            sheet.add_data_validation(rule)
    sheet.freeze_panes = "B2"
    choices.sheet_state = "hidden"
    return saved(book)
