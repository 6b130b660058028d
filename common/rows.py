"""A question whose answer is a list of rows (财产, 证据清单 …), each row a small form. Works without scripts.

A button called ``row`` with the value ``add <field>`` or ``drop <field> <number>`` changes the rows and shows the page
again with everything that was typed (:class:`RowChange`); ``static/js/rows.js`` does the same without asking the server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.forms import PlainForm

BUTTON = "row"
PLACEHOLDER = "__n__"
"""Stands for the number of a row in the pattern that scripts copy."""


class RowForm(PlainForm):
    """One row. ``called`` names it on the screen; its sentences say row and column. A row without entries counts not."""

    def __init__(self, called: str, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        self.called = called
        super().__init__(data, **kwargs)

    @property
    def is_blank(self) -> bool:
        """True when nothing was written into this row."""
        return not any(str(value or "").strip() for value in self.raw().values())

    @property
    def number(self) -> str:
        """The number in the names of its boxes; not always its place on the page."""
        return str(self.prefix).rpartition("-")[2]

    def raw(self) -> dict[str, Any]:
        """What was written, column by column, as it was written."""
        return {name: self[name].data for name in self.fields}

    def add_error(self, field: str | None, error: Any) -> None:
        """Put the row's name and the column's label before each sentence."""
        if field is None:
            super().add_error(field, error)
            return
        where = _("%(row)s“%(label)s”：") % {"row": self.called, "label": self.fields[field].label}
        said = ValidationError(error).messages
        super().add_error(field, [where + text for text in said])

    def forgive(self) -> None:
        """What stands here does not matter now, not even when it is wrong."""
        self._errors = None
        self.is_bound = False


class RowsInput(forms.Widget):
    """The rows read their own boxes."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> None:
        return None


class RowsField(forms.Field):
    """Rows of one question. The value is the list of cleaned rows; ``blank`` is the pattern for a further one."""

    widget = RowsInput

    def __init__(self, *, rows: Sequence[RowForm], blank: RowForm, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows, self.blank, self.most = rows, blank, most

    def clean(self, value: Any) -> list[dict[str, Any]]:
        """Every row that is not blank. Raises ValidationError when one is wrong or there are too many."""
        filled = [row for row in self.rows if not row.is_blank]
        if len(filled) > self.most:
            raise ValidationError(
                _("“%(label)s”最多填%(most)s行，请删掉多的") % {"label": self.label, "most": self.most}
            )
        if not all([row.is_valid() for row in filled]):
            raise ValidationError(_("“%(label)s”里有要改的地方") % {"label": self.label}, code="rows")
        return [row.cleaned_data for row in filled]

    @property
    def wrong_rows(self) -> list[RowForm]:
        """Rows with something to change."""
        return [row for row in self.rows if row.is_bound and not row.is_blank and row.errors]

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= self.most


def indexes(data: Iterable[str], field: str) -> list[int]:
    """Numbers of the rows of a field that were sent, in order."""
    name = re.compile(rf"{re.escape(field)}-([0-9]{{1,4}})-\w+")
    return sorted({int(found.group(1)) for key in data if (found := name.fullmatch(key))})


@dataclass(frozen=True)
class RowChange:
    """A row to add to a field (``drop`` is None) or to take out of it (``drop`` is the number in its names)."""

    field: str
    drop: int | None = None

    @classmethod
    def asked(cls, data: Mapping[str, Any], fields: Iterable[str]) -> RowChange | None:
        """What a button of the page asks for; None for a page that is sent."""
        words = str(data.get(BUTTON, "")).split(" ")
        if len(words) == 2 and words[0] == "add" and words[1] in fields:
            return cls(words[1])
        if (
            len(words) == 3
            and words[0] == "drop"
            and words[1] in fields
            and re.fullmatch("[0-9]{1,4}", words[2])
        ):
            return cls(words[1], int(words[2]))
        return None
