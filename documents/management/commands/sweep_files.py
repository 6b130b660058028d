"""Removes stored bytes that no row refers to: left by a process that was killed between storing and committing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common import clock
from documents.models import Copy, StoredFile
from documents.storage import kept_files

FOLDERS = ("files", "previews", "papers")


class Command(BaseCommand):
    help = "Remove stored bytes that no row refers to and that are older than a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--hours", type=int, default=24, help="leave alone what is younger (default 24)")

    def handle(self, *args: Any, hours: int, **options: Any) -> None:
        before = clock.process_now() - timedelta(hours=hours)
        removed = 0
        for folder in FOLDERS:
            for key, changed_at in kept_files().keys_under(folder):
                if changed_at < before and not _is_kept(key):
                    kept_files().delete(key)
                    removed += 1
        self.stdout.write(f"{removed} removed")


def _is_kept(key: str) -> bool:
    return (
        StoredFile.objects.filter(storage_key=key).exists()
        or StoredFile.objects.filter(preview_key=key).exists()
        or Copy.objects.filter(file_key=key).exists()
    )
