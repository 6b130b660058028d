"""Which release is the one before, and that a clone without history says so (REL-57). The drill itself is `make drill ARGS=release`."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from launcher import release
from launcher.paths import VENV


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Three commits; the second one wrote the record of a release."""
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    for number in range(3):
        for name in (*release.SMOKE, release.RECORD) if number == 1 else (f"code{number}.py",):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(f"{number}\n")
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", str(number))
    return root


def git(root: Path, *arguments: str) -> str:
    """Git as nobody in particular."""
    own = {
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "PATH": os.environ["PATH"],
        **{f"GIT_{who}_{what}": "x@example.cn" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }  # fmt: skip
    told = subprocess.run(["git", *arguments], cwd=root, env=own, check=True, capture_output=True, text=True)
    return told.stdout.strip()


def test_the_release_before_is_named_tagged_or_the_one_that_wrote_the_record(repository: Path) -> None:
    first, second, _third = git(repository, "rev-list", "--reverse", "HEAD").splitlines()
    assert release.release_before(repository) == second
    assert release.release_before(repository, "HEAD~2") == first
    git(repository, "tag", "v1", first)
    assert release.release_before(repository) == first
    git(repository, "tag", "v2", "HEAD")  # this very commit is no release before itself
    assert release.release_before(repository) == first
    with pytest.raises(SystemExit, match="v9 is no commit"):
        release.release_before(repository, "v9")


def test_without_history_it_says_so(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", "shallow")
    with pytest.raises(SystemExit, match="git fetch --unshallow"):
        release.release_before(tmp_path / "shallow")
    (tmp_path / "nothing").mkdir()
    with pytest.raises(SystemExit, match="no git repository"):
        release.release_before(tmp_path / "nothing")


def test_its_files_lie_apart_and_use_this_environment(repository: Path, tmp_path: Path) -> None:
    place = release.unpacked(release.release_before(repository), tmp_path / "before", repository)
    assert (place / release.RECORD).exists() and not (place / "code2.py").exists()
    assert (place / ".venv").resolve() == VENV.resolve()
    with pytest.raises(SystemExit, match="has no tests/journeys"):
        release.unpacked(git(repository, "rev-parse", "HEAD~2"), tmp_path / "older", repository)
    variables = {"DATABASE_URL": "postgresql://portal@/portal?host=/run/x", "OTHER": "1"}
    assert release.on_database(variables, "template1") == variables | {
        "DATABASE_URL": "postgresql://portal@/template1?host=/run/x"
    }
