"""`manage.py backup dump`: an encrypted dump into BACKUP_DIR and its write-once copy. `backup base`: all files of the server.
`backup wal FOLDER`: what the server archived since; run it every minute (RPO, REL-56). `backup copy`: what has no copy yet. `backup due`:
first that, then the dump of the night and the base of the week where they are missing; every minute too. `backup clear`: what is older than BACKUP_DAYS goes,
daily (SEC-68, docs/adr/0033). Run as owner; the private key is nowhere near."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.write_once import place_of
from portal import backups


class Command(BaseCommand):
    """Writes backups that only the restorer can open."""

    help = "Encrypted backups into BACKUP_DIR, closed for the public keys in BACKUP_KEY_FILE."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to save."""
        parser.add_argument("what", choices=["dump", "base", "wal", "copy", "due", "clear"])
        parser.add_argument("folder", nargs="?", type=Path, help="wal: where archive_command puts segments")

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError when it cannot be written whole."""
        if settings.DATABASE_ROLE != "owner":
            raise CommandError("backup must run as owner: set PORTAL_DB_ROLE=owner.")
        if not settings.BACKUP_DIR or not settings.BACKUP_KEY_FILE:
            raise CommandError("set BACKUP_DIR and BACKUP_KEY_FILE.")
        try:
            self.keys = backups.recipients(Path(settings.BACKUP_KEY_FILE))
            what = {
                "dump": self._dump,
                "base": self._base,
                "wal": lambda: self._wal(options["folder"]),
                "copy": self._copies,
                "due": self._due,
                "clear": self._clear,
            }
            written = what[options["what"]]()
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(written) or "nothing new")

    def _dump(self) -> list[str]:
        place, found = backups.dump(
            Path(settings.BACKUP_DIR), f"portal-{clock.process_now():%Y%m%dT%H%M%SZ}", self.keys
        )
        for one in (place, place.with_name(place.name.replace(".dump.age", ".json.age"))):
            self._copy(one)
        return [f"{place} {place.stat().st_size} bytes, {len(found)} figures"]

    def _base(self) -> list[str]:
        place = Path(settings.BACKUP_DIR) / f"portal-{clock.process_now():%Y%m%dT%H%M%SZ}.tar.age"
        backups.base(place, self.keys)
        self._copy(place)
        return [f"{place} {place.stat().st_size} bytes"]

    def _wal(self, folder: Path | None) -> list[str]:
        """Each finished segment, below the number of its server: another one begins with the same names. What a killed run closed
        already only loses its original."""
        if folder is None:
            raise CommandError("backup wal: which folder?")
        lying = [path for path in folder.iterdir() if path.suffix != ".part" and path.is_file()]
        written, of = [], ""
        # histories last: they do not say whose they are
        for segment in sorted(lying, key=lambda path: (not backups.SEGMENT.fullmatch(path.name), path.name)):
            of = backups.written_by(segment) or of or backups.server()
            below = f"wal/{of}"
            place = Path(settings.BACKUP_DIR) / below / f"{segment.name}.age"
            if not place.exists():
                with segment.open("rb") as source:
                    backups.close_into(place, source, self.keys)
            self._copy(place, below)
            segment.unlink()
            written.append(str(place))
        return written

    def _copies(self) -> list[str]:
        """What was written while the place of the copies was away."""
        if not settings.BACKUP_COPY_DIR:
            return []
        missing = backups.uncopied(Path(settings.BACKUP_DIR), settings.BACKUP_COPY_DIR)
        for place in missing:
            self._copy(place)
        return [f"{place} copied" for place in missing]

    def _due(self) -> list[str]:
        """Each for itself: one that fails keeps none of the others back. CommandError when any did."""
        steps = [self._copies]
        steps += [
            {"dump": self._dump, "base": self._base}[what]
            for what in backups.due(Path(settings.BACKUP_DIR), clock.process_now())
        ]
        written, failed = [], []
        for step in steps:
            try:
                written += step()
            except (CommandError, OSError, ValueError) as error:
                failed.append(str(error))
        if failed:
            raise CommandError("; ".join(failed))
        return written

    def _clear(self) -> list[str]:
        """CommandError when something over its time must stay, because nothing newer is whole."""
        gone, late = backups.clear(Path(settings.BACKUP_DIR), timedelta(days=settings.BACKUP_DAYS))
        if late:
            names = ", ".join(path.name for path in late)
            raise CommandError(f"{len(gone)} removed; over their time, and nothing newer is whole: {names}")
        return [f"{len(gone)} removed"]

    def _copy(self, place: Path, below: str = "") -> None:
        if settings.BACKUP_COPY_DIR:
            with place_of(settings.BACKUP_COPY_DIR) as where:
                backups.copy_once(place, where, below)
            if not below:
                backups.note_copied(place, settings.BACKUP_COPY_DIR)
