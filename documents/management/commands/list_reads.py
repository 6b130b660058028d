"""`manage.py list_reads USERNAME [--since DAY] [--until DAY]`: every document one account opened, oldest first (SEC-18)."""

from __future__ import annotations

import argparse
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from common import clock
from documents.selectors import documents_read_by


class Command(BaseCommand):
    """One line a document: Beijing time, role, what it is, id, request."""

    help = "List every document that one account opened."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username", help="name of a member of staff, or public id of an account")
        parser.add_argument("--since", type=date.fromisoformat, default=None, help="first day, Beijing")
        parser.add_argument("--until", type=date.fromisoformat, default=None, help="last day, Beijing")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["username"]
        user = User.objects.filter(username=name).first()
        if user is None and len(name) == 36:
            user = User.objects.filter(public_id=name).first()
        if user is None:
            raise CommandError("no such account")
        since, until = options["since"], options["until"]
        begin = datetime.combine(since, time.min, clock.BEIJING) if since else None
        end = datetime.combine(until, time.max, clock.BEIJING) if until else None
        number = 0
        for row in documents_read_by(user.pk, begin, end):
            number += 1
            moment = row.at.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M:%S")
            self.stdout.write(f"{moment}  {row.role}  {row.what}  {row.subject}  {row.request_id}")
        self.stdout.write(f"{number} documents")
