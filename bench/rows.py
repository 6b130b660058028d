"""Bulk rows for measuring: INSERT … SELECT, past the services. Measuring data only; nothing else may do this."""

# ruff: noqa: S608  (statements are built from model metadata and constants of this package)

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

from bench.capture import FIRST_NEW_ID
from common.fields import PublicIdField

IDS_PER_TABLE = 10_000_000


def fill(model: type[models.Model], source: str, **columns: str) -> None:
    """One INSERT … SELECT. ``columns`` maps attribute names to SQL expressions over ``source`` (what follows FROM).

    A column that is not named gets the model's default, the database's, NULL where allowed, a random public id or the next id.
    """
    names, expressions, values = [], [], []
    known = {field.attname for field in model._meta.local_concrete_fields}
    if unknown := columns.keys() - known:
        raise LookupError(f"{model._meta.label} has no {', '.join(sorted(unknown))}")
    for field in model._meta.local_concrete_fields:
        if field.attname in columns:
            expression = columns[field.attname].replace("%", "%%")
        elif field.primary_key or (field.has_db_default() and not field.has_default()):
            continue
        elif isinstance(field, PublicIdField):
            expression = "gen_random_uuid()"
        elif field.null:
            expression = "NULL"
        else:
            expression = "%s"
            values.append(field.get_db_prep_save(field.get_default(), connection))
        names.append(f'"{field.column}"')
        expressions.append(expression)
    found = source.replace("%", "%%")
    statement = f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) SELECT {', '.join(expressions)} FROM {found}"
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def run(statement: str, *values: Any) -> None:
    """Execute one statement; a percent sign needs no doubling when there are no values."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """All rows of one query."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)
        return list(cursor.fetchall())


@contextmanager
def bulk_load() -> Iterator[None]:
    """No triggers, all unique constraints and indexes but the primary keys rebuilt at the end, counters set."""
    run("SET session_replication_role = replica")
    run("SET maintenance_work_mem = '256MB'")
    uniques = rows(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'u' AND connamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = pg_constraint.conindid)"
    )
    for table, name, _definition in uniques:
        run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    indexes = rows(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)"
    )
    for name, _definition in indexes:
        run(f"DROP INDEX {name}")
    yield
    for table, name, definition in uniques:
        run(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for _name, definition in indexes:
        run(definition)
    _set_counters()
    run("RESET session_replication_role")


def _set_counters() -> None:
    """New ids can be told from those of the bulk rows, and those of one table from those of another."""
    counters = rows(
        "SELECT pg_get_serial_sequence(quote_ident(table_name), column_name) FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'id' AND data_type = 'bigint'"
        " AND is_identity = 'YES' ORDER BY table_name"
    )
    for place, (counter,) in enumerate(counters):
        run(f"SELECT setval('{counter}', {FIRST_NEW_ID + place * IDS_PER_TABLE})")
