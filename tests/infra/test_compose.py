"""The compose file says what the handbook says: pool, backups, limits, health checks. Files are read; nothing is started."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
import yaml

from launcher.paths import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
UNASKED = {
    "migrate": "ends by itself",
    "beat": "its work shows in the age of the outbox and of anchors",
    "backup": "its log; the drill looks at what it wrote",
    "edge": "everybody sees whether it answers",
}


def test_every_service_has_limits_and_says_whether_it_lives() -> None:
    for name, service in SERVICES.items():
        limits = service["deploy"]["resources"]["limits"]
        assert set(limits) == {"cpus", "memory"}, name
        assert ("healthcheck" in service) != (name in UNASKED), name
    assert SERVICES["web"]["deploy"]["replicas"] >= 2 and SERVICES["beat"]["deploy"]["replicas"] == 1


def test_pages_go_through_the_pool_and_what_cannot_goes_past_it() -> None:
    pool = (ROOT / "deploy/pool.sh").read_text()
    assert "pool_mode = transaction" in pool
    for name in ("web", "worker", "beat", "zone"):
        environment = SERVICES[name]["environment"]
        assert "@pool:6432/" in environment["DATABASE_URL"] and environment["PGBOUNCER"] == "true"
        assert "@postgres:5432/" in environment["LISTEN_DATABASE_URL"], (
            "LISTEN does not pass transaction mode"
        )
    for name in ("migrate", "backup"):
        environment = SERVICES[name]["environment"]
        assert "@postgres:5432/" in environment["OWNER_DATABASE_URL"] and environment["PGBOUNCER"] == "false"


@pytest.mark.req("REL-56")
def test_backups_are_written_twice_by_who_cannot_open_them() -> None:
    backup = SERVICES["backup"]
    assert "archive_mode=on" in SERVICES["postgres"]["command"]
    assert "archive_timeout=60" in SERVICES["postgres"]["command"], "at most a minute waits (RPO)"
    targets = {volume.rpartition(":")[2] for volume in backup["volumes"]}
    assert {"/backups", "/copies"} <= targets
    assert (
        "backup_public" in backup["secrets"] and "backup.key" not in (ROOT / "docker-compose.yml").read_text()
    )
    assert [name for name, service in SERVICES.items() if "backup_public" in service.get("secrets", [])] == [
        "backup"
    ]


def test_nothing_but_the_edge_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["edge"]
    assert COMPOSE["networks"]["inner"]["internal"] is True


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "deploy").glob("*.sh")))
def test_scripts_can_be_read_by_the_shell(script: str) -> None:
    subprocess.run(["sh", "-n", ROOT / "deploy" / script], check=True)
