"""An outside system that fails again and again is left alone for a while (REL-59): five failures within thirty seconds open the
breaker, every thirty seconds one call goes through as a probe, and the first answer closes it.

Kept in the rate counters, so that all processes share it, also without Redis.
"""

from __future__ import annotations

from accounts.services.limits import count, counted, forget
from common.errors import GatewayUnavailable

FAILURES, WINDOW_SECONDS, PAUSE_SECONDS = 5, 30, 30
OPEN_SECONDS = 24 * 3600
"""A breaker that nobody asked for so long begins anew."""


def admit(system: str, refusal: GatewayUnavailable) -> None:
    """Let a call through, or raise ``refusal`` while the breaker is open. One query, two for a probe."""
    if (
        counted(f"breaker-open:{system}", OPEN_SECONDS)
        and count(f"breaker-probe:{system}", PAUSE_SECONDS) > 1
    ):
        raise refusal


def note_answer(system: str) -> None:
    """It answered: the breaker closes and the count begins anew."""
    forget(f"breaker-open:{system}", OPEN_SECONDS)
    forget(f"breaker-failed:{system}", WINDOW_SECONDS)


def note_failure(system: str) -> None:
    """It did not answer as it should; the fifth time within the window the breaker opens, and the pause begins."""
    if count(f"breaker-failed:{system}", WINDOW_SECONDS) >= FAILURES:
        count(f"breaker-open:{system}", OPEN_SECONDS)
        count(f"breaker-probe:{system}", PAUSE_SECONDS)
