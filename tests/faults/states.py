"""What a database holds, without what is new each time (keys, times, random codes): to compare two ways to the same state."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg2 import sql

from tests.support.database import Cleaner

APART = frozenset({"portal_schedule"})
"""Stamps of runs."""
MOVING = frozenset(
    {
        ("eventlog_event", "seq"),  # the order of entries in one stream; its head counts them
        ("eventlog_event", "subject_id"),  # of many tables: what is new in one may be known in another
        ("eventlog_outbox", "attempts"),
        ("notifications_message", "attempts"),
        ("notifications_webhookdelivery", "attempts"),
        ("accounts_ratecounter", "count"),
        ("payments_order", "queries"),
        ("payments_refundpart", "queries"),
    }
)
"""Columns that may differ: keys of no certain table, and how often something was tried or asked about."""
NEW_EACH_TIME = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # public ids
    r"|[0-9a-f]{32,}"  # hashes
    r"|(?<=RF)[0-9a-f]{24}"  # the sandbox cashier's numbers of refunds
    r"|[A-Za-z0-9+/_.-]{40,}={0,2}"  # signatures, ciphertexts
    r"|\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.]\d+)?(?:[+]00:00|Z)?"
    r'|(?<=id": )\d+'
)
State = dict[str, Counter[str]]
"""Rows by table, each as text, with how often it stands there."""


class States:
    """Reads states; what the first one holds is known by its keys, everything else only as new."""

    def __init__(self, cleaner: Cleaner) -> None:
        self.cleaner = cleaner
        self.known: dict[tuple[str, str], set[Any]] = {}
        self.first = self.read()

    def read(self) -> State:
        """Every row past set-up."""
        rows = dict(self._rows())
        if not self.known:
            for table, found in rows.items():
                for row in found:
                    for column, value in row.items():
                        self.known.setdefault((table, column), set()).add(_hashable(value))
        return {
            table: Counter(self._text(table, row) for row in found) for table, found in rows.items() if found
        }

    def _rows(self) -> Any:
        with self.cleaner.link.cursor() as cursor:
            for table, past in self.cleaner.with_rows():
                name = table.strings[-1]
                if name in APART:
                    continue
                cursor.execute(sql.SQL("SELECT * FROM {} WHERE {}").format(table, past))
                columns = [column.name for column in cursor.description]
                yield name, [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def _text(self, table: str, row: dict[str, Any]) -> str:
        return json.dumps(
            {
                name: self._value(table, name, value)
                for name, value in row.items()
                if (table, name) not in MOVING
            },
            default=str,
        )

    def _value(self, table: str, column: str, value: Any) -> Any:
        value = _hashable(value)
        if value is None or isinstance(value, bool) or value in self.known.get((table, column), ()):
            return value
        if isinstance(value, datetime | UUID | bytes):
            return f"new {type(value).__name__}"
        if isinstance(value, int) and (column == "id" or column.endswith("_id")):
            return "new key"
        return NEW_EACH_TIME.sub("new", value) if isinstance(value, str) else value


def _hashable(value: Any) -> Any:
    if isinstance(value, memoryview):
        return bytes(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False) if isinstance(value, dict | list) else value


def difference(one: State, other: State) -> dict[str, dict[str, list[str]]]:
    """Rows that stand on one side only, by table."""
    found = {}
    for table in sorted(one.keys() | other.keys()):
        left, right = one.get(table, Counter()), other.get(table, Counter())
        if left != right:
            found[table] = {
                "less": sorted((left - right).elements()),
                "more": sorted((right - left).elements()),
            }
    return found
