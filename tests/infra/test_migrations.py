"""Upgrades beside running code (REL-57, F-33): what migrations may do, what the older code finds, and rows that are moved by a
command which may be killed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from launcher.paths import ROOT
from portal.schema_record import breaks, columns
from tests.faults.crash import PREAMBLE, run_and_die
from tests.infra.migrations import problems
from tests.infra.test_database_roles import run_python
from tests.support.database import process_environment

RECORD = json.loads((ROOT / "tests/infra/schema_of_last_release.json").read_text())


@pytest.mark.req("REL-57")
def test_migrations_since_the_last_release_go_beside_its_code() -> None:
    loader = MigrationLoader(None)
    found = []
    for key in loader.graph.leaf_nodes():
        for app, name in loader.graph.forwards_plan(key):
            if f"{app}.{name}" in RECORD["migrations"] or app in DJANGO:
                continue
            before = loader.project_state((app, name), at_end=False)
            found += problems(app, name, loader.disk_migrations[app, name], before)
    assert sorted(set(found)) == []


DJANGO = {"auth", "contenttypes", "sessions", "admin"}


def state_of(**fields: models.Field[Any, Any]) -> ProjectState:
    state = ProjectState()
    create = migrations.CreateModel("Event", [("id", models.BigAutoField(primary_key=True)), *fields.items()])
    create.state_forwards("eventlog", state)
    return state


class Migration(migrations.Migration):
    operations = [
        migrations.AddField("event", "must", models.IntegerField()),
        migrations.AddField("event", "may", models.IntegerField(null=True)),
        migrations.AddField("event", "given", models.IntegerField(db_default=0)),
        migrations.AlterField("event", "short", models.CharField(max_length=90)),
        migrations.AlterField("event", "number", models.BigIntegerField()),
        migrations.AddIndex("event", models.Index(fields=["number"], name="slow")),
        AddIndexConcurrently("event", models.Index(fields=["number"], name="quick")),
        migrations.RunPython(migrations.RunPython.noop),
        migrations.RunSQL("UPDATE eventlog_event SET number = 1"),
        migrations.RenameField("event", "may", "might"),
        migrations.RemoveField("event", "short"),
    ]


@pytest.mark.req("REL-57")
def test_control_the_lint_sees_each_thing_that_breaks() -> None:
    before = state_of(short=models.CharField(max_length=9, null=True), number=models.IntegerField())
    assert [line.removeprefix("eventlog.x: ") for line in problems("eventlog", "x", Migration, before)] == [
        "eventlog.event.must is new: null=True or db_default",
        "eventlog.event.short changes its type: the table would be written anew",
        "eventlog.event.short becomes required: the release before leaves it empty",
        "eventlog.event.number changes its type: the table would be written anew",
        "AddIndex on eventlog.event: concurrently, in a migration that is not atomic",
        "RunPython: rows are moved by a command in batches (common.batches)",
        "RunSQL moves rows: a command does that in batches (common.batches)",
        "RenameField of eventlog.event: the release before still reads it",
        "RemoveField of eventlog.event: the release before still reads it",
    ]


@pytest.mark.req("REL-57", "F-33")
def test_the_code_of_the_last_release_reads_and_writes_this_schema(owner_connection: Any) -> None:
    """Its every table is read, and written, naming exactly the columns that it knows."""
    assert breaks(RECORD["columns"], columns()) == []
    with owner_connection.cursor() as cursor:
        for table, known in RECORD["columns"].items():
            names = ", ".join(f'"{name}"' for name in known)
            values = ", ".join(f"NULL::{kind}" for kind, _required in known.values())
            cursor.execute(f"EXPLAIN SELECT {names} FROM {table}")
            cursor.execute(f"EXPLAIN INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE VALUES ({values})")


@pytest.mark.req("REL-57")
@pytest.mark.django_db
def test_control_what_older_code_would_stumble_over_is_named() -> None:
    now = columns()
    name = {"kind": ["text", True], "left": ["text", False]}
    assert breaks({"gone": {}, "t": name}, {"t": {"kind": ["bigint", True], "new": ["text", True]}}) == [
        "gone is gone", "t.kind was text, is bigint", "t.left is gone", "t.new is new and must be given"
    ]  # fmt: skip
    assert breaks({"t": name}, {"t": {"kind": ["text", True], "left": ["text", True]}}) == [
        "t.left must be given now"
    ]
    assert now["eventlog_event"]["id"] == ["bigint", False] and now["eventlog_event"]["name"][1]


@pytest.mark.req("REL-57")
def test_every_run_of_migrations_has_a_lock_time_out(owner_connection: Any) -> None:
    owner = process_environment() | {"PORTAL_DB_ROLE": "owner"}
    program = (
        PREAMBLE
        + "from django.db import connection as c\nk = c.cursor(); k.execute('SHOW lock_timeout'); print(k.fetchone()[0])"
    )
    assert run_python(program, owner).stdout.split()[-1] == "5s"


MOVE = """
from django.db import models
from common.batches import move_in_batches

class Probe(models.Model):
    old = models.TextField()
    new = models.TextField(null=True)
    class Meta:
        app_label, db_table, managed = "portal", "move_probe", False

batches = 0
def change(rows):
    global batches
    for row in rows:
        row.new = row.old.upper()
    Probe.objects.bulk_update(rows, ["new"])
    batches += 1
    {guard}
print("moved", move_in_batches(Probe.objects.filter(new=None), change, size=10))
"""


@pytest.mark.req("REL-57", "F-33")
def test_rows_that_are_moved_survive_a_kill_and_older_code_writes_beside(owner_connection: Any) -> None:
    with owner_connection.cursor() as cursor:
        cursor.execute("CREATE TABLE move_probe (id bigserial PRIMARY KEY, old text NOT NULL)")
        try:
            cursor.execute("INSERT INTO move_probe (old) SELECT 'a' || n FROM generate_series(1, 45) n")
            cursor.execute("ALTER TABLE move_probe ADD COLUMN new text")  # expand
            cursor.execute(f"GRANT ALL ON move_probe TO {connection.settings_dict['USER']}, portal_app")
            run_and_die(MOVE.format(guard="batches == 3 and die()"))  # inside the third batch
            cursor.execute("SELECT count(*) FROM move_probe WHERE new IS NOT NULL")
            assert cursor.fetchone() == (20,), "two batches stand, the third is gone whole"
            cursor.execute("INSERT INTO move_probe (old) VALUES ('older code')")
            again = run_python(PREAMBLE + MOVE.format(guard="pass"), process_environment())
            assert again.stdout.split()[-2:] == ["moved", "26"], again.stderr
            cursor.execute("SELECT count(*) FROM move_probe WHERE new IS DISTINCT FROM upper(old)")
            assert cursor.fetchone() == (0,)
            stuck = run_python(
                PREAMBLE + MOVE.format(guard="pass").replace("new=None", "id__gt=0"), process_environment()
            )
            assert "rows do not leave the query" in stuck.stderr, "control: it does not go round for ever"
        finally:
            cursor.execute("DROP TABLE move_probe")
