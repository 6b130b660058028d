"""Takes open case packages in, as drafts or sent applications of one person."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User, UserKind
from accounts.services.people import person_actor
from common.actor import Role
from common.errors import DomainError
from filing.models import Channel
from filing.services.package import receive_package


class Command(BaseCommand):
    help = "Take open case packages in for one public account; a file taken in before gives the same application again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("packages", nargs="+", type=Path)
        parser.add_argument(
            "--as", dest="user", required=True, help="phone number or public id of the account"
        )
        parser.add_argument("--send", action="store_true", help="send them; else they are kept as drafts")

    def handle(self, *args: Any, packages: list[Path], user: str, send: bool, **options: Any) -> None:
        actor = person_actor(_account(user), Role.LITIGANT, channel="import")
        failed = 0
        for path in packages:
            try:
                key = f"import-{hashlib.sha256(path.read_bytes()).hexdigest()}"
                filing = receive_package(source=path, key=key, channel=Channel.API, send=send, actor=actor)
            except (DomainError, OSError) as error:
                failed += 1
                self.stderr.write(f"{path}: {error}")
                for name, text in getattr(error, "fields", {}).items():
                    self.stderr.write(f"  {name}: {text}")
            else:
                self.stdout.write(f"{path}: {filing.public_id} {filing.number or ''}".rstrip())
        if failed:
            raise CommandError(f"{failed} of {len(packages)} were not taken in")


def _account(text: str) -> User:
    try:
        found = User.objects.filter(kind=UserKind.PUBLIC, public_id=UUID(text)).first()
    except ValueError:
        found = User.objects.by_phone(text).first()
    if found is None:
        raise CommandError(f"no public account {text}")
    return found
