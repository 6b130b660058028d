"""Encrypted backups (REL-56, docs/adr/0031): closed for a public key that the machine has, opened with a private key that it has not.

The format is age (https://age-encryption.org/v1): any age program opens them, without this portal. A file is written once, under
a name of its own, never over another; the copy in ``BACKUP_COPY_DIR`` lies where nobody can overwrite or delete.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import IO, Any, BinaryIO

import psycopg2
import pyrage
from django.core.management.base import CommandError
from django.db import connection
from psycopg2 import sql

from common.clock import process_now
from common.write_once import Folder, LockedBucket
from eventlog.models import StreamHead

Figures = dict[str, int]
PUBLIC_MARK, PRIVATE_MARK = "age1", "AGE-SECRET-KEY-"
NAME = re.compile(r"portal-(?P<at>\d{8}T\d{6}Z)\.(?P<kind>dump|json|tar)\.age")
"""A nightly dump, its figures, a weekly base; the time is that of its beginning."""
NIGHT_UTC = 18
"""Two o'clock in Beijing."""
COPIED = ".copied"
"""Beside the backups: which of them lie in which place of copies."""
SEGMENT = re.compile(r"[0-9A-F]{24}(\.partial)?")
MARGIN = timedelta(hours=1)
"""So much earlier than a base a segment must have been closed to be none of those that it is rolled forward with."""


def recipients(path: Path) -> list[pyrage.x25519.Recipient]:
    """Public keys of a file, one on a line, lines with # aside. ValueError for a file without one, or with a private key."""
    lines = _lines(path)
    if any(line.startswith(PRIVATE_MARK) for line in lines):
        raise ValueError(f"{path} holds a private key: it belongs to where backups are restored, not here.")
    try:
        found = [pyrage.x25519.Recipient.from_str(line) for line in lines]
    except pyrage.RecipientError as error:
        raise ValueError(f"{path} holds something else than public keys (age1…).") from error
    if not found:
        raise ValueError(f"{path} holds no public key (age1…).")
    return found


def identities(path: Path) -> list[pyrage.x25519.Identity]:
    """Private keys of a file. ValueError for a file without one."""
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in _lines(path)]
    except pyrage.IdentityError as error:
        raise ValueError(f"{path} holds something else than private keys ({PRIVATE_MARK}…).") from error
    if not found:
        raise ValueError(f"{path} holds no private key ({PRIVATE_MARK}…).")
    return found


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text().splitlines() if line.strip() and line[0] != "#"]


class _Counted:
    """A file that knows the SHA-256 of what was written into it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.hash, self.size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        self.size += len(data)
        return self.file.write(data)

    def flush(self) -> None:
        self.file.flush()


def close_into(place: Path, source: Any, keys: Sequence[pyrage.x25519.Recipient]) -> str:
    """Encrypt all of ``source`` into a new file, whole or not at all, and give its SHA-256.

    FileExistsError when one of that name lies there already.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.{os.getpid()}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    try:
        with os.fdopen(handle, "wb") as file:
            counted = _Counted(file)
            pyrage.encrypt_io(source, counted, list(keys))
            file.flush()
            os.fsync(file.fileno())
        os.link(part, place)  # refuses a name that is taken
    finally:
        part.unlink()
    return counted.hash.hexdigest()


def copy_once(place: Path, where: Folder | LockedBucket, below: str = "") -> None:
    """The same file where it is written once. CommandError when another lies there under its name."""
    name = f"{below}/{place.name}" if below else place.name
    try:
        where.put(name, place)
    except FileExistsError as error:
        raise CommandError(f"{name} is another file than {place}: look at both before you go on.") from error


def open_into(place: Path, target: Any, keys: Sequence[pyrage.x25519.Identity]) -> None:
    """Decrypt a backup. CommandError when it is not for these keys, or when one byte of it was changed."""
    try:
        with place.open("rb") as source:
            pyrage.decrypt_io(source, target, list(keys))
    except BrokenPipeError:
        raise
    except (pyrage.DecryptError, OSError) as error:
        raise CommandError(f"{place.name}: {error}") from error


def dump(folder: Path, name: str, keys: Sequence[pyrage.x25519.Recipient]) -> tuple[Path, Figures]:
    """A dump of this database and its figures of the same moment, both encrypted. Run as owner. The figures are written last: a
    dump without them was broken off and is none."""
    with connected() as source:
        source.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with source.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        place = folder / f"{name}.dump.age"
        arguments = ["--format=custom", f"--snapshot={snapshot}", str(connection.settings_dict["NAME"])]
        try:
            with _piped("pg_dump", *arguments) as output:
                digest = close_into(place, output, keys)
        except CommandError:
            place.unlink(missing_ok=True)
            raise
        found = figures(source)
    facts = {"database": name, "sha256": digest, "figures": found}
    with BytesIO(json.dumps(facts).encode()) as text:
        close_into(folder / f"{name}.json.age", text, keys)
    return place, found


def base(place: Path, keys: Sequence[pyrage.x25519.Recipient]) -> None:
    """All files of the server as one archive, to roll forward with the segments archived since. Needs the right to replicate."""
    arguments = ["--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast"]
    try:
        with _piped("pg_basebackup", *arguments) as output:
            close_into(place, output, keys)
    except CommandError:
        place.unlink(missing_ok=True)
        raise


def facts_of(place: Path, keys: Sequence[pyrage.x25519.Identity]) -> Figures:
    """The figures beside a dump; CommandError when the dump is not the one they are of."""
    with BytesIO() as text:
        open_into(_figures_of(place), text, keys)
        facts = json.loads(text.getvalue())
    with place.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != facts["sha256"]:
            raise CommandError(f"{place.name} is another file than the one that was written.")
    return dict(facts["figures"])


# --- what is to be done -----------------------------------------------------------------------------------------------
def due(folder: Path, now: datetime) -> list[str]:
    """``dump`` when none was begun since the last two o'clock at night (Beijing), ``base`` when none was since that of the last Monday.

    Files say so, so one that failed is due until it is there, and a service that starts anew makes none twice.
    """
    night = now.astimezone(UTC).replace(hour=NIGHT_UTC, minute=0, second=0, microsecond=0)
    night -= timedelta(days=night > now)
    monday = night - timedelta(days=night.isoweekday() % 7)
    made = _made(folder)
    there = {"dump": _whole(made).values(), "base": made["tar"].values()}
    since = {"dump": night, "base": monday}
    return [what for what in there if not any(at >= since[what] for at in there[what])]


def uncopied(folder: Path, copies: str) -> list[Path]:
    """Whole files right in ``folder`` of which nobody noted that their copy lies in ``copies``."""
    notes = folder / COPIED
    noted = set(notes.read_text().splitlines()) if notes.exists() else set()
    lying = sorted(path for group in _made(folder).values() for path in group)
    return [path for path in lying if f"{copies} {path.name}" not in noted]


def note_copied(place: Path, copies: str) -> None:
    """Its copy lies there, byte by byte. A note that is lost costs a comparison."""
    with (place.parent / COPIED).open("a") as notes:
        notes.write(f"{copies} {place.name}\n")


def server() -> str:
    """The number a server was given when it was made: segments of two servers bear the same names."""
    with connected() as link, link.cursor() as cursor:
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        return str(cursor.fetchone()[0])


def written_by(segment: Path) -> str:
    """The same number as each segment says it on its first page (XLogLongPageHeaderData), whether the server runs or not; empty for
    what is none, a history."""
    with segment.open("rb") as file:
        head = file.read(32)
    if not SEGMENT.fullmatch(segment.name) or len(head) < 32:
        return ""
    return str(int.from_bytes(head[24:32], sys.byteorder))


# --- the end of their time (docs/adr/0033) -------------------------------------------------------------------------
def clear(folder: Path, keep: timedelta) -> tuple[list[Path], list[Path]]:
    """Remove what is older than ``keep``, and give it; and what stays although it is, because nothing newer is whole.

    The newest dump with its figures and the newest base always stay, with every segment that the oldest base left is rolled forward with.
    Files of other names are nobody's here.
    """
    end = process_now() - keep
    made = _made(folder)
    whole = _whole(made)
    dump, base = _newest(whole), _newest(made["tar"])
    staying = {path for path in (dump, dump and _figures_of(dump), base) if path is not None}
    timed = {path: at for group in made.values() for path, at in group.items()}
    gone = [path for path, at in timed.items() if at < end and path not in staying]
    late = [path for path in sorted(staying) if timed[path] < end]
    bases = [at for path, at in made["tar"].items() if path not in gone]
    needless = min([end, *(at - MARGIN for at in bases)])
    segments = (folder / "wal").rglob("*.age")
    broken_off = [*folder.glob(".*.age.*"), *(folder / "wal").rglob(".*.age.*")]
    gone += [path for path in segments if _written(path) < needless]
    gone += [path for path in broken_off if _written(path) < end]
    for path in gone:
        path.unlink()
    return sorted(gone), late


def _made(folder: Path) -> dict[str, dict[Path, datetime]]:
    """Dumps, figures and bases that lie in a folder, and when each was begun."""
    made: dict[str, dict[Path, datetime]] = {"dump": {}, "json": {}, "tar": {}}
    for path in folder.iterdir() if folder.is_dir() else ():
        found = NAME.fullmatch(path.name)
        if found is not None:
            made[found["kind"]][path] = datetime.strptime(found["at"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return made


def _whole(made: dict[str, dict[Path, datetime]]) -> dict[Path, datetime]:
    return {path: at for path, at in made["dump"].items() if _figures_of(path) in made["json"]}


def _figures_of(dump: Path) -> Path:
    return dump.with_name(dump.name.replace(".dump.age", ".json.age"))


def _newest(made: dict[Path, datetime]) -> Path | None:
    return max(made, key=lambda path: made[path], default=None)


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


# --- PostgreSQL -------------------------------------------------------------------------------------------------
@contextmanager
def connected(name: str | None = None) -> Iterator[Any]:
    """A connection of its own to this server."""
    parameters = connection.get_connection_params()
    parameters = {key: parameters[key] for key in ("user", "password", "host", "port") if parameters.get(key)}
    link = psycopg2.connect(dbname=name or connection.settings_dict["NAME"], **parameters)
    try:
        yield link
    finally:
        link.close()


def figures(link: Any) -> Figures:
    """Rows of each table of both schemas, and the position of each chain as rows of their own."""
    found: Figures = {}
    with link.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'zone') ORDER BY 1, 2"
        )
        for schema, table in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table)))
            found[f"rows of {table if schema == 'public' else f'{schema}.{table}'}"] = cursor.fetchone()[0]
        heads = sql.SQL("SELECT stream, seq, hash FROM {}").format(sql.Identifier(StreamHead._meta.db_table))
        cursor.execute(heads)
        for stream, seq, digest in cursor.fetchall():
            found[f"head of {stream} {digest}"] = seq
    return found


def restore_into(name: str, place: Path, keys: Sequence[pyrage.x25519.Identity]) -> None:
    """Bring a dump into an empty database of this server. CommandError when it does not go in whole."""
    command = [_found("pg_restore"), "--exit-on-error", f"--dbname={name}"]
    process = subprocess.Popen(  # noqa: S603
        command, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stdin and process.stderr  # noqa: S101  (asked for above; for the type checker)
    with process:
        try:
            open_into(place, process.stdin, keys)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it ended before the dump did, and says why
        except CommandError:
            process.kill()
            raise
        said = process.stderr.read().decode()
    if process.returncode:
        raise CommandError(f"pg_restore failed: {said.strip()}")


@contextmanager
def _piped(program: str, *arguments: str) -> Iterator[IO[bytes]]:
    """What one of PostgreSQL's programs writes; CommandError when it fails."""
    command = [_found(program), *arguments]
    process = subprocess.Popen(  # noqa: S603
        command, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout and process.stderr  # noqa: S101  (asked for above; for the type checker)
    with process:
        yield process.stdout
        said = process.stderr.read().decode()
    if process.returncode:
        raise CommandError(f"{program} failed: {said.strip()}")


def _found(program: str) -> str:
    found = shutil.which(program, path=os.environ.get("PG_BINDIR") or os.environ.get("PATH"))
    if found is None:
        raise CommandError(f"{program} is not installed; set PG_BINDIR to PostgreSQL's bin directory.")
    return found


def _environment() -> dict[str, str]:
    place = connection.settings_dict
    own = {
        "PGHOST": place["HOST"],
        "PGPORT": str(place["PORT"] or ""),
        "PGUSER": place["USER"],
        "PGPASSWORD": place["PASSWORD"],
    }
    return {name: value for name, value in (dict(os.environ) | own).items() if value}


def differences(before: Figures, after: Figures) -> list[str]:
    """Figures that are not the same, by name."""
    names = sorted(before.keys() | after.keys())
    return [
        f"{name}: {before.get(name)} here, {after.get(name)} restored"
        for name in names
        if before.get(name) != after.get(name)
    ]
