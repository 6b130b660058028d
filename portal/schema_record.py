"""The schema as a release left it: what its code, still running while the next one migrates, reads and writes (REL-57)."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

Record = dict[str, Any]


def columns() -> dict[str, dict[str, list[Any]]]:
    """By table and column: type, and whether a row must name it (NOT NULL, no default, not generated)."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    found: dict[str, dict[str, list[Any]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull AND NOT a.atthasdef"
            " AND a.attidentity = '' FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped"
            " ORDER BY 1, a.attnum"
        )
        for table, column, kind, required in cursor.fetchall():
            if table in tables:
                found.setdefault(table, {})[column] = [kind, required]
    return found


def migrations() -> list[str]:
    """Every migration of the portal's own apps that this code has."""
    own = {config.label for config in apps.get_app_configs() if not config.name.startswith("django.")}
    return sorted(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations if app in own)


def record() -> Record:
    """What is committed beside the release."""
    return {"migrations": migrations(), "columns": columns()}


def breaks(before: dict[str, dict[str, list[Any]]], now: dict[str, dict[str, list[Any]]]) -> list[str]:
    """Why the older code would fail on the newer schema: what it reads is gone or another type, what it does not write is required."""
    problems = []
    for table, older in before.items():
        newer = now.get(table)
        if newer is None:
            problems.append(f"{table} is gone")
            continue
        for column, (kind, required) in older.items():
            if column not in newer:
                problems.append(f"{table}.{column} is gone")
            elif newer[column][0] != kind:
                problems.append(f"{table}.{column} was {kind}, is {newer[column][0]}")
            elif newer[column][1] and not required:
                problems.append(f"{table}.{column} must be given now")
        problems += [
            f"{table}.{column} is new and must be given"
            for column, (_kind, required) in newer.items()
            if column not in older and required
        ]
    return problems
