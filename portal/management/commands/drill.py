"""`manage.py drill restore`: prove that a backup of this database can be restored and is complete (REL-56).

Dumps the database, restores it beside the original under another name, compares rows and chain heads of one and the
same moment, verifies the chains of the copy, compares the stored files with their hashes, and removes the copy. Reads only; run as owner.
"""

import os
import shutil
import subprocess
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from psycopg2 import sql

from common.clock import process_now
from documents.models import StoredFile
from eventlog.models import StreamHead
from eventlog.verify import verify

Figures = dict[str, int]


class Command(BaseCommand):
    """Drills of the operations handbook."""

    help = "restore: dump, restore beside the original, compare, remove the copy. Needs PORTAL_DB_ROLE=owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One drill so far."""
        parser.add_argument("drill", choices=["restore"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the drill; CommandError when anything differs."""
        if settings.DATABASE_ROLE != "owner":
            raise CommandError("drill must run as owner: set PORTAL_DB_ROLE=owner.")
        started = process_now()
        problems = self._compare_restored() + self._compare_files()
        seconds = (process_now() - started).total_seconds()
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"drill restore: {len(problems)} differences")
        self.stdout.write(f"drill restore: nothing differs, {seconds:.1f} s")

    def _compare_restored(self) -> list[str]:
        name = f"{connection.settings_dict['NAME']}_drill"
        with tempfile.TemporaryDirectory(prefix="portal-drill-") as directory, _connected() as source:
            dump = Path(directory) / "portal.dump"
            source.set_session(isolation_level="REPEATABLE READ", readonly=True)
            with source.cursor() as cursor:
                cursor.execute("SELECT pg_export_snapshot()")
                snapshot = cursor.fetchone()[0]
            _run(
                "pg_dump",
                "--format=custom",
                f"--snapshot={snapshot}",
                f"--file={dump}",
                connection.settings_dict["NAME"],
            )
            before = _figures(source)
            with _scratch(name):
                _run("pg_restore", "--exit-on-error", f"--dbname={name}", str(dump))
                with _connected(name) as copy:
                    after = _figures(copy)
                broken = _broken_chains(name)
            self.stdout.write(f"{len(before)} figures, dump of {dump.stat().st_size} bytes")
        names = sorted(before.keys() | after.keys())
        return broken + [
            f"{figure}: {before.get(figure)} here, {after.get(figure)} restored"
            for figure in names
            if before.get(figure) != after.get(figure)
        ]

    def _compare_files(self) -> list[str]:
        problems, count = [], 0
        for stored in StoredFile.objects.order_by("pk").iterator():
            count += 1
            try:
                with default_storage.open(stored.storage_key) as content:
                    digest = file_digest(content, "sha256").hexdigest()
            except OSError:
                problems.append(f"file {stored.public_id}: missing")
                continue
            if digest != stored.sha256:
                problems.append(f"file {stored.public_id}: bytes differ from their hash")
        self.stdout.write(f"{count} stored files")
        return problems


@contextmanager
def _connected(name: str | None = None) -> Iterator[Any]:
    parameters = connection.get_connection_params()
    parameters = {key: parameters[key] for key in ("user", "password", "host", "port") if parameters.get(key)}
    link = psycopg2.connect(dbname=name or connection.settings_dict["NAME"], **parameters)
    try:
        yield link
    finally:
        link.close()


@contextmanager
def _scratch(name: str) -> Iterator[None]:
    """An empty database of this name, gone afterwards."""
    with _connected("postgres") as link:
        link.autocommit = True
        with link.cursor() as cursor:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            cursor.execute(drop)
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            try:
                yield
            finally:
                cursor.execute(drop)


def _broken_chains(name: str) -> list[str]:
    """What the chain verification finds in the restored copy."""
    original = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        return [f"chain {found.stream}: {found.verdict.name} at {found.seq}" for found in verify(None)]
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original


def _figures(link: Any) -> Figures:
    """Rows of each table, and the position of each chain as rows of their own."""
    figures: Figures = {}
    with link.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            figures[f"rows of {table}"] = cursor.fetchone()[0]
        heads = sql.SQL("SELECT stream, seq, hash FROM {}").format(sql.Identifier(StreamHead._meta.db_table))
        cursor.execute(heads)
        for stream, seq, digest in cursor.fetchall():
            figures[f"head of {stream} {digest}"] = seq
    return figures


def _run(program: str, *arguments: str) -> None:
    """One of PostgreSQL's programs against this server; from PG_BINDIR or the path."""
    found = shutil.which(program, path=os.environ.get("PG_BINDIR") or os.environ.get("PATH"))
    if found is None:
        raise CommandError(f"{program} is not installed; set PG_BINDIR to PostgreSQL's bin directory.")
    place = connection.settings_dict
    environment = dict(os.environ) | {
        "PGHOST": place["HOST"],
        "PGPORT": str(place["PORT"] or ""),
        "PGUSER": place["USER"],
        "PGPASSWORD": place["PASSWORD"],
    }
    environment = {name: value for name, value in environment.items() if value}
    result = subprocess.run([found, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if result.returncode:
        raise CommandError(f"{program} failed: {result.stderr.strip()}")
