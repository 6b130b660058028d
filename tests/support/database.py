"""The test database: made by the owner, used as `portal_app`, cleaned by the owner.

Tests run with exactly the rights of the running portal. A transactional test is cleaned by deleting what it left;
rows that set-up loaded (courts, causes, calendar …) stay, but a test that changes such a row must change it back.
"""

import copy
import io
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from psycopg2 import sql

from tests.support.apart import WORKER
from tests.support.waiting import soon

NAME = "_".join(filter(None, ("portal_test", WORKER)))
"""Each parallel worker has its own."""
READY = "_".join(("portal_test_ready", os.environ.get("PYTEST_XDIST_TESTRUNUID", "")))
"""What the first of several parallel workers of this run prepared; the others copy it."""
SERVER_LOCK = 7
LATE_ROWS = "rows that came after the end of an earlier test"
"""So the warning begins that pytest only shows (pyproject.toml)."""
Made = TypeVar("Made")
Rows = dict[str, bytes]
"""Rows by table, as COPY writes them."""


def _url_of(name: str, variable: str = "DATABASE_URL") -> str:
    url = os.environ.get(variable) or os.environ["DATABASE_URL"]
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _become(role: str) -> None:
    """All connections of this process, in every thread, are of this role from now on."""
    from portal.settings import database_settings

    connection.close()
    entry = database_settings(role) | {"NAME": NAME}
    settings.DATABASES["default"]["OPTIONS"].clear()
    for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT"):
        settings.DATABASES["default"][key] = entry[key]
    settings.DATABASES["default"]["OPTIONS"].update(entry["OPTIONS"])
    settings.DATABASE_ROLE = role


@contextmanager
def _server() -> Iterator[Any]:
    link = psycopg2.connect(os.environ.get("OWNER_DATABASE_URL") or os.environ["DATABASE_URL"])
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()


def _on_server(statement: str, *names: str) -> None:
    with _server() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def alone_on_server() -> Iterator[None]:
    """Roles belong to the whole server, and every parallel worker prepares a database of its own there."""
    with _server() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [SERVER_LOCK])
        yield


def _is_prepared() -> bool:
    with _server() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [READY])
        return bool(WORKER) and cursor.fetchone() is not None


def _prepare() -> None:
    """A new database with the domain data, kept for other workers where there are any."""
    _on_server("CREATE DATABASE {}", NAME)
    _become("owner")
    call_command("prepare_database", verbosity=0)
    _become("app")
    call_command("load_domain", verbosity=0)
    connection.close()
    if WORKER:
        _on_server("CREATE DATABASE {} TEMPLATE {}", READY, NAME)


def _copy() -> None:
    """What another worker prepared, in a place of its own: a copy that remembers another one would be held (portal.holding)."""
    _on_server("CREATE DATABASE {} TEMPLATE {}", NAME, READY)
    _become("owner")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE portal_installation SET database_id = ''")
    call_command("prepare_database", verbosity=0)
    _become("app")
    connection.close()


class Cleaner:
    """Deletes what a test committed, past all triggers and rights; remembers what set-up loaded."""

    def __init__(self, link: Any) -> None:
        self.link = link
        self.past: dict[str, sql.Composable] = {}
        self.prepared: list[str] = []
        self.cleaned_after = ""
        self.past = self._past_set_up()
        self.prepared = []

    def _tables(self) -> list[str]:
        with self.link.cursor() as cursor:
            cursor.execute(
                "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'zone') ORDER BY 2"
            )
            return [row[1] if row[0] == "public" else ".".join(row) for row in cursor.fetchall()]

    def _filled(self) -> list[str]:
        """Tables with rows past set-up."""
        tables = self._tables()
        with self.link.cursor() as cursor:
            if tables != self.prepared:
                self._prepare(cursor, tables)
            cursor.execute("EXECUTE filled")
            return [row[0] for row in cursor.fetchall()]

    def _prepare(self, cursor: Any, tables: list[str]) -> None:
        """Planning so many look-ups takes twenty times as long as doing them, and every test does them."""
        one = sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {} WHERE {})")
        parts = [one.format(sql.Literal(table), _identifier(table), self._rows(table)) for table in tables]
        cursor.execute("DEALLOCATE ALL")
        cursor.execute(sql.SQL("PREPARE filled AS ") + sql.SQL(" UNION ALL ").join(parts))
        self.prepared = tables

    def _rows(self, table: str) -> sql.Composable:
        """The condition on rows of this table that set-up did not load."""
        return self.past.get(table, sql.SQL("true"))

    def _past_set_up(self) -> dict[str, sql.Composable]:
        """Conditions of the tables that set-up filled: past the highest id; none where the key is no number (such rows stay)."""
        past: dict[str, sql.Composable] = {}
        for table in self._filled():
            if table.startswith("eventlog_"):
                continue  # a chain is kept whole or not at all
            with self.link.cursor() as cursor:
                cursor.execute(
                    "SELECT 1 FROM information_schema.columns WHERE table_schema || '.' || table_name"
                    " IN (%s, 'public.' || %s) AND column_name = 'id'"
                    " AND data_type IN ('bigint', 'integer', 'smallint')",
                    [table, table],
                )
                past[table] = sql.SQL("false")
                if cursor.fetchone():
                    cursor.execute(sql.SQL("SELECT max(id) FROM {}").format(_identifier(table)))
                    past[table] = sql.SQL("id > {}").format(sql.Literal(cursor.fetchone()[0]))
        return past

    def with_rows(self) -> list[tuple[sql.Identifier, sql.Composable]]:
        """Tables with rows past set-up, each with the condition on them."""
        return [(_identifier(table), self._rows(table)) for table in self._filled()]

    def take(self) -> Rows:
        """Every row past set-up, by table."""
        rows = {}
        with self.link.cursor() as cursor:
            for table, past in self.with_rows():
                copied = io.BytesIO()
                query = sql.SQL("COPY (SELECT * FROM {} WHERE {}) TO STDOUT").format(table, past)
                cursor.copy_expert(query.as_string(cursor), copied)
                rows[table.as_string(cursor)] = copied.getvalue()
        return rows

    def put(self, rows: Rows) -> None:
        """These rows and no others past set-up."""
        self.clean()
        with self.link.cursor() as cursor:
            for table, copied in rows.items():
                cursor.copy_expert(f"COPY {table} FROM STDIN", io.BytesIO(copied))

    def clean(self) -> None:
        """Back to the state after set-up. Who is still writing is waited for: the server commits what a process told it that was
        killed a moment ago, and the next test would find it.
        """
        if not soon(self._nobody_writes):
            raise RuntimeError("somebody goes on writing after the end of a test")
        self.cleaned_after = os.environ.get("PYTEST_CURRENT_TEST", "")
        with self.link.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica; SET lock_timeout = '10s'")
            for table, past in self.with_rows():
                cursor.execute(sql.SQL("DELETE FROM {} WHERE {}").format(table, past))

    def _nobody_writes(self) -> bool:
        with self.link.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL"
            )
            return cursor.fetchone() is None

    def begin(self) -> None:
        """A test begins with what set-up left. Rows that came after the end of an earlier one are no matter of this one: they are gone,
        and stand in the summary of the run.
        """
        if late := self.take():
            warnings.warn(f"{LATE_ROWS} ({self.cleaned_after}): {late}", stacklevel=1)
            self.clean()


def _identifier(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split("."))


def _same(some: Rows, others: Rows) -> bool:
    """The same rows, in whatever order they lie on the disk."""
    return {table: sorted(rows.splitlines()) for table, rows in some.items()} == {
        table: sorted(rows.splitlines()) for table, rows in others.items()
    }


def _place() -> Path:
    """Where the storage of this test lies; its files belong to the state as the rows do."""
    return Path(settings.STORAGES["default"]["OPTIONS"]["location"])


def _names() -> set[str]:
    return {str(path.relative_to(_place())) for path in _place().rglob("*") if path.is_file()}


def _put_files(kept: dict[str, bytes]) -> None:
    """These files, wherever the storage of this test lies and whatever an earlier test did to them."""
    for name, data in kept.items():
        path = _place() / name
        if not path.is_file() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


class Kept:
    """States that many tests begin with: made once in this process, put back row by row and file by file for every later
    test.

    Only where the database holds exactly what it held when the state was made; else it is made again.
    """

    def __init__(self, cleaner: Cleaner) -> None:
        self.cleaner = cleaner
        self.known: dict[str, tuple[Rows, Rows, dict[str, bytes], Any]] = {}

    def __call__(self, name: str, make: Callable[[], Made]) -> Made:
        """What ``make()`` gave and committed; the value is this test's own copy. A test that will be rolled back commits
        nothing, and makes its own.
        """
        if connection.in_atomic_block or "location" not in settings.STORAGES["default"]["OPTIONS"]:
            return make()
        before = self.cleaner.take()
        if name not in self.known:
            others = _names()
            value = make()
            files = {path: (_place() / path).read_bytes() for path in _names() - others}
            self.known[name] = before, self.cleaner.take(), files, copy.deepcopy(value)
            return value
        found, rows, files, value = self.known[name]
        if not _same(found, before):
            return make()
        self.cleaner.put(rows)
        _put_files(files)
        return copy.deepcopy(value)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[Cleaner]:
    """The database of the run: migrated and filled with the domain data. Gives the cleaner, for sets of tests that
    share what they committed."""
    _on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", NAME)
    with django_db_blocker.unblock(), alone_on_server():
        if _is_prepared():
            _copy()
        else:
            _prepare()
    settings.LISTEN_DATABASE_URL = _url_of(NAME)
    link = psycopg2.connect(_url_of(NAME, "OWNER_DATABASE_URL"))
    link.autocommit = True
    cleaner = Cleaner(link)
    cleaner.clean()
    with pytest.MonkeyPatch.context() as patched:
        prepare = TransactionTestCase._fixture_setup.__func__  # type: ignore[attr-defined]
        begin = classmethod(lambda case: (cleaner.begin(), prepare(case)))
        patched.setattr(TransactionTestCase, "_fixture_setup", begin)
        patched.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: cleaner.clean())
        yield cleaner
    with django_db_blocker.unblock():
        connection.close()
    link.close()
    with alone_on_server():
        for name in (NAME, READY):
            _on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def made_once(django_db_setup: Cleaner) -> Kept:
    """States made once, see `Kept`."""
    return Kept(django_db_setup)


@pytest.fixture
def transactional_db(transactional_db: None) -> None:
    """As pytest-django's, named by the test or its fixtures. Asked for while the test runs it comes too late: that test is rolled back,
    what a live portal commits meanwhile stays, and is found by whichever test comes next.
    """
    if connection.in_atomic_block:
        pytest.fail(
            "transactional_db came too late: what needs it is an argument of the test, or of its fixture"
        )


@pytest.fixture
def owner_connection(transactional_db: None) -> Iterator[Any]:
    """A psycopg2 connection as owner (autocommit), for looking behind the run-time role's rights."""
    link = psycopg2.connect(_url_of(NAME, "OWNER_DATABASE_URL"))
    link.autocommit = True
    yield link
    link.close()


@pytest.fixture
def run_outbox() -> Callable[..., int]:
    """`run_outbox()` works off the outbox here and now; a failing handler fails the test."""

    def run(*, allow_failures: bool = False) -> int:
        from eventlog.models import Outbox
        from eventlog.relay import run_due

        done = 0
        while count := run_due():
            done += count
        failed = list(Outbox.objects.exclude(last_error="").values_list("handler", "last_error"))
        assert allow_failures or not failed, f"outbox handlers failed: {failed}"
        return done

    return run


def process_environment() -> dict[str, str]:
    """Environment for a subprocess that works on the test database."""
    return dict(os.environ) | {
        "DATABASE_URL": _url_of(NAME),
        "PUBLIC_URL": settings.PUBLIC_URL,
        "SMS_URL": settings.SMS_URL,
        "IDENTITY_URL": settings.IDENTITY_URL,
        "CASHIER_URL": settings.CASHIER_URL,
        "WECHAT_URL": settings.WECHAT_URL,
        "ALIPAY_URL": settings.ALIPAY_URL,
        "REDIS_URL": settings.REDIS_URL,
    }
