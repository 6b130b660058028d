"""An outside service that fails again and again is left alone for a while (REL-59): five failures within thirty seconds open the
breaker, every thirty seconds one call goes through as a probe, and the first answer closes it.

One implementation for every outside call. Where its state lies is the caller's choice: in a row that all processes share (payment
gateways and the text provider, ``payments.gateways.breaker``), or in the process (``In memory`` below), which works without a
database too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from common import clock
from common.errors import GatewayUnavailable

FAILURES = 5
WINDOW = timedelta(seconds=30)
PAUSE = timedelta(seconds=30)


@dataclass(frozen=True)
class Health:
    """Failures in a row since ``counted_from``; ``open_since`` is set while nobody calls but one probe now and then."""

    failures: int = 0
    counted_from: datetime | None = None
    open_since: datetime | None = None


class Store(Protocol):
    """Where the state of the services lies; each call is whole for itself, whoever else calls."""

    def now(self) -> datetime: ...

    def get(self, code: str) -> Health: ...

    def begin_probe(self, code: str, seen: datetime, now: datetime) -> bool:
        """Note that a probe goes out now; False when another was faster."""

    def close(self, code: str) -> None: ...

    def change(self, code: str, change: Callable[[Health], Health]) -> None: ...


class Memory:
    """State of this process alone, by the process's clock."""

    def __init__(self) -> None:
        self.states: dict[str, Health] = {}
        self.lock = threading.Lock()

    def now(self) -> datetime:
        return clock.process_now()

    def get(self, code: str) -> Health:
        return self.states.get(code, Health())

    def begin_probe(self, code: str, seen: datetime, now: datetime) -> bool:
        with self.lock:
            health = self.get(code)
            if health.open_since != seen:
                return False
            self.states[code] = replace(health, open_since=now)
        return True

    def close(self, code: str) -> None:
        with self.lock:
            self.states.pop(code, None)

    def change(self, code: str, change: Callable[[Health], Health]) -> None:
        with self.lock:
            self.states[code] = change(self.get(code))


def admit(store: Store, code: str) -> bool:
    """Whether a call may go out; while the breaker is open only one every thirty seconds, as a probe."""
    open_since = store.get(code).open_since
    if open_since is None:
        return True
    now = store.now()
    return abs(now - open_since) >= PAUSE and store.begin_probe(code, open_since, now)


def note_failure(store: Store, code: str, window: timedelta | None = WINDOW) -> None:
    """It did not answer as it should; the fifth time within the window, or while it is probed, the breaker opens. Without a window
    the fifth in a row opens it, however long they took."""
    now = store.now()

    def failed(health: Health) -> Health:
        if health.counted_from is None or (window and abs(now - health.counted_from) > window):
            health = replace(health, failures=0, counted_from=now)
        failures = health.failures + 1
        opens = failures >= FAILURES or health.open_since is not None
        return replace(health, failures=failures, open_since=now if opens else health.open_since)

    store.change(code, failed)


IN_MEMORY = Memory()


@contextmanager
def guarded(
    code: str, trouble: tuple[type[Exception], ...], away: Callable[[], GatewayUnavailable]
) -> Iterator[None]:
    """Around one call to a service whose state lies in this process. ``trouble`` counts against it and becomes what ``away``
    makes; so does every call while it is left alone."""
    if not admit(IN_MEMORY, code):
        raise away()
    try:
        yield
    except trouble as error:
        note_failure(IN_MEMORY, code)
        raise away() from error
    IN_MEMORY.close(code)
