"""`make bench ARGS="--pages peak"`: a morning at a courthouse, from the quiet before to the rush at nine, more people than it can serve,
and the calm after it.

How many people come is a multiple of what this machine carries (measured first), so that the figures of two machines mean the same.
Each minute's p95 is told as a multiple of the quiet ones'.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from bench.courts import MeasuredCourt, name_of, on_server, url_of
from bench.users import WEIGHTS
from launcher.children import Family

QUIET, RISE, PEAK, SURGE, FALL = "quiet", "rise", "peak", "surge", "fall"
MORNING: list[tuple[str, float]] = [
    *[(QUIET, 0.10)] * 4, (RISE, 0.25), (RISE, 0.45), *[(PEAK, 0.60)] * 5, (SURGE, 1.50), *[(FALL, 0.40)] * 3, *[(QUIET, 0.10)] * 3,
]  # fmt: skip
"""Minutes with people as a share of what one machine carries. Installations are sized for a peak at 0.6 of that (docs/operations.md)."""
AT_PEAK, AFTER, ERRORS = 3.0, 1.5, 0.001
"""p95 at the peak and after the surge as multiples of the quiet minutes'; share of errors outside the surge. As REL-55."""
FASTEST = 2_000


@dataclass(frozen=True)
class Minute:
    """What a minute was and what came of it; times in seconds."""

    kind: str
    share: float
    asked: int
    p50: float
    p95: float
    errors: int

    @classmethod
    def of(cls, kind: str, share: float, answer: dict[str, Any]) -> Minute:
        """Read from what the generator writes."""
        ordered = sorted(answer["latencies"]) or [0.0]
        p50, p95 = (ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.95))
        return cls(kind, share, answer["asked"], p50, p95, len(answer["errors"]))


def quiet_p95(minutes: list[Minute]) -> float:
    """The median of the quiet minutes before the rush, without the first one, in which everything warms up."""
    first = next(number for number, minute in enumerate(minutes) if minute.kind != QUIET)
    ordered = sorted(minute.p95 for minute in minutes[1:first])
    return ordered[len(ordered) // 2]


def problems(minutes: list[Minute]) -> list[str]:
    """What did not hold."""
    quiet = quiet_p95(minutes)
    peak = max(minute.p95 for minute in minutes if minute.kind == PEAK) / quiet
    after = minutes[-1].p95 / quiet
    asked = sum(minute.asked for minute in minutes if minute.kind != SURGE)
    wrong = sum(minute.errors for minute in minutes if minute.kind != SURGE) / max(asked, 1)
    found = (
        [f"p95 at the peak is {peak:.2f} times the quiet one, at most {AT_PEAK}"] if peak > AT_PEAK else []
    )
    found += [f"p95 after the surge is still {after:.2f} times, at most {AFTER}"] if after > AFTER else []
    return found + ([f"{wrong:.4f} of the answers were errors, at most {ERRORS}"] if wrong > ERRORS else [])


def table(minutes: list[Minute], minute_seconds: float) -> str:
    """For the terminal and docs/measuring.md."""
    quiet = quiet_p95(minutes)
    lines = [
        "| minute | of what it carries | came a second | p50 ms | p95 ms | p95 to quiet | errors |",
        "|---|---|---|---|---|---|---|",
    ]
    for number, row in enumerate(minutes, start=1):
        lines.append(
            f"| {number} {row.kind} | {row.share:.2f} | {row.asked / minute_seconds:.1f} | {row.p50 * 1000:.0f} |"
            f" {row.p95 * 1000:.0f} | {row.p95 / quiet:.2f} | {row.errors} |"
        )
    return "\n".join(lines)


def carried(court: MeasuredCourt, seconds: float) -> float:
    """Requests a second of the people's mixture that this machine answers without a pause: the harmonic mean over the pages."""
    time_of_mixture = 0.0
    for page, weight in WEIGHTS.items():
        court.load(page, "page", seed=0, seconds=0.5)
        answer = court.load(page, "page", seed=1, seconds=seconds)
        time_of_mixture += weight / max(len(answer["latencies"]) / answer["seconds"], 1 / FASTEST)
    return sum(WEIGHTS.values()) / time_of_mixture


def database_bytes(name: str) -> int:
    """What a database takes on the disk."""
    with closing(psycopg2.connect(url_of(name))) as link, link.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def peak(options: argparse.Namespace) -> int:
    """Measure and print; 1 when a bound is missed."""
    family, size = Family(), options.sizes[0]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        try:
            court = MeasuredCourt(size, Path(folder))
            court.open(family)
            capacity = carried(court, options.seconds)
            stored = database_bytes(name_of(size))
            print(f"database: {stored / size / 1024:.0f} KiB a case", flush=True)
            print(
                f"{size} cases; this machine carries {capacity:.0f} requests a second of the mixture",
                flush=True,
            )
            answer = court.arrivals([share * capacity for _kind, share in MORNING], options.minute_seconds, 1)
        finally:
            family.stop()
            on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_of(size))
    minutes = [Minute.of(*row, told) for row, told in zip(MORNING, answer["minutes"], strict=True)]
    print(table(minutes, options.minute_seconds))
    for text in sorted({error for told in answer["minutes"] for error in told["errors"]})[:10]:
        print(f"error: {text}")
    missed = problems(minutes)
    print("\n".join(f"missed: {problem}" for problem in missed) or "nothing missed")
    return 1 if missed and not options.report_only else 0
