"""`manage.py drill restore [--backup FILE --identity KEYFILE] [--anchors DIR]`: prove that a backup can be restored and is
complete (REL-56).

Makes an encrypted dump, or takes the named one, restores it beside the original under another name, compares rows and chain
heads with those of the dump's own moment, verifies the chains of the copy, against the anchors that lie outside where there are any,
counts the ledger again, tries whether the keys at hand open its personal columns, signs somebody in, sees that everything which would leave the copy is held,
closes again what was closed since (SEC-68; undone at once, so that no file goes), takes over the anchors behind the backup, compares the stored files with their hashes, and removes the copy. It says how long the way back took (RTO) and how much would be lost
(RPO), and fails when either is over its bound. Reads only; run as owner.

`manage.py drill keys`: such a copy gets new keys for columns, indexes and codes while threads look up, compare and sign in there
(SEC-66, ``portal.key_drill``).
"""

import secrets
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import file_digest
from pathlib import Path
from typing import Any

import pyrage
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings
from psycopg2 import sql

from accounts.services import register_staff
from common.actor import system
from common.clock import process_now
from common.errors import Conflict
from common.write_once import place_of
from documents.models import StoredFile
from eventlog.adopting import NotAdopted, adopt, lying_outside
from eventlog.models import Event
from eventlog.offline import Finding, Verdict, read_anchors
from eventlog.selectors import lost_anchors
from eventlog.verify import known_keys, verify
from payments.services.ledger_check import check_ledger
from portal import backups, holding
from portal.closed_list import still_open
from portal.closing_services import close_again
from portal.key_drill import rotate_under_traffic
from portal.management.commands.rotate_keys import encrypted_columns

RTO, RPO = timedelta(hours=4), timedelta(minutes=5)


class Command(BaseCommand):
    """Drills of the operations handbook."""

    help = (
        "restore: dump, restore beside the original, compare, remove the copy. keys: new keys in such a copy under traffic."
        " Needs PORTAL_DB_ROLE=owner."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which drill; the others belong to `restore`."""
        parser.add_argument("drill", choices=["restore", "keys"])
        parser.add_argument("--backup", type=Path, help="this backup (….dump.age) instead of one of now")
        parser.add_argument("--identity", type=Path, help="file with the private key of that backup")
        parser.add_argument(
            "--anchors", help="folder or bucket of anchors kept outside; ANCHORS_DIR when not named"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the drill; CommandError when anything differs."""
        if settings.DATABASE_ROLE != "owner":
            raise CommandError("drill must run as owner: set PORTAL_DB_ROLE=owner.")
        if bool(options["backup"]) != bool(options["identity"]):
            raise CommandError("--backup and --identity go together.")
        started = process_now()
        with tempfile.TemporaryDirectory(prefix="portal-drill-") as directory:
            if options["drill"] == "keys":
                problems = _new_keys(Path(directory))
            else:
                problems = self._restored(options, Path(directory)) + self._files()
        seconds = (process_now() - started).total_seconds()
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"drill {options['drill']}: {len(problems)} differences")
        self.stdout.write(f"drill {options['drill']}: nothing differs, {seconds:.1f} s")

    def _restored(self, options: dict[str, Any], directory: Path) -> list[str]:
        outside = _anchors_outside(options["anchors"], directory / "anchors")
        if options["backup"]:
            try:
                keys, place = backups.identities(options["identity"]), options["backup"]
            except (OSError, ValueError) as error:
                raise CommandError(str(error)) from error
        else:
            keys = [pyrage.x25519.Identity.generate()]
            place, _figures = backups.dump(directory, "drill", [key.to_public() for key in keys])
        before = backups.facts_of(place, keys)
        name = f"{connection.settings_dict['NAME']}_drill"
        newest, signed_by = _newest_entry(), known_keys()
        begun = process_now()
        with _scratch(name):
            backups.restore_into(name, place, keys)
            restored = process_now()
            with backups.connected(name) as copy:
                after = backups.figures(copy)
            with _inside(name):
                findings, missing = _trail(outside)
                if options["backup"] and missing:
                    short = [found for found in findings if found.verdict is Verdict.SHORT]
                    self.stdout.write(f"tail missing {missing}: {', '.join(map(str, short))}")
                    findings = [found for found in findings if found not in short]
                problems = [
                    f"chain {found.stream}: {found.verdict.name} at {found.seq}" for found in findings
                ]
                unread = _closed_columns()
                problems += unread + _wrong_books() + _not_held() + _no_sign_in()
                if not unread:  # accounts cannot be read under wrong keys
                    self.stdout.write(_closed_since(options["anchors"] or settings.ANCHORS_DIR))
                kept = _newest_entry()
                if outside and missing:
                    problems += self._taken_over(outside, signed_by, findings)
        back = process_now() - begun
        lost = max(newest - max(kept, newest_segment()), timedelta(0)) if options["backup"] else timedelta(0)
        self.stdout.write(
            f"back in {back.total_seconds():.1f} s, of it {(restored - begun).total_seconds():.1f} s in the database"
            f" (RTO at most {RTO}); lost: {lost.total_seconds():.0f} s of acts (RPO at most {RPO})"
        )
        problems += [f"the way back took {back}"] if back > RTO else []
        problems += [f"{lost} of acts are in no backup"] if lost > RPO else []
        self.stdout.write(
            f"{len(before)} figures, dump of {place.stat().st_size} bytes, anchors {'outside' if outside else 'inside'}"
        )
        return problems + backups.differences(before, after)

    def _taken_over(self, outside: Path, keys: str, before: list[Finding]) -> list[str]:
        """Whether the copy goes on behind the anchors outside, as `adopt_anchors` has it."""
        try:
            done = adopt(
                lying_outside(str(outside)), more_keys=keys, actor=system("drill"), reason="drill restore"
            )
        except (NotAdopted, ValueError) as error:
            return [f"the anchors outside cannot be taken over: {error}"]
        self.stdout.write(f"anchors {done.first}-{done.last} taken over in the copy")
        return [
            f"after that, chain {found.stream}: {found.verdict.name} at {found.seq}"
            for found in verify(None, anchors=outside)
            if found not in before
        ]

    def _files(self) -> list[str]:
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


def _new_keys(directory: Path) -> list[str]:
    """What went wrong while a copy of now got new keys."""
    key = pyrage.x25519.Identity.generate()
    place, _figures = backups.dump(directory, "drill", [key.to_public()])
    name = f"{connection.settings_dict['NAME']}_drill"
    with _scratch(name):
        backups.restore_into(name, place, [key])
        with _inside(name):
            return rotate_under_traffic()


@contextmanager
def _scratch(name: str) -> Iterator[None]:
    """An empty database of this name, gone afterwards."""
    with backups.connected("postgres") as link:
        link.autocommit = True
        with link.cursor() as cursor:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            cursor.execute(drop)
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            try:
                yield
            finally:
                cursor.execute(drop)


@contextmanager
def _inside(name: str) -> Iterator[None]:
    """This process works on the copy."""
    original = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original


def _anchors_outside(named: str | None, kept: Path) -> Path | None:
    """The anchors as they lie outside now, set apart: while the drill runs others may be added. None where there are none."""
    kept.mkdir()
    try:
        with place_of(named or settings.ANCHORS_DIR or "/nowhere") as outside:
            for name in outside.names():
                if name.endswith(".jsonl"):
                    (kept / name).write_bytes(outside.read(name))
    except OSError as error:
        raise CommandError(f"the anchors outside cannot be read: {error}") from error
    if any(kept.iterdir()):
        return kept
    if named:
        raise CommandError(f"no anchors in {named}.")
    return None


def _trail(outside: Path | None) -> tuple[list[Finding], int]:
    """What the verification of the copy finds, and how many entries are known outside that it does not have."""
    findings = verify(None, anchors=outside)
    signed = read_anchors(outside) if outside else []
    known = max((int(anchor.value("entries").partition("-")[2] or 0) for anchor in signed), default=0)
    lost = sum(event.payload["entries"] for event in lost_anchors())  # in an earlier restore
    return findings, max(0, known - lost - Event.objects.count())


def _newest_entry() -> datetime:
    """When the last act of this database was."""
    last = Event.objects.order_by("-id").first()
    return last.happened_at if last else datetime.min.replace(tzinfo=UTC)


def newest_segment() -> datetime:
    """Up to when the archived segments reach: what was written before lies in one of them. The beginning of time without any."""
    folder = Path(settings.BACKUP_DIR or "/nowhere") / "wal"
    times = [path.stat().st_mtime for path in folder.rglob("*.age")] if folder.is_dir() else []
    return datetime.fromtimestamp(max(times, default=0), UTC)


def _closed_columns() -> list[str]:
    """Personal columns whose newest value the keys at hand do not open."""
    problems = []
    for model, field in encrypted_columns():
        rows = model._default_manager.exclude(**{f"{field.attname}__isnull": True})
        try:
            list(rows.order_by("-pk").values_list(field.attname, flat=True)[:5])
        except Exception as error:  # whichever way a key is wrong
            problems.append(f"{model._meta.label_lower}.{field.attname}: {type(error).__name__}, wrong keys?")
    return problems


def _wrong_books() -> list[str]:
    """What the nightly check of the ledger finds in the copy."""
    return [f"ledger: {found['kind']} {found['reference']}" for found in check_ledger().findings]


def _not_held() -> list[str]:
    return [] if holding.standing().held else ["the copy is not held: what it calls due would leave it"]


def _closed_since(address: str) -> str:
    """Close again what the copy holds open, and undo it: what such an account leaves behind are files of the original too."""
    try:
        found = still_open(address) if address else []
    except OSError as error:
        return f"the list of closed accounts cannot be read: {error}"
    done = 0
    with transaction.atomic():
        for closed, _user in found:
            try:
                done += close_again(account=closed.account, decided_at=closed.at, actor=system("drill"))
            except Conflict:
                continue  # its case was live then; the operator sees why
        transaction.set_rollback(True)
    return f"accounts closed since: {len(found)}, closed again in the copy: {done}"


def _no_sign_in() -> list[str]:
    """A new member of staff signs in on the page of the copy; what is missing when no session comes of it."""
    name, password = f"drill-{secrets.token_hex(4)}", secrets.token_urlsafe(24)
    register_staff(username=name, password=password, name="drill", staff_no=name, actor=system("drill"))
    before = Session.objects.count()
    with override_settings(ALLOWED_HOSTS=["drill"], STAFF_HOST="", STAFF_DOOR_NETWORKS=[], SITE_HOST="drill"):
        answer = Client().post(
            "/staff/login/", {"username": name, "password": password}, secure=True, headers={"host": "drill"}
        )
    if answer.status_code == 302 and Session.objects.count() == before + 1:
        return []
    return [f"sign-in: answer {answer.status_code}"]
