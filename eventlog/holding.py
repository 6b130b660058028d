"""Whether anything may leave the house. After a restore nothing does until somebody has reconciled it (REL-56, F-32): what an
old copy of the database calls due may have been done already.

The portal keeps the answer (``portal.holding``); here everybody below asks for it. Where nobody keeps it nothing is held.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Standing:
    """``held``: outbox, texts, refunds and payouts wait. ``quiet_until``: no text leaves about what happened before this, because it
    was, or follows from, something from before a restore that people may have been told already."""

    held: bool = False
    quiet_until: datetime | None = None


def _nobody() -> Standing:
    return Standing()


_keeper: Callable[[], Standing] = _nobody


def kept_by(keeper: Callable[[], Standing]) -> Callable[[], Standing]:
    """Decorator: this function knows."""
    global _keeper
    _keeper = keeper
    return keeper


def standing() -> Standing:
    """How it stands. One query of the keeper's."""
    return _keeper()


def is_held() -> bool:
    """True while nothing may leave."""
    return standing().held
