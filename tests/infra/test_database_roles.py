"""The run-time role: no ownership, no change of traced rows, with time-outs; the database knows its mode."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection, transaction

from eventlog.guards import append_only_models
from launcher.checks import production_environment
from launcher.paths import ROOT
from portal.env import ConfigurationError
from portal.models import Installation
from portal.startup import database_mode, require_mode
from tests.support.database import alone_on_server, process_environment

APPEND_ONLY = sorted(model._meta.db_table for model in append_only_models())


def run_python(
    program: str, environment: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    """A file of the project or a line of code in a process of its own."""
    start = [program] if program.endswith(".py") else ["-c", program]
    command = [sys.executable, *start, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@contextmanager
def scratch_database(base: str, name: str) -> Iterator[str]:
    """An empty database beside the test database, gone afterwards."""
    link = psycopg2.connect(base)
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(urlsplit(base)._replace(path=f"/{name}"))
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    link.close()


def test_there_are_append_only_tables() -> None:
    assert {"eventlog_event", "eventlog_receipt"} <= set(APPEND_ONLY)


@pytest.mark.django_db
def test_tests_run_as_the_run_time_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (settings.APP_ROLE, False)


@pytest.mark.req("SEC-40")
@pytest.mark.django_db
@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_run_time_role_cannot_change_traced_rows(table: str, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table))


@pytest.mark.req("SEC-40")
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_trigger_stops_even_the_owner(table: str, owner_connection: Any) -> None:
    with owner_connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgtype FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled <> 'D'",
            [table],
        )
        covered = 0
        for (kind,) in cursor.fetchall():
            covered |= kind
    deletes, updates, truncates = 8, 16, 32
    assert covered & deletes and covered & updates and covered & truncates


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE x (a int)", "ALTER TABLE accounts_user ADD a int", "DROP TABLE accounts_user", "TRUNCATE accounts_user",
     "UPDATE portal_installation SET mode = 'demo'", "DELETE FROM django_migrations"],
)  # fmt: skip
def test_run_time_role_cannot_change_the_schema(statement: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.req("REL-35")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"),
    [("lock_timeout", "3s"), ("statement_timeout", "10s"), ("idle_in_transaction_session_timeout", "15s")],
)
def test_time_outs_are_set(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        assert cursor.fetchone() == (value,)
        cursor.execute("SELECT rolconfig FROM pg_roles WHERE rolname = %s", [settings.APP_ROLE])
        assert f"{name}={settings.TIMEOUTS_MS[name]}ms" in cursor.fetchone()[0]


@pytest.mark.req("REL-35")
def test_a_held_lock_ends_in_an_error_not_in_waiting(owner_connection: Any) -> None:
    """With the time-out shortened in this one transaction, so that the test need not wait three seconds."""
    owner_connection.autocommit = False
    with owner_connection.cursor() as cursor:
        cursor.execute("LOCK TABLE portal_installation")
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            with connection.cursor() as ours:
                ours.execute("SET LOCAL lock_timeout = '10ms'")
                ours.execute("SELECT * FROM portal_installation")
    owner_connection.rollback()


@pytest.mark.django_db
def test_chinese_text_can_be_searched() -> None:
    """The database's character type must be UTF-8, else trigrams of Chinese are empty."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT datctype FROM pg_database WHERE datname = current_database()")
        assert "UTF-8" in cursor.fetchone()[0].upper().replace("UTF8", "UTF-8")


@pytest.mark.django_db
def test_database_remembers_its_mode() -> None:
    assert Installation.objects.get().mode == "test"
    connection.ensure_connection()
    assert database_mode(connection) == "test"
    require_mode("test")
    require_mode(None)
    for other in ("demo", "production"):
        with pytest.raises(ConfigurationError, match=other):
            require_mode(other)


def test_a_process_of_another_mode_does_not_start(transactional_db: None) -> None:
    """A real process with a demo environment on the test database ends with the reason."""
    result = run_python("import portal.asgi", process_environment() | {"PORTAL_MODE": "demo"})
    assert result.returncode != 0
    assert "this database belongs to a test installation" in result.stderr


@pytest.mark.req("SEC-40")
def test_production_database_with_two_logins(tmp_path: Path) -> None:
    """A production database from nothing: roles, schema, rights; the run-time login can read but not change it."""
    production = production_environment(tmp_path)
    base = os.environ.get("OWNER_DATABASE_URL") or os.environ["DATABASE_URL"]
    with alone_on_server(), scratch_database(base, "portal_production_test") as url:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        app_url = urlunsplit(parts._replace(netloc=f"{settings.APP_ROLE}:a-long-password@{host}"))
        production |= {"DATABASE_URL": app_url}
        zone_url = urlunsplit(parts._replace(netloc=f"{settings.ZONE_ROLE}:another-password@{host}"))
        owner = production | {
            "PORTAL_DB_ROLE": "owner",
            "OWNER_DATABASE_URL": url,
            "ZONE_DATABASE_URL": zone_url,
        }
        refused = run_python("import portal.asgi", production | {"DATABASE_URL": url})
        assert "is not prepared for this version" in refused.stderr
        prepared = run_python("manage.py", owner, "prepare_database", "--verbosity", "0")
        assert prepared.returncode == 0, prepared.stderr
        again = run_python("manage.py", owner, "prepare_database", "--verbosity", "0")
        assert again.returncode == 0, again.stderr
        served = run_python(
            "import portal.asgi; from django.db import connection as c; c.cursor().execute('DROP TABLE accounts_user')",
            production,
        )
        assert "must be owner of table" in served.stderr
        for become in ("SET ROLE " + (parts.username or "postgres"), f"SET ROLE {settings.ZONE_ROLE}"):
            another = run_python(
                f"import portal.asgi; from django.db import connection as c; c.cursor().execute('{become}')",
                production,
            )
            assert "permission denied to set role" in another.stderr, "the role of migrations is out of reach"
        assert run_python("import portal.asgi", production).returncode == 0
