"""Append-only tables (SEC-40): a raising trigger on each, and no UPDATE, DELETE or TRUNCATE for the run-time role.

A model says ``append_only = True`` in its body; its migration adds ``append_only_trigger("app_table")``;
``manage.py prepare_database`` grants the run-time role what remains.
"""

from __future__ import annotations

from django.apps import apps
from django.db import models
from django.db.migrations.operations import RunSQL

FUNCTION_SQL = """
CREATE OR REPLACE FUNCTION portal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def create_function() -> RunSQL:
    """The one function behind all guards; belongs in the first migration of ``eventlog``."""
    return RunSQL(FUNCTION_SQL, "DROP FUNCTION IF EXISTS portal_refuse_change()")


def append_only_trigger(table: str) -> RunSQL:
    """Triggers that refuse UPDATE, DELETE and TRUNCATE of ``table``."""
    name = table.rpartition(".")[2].strip('"')
    return RunSQL(
        f"CREATE TRIGGER {name}_rows_guard BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();"
        f"CREATE TRIGGER {name}_table_guard BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();",
        f"DROP TRIGGER IF EXISTS {name}_table_guard ON {table}; DROP TRIGGER IF EXISTS {name}_rows_guard ON {table};",
    )


def append_only_models() -> list[type[models.Model]]:
    """All models of the portal's own schema whose rows are never changed."""
    return [
        model for model in apps.get_models() if getattr(model, "append_only", False) and not is_walled(model)
    ]


def is_walled(model: type[models.Model]) -> bool:
    """True for a table in a schema of its own, which the run-time role does not enter (the complaint zone)."""
    return '"."' in model._meta.db_table
