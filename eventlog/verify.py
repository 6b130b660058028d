"""Checks the chains: every entry against its hash, its predecessor and its payload (SEC-45, SEC-46)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from eventlog.models import Event, StreamHead
from eventlog.services import entry_hash, payload_hash

FIRST_PREVIOUS = "0" * 64


class Verdict(IntEnum):
    """Exit codes of ``manage.py audit verify``."""

    GOOD = 0
    BROKEN = 2
    GAP = 3
    SHORT = 5


@dataclass(frozen=True)
class Finding:
    """``seq`` is the first bad place of ``stream``."""

    verdict: Verdict
    stream: str
    seq: int


def verify(stream: str | None = None) -> list[Finding]:
    """Findings of one stream or of all; empty when every chain is whole. Reads the table once, in order."""
    wanted = {"stream": stream} if stream else {}
    findings = []
    heads = dict(StreamHead.objects.filter(**wanted).values_list("stream", "seq"))
    seen: dict[str, int] = {}
    for name, events in _by_stream(wanted):
        finding, last = _walk(name, events)
        seen[name] = last
        if finding is not None:
            findings.append(finding)
    for name, seq in heads.items():
        if seen.get(name, 0) < seq and not any(found.stream == name for found in findings):
            findings.append(Finding(Verdict.SHORT, name, seen.get(name, 0) + 1))
    return findings


def _by_stream(wanted: dict[str, str]) -> Iterator[tuple[str, list[Event]]]:
    names = Event.objects.filter(**wanted).order_by("stream").values_list("stream", flat=True).distinct()
    for name in names:
        yield name, list(Event.objects.filter(stream=name).order_by("seq"))


def _walk(name: str, events: list[Event]) -> tuple[Finding | None, int]:
    previous, expected = FIRST_PREVIOUS, 1
    for event in events:
        if event.seq != expected:
            return Finding(Verdict.GAP, name, expected), event.seq
        sound = (
            event.previous_hash == previous
            and event.payload_hash == payload_hash(event.payload, event.payload_salt)
            and event.hash == entry_hash(event)
        )
        if not sound:
            return Finding(Verdict.BROKEN, name, event.seq), event.seq
        previous, expected = event.hash, expected + 1
    return None, expected - 1
