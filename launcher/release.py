"""`make drill ARGS=release`: the code of the release before works on a database that this code has migrated (REL-57).

Between two releases both are at work: `prepare_database` has run, the old processes still serve. So the old code's own tests run, with its own
set-up, on databases that are copies of one made by this code: PostgreSQL copies `template1` into each new one.
"""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from launcher.paths import ROOT, VENV

RECORD = "tests/infra/schema_of_last_release.json"
"""Written anew at each release, so the commit that changed it last is the release before."""
SMOKE = (
    "tests/journeys/test_story.py",
    "tests/journeys/test_threads.py",
    "tests/journeys/test_complaint.py",
    "tests/journeys/test_money.py",
    "tests/journeys/test_service.py",
    "tests/qrlinks/test_landing.py",
)
"""Of the release before: filing to judgment, messages, complaints, money, delivery, codes on paper."""
CONTROL = "ALTER TABLE accounts_user RENAME COLUMN phone TO phone_gone"
"""What a release may not do; with it the smoke must not pass."""


def git(root: Path, *arguments: str) -> str:
    """What git says; empty when it has no answer."""
    told = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False)
    return told.stdout.strip() if not told.returncode else ""


def release_before(root: Path = ROOT, named: str = "") -> str:
    """The commit of the release before: the named one, else the newest tag before this one, else the last one that wrote RECORD.
    SystemExit where the history is not there."""
    if named:
        chosen = git(root, "rev-parse", "--verify", f"{named}^{{commit}}")
        return chosen or _refuse(f"{named} is no commit of this repository.")
    if not git(root, "rev-parse", "HEAD"):
        _refuse("this is no git repository; name none, or run the drill where the history is.")
    tag = git(root, "describe", "--tags", "--abbrev=0", "HEAD^")
    if tag:
        return git(root, "rev-parse", f"{tag}^{{commit}}")
    if git(root, "rev-parse", "--is-shallow-repository") == "true":
        _refuse("this clone has no history: git fetch --unshallow")
    return git(root, "log", "-1", "--format=%H", "--", RECORD) or _refuse(f"no commit wrote {RECORD}.")


def _refuse(why: str) -> str:
    raise SystemExit(f"drill release: {why}")


def unpacked(commit: str, place: Path, root: Path = ROOT) -> Path:
    """The files of a commit in a folder of their own, with the environment of this one."""
    command = ["git", "-C", str(root), "archive", "--format=tar", commit]
    archive = subprocess.run(command, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as files:
        files.extractall(place, filter="data")
    missing = [name for name in SMOKE if not (place / name).exists()]
    if missing:
        _refuse(f"{commit[:12]} has no {', '.join(missing)}.")
    (place / ".venv").symlink_to(VENV.resolve())
    return place


def on_database(variables: Mapping[str, str], name: str) -> dict[str, str]:
    """The same environment with another database of the server."""
    return dict(variables) | {
        "DATABASE_URL": urlunsplit(urlsplit(variables["DATABASE_URL"])._replace(path=f"/{name}"))
    }
