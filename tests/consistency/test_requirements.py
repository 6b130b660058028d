"""The list of requirements is whole, and the check is not blind."""

from __future__ import annotations

from tests import requirements
from tests.requirements import LETTERS, REQUIREMENTS, read, unproven

SEC = [*range(1, 19), *range(20, 26), *range(30, 39), *range(40, 48), *range(50, 56), *range(60, 70)]
REL = [*range(1, 17), *range(20, 24), *range(30, 36), 40, 41, *range(50, 61)]


def test_the_list_has_every_requirement_once() -> None:
    assert list(REQUIREMENTS) == [f"SEC-{n:02}" for n in SEC] + [f"REL-{n:02}" for n in REL]
    lines = [line for line in requirements.TABLE.strip().splitlines() if not line.startswith("#")]
    assert len(lines) == len(REQUIREMENTS)


def test_each_falls_due_in_order() -> None:
    for row in REQUIREMENTS.values():
        assert LETTERS.index(row.first) <= LETTERS.index(row.whole), row.id
        assert row.part or row.first == row.whole, f"{row.id}: say what of it comes first"


def test_a_due_requirement_without_test_is_named() -> None:
    due = {row.id for row in REQUIREMENTS.values() if requirements.is_due(row.first)}
    assert {"SEC-10", "SEC-22", "REL-07", "REL-20", "REL-30", "REL-31", "REL-33", "REL-50"} <= due
    assert unproven(due) == []
    assert unproven(due - {"REL-31"}) == [f"REL-31 {REQUIREMENTS['REL-31'].part}"]
    assert read("SEC-01 A F words")["SEC-01"].part == "words"
