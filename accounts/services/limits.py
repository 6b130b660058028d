"""Counters in the database, so that security limits hold without Redis (SEC-03)."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import DateTimeField, Func

from accounts.models import RateCounter
from common import clock, crypto
from common.errors import TooManyRequests


def _window(window_seconds: int) -> Func:
    """The start of the running window, by the database's clock inside the query."""
    start = (
        f"to_timestamp(floor(extract(epoch FROM %(expressions)s) / {window_seconds:d}) * {window_seconds:d})"
    )
    return Func(clock.sql_now(), template=start, output_field=DateTimeField())


def count(key: str, window_seconds: int) -> int:
    """Count one more ``key`` in the running window and return the new number; one atomic statement, committed at once
    when no transaction is open. ``key`` is hashed: it may hold an address or a phone number."""
    hashed = crypto.keyed_hash("rate", key)
    start, parameters = (
        RateCounter.objects.all().query.get_compiler(connection=connection).compile(_window(window_seconds))
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {RateCounter._meta.db_table} AS c (key, window_start, count) VALUES (%s, {start}, 1) "  # noqa: S608
            "ON CONFLICT (key, window_start) DO UPDATE SET count = c.count + 1 RETURNING count",
            [hashed, *parameters],
        )
        return int(cursor.fetchone()[0])


def counted(key: str, window_seconds: int) -> int:
    """How often ``key`` was counted in the running window."""
    row = RateCounter.objects.filter(
        key=crypto.keyed_hash("rate", key), window_start=_window(window_seconds)
    ).first()
    return row.count if row else 0


def seconds_to_wait(window_seconds: int) -> int:
    """Seconds until the running window ends."""
    return window_seconds - int(clock.now().timestamp()) % window_seconds


def limit(key: str, window_seconds: int, at_most: int, message: str) -> None:
    """Count and raise TooManyRequests (with Retry-After) above ``at_most``.

    Call it outside an act: an error that rolls the act back must not roll the count back.
    """
    if transaction.get_connection().in_atomic_block and getattr(connection, "portal_unit", None) is not None:
        unit = connection.portal_unit  # type: ignore[attr-defined]
        if unit.depth:
            raise RuntimeError("limit() inside an act: the count would be rolled back with it")
    if count(key, window_seconds) > at_most:
        raise TooManyRequests(message, retry_after_seconds=seconds_to_wait(window_seconds))
