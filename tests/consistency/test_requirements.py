"""The list of requirements is whole, and the check is not blind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from launcher.paths import ROOT
from tests import requirements
from tests.requirements import LETTERS, REQUIREMENTS, read, unproven

SEC = [*range(1, 19), *range(20, 26), *range(30, 39), *range(40, 48), *range(50, 56), *range(60, 70)]
REL = [*range(1, 17), *range(20, 24), *range(30, 36), 40, 41, *range(50, 61)]


def test_the_list_has_every_requirement_once() -> None:
    listed = [f"SEC-{n:02}" for n in SEC] + [f"REL-{n:02}" for n in REL]
    assert list(REQUIREMENTS) == listed + [f"F-{n:02}" for n in range(1, 36)] + [
        f"B-{n:02}" for n in range(1, 91)
    ]
    lines = [line for line in requirements.TABLE.strip().splitlines() if not line.startswith("#")]
    assert len(lines) == len(listed)


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


def test_what_is_open_is_told() -> None:
    """Nothing may be open of an issue that is done; the report reads the marks of this very test's neighbours."""
    assert requirements.OPEN == {} or not requirements.is_due("F")
    assert set(requirements.OPEN) <= set(REQUIREMENTS)
    named = requirements.named_in_tests()
    assert {"SEC-10", "REL-30"} <= named <= set(REQUIREMENTS) | requirements.RULES
    assert requirements.report()[0].endswith("requirements up to F have a test")


def test_a_gate_runs_what_proves_its_requirements(tmp_path: Path) -> None:
    chosen = run_with(tmp_path, "REL-30", "test_one.py", "--proves", "REL-30,REL-31")
    assert "1 passed" in chosen.stdout
    assert "1 deselected" in run_with(tmp_path, "REL-30", "test_one.py", "--proves", "REL-31").stdout


def run_with(folder: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A suite of one passing test that names ``name``, with the check."""
    (folder / "pytest.ini").write_text("[pytest]\ntestpaths = .\nmarkers = req(*ids)\n")
    (folder / "test_one.py").write_text(
        f"import pytest\n\n@pytest.mark.req({name!r})\ndef test_one():\n    assert True\n"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.requirements",
        "-p",
        "no:django",
        "-p",
        "no:randomly",
    ]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    return subprocess.run(
        [*command, "-p", "no:cacheprovider", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_a_whole_run_without_a_due_one_fails(tmp_path: Path) -> None:
    run = run_with(tmp_path, "REL-30")
    assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout + run.stderr
    assert "due and not proven: REL-31" in run.stdout and "due and not proven: REL-30" not in run.stdout
    assert "not due yet" in run.stdout


def test_part_of_a_run_is_not_asked_for_all(tmp_path: Path) -> None:
    assert run_with(tmp_path, "REL-30", "test_one.py").returncode == pytest.ExitCode.OK


def test_an_unknown_requirement_stops_the_run(tmp_path: Path) -> None:
    run = run_with(tmp_path, "SEC-99")
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "SEC-99" in run.stdout + run.stderr
