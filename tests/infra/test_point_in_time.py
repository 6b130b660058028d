"""A server that is lost comes back with what was committed until its last archived segment (RPO, REL-56): the archive script of
the compose file, the encrypted files and PostgreSQL's own roll-forward together."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from launcher import postgres
from launcher.paths import ROOT
from portal import backups, keys
from tests.support.own_postgres import run_sql


@pytest.fixture
def place(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    keys.make_backup_key(tmp_path / "keys")
    monkeypatch.setenv("PG_BINDIR", str(postgres.binaries()))
    settings.DATABASE_ROLE, settings.BACKUP_COPY_DIR = "owner", ""
    settings.BACKUP_DIR = str(tmp_path / "backups")
    settings.BACKUP_KEY_FILE = str(tmp_path / "keys" / "backup.public")
    yield tmp_path
    postgres.remove_fallback(tmp_path / "first")
    postgres.remove_fallback(tmp_path / "second")


@pytest.mark.req("REL-56")
def test_a_lost_server_comes_back_to_its_last_archived_segment(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = postgres.server(place / "first", throw_away=True)
    archive = first.data.parent / "archive"
    with (first.data / "postgresql.auto.conf").open("a") as conf:
        command = f"ARCHIVE={archive} sh {ROOT / 'deploy/archive.sh'} %p %f"
        conf.write(f"wal_level = replica\narchive_mode = on\narchive_command = '{command}'\n")
    running = first.child()
    running.start()
    try:
        first.wait_ready(running)
        url = first.url("postgres")
        run_sql(
            url, "CREATE TABLE filed (number text)", "INSERT INTO filed VALUES ('before the base backup')"
        )
        login = {
            "HOST": str(first.sockets),
            "PORT": "",
            "USER": postgres.OWNER,
            "PASSWORD": "",
            "NAME": "postgres",
        }
        for name, value in login.items():
            monkeypatch.setitem(connection.settings_dict, name, value)
        call_command("backup", "base")
        burned = backups.server()
        run_sql(url, "INSERT INTO filed VALUES ('after it')")
        segment = run_sql(url, "SELECT pg_walfile_name(pg_switch_wal())")
        run_sql(url, "INSERT INTO filed VALUES ('in the minute that is lost')")
        while run_sql(url, "SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver") < segment:
            pass  # the server archives in its own time
    finally:
        running.stop()
    for left in archive.glob(
        "*"
    ):  # what it archived while it was stopped did not get out of the burning house
        if left.name > segment:
            left.unlink()
    call_command("backup", "wal", str(archive))
    assert list(archive.iterdir()) == []
    private = backups.identities(place / "keys" / "backup.key")
    second = postgres.server(place / "second", throw_away=True)
    for path in sorted(second.data.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    (base,) = (place / "backups").glob("*.tar.age")
    opened = BytesIO()
    backups.open_into(base, opened, private)
    opened.seek(0)
    with tarfile.open(fileobj=opened) as files:
        mine = second.data.stat()
        for member in files:
            member.uid, member.gid, member.uname, member.gname = mine.st_uid, mine.st_gid, "", ""
            files.extract(member, second.data, filter="tar")
    fetched = place / "fetched"
    fetched.mkdir()
    for closed in (place / "backups" / "wal" / burned).glob("*.age"):
        with (fetched / closed.stem).open("wb") as target:
            backups.open_into(closed, target, private)
    with (second.data / "postgresql.auto.conf").open("a") as conf:
        conf.write(f"archive_mode = off\nrestore_command = 'cp {fetched}/%f %p'\n")
    (second.data / "recovery.signal").touch()
    again = second.child()
    again.start()
    try:
        second.wait_ready(again)
        rows = "SELECT string_agg(number, ', ' ORDER BY number) FROM filed"
        assert run_sql(second.url("postgres"), rows) == "after it, before the base backup"
    finally:
        again.stop()
