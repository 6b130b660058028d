"""The list of requirements is whole, and the check is not blind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from launcher.paths import ROOT
from tests import requirements
from tests.requirements import DUE, LATER, REQUIREMENTS, unproven


def test_the_list_has_every_requirement_once() -> None:
    assert len(set(REQUIREMENTS)) == len(REQUIREMENTS) == 57 + 39 + 35 + 90
    assert set(LATER) <= set(REQUIREMENTS) and set(DUE) == set(REQUIREMENTS) - set(LATER)


def test_a_due_requirement_without_test_is_named() -> None:
    assert unproven(DUE) == []
    assert unproven(set(DUE) - {"REL-31", "B-07"}) == ["REL-31", "B-07"]


def test_the_report_reads_the_marks_of_the_tests() -> None:
    named = requirements.named_in_tests()
    assert {"SEC-10", "REL-30"} <= named <= set(REQUIREMENTS) | requirements.RULES
    assert requirements.report()[0].endswith("requirements have a test")


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
    assert f"1 of {len(DUE)} proven" in run.stdout


def test_part_of_a_run_is_not_asked_for_all(tmp_path: Path) -> None:
    assert run_with(tmp_path, "REL-30", "test_one.py").returncode == pytest.ExitCode.OK


def test_an_unknown_requirement_stops_the_run(tmp_path: Path) -> None:
    run = run_with(tmp_path, "SEC-99")
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "SEC-99" in run.stdout + run.stderr
