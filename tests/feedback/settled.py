"""A court that has been in office since February 2026, for tests that stand at fixed moments."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cases.models import Case, Party, Side
from common import clock
from feedback import services
from feedback.models import Thread, Topic
from tests.support.court import Cast, everybody
from tests.support.database import Kept


def at(text: str) -> datetime:
    """A Beijing moment such as ``2026-03-02 09:00`` (with or without seconds)."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.BEIJING)


def settled(kept: Kept | None = None) -> Cast:
    """Everybody, in office since February; made once where states are kept."""
    with clock.at(at("2026-02-02 09:00")):
        cast = kept("cast of February", everybody) if kept else everybody()
    return replace(cast, kept=kept)


def ask(cast: Cast, case: Case, when: str) -> Thread:
    """张某 asks."""
    party = Party.objects.get(case=case, side=Side.PLAINTIFF)
    with clock.at(at(when)):
        return services.ask(
            case_id=case.pk, party_id=party.pk, topic=Topic.OTHER, text="什么时候开庭？", actor=cast.zhang
        )


def answer(cast: Cast, thread: Thread, when: str, by: str = "judge") -> None:
    """The court answers."""
    with clock.at(at(when)):
        services.answer(thread_id=thread.pk, text="下月上旬。", actor=cast.actors[by])
