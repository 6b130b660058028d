"""The newest things that happened in all cases of a person: the same lines as their timelines, without what they are about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cases.models import Case, Party, Side
from cases.policies import visible_parties
from cases.services import case_stream
from common.actor import Actor
from eventlog.models import Event
from eventlog.registry import NAMES, Timeline
from payments.models import Bill
from portal.pages.overview import Words, copies_named_by, entry_of


@dataclass(frozen=True)
class Happening:
    """One line: the event's own id, what it was called, when, and in which case."""

    public_id: UUID
    words: Words
    at: datetime
    case_public_id: UUID
    number: str


def happenings_of(actor: Actor, limit: int) -> list[Happening]:
    """What the timelines of the actor's cases show, newest first, over all of them. Five queries."""
    parties = list(visible_parties(actor).select_related("case"))
    streams: dict[str, Case] = {}
    own: dict[int, set[UUID]] = {}
    for party in parties:
        streams |= {stream: party.case for stream in _streams(party)}
        own.setdefault(party.case_id, set()).add(party.public_id)
    bills = _bill_keys(parties)
    names = [entry.name for entry in NAMES.values() if entry.timeline is Timeline.PARTIES]
    rows = Event.objects.filter(stream__in=list(streams), name__in=names).order_by("-id")
    found: list[Happening] = []
    newest = list(rows[: limit * 4])
    copies = copies_named_by(newest)
    for event in newest:
        case = streams[event.stream]
        if event.name.startswith("payments.") and event.subject_id not in bills.get(event.subject_kind, ()):
            continue
        entry = entry_of(event, own[case.pk], copies)
        if entry is not None:
            found.append(Happening(event.public_id, entry.what, entry.at, case.public_id, case.number))
    return found[:limit]


def _streams(party: Party) -> Iterable[str]:
    """Where a party's timeline is written; the way through the intake desk only for plaintiffs."""
    yield case_stream(party.case)
    if party.side == Side.PLAINTIFF:
        yield f"filing:{party.case.filing_public_id}"


def _bill_keys(parties: Iterable[Party]) -> dict[str, set[int]]:
    """Whose money is named in a case's own stream: bills of these parties, nobody else's. One query."""
    mine = Bill.objects.filter(party__in=[party.pk for party in parties])
    return {"payments.bill": set(mine.values_list("pk", flat=True))}
