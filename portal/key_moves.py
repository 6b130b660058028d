"""Laying a later key over the keyed hashes in rows, some values at a time, beside the traffic (common.keyed, docs/adr/0036)."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator

from django.db import OperationalError, connection, models, transaction
from psycopg2 import sql
from psycopg2.errors import DeadlockDetected, LockNotAvailable
from psycopg2.extras import execute_values

from accounts.models import User
from accounts.services.phones import SIGNED_IN_WITH
from common import keyed
from common.batches import move_in_batches
from portal.models import KeyMove

PATIENCE = "250ms"
"""So long a batch waits for a lock; then it lets everybody pass whom it keeps waiting. Shorter than PostgreSQL's deadlock check."""
PAUSE_SECONDS, TRIES = 0.2, 300


class Busy(Exception):
    """A batch did not get its locks for minutes: something holds a transaction open."""


def lay_later_keys(size: int) -> int:
    """Bring every hash under the last key of its ring; how many values moved. KeyError when a key is missing that was laid over before."""
    done = 0
    for ring in (keyed.INDEX, keyed.TOKEN):
        missing = unknown_keys(ring)
        if missing:
            raise KeyError(", ".join(missing))
        under = ""
        for key_id in keyed.later_keys(ring):
            for moved in _batches(ring, key_id, under, size):
                done += moved
            under = f"{key_id}:"
    if keyed.later_keys(keyed.INDEX):
        _forget_names(size)
    return done


def unknown_keys(ring: str) -> list[str]:
    """Keys that were laid over values of this database and that this process does not have, or not at their place."""
    laid = list(KeyMove.objects.filter(ring=ring).order_by("id").values_list("key_id", flat=True))
    known = list(keyed.later_keys(ring))[: len(laid)]
    return [key_id for place, key_id in enumerate(laid) if key_id not in known[place : place + 1]]


def left_under_older(ring: str) -> int:
    """Hashes that are not under the last key of their ring."""
    last = list(keyed.later_keys(ring))[-1:]
    if not last:
        return 0
    total = 0
    for model, field in keyed.keyed_columns(ring):
        rows = model._default_manager.exclude(**{f"{field.attname}__startswith": f"{last[0]}:"})
        total += rows.filter(**{f"{field.attname}__gt": ""}).count()
    return total


def _batches(ring: str, key_id: str, under: str, size: int) -> Iterator[int]:
    KeyMove.objects.get_or_create(ring=ring, key_id=key_id)
    while True:
        for _try in range(TRIES):
            try:
                moved, over = _one_batch(ring, key_id, under, size)
                break
            except OperationalError as error:
                if not isinstance(error.__cause__, (LockNotAvailable, DeadlockDetected)):
                    raise
                time.sleep(
                    PAUSE_SECONDS
                )  # visitors whom the batch kept waiting go first; nobody waits for a command
        else:
            raise Busy(f"{ring}:{key_id}")
        yield moved
        if over:
            return


def _one_batch(ring: str, key_id: str, under: str, size: int) -> tuple[int, bool]:
    """The next values in their order, in all columns of the ring; how many, and whether it was the last batch."""
    columns = [_names(model, field) for model, field in keyed.keyed_columns(ring)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [keyed.LOCKS[ring]])
        move = KeyMove.objects.get(ring=ring, key_id=key_id)
        if move.moved_to == keyed.END:
            return 0, True
        found: set[str] = set()
        for names in columns:
            cursor.execute(
                sql.SQL(
                    "SELECT DISTINCT {column} FROM {table} WHERE {column} > %s"
                    " AND CASE WHEN %s = '' THEN position(':' IN {column}) = 0 ELSE starts_with({column}, %s) END"
                    " ORDER BY {column} LIMIT %s"
                ).format(**names),
                [move.moved_to, under, under, size],
            )
            found.update(row[0] for row in cursor.fetchall())
        values = sorted(found)[:size]
        key = keyed.later_keys(ring)[key_id]
        fresh = [(value, keyed.lay_over(key_id, key, value)) for value in values]
        for names in columns if fresh else []:
            change = sql.SQL(
                "UPDATE {table} SET {column} = fresh.value FROM (VALUES %s) AS fresh (known, value) WHERE {column} = fresh.known"
            ).format(**names)
            execute_values(cursor.cursor, change, fresh, page_size=size)
        over = len(found) < size
        move.moved_to = keyed.END if over else values[-1]
        move.save(update_fields=["moved_to"])
    return len(values), over


def _names(model: type[models.Model], field: keyed.KeyedField) -> dict[str, sql.Composable]:
    return {"table": sql.Identifier(model._meta.db_table), "column": sql.Identifier(field.column)}


def _forget_names(size: int) -> None:
    """User names that began with the index of a phone say a part of it; random ones take their place."""

    def change(users: list[User]) -> None:
        for user in users:
            user.username = f"{SIGNED_IN_WITH}{uuid.uuid4().hex}"
        User.objects.bulk_update(users, ["username"])

    move_in_batches(
        User.objects.filter(username__regex=f"^{SIGNED_IN_WITH}[0-9a-f]{{40}}$"), change, size=size
    )
