"""Moving the rows of a big table, some at a time, beside the traffic (REL-57, docs/adr/0031).

Not inside a migration: a migration only widens the schema, a command moves the rows afterwards, a later release drops what nobody
reads any more. Nothing is remembered beside the rows: whoever is killed is started again, and finds by the rows themselves what is left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import models, transaction

M = TypeVar("M", bound=models.Model)


def move_in_batches(left: models.QuerySet[M], change: Callable[[list[M]], None], *, size: int = 500) -> int:
    """Hand ``change`` the rows that are ``left``, ``size`` at a time, each batch in a transaction of its own. How many were moved.

    ``change`` must make each row leave the query (set the new column, say); RuntimeError when it did not, instead of going round for
    ever. A row that somebody else has locked is left for a later batch. Never inside a transaction.
    """
    if transaction.get_connection(left.db).in_atomic_block:
        raise RuntimeError("batches inside one transaction are one big batch")
    done, before = 0, None
    while True:
        with transaction.atomic(using=left.db):
            rows = list(left.order_by("pk").select_for_update(skip_locked=True, no_key=True)[:size])
            if rows:
                change(rows)
        if not rows:
            return done
        keys = [row.pk for row in rows]
        if keys == before:
            raise RuntimeError(f"rows do not leave the query, first {keys[0]}")
        done, before = done + len(rows), keys
