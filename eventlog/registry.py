"""Names of events and who reacts to them. Filled while the apps load, read-only afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from eventlog.models import Event

HandlerFunction = Callable[["Event"], None]


class Timeline(StrEnum):
    """Who may see an event on a case's timeline."""

    PARTIES = "parties"
    STAFF = "staff"
    NOBODY = "nobody"


class Mode(StrEnum):
    """How a handler runs.

    ``TOGETHER``: inside the emitting transaction, for rows that must exist with the fact. ``AFTER``: own
    transaction after commit, at least once. ``OUTSIDE``: after commit and without a surrounding transaction,
    for work that talks to the outside or computes long; it opens short transactions itself and is safe to repeat.
    """

    TOGETHER = "together"
    AFTER = "after"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class EventName:
    name: str
    label: str | Promise
    timeline: Timeline
    security: bool = False


@dataclass(frozen=True)
class Handler:
    """Somebody who reacts; ``wants`` says to which of the events with its name, asked as the event is written."""

    key: str
    function: HandlerFunction
    mode: Mode
    wants: Callable[[Event], bool]


NAMES: dict[str, EventName] = {}
HANDLERS: dict[str, list[Handler]] = {}


def register(
    name: str, label: str | Promise, *, timeline: Timeline = Timeline.NOBODY, security: bool = False
) -> str:
    """Declare an event; emitting an undeclared name raises. ``security``: it goes to the security stream of the logs too (REL-53)."""
    if name in NAMES:
        raise ValueError(f"event {name} is declared twice")
    NAMES[name] = EventName(name, label, timeline, security)
    return name


def every(_event: Event) -> bool:
    """A handler reacts to every event of its name unless it says otherwise."""
    return True


def on(
    name: str, mode: Mode = Mode.AFTER, *, wants: Callable[[Event], bool] = every
) -> Callable[[HandlerFunction], HandlerFunction]:
    """Decorator: run the function when ``name`` happens. Its module and name are its key in the outbox. What ``wants`` does
    not accept never enters the outbox: it looks at the columns of the event only.
    """

    def decorate(function: HandlerFunction) -> HandlerFunction:
        key = f"{function.__module__}.{function.__name__}"
        if any(handler.key == key for handler in HANDLERS.get(name, [])):
            raise ValueError(f"handler {key} is registered twice for {name}")
        HANDLERS.setdefault(name, []).append(Handler(key, function, mode, wants))
        return function

    return decorate


def handler_by_key(name: str, key: str) -> Handler:
    """The handler an outbox row names; LookupError when the code no longer has it."""
    for handler in HANDLERS.get(name, []):
        if handler.key == key:
            return handler
    raise LookupError(f"no handler {key} for {name}")
