"""A PostgreSQL of one test with a copy of the test database: it may be killed, filled up, or replaced by its stand-by."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg2

from launcher import postgres
from launcher.children import LIBC, Child, die_with_parent
from launcher.paths import private_directory, socket_directory
from tests.support.database import NAME, _url_of, process_environment

CONNECTIONS = 20
CLONE_NEWNS = 0x00020000
SMALL_DISK = "size=3m,mode=700"


def _mounted(place: Path) -> None:
    """In a child before exec: a small file system that only this process and its children see; needs user namespaces, not root."""
    postgres.enter_user_namespace()
    if LIBC.unshare(CLONE_NEWNS) or LIBC.mount(
        b"small", os.fsencode(place), b"tmpfs", 0, SMALL_DISK.encode()
    ):
        raise OSError(ctypes.get_errno(), "no small file system")
    die_with_parent(signal.SIGINT)


def small_disks_work(place: Path) -> bool:
    """Whether this machine lets us."""
    try:
        subprocess.run(["true"], preexec_fn=lambda: _mounted(place), check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def run_sql(url: str, *statements: str) -> Any:
    """Statements in a connection of their own; the first column of the last one's first row."""
    link = psycopg2.connect(url)
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        link.close()


class OwnPostgres:
    """Behind one address, as behind a pool or a name: after `replace_by_standby` another server answers there."""

    def __init__(self, home: Path, *, small_disk: bool = False) -> None:
        self.home = home
        self.server = postgres.server(home / "first", throw_away=True)
        self.child = self._child(self.server)
        if small_disk:
            self.small = private_directory(self.server.data.with_name("small"))
            self.child.before_exec = lambda: _mounted(self.small)
        self.door = socket_directory(home) / "door"
        self.door.symlink_to(self.server.sockets)
        self.url = f"postgresql://{postgres.OWNER}@/{NAME}?host={self.door}"
        self.standby: tuple[postgres.Server, Child] | None = None

    @staticmethod
    def _child(server: postgres.Server) -> Child:
        child = server.child()
        child.command = [*child.command, "-c", f"max_connections={CONNECTIONS}"]
        return child

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.child.start()
        self.server.wait_ready(self.child)

    def stop(self) -> None:
        """A fast shutdown: everybody is thrown out."""
        self.child.stop()

    def fill(self) -> None:
        """What the test database holds now, with its roles."""
        roles = self._said("pg_dumpall", "--roles-only", "--no-role-passwords", "-d", _url_of(NAME))
        dump = self._said("pg_dump", "--create", "-d", _url_of(NAME))
        self._told(roles, "postgres", "-v", "ON_ERROR_STOP=0")
        self._told(dump, "postgres", "-v", "ON_ERROR_STOP=1")
        self.sql(
            "UPDATE portal_installation SET database_id = ''"
        )  # nothing of it was ever sent, so nothing is held

    def _said(self, program: str, *arguments: str) -> bytes:
        command = [str(self.server.binaries / program), *arguments]
        return subprocess.run(command, capture_output=True, check=True).stdout

    def _told(self, words: bytes, database: str, *arguments: str) -> None:
        command = [str(self.server.binaries / "psql"), "-X", "-q", "-d", self._of(database), *arguments]
        subprocess.run(command, input=words, capture_output=True, check=True)

    def _of(self, database: str) -> str:
        return self.url.replace(f"/{NAME}?", f"/{database}?")

    def sql(self, *statements: str) -> Any:
        """As owner, in a connection of their own; the first column of the last one's first row."""
        return run_sql(self.url, *statements)

    def environment(self, **more: str) -> dict[str, str]:
        """For a process that works on this server."""
        kept = {
            name: value for name, value in process_environment().items() if not name.endswith("DATABASE_URL")
        }
        return kept | {"DATABASE_URL": self.url} | more

    def add_standby(self) -> None:
        """A copy that follows this server."""
        data = self.server.data.with_name("standby")
        sockets = private_directory(self.server.sockets / "2")
        private_directory(data)
        if self.server.user is not None:
            for place in (data, sockets):
                os.chown(place, self.server.user, self.server.user)
        second = replace(self.server, data=data, sockets=sockets, log=self.home / "standby.log")
        copy: list[str | Path] = [second.binaries / "pg_basebackup", "-D", data, "-h", self.server.sockets]
        second.run(*copy, "-U", postgres.OWNER, "-X", "stream", "-R", "-c", "fast", "--no-sync")
        child = self._child(second)
        child.start()
        self.standby = second, child

    def standby_has_all(self) -> bool:
        """Whether everything that is committed here lies there too."""
        return bool(
            self.sql("SELECT bool_or(replay_lsn >= pg_current_wal_insert_lsn()) FROM pg_stat_replication")
        )

    def replace_by_standby(self) -> None:
        """kill -9 of the server; the stand-by takes its place and its address."""
        assert self.standby and self.child.process
        self.child.process.send_signal(signal.SIGKILL)
        self.child.process.wait(10)
        second, child = self.standby
        second.run(second.binaries / "pg_ctl", "promote", "-w", "-D", second.data)
        second.wait_ready(child)
        fresh = self.door.with_name("door.new")
        fresh.symlink_to(second.sockets)
        fresh.replace(self.door)

    def close(self) -> None:
        """Stop everything."""
        for child in (self.child, self.standby[1] if self.standby else None):
            if child is not None:
                child.stop()
        postgres.remove_fallback(self.home / "first")
