"""Tables whose rows never change: what points at them, what migrations do to them, and who may try what (SEC-40, SEC-41)."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import psycopg2
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader

from eventlog.models import Event
from eventlog.services import act
from eventlog.traced import (
    REVIEWED,
    TracedRowsChanged,
    differences,
    migrate_guarded,
    rows_of,
    touched_by,
    traced_models,
    unreviewed,
)
from tests.eventlog.test_nested_acts import happen

TABLE = "eventlog_event"


@pytest.mark.req("SEC-41")
def test_what_points_at_traced_rows_protects_them() -> None:
    traced = set(traced_models())
    pointing = {
        f"{model._meta.label}.{field.name}": field.remote_field.on_delete
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model in traced
    }
    assert len(pointing) > 20
    assert {name for name, action in pointing.items() if action is not models.PROTECT} == set()


@pytest.mark.req("SEC-41")
def test_every_migration_that_touches_them_was_reviewed() -> None:
    migrations = MigrationLoader(None).disk_migrations.values()
    assert unreviewed(migrations) == []
    touching = {f"{one.app_label}.{one.name}" for one in migrations if touched_by(one)}
    assert set(REVIEWED) - touching == set(), "reviewed, but touches nothing"


def rewrite(registry: Any, _editor: Any) -> None:
    registry.get_model("eventlog", "Event").objects.update(name="another")


@pytest.mark.req("SEC-41")
@pytest.mark.parametrize(
    "operation",
    [
        ops.AddField("event", "note", models.TextField(default="")),
        ops.RunSQL(f"UPDATE {TABLE} SET name = 'another'"),
        ops.RunPython(rewrite),
        ops.DeleteModel("Event"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_control_one_that_nobody_looked_at_is_found(operation: Any) -> None:
    migration = Migration("9999_quiet", "eventlog")
    migration.operations = [operation]
    assert unreviewed([migration]) == ["eventlog.9999_quiet"]


def by_owner(link: Any, statement: str) -> None:
    with link.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)


TAMPERED = {
    f"UPDATE {TABLE} SET name = 'another' WHERE seq = 1": f"{TABLE}.name: changed",
    f"UPDATE {TABLE} SET seq = seq + 10": f"{TABLE}.seq: changed",
    f"DELETE FROM {TABLE} WHERE seq = 2": f"{TABLE}: 2 rows before, 1 after",
}


@pytest.mark.req("SEC-41")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", TAMPERED)
def test_rows_that_are_others_afterwards_are_named(owner_connection: Any, statement: str) -> None:
    with act():
        happen("case:a", "case:a")
    before = rows_of({TABLE})
    assert differences(before, rows_of({TABLE}, before)) == []
    with act():
        happen("case:a")  # the code that still runs adds rows meanwhile
    assert differences(before, rows_of({TABLE}, before)) == []
    by_owner(owner_connection, statement)
    assert TAMPERED[statement] in differences(before, rows_of({TABLE}, before))


@pytest.mark.req("SEC-41")
@pytest.mark.django_db(transaction=True)
def test_nothing_is_migrated_that_nobody_looked_at(
    owner_connection: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest reviewed one is pending again, and its review is gone."""
    name = "eventlog.0003_anchors"
    monkeypatch.delitem(REVIEWED, name)
    with owner_connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'eventlog' AND name = '0003_anchors' RETURNING id, applied"
        )
        row = cursor.fetchone()
    ran: list[str] = []
    try:
        with pytest.raises(TracedRowsChanged, match=name):
            migrate_guarded(lambda: ran.append("migrated"))
        assert ran == []
    finally:
        with owner_connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (id, app, name, applied) VALUES (%s, 'eventlog', '0003_anchors', %s)",
                row,  # under its own number: what is added past set-up is cleaned away
            )


def by_rows() -> None:
    event = Event.objects.get()
    event.name = "another"
    event.save()


def by_bulk() -> None:
    event = Event.objects.get()
    event.name = "another"
    Event.objects.bulk_update([event], ["name"])


def by_copy() -> None:
    """COPY only adds: a row that is there comes no second time."""
    copied = io.StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {TABLE} TO STDOUT", copied)
        copied.seek(0)
        cursor.copy_expert(f"COPY {TABLE} FROM STDIN", copied)


def by_sql(statement: str) -> Callable[[], None]:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return run


WAYS: dict[str, Callable[[], Any]] = {
    "save": by_rows,
    "update": lambda: Event.objects.update(name="another"),
    "bulk update": by_bulk,
    "copy": by_copy,
    "delete": lambda: Event.objects.get().delete(),
    "bulk delete": lambda: Event.objects.all().delete(),
    "merge": by_sql(f"MERGE INTO {TABLE} t USING {TABLE} s ON t.id = s.id WHEN MATCHED THEN DELETE"),
    "on conflict": by_sql(
        f"INSERT INTO {TABLE} SELECT * FROM {TABLE} ON CONFLICT (id) DO UPDATE SET name = 'another'"
    ),
    "trigger off": by_sql(f"ALTER TABLE {TABLE} DISABLE TRIGGER ALL"),
    "replica": by_sql("SET session_replication_role = replica"),
    "a view": by_sql(f"CREATE VIEW v AS SELECT * FROM {TABLE}"),
    "own trigger": by_sql(
        f"CREATE TRIGGER x BEFORE INSERT ON {TABLE} FOR EACH ROW EXECUTE FUNCTION portal_refuse_change()"
    ),
}


@pytest.mark.req("SEC-40")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_the_running_portal_changes_no_entry(way: str) -> None:
    with act():
        happen("case:a")
    before = rows_of({TABLE})
    with pytest.raises((DatabaseError, psycopg2.Error)), transaction.atomic():
        WAYS[way]()
    assert differences(before, rows_of({TABLE}, before)) == []
