"""Migrations and traced rows (SEC-41): which migrations touch a table whose rows never change, who looked at it, and the proof that
its rows are after it what they were before.

``manage.py prepare_database`` refuses a migration that touches such a table and stands not in ``REVIEWED``, and compares the rows of
every table that the pending ones touch.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.executor import MigrationExecutor
from psycopg2 import sql

REVIEWED = {
    "cases.0013_spoken_choice": "who chose may be empty, a source is added; what was chosen stays",
    "complaints.0003_files": "a column with a default, and names of models",
    "complaints.0004_keys": "a column with a default",
    "documents.0005_delivery_outcomes": "columns with defaults, more kinds of facts",
    "documents.0006_print_desk": "a column with a default, an index",
    "eventlog.0003_anchors": "the collation of the stream's name: the same text in byte order",
    "feedback.0004_clocks": "one more kind of author",
    "feedback.0006_exchange": "columns with defaults, a rule about authors replaced by two",
    "feedback.0009_message_indexes": "indexes",
    "filing.0007_repeat_proposals_and_desk_indexes": "a column with a default",
    "payments.0005_money": "columns with defaults, accounts with longer names, rules about causes of journals",
    "payments.0007_notice_meaning": "a column gets the name of what it holds; before any installation had rows",
    "payments.0010_desk_books": "one more cause of a journal, its rule, an index",
    "qrlinks.0003_report_of_guessing": "one more kind of report",
    "qrlinks.0004_desk_of_codes": "a column with a default, one more kind of report",
}
"""Migrations that touch tables with traced rows, and what a second person found them to do. Guards and new tables need no entry."""


class TracedRowsChanged(RuntimeError):
    """A migration touched traced rows without a review, or left other rows than it found."""


@dataclass(frozen=True)
class Rows:
    """What lies in a table up to a key (all of it where keys are no numbers): how many rows, and for each column a sum over row and
    value."""

    last: int | None
    count: int
    columns: dict[str, int]


def traced_models() -> list[type[models.Model]]:
    """Every model whose rows are never changed, those of the complaint zone too."""
    return [model for model in apps.get_models() if getattr(model, "append_only", False)]


def touched_by(migration: Migration) -> set[str]:
    """Tables with traced rows that a migration changes: not those it makes itself, and not by adding or taking away a guard."""
    made = {one.name.lower() for one in migration.operations if isinstance(one, ops.CreateModel)}
    found = set()
    for model in traced_models():
        label, name = model._meta.app_label, model._meta.model_name or ""
        if label == migration.app_label and name in made:
            continue
        if any(_touches(one, migration.app_label, label, name, model) for one in migration.operations):
            found.add(model._meta.db_table)
    return found


def _touches(operation: Any, app_label: str, label: str, name: str, model: type[models.Model]) -> bool:
    if isinstance(operation, ops.RunSQL):
        text = str(operation.sql)
        return model._meta.db_table in text and not _is_guard(text)
    if isinstance(operation, ops.RunPython):
        return name in inspect.getsource(operation.code).lower()
    named = getattr(operation, "model_name", getattr(operation, "name", ""))
    return label == app_label and str(named).lower() == name and not isinstance(operation, ops.CreateModel)


def _is_guard(text: str) -> bool:
    """A trigger and nothing else: it refuses changes, it makes none."""
    words = text.upper()
    return "TRIGGER" in words and not any(
        f"{verb} " in words for verb in ("ALTER TABLE", "UPDATE SET", "SET ")
    )


def unreviewed(migrations: Iterable[Migration]) -> list[str]:
    """Names of those that touch traced rows and that nobody looked at."""
    names = (f"{one.app_label}.{one.name}" for one in migrations if touched_by(one))
    return sorted(name for name in names if name not in REVIEWED)


def rows_of(tables: Iterable[str], before: dict[str, Rows] | None = None) -> dict[str, Rows]:
    """What lies in these tables now, up to the last row of ``before``: the old code may go on adding meanwhile. A table that does
    not exist is left out. Reads each table once."""
    found = {}
    for table in sorted(tables):
        names = _columns(table)
        if names:
            last = before[table].last if before and table in before else _last_key(table)
            found[table] = _rows(table, names, last)
    return found


def _name(table: str) -> sql.Identifier:
    """Django writes a table of another schema with quotes inside of its name."""
    return sql.Identifier(*table.split('"."'))


def _columns(table: str) -> list[str]:
    query = "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    with connection.cursor() as cursor:
        cursor.execute(query, [_name(table).as_string(cursor.cursor)])
        return [row[0] for row in cursor.fetchall()]


def _last_key(table: str) -> int | None:
    numbered = {
        model._meta.db_table
        for model in traced_models()
        if isinstance(model._meta.pk, models.AutoField | models.BigAutoField)
    }
    if table not in numbered:
        return None
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT coalesce(max(id), 0) FROM {}").format(_name(table)))
        return int(cursor.fetchone()[0])


def _rows(table: str, names: list[str], last: int | None) -> Rows:
    one = sql.SQL("coalesce(sum(hashtextextended(concat(id, ':', {}::text), 0)), 0)")
    sums = sql.SQL(", ").join(one.format(sql.Identifier(name)) for name in names)
    with connection.cursor() as cursor:
        query = sql.SQL("SELECT count(*), {} FROM {}").format(sums, _name(table))
        if last is not None:
            query += sql.SQL(" WHERE id <= {}").format(sql.Literal(last))
        cursor.execute(query)
        count, *values = cursor.fetchone()
    return Rows(last, count, dict(zip(names, map(int, values), strict=True)))


def differences(before: dict[str, Rows], after: dict[str, Rows]) -> list[str]:
    """What is not as it was: fewer or more rows, a column that went, a value that changed. Empty tables hold nothing to lose."""
    found = []
    for table, old in before.items():
        if not old.count:
            continue
        new = after.get(table)
        if new is None or new.count != old.count:
            found.append(f"{table}: {old.count} rows before, {new.count if new else 'no table'} after")
            continue
        found += [
            f"{table}.{name}: {'gone' if name not in new.columns else 'changed'}"
            for name, value in old.columns.items()
            if new.columns.get(name) != value
        ]
    return found


def migrate_guarded(migrate: Callable[[], object]) -> None:
    """Run ``migrate`` between a look at the pending migrations and a comparison of the rows they touch.

    Raises TracedRowsChanged: before anything ran for one without a review, afterwards for rows that are others now.
    """
    executor = MigrationExecutor(connection)
    pending = [one for one, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    if unknown := unreviewed(pending):
        raise TracedRowsChanged(f"migrations touch traced rows without a review: {', '.join(unknown)}")
    tables = set().union(*(touched_by(one) for one in pending)) if pending else set()
    before = rows_of(tables)
    migrate()
    if changed := differences(before, rows_of(tables, before)):
        raise TracedRowsChanged(f"traced rows are not what they were: {'; '.join(changed)}")
