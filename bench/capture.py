"""What a page asks the database: every statement as it was sent, the borders of transactions, and the ORM call behind
a statement, so that a bare view can ask the same again either way."""

from __future__ import annotations

import base64
import pickle
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet

BEGIN, COMMIT = "BEGIN", "COMMIT"
FIRST_NEW_ID = 9_000_000_000
"""While measuring, ids of new rows and positions in chains start here, so that they cannot be mistaken for others."""


@dataclass
class Sent:
    """One statement with its parameters filled in; ``numbers`` are the new ids its answer began with, by column;
    ``query`` is the sealed ORM call behind a SELECT or INSERT (see :func:`opened`)."""

    text: str
    numbers: dict[int, int] = field(default_factory=dict)
    query: str = ""


@contextmanager
def statements() -> Iterator[list[Sent]]:
    """Collects what this thread sends while the context is open; a new connection's greeting is sent before."""
    connection.ensure_connection()
    sent: list[Sent] = []
    running: list[str] = []

    def record(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if many:
            raise TypeError("a page sent many rows in one call (executemany), which cannot be replayed")
        raw = context["cursor"].cursor
        text = raw.mogrify(sql, params).decode()
        result = execute(sql, params, many, context)
        query = running[-1] if running and text.startswith(("SELECT", "INSERT")) else ""
        sent.append(Sent(text, _numbers(raw), query))
        return result

    switch = connection.set_autocommit

    def watched(autocommit: bool, *args: Any, **kwargs: Any) -> None:
        sent.append(Sent(COMMIT if autocommit else BEGIN))
        switch(autocommit, *args, **kwargs)

    with ExitStack() as stack:
        stack.enter_context(_in_place_of(connection, "set_autocommit", watched))
        for name in ("_fetch_all", "count", "exists", "aggregate", "_insert"):
            stack.enter_context(_in_place_of(QuerySet, name, _noting(name, running)))
        stack.enter_context(connection.execute_wrapper(record))
        yield sent


@contextmanager
def _in_place_of(owner: Any, name: str, function: Callable[..., Any]) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, function)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _noting(name: str, running: list[str]) -> Callable[..., Any]:
    """The queryset method ``name`` as it is, with what it runs on top of ``running`` meanwhile."""
    original = getattr(QuerySet, name)

    def method(self: QuerySet[Any], *args: Any, **kwargs: Any) -> Any:
        if self._result_cache is not None:  # type: ignore[attr-defined]
            return original(self, *args, **kwargs)
        running.append(_sealed(self, name, args, kwargs))
        try:
            return original(self, *args, **kwargs)
        finally:
            running.pop()

    return method


def _sealed(queryset: QuerySet[Any], name: str, args: Any, kwargs: Any) -> str:
    """A queryset and what was asked of it, as text; prefetched rows are queries of their own."""
    iterable = queryset._iterable_class, queryset._fields  # type: ignore[attr-defined]
    state = queryset.model, queryset.query, iterable, name, args, kwargs
    return base64.b64encode(pickle.dumps(state)).decode()


def opened(text: str) -> Callable[[Callable[[Any], Any]], Any]:
    """A function that builds, sends and reads the query again; what it inserts goes through ``renew`` first."""
    model, query, iterable, name, args, kwargs = pickle.loads(base64.b64decode(text))  # noqa: S301  (our own file)
    queryset = QuerySet(model=model, query=query)
    queryset._iterable_class, queryset._fields = iterable  # type: ignore[attr-defined]

    def again(renew: Callable[[Any], Any]) -> Any:
        if name != "_insert":
            return getattr(queryset.all(), name)(*args, **kwargs)
        rows, *others = args
        return queryset._insert([_renewed(row, renew) for row in rows], *others, **kwargs)  # type: ignore[attr-defined]

    return again


def _renewed(row: Model, renew: Callable[[Any], Any]) -> Model:
    twin = copy(row)
    for column in row._meta.local_concrete_fields:
        setattr(twin, column.attname, renew(getattr(row, column.attname)))
    return twin


def _numbers(raw: Any) -> dict[int, int]:
    """New ids in the first row of an answer, which stays there for its reader."""
    if raw.description is None or raw.rowcount < 1:
        return {}
    row = raw.fetchone()
    raw.scroll(0, mode="absolute")
    return {place: value for place, value in enumerate(row) if type(value) is int and value >= FIRST_NEW_ID}
