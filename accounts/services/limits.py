"""Counters in the database, so that security limits hold without Redis (SEC-03)."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

from django.db import connection, transaction

from accounts.models import RateCounter
from common import clock, crypto, security
from common.errors import TooManyRequests


def _row_key(key: str, window_seconds: int) -> str:
    return crypto.passing_hash("rate", f"{window_seconds}:{key}")


def count(key: str, window_seconds: int) -> int:
    """Count one more ``key`` and return the number of the running window, which began with the first one counted in it.

    One atomic statement by the database's clock, committed at once when no transaction is open. ``key`` is hashed: it
    may hold an address or a phone number.
    """
    compiler = RateCounter.objects.all().query.get_compiler(connection=connection)
    now, parameters = compiler.compile(clock.sql_now())
    over = "c.window_start <= EXCLUDED.window_start - make_interval(secs => %s)"
    statement = (
        f"INSERT INTO {RateCounter._meta.db_table} AS c (key, window_start, count) VALUES (%s, {now}, 1) "  # noqa: S608
        f"ON CONFLICT (key) DO UPDATE SET count = CASE WHEN {over} THEN 1 ELSE c.count + 1 END, "
        f"window_start = CASE WHEN {over} THEN EXCLUDED.window_start ELSE c.window_start END RETURNING count"
    )
    values = [_row_key(key, window_seconds), *parameters, window_seconds, window_seconds]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])


def take_turn(key: str, window_seconds: int, longest_seconds: int) -> int:
    """Count one more ``key`` unless its turn has not come: after the n-th in a row the next one waits 2^(n-1) seconds, at most
    ``longest_seconds``. 0 when it was counted, else the seconds still to wait; a refused one makes nobody wait longer.

    One atomic statement like :func:`count`; here a window begins anew with each one counted. :func:`forget` ends the row.
    """
    table = RateCounter._meta.db_table
    compiler = RateCounter.objects.all().query.get_compiler(connection=connection)
    now, parameters = compiler.compile(clock.sql_now())
    pause = "make_interval(secs => LEAST(power(2, LEAST(c.count, 20) - 1), %s))"
    statement = (
        f"INSERT INTO {table} AS c (key, window_start, count) VALUES (%s, {now}, 1) "  # noqa: S608
        "ON CONFLICT (key) DO UPDATE SET count = CASE WHEN c.window_start <= EXCLUDED.window_start - make_interval(secs => %s)"
        " THEN 1 ELSE c.count + 1 END, window_start = EXCLUDED.window_start "
        f"WHERE c.window_start + {pause} <= EXCLUDED.window_start RETURNING count"
    )
    row = _row_key(key, window_seconds)
    with connection.cursor() as cursor:
        cursor.execute(statement, [row, *parameters, window_seconds, longest_seconds])
        if cursor.fetchone():
            return 0
    held = RateCounter.objects.filter(key=row).first()
    if held is None:
        return 1
    over = held.window_start + timedelta(seconds=min(2 ** (min(held.count, 20) - 1), longest_seconds))
    return max(1, ceil((over - clock.now()).total_seconds()))


def _running(key: str, window_seconds: int) -> RateCounter | None:
    since = clock.sql_now() - timedelta(seconds=window_seconds)
    return RateCounter.objects.filter(key=_row_key(key, window_seconds), window_start__gt=since).first()


def counted(key: str, window_seconds: int) -> int:
    """How often ``key`` was counted in the running window."""
    row = _running(key, window_seconds)
    return row.count if row else 0


def seconds_to_wait(key: str, window_seconds: int) -> int:
    """Seconds until the running window of ``key`` ends, rounded up; 0 when none runs."""
    row = _running(key, window_seconds)
    if row is None:
        return 0
    return ceil(window_seconds - (clock.now() - row.window_start).total_seconds())


def forget(key: str, window_seconds: int) -> None:
    """Begin anew: what was counted under ``key`` turned out to be its owner's own."""
    RateCounter.objects.filter(key=_row_key(key, window_seconds)).delete()


def counted_each(keys: list[str], window_seconds: int) -> list[int]:
    """:func:`counted` of several keys, in one query."""
    rows = [_row_key(key, window_seconds) for key in keys]
    since = clock.sql_now() - timedelta(seconds=window_seconds)
    found = dict(RateCounter.objects.filter(key__in=rows, window_start__gt=since).values_list("key", "count"))
    return [found.get(row, 0) for row in rows]


def limit(key: str, window_seconds: int, at_most: int, message: str) -> None:
    """Count and raise TooManyRequests (with Retry-After) above ``at_most``.

    Call it outside an act: an error that rolls the act back must not roll the count back.
    """
    if transaction.get_connection().in_atomic_block and getattr(connection, "portal_unit", None) is not None:
        unit = connection.portal_unit  # type: ignore[attr-defined]
        if unit.depth:
            raise RuntimeError("limit() inside an act: the count would be rolled back with it")
    if count(key, window_seconds) > at_most:
        security.note("limit_reached", counter=key.partition(":")[0])
        raise TooManyRequests(message, retry_after_seconds=max(1, seconds_to_wait(key, window_seconds)))
