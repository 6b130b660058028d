"""Counters of one hour, under a salt that the database throws away with them (SEC-34)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils.functional import Promise

from common import crypto
from common.errors import TooManyRequests

HOUR_SECONDS = 3600


def count(what: str, most: int, sentence: str | Promise, *, now: datetime) -> None:
    """Count one of ``what``; TooManyRequests with the sentence above ``most`` in this hour."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT zone.hour_salt(%s)", [hour])
        salt = cursor.fetchone()[0]
        cursor.execute("SELECT zone.count_one(%s, %s)", [hour, crypto.keyed_hash(salt, what)])
        counted: int = cursor.fetchone()[0]
    if counted > most:
        wait = HOUR_SECONDS - int((now - hour).total_seconds())
        raise TooManyRequests(str(sentence), retry_after_seconds=wait)
