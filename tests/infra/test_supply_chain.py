"""What the installation is made of: known weaknesses are asked for, images go by digest, a build looks nothing up (SEC-64)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from launcher import audit, images
from launcher.paths import ROOT
from launcher.sbom import image_parts
from launcher.verbs import list_images
from tests.support.receiver import Receiver

DIGEST = "sha256:" + "ab" * 32
DOCKER = f"""#!/bin/sh
echo "$*" >>"$DOCKER_LOG"
case "$*" in *nowhere*) echo "not found" >&2; exit 1;; esac
[ "$1" = buildx ] && echo {DIGEST}
exit 0
"""


def without_digests(text: str) -> str:
    """The file as somebody wrote it before digests."""
    return re.sub(r"@sha256:[0-9a-f]{64}", "", text)


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Dockerfile and compose file without their digests in a folder of their own, and a `docker` that writes down what it is told."""
    for name in images.FILES:
        (tmp_path / name).write_text(without_digests((ROOT / name).read_text()))
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(DOCKER)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setenv("DOCKER_LOG", str(tmp_path / "log"))
    return tmp_path


def told(place: Path) -> list[str]:
    """What `docker` was told."""
    log = place / "log"
    return log.read_text().splitlines() if log.exists() else []


@pytest.mark.req("SEC-64")
def test_nothing_is_started_that_has_no_digest(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = images.unpinned(installation)
    assert {"postgres:18-bookworm", "caddy:2-alpine", "python:3.11-slim-bookworm"} <= set(missing)
    assert images.deploy([], installation) == 1 and told(installation) == []
    assert "Refused: no digest for" in capsys.readouterr().out
    assert len(images.pin(installation)) == len(missing)
    assert images.unpinned(installation) == [] and images.pin(installation) == [], (
        "those that have one keep it"
    )
    assert len(told(installation)) == len(missing)
    (installation / "log").unlink(missing_ok=True)
    assert images.deploy(["--profile", "store"], installation) == 0
    assert told(installation) == [
        "compose --profile store build",
        "compose --profile store up -d --remove-orphans",
    ]
    for file in images.FILES:
        assert without_digests((installation / file).read_text()) == without_digests(
            (ROOT / file).read_text()
        )
    (part,) = image_parts(f"FROM postgres:18@{DIGEST} AS client\n")
    assert part["version"] == "18" and part["hashes"] == [{"alg": "SHA-256", "content": "ab" * 32}]


@pytest.mark.req("SEC-64")
def test_a_registry_that_does_not_answer_leaves_the_files_as_they_are(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compose = installation / "docker-compose.yml"
    compose.write_text(compose.read_text() + "\n  more:\n    image: nowhere:1\n")
    before = compose.read_text()
    with pytest.raises(RuntimeError, match="nowhere:1: not found"):
        images.pin(installation)
    assert compose.read_text() == before
    monkeypatch.setenv("PATH", str(installation))
    with pytest.raises(RuntimeError, match="No such file"):
        images.pin(installation)


@pytest.mark.req("SEC-64")
def test_every_image_of_the_project_has_its_digest(capsys: pytest.CaptureFixture[str]) -> None:
    assert images.unpinned() == [] and list_images([]) == 0
    assert "every image has its digest" in capsys.readouterr().out


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A list of weaknesses that knows something about the second part it is asked for."""
    receiver = Receiver()
    monkeypatch.setenv("OSV_URL", receiver.url.removesuffix("/hook"))
    rows: list[Any] = [{} for _part in audit.parts()]
    rows[1] = {"vulns": [{"id": "PYSEC-2026-2"}, {"id": "GHSA-aaaa"}]}
    receiver.answer = {"results": rows}
    yield receiver
    receiver.stop()


@pytest.mark.req("SEC-64")
def test_every_locked_part_is_asked_for(
    listed: Receiver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.audit([]) == 1
    ((_headers, _body),) = listed.got
    asked = [query["package"]["purl"] for query in listed.bodies()[0]["queries"]]
    assert asked == audit.parts() and len(asked) > 100
    assert any(purl.startswith("pkg:npm/") for purl in asked)
    assert any(purl.startswith("pkg:pypi/python-alipay-sdk@") for purl in asked)
    text = capsys.readouterr().out
    assert f"{asked[1]}: GHSA-aaaa\n" in text and "2 known weaknesses that nobody accepted" in text
    for folder in ("requirements", "launcher/chromium"):
        (tmp_path / folder).mkdir(parents=True)
    for name in (*audit.PYTHON_LOCKS, *audit.NPM_LOCKS):
        shutil.copyfile(ROOT / name, tmp_path / name)
    (tmp_path / audit.ACCEPTED).write_text(
        "# why\nGHSA-aaaa 2999-12-31 only on Windows\nPYSEC-2026-2 2999-12-31 same\n"
    )
    assert audit.audit([], tmp_path) == 0


@pytest.mark.req("SEC-64")
def test_without_a_list_it_says_that_nobody_was_asked(
    listed: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    listed.answer, listed.status = {}, 503
    assert audit.audit([]) == 0 and audit.audit(["--strict"]) == 1
    assert capsys.readouterr().out.count("audit: not asked") == 2
    listed.answer = {"results": []}
    assert audit.audit(["--strict"]) == 1
    assert "0 answers to" in capsys.readouterr().out
    listed.answer = {"something": "else"}
    assert audit.audit(["--strict"]) == 1


def test_an_acceptance_has_a_last_day_and_a_reason() -> None:
    text = "# heading\n\nA 2026-03-01 not reachable\nB 2026-03-02 likewise\n"
    assert audit.accepted(text, date(2026, 3, 2)) == {"B"}
    with pytest.raises(ValueError, match="not enough values"):
        audit.accepted("A 2026-03-01\n", date(2026, 3, 2))
    assert audit.accepted((ROOT / audit.ACCEPTED).read_text(), date(2026, 3, 2)) == set()


FETCHES = {"curl", "wget", "git", "apt-get", "apk", "npx", "go", "cargo"}
KNOWN = {"apt-get": "the stage `pool`: PgBouncer as Debian has it (docs/operations.md)"}


def fetching(dockerfile: str) -> list[str]:
    """Steps of a Dockerfile that would take something which no lock names."""
    steps = re.findall(r"^RUN ((?:.*\\\n)*.*)", dockerfile, re.MULTILINE)
    commands = [part.strip() for step in steps for part in re.split(r"&&|\|", step.replace("\\\n", " "))]
    wrong = []
    for command in commands:
        words = command.split()
        program = Path(words[0]).name if words else ""
        if program == "pip":
            safe = {"--no-deps", "--require-hashes"} <= set(words) and (
                "--only-binary" in words or "--no-build-isolation" in words
            )
        elif program == "npm":
            safe = words[1] == "ci" and "--ignore-scripts" in words
        else:
            safe = program not in FETCHES - KNOWN.keys()
        wrong += [] if safe else [command]
    return wrong


@pytest.mark.req("SEC-64")
def test_a_build_takes_nothing_that_no_lock_names() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert fetching(dockerfile) == [] and dockerfile.count("apt-get update") == 1
    starter = (ROOT / "launcher/bootstrap.py").read_text()
    assert all(word in starter for word in ('"--no-deps", "--require-hashes"', '"--no-build-isolation"'))
    assert '"ci", "--ignore-scripts"' in (ROOT / "launcher/fonts.py").read_text()
    control = "RUN pip install x && curl -O y \\\n    && npm install\nRUN pip install --no-deps --require-hashes -r x\n"
    assert len(fetching(control)) == 4


def loose_actions(text: str) -> list[str]:
    """Actions of a workflow that are not named by their commit."""
    used = re.findall(r"^\s*-?\s*uses:\s*[\"']?([^\s\"'#]+)", text, re.MULTILINE)
    return [
        name for name in used if not name.startswith("./") and not re.fullmatch(r"[^@]+@[0-9a-f]{40}", name)
    ]


@pytest.mark.req("SEC-64")
def test_actions_of_the_ci_go_by_commit() -> None:
    """The verification is a shell script and uses none; who adds a workflow names actions by their commit."""
    workflows = [
        *ROOT.glob(".github/workflows/*"),
        *ROOT.glob(".gitea/workflows/*"),
        *ROOT.glob(".forgejo/workflows/*"),
    ]
    assert [name for path in workflows for name in loose_actions(path.read_text())] == []
    control = f"steps:\n  - uses: actions/checkout@v4\n  - uses: ./own\n  - uses: a/b@{'0' * 40} # v4\n"
    assert loose_actions(control) == ["actions/checkout@v4"]
    assert re.findall(r"^\s*(\S+)", (ROOT / ".ci/run").read_text(), re.M).count("curl") == 0
