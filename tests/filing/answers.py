"""Valid answers for any form, made from its data: what a person would send page by page."""

from __future__ import annotations

from typing import Any

from filing.elements import schema

DAY = "2025-03-03"


def posted(page: schema.Page, kept: dict[str, Any], *, rows: int = 2) -> dict[str, Any]:
    """Everything that a browser sends for this page when every asked question is answered."""
    sent: dict[str, Any] = {}
    given = dict(kept)
    for item in page.asked(kept):
        if not item.is_asked(given):
            continue
        if item.type == schema.TABLE:
            given[item.key] = [{column.key: _value(column) for column in item.columns}] * rows
            for number, row in enumerate(given[item.key]):
                sent |= {f"{item.key}-{number}-{key}": value for key, value in row.items()}
        else:
            sent[item.key] = given[item.key] = _value(item)
    return sent


def _value(item: schema.ElementField) -> Any:
    match item.type:
        case "radio":
            return item.options[0]
        case "checkbox":
            return list(item.options)
        case "date":
            return DAY
        case "money":
            return "1,250.50元"
        case "number":
            return str(max(item.min or 0, 3))
        case "rate":
            return "6%"
        case "phone":
            return "13800000009"
        case "name":
            return "买买提·某"
        case _:
            return f"{item.label}：按实际情况写的话"
