"""The compose file says what the handbook says: pool, backups, limits, health checks. Files are read; nothing is started."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from complaints import paths
from launcher.paths import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
UNASKED = {
    "migrate": "ends by itself",
    "store-buckets": "ends by itself",
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


def test_the_edge_knows_where_staff_come_in() -> None:
    """Their host has a certificate and a route, and the network is asked for where the zone, which sees no address, cannot (SEC-04)."""
    caddy, edge = (ROOT / "deploy/Caddyfile").read_text(), SERVICES["edge"]["environment"]
    assert {"STAFF_HOST", "STAFF_DOOR_NETWORKS"} <= edge.keys()
    assert edge["STAFF_DOOR_NETWORKS"].endswith(":-0.0.0.0/0 ::/0}"), "none named: from everywhere"
    assert "{$SITE_HOST} {$FILES_HOST} {$STAFF_HOST} {" in caddy
    asked = re.search(r"@elsewhere \{\s+path (.*)\n\s+not client_ip \{\$STAFF_DOOR_NETWORKS\}", caddy)
    assert asked and asked[1].split() == [f"{path}*" for path in paths.STAFF]
    assert "respond @elsewhere 404" in caddy


def test_what_a_service_names_is_there() -> None:
    """Docker would say so at the first start; here there is none."""
    named = {kind: set(COMPOSE[kind]) for kind in ("networks", "volumes", "secrets")}
    for name, service in SERVICES.items():
        assert set(service.get("depends_on", {})) <= SERVICES.keys(), name
        assert set(service["networks"]) <= named["networks"], name
        assert set(service.get("secrets", [])) <= named["secrets"], name
        places = {volume.partition(":")[0] for volume in service.get("volumes", [])}
        assert {place for place in places if place[0] not in "./$"} <= named["volumes"], name
        assert ("image" in service) or ("build" in service), name


def test_the_own_store_keeps_every_file_twice_and_nobody_but_the_portal_asks_it() -> None:
    store = {name: service for name, service in SERVICES.items() if name.startswith("store")}
    assert all(service["profiles"] == ["store"] for service in store.values())
    assert all(service["networks"] == ["inner"] for service in store.values())
    assert "-defaultReplication=001" in store["store-master"]["command"]
    bytes_of = [service for service in store.values() if service.get("command", [""])[0] == "volume"]
    assert len({tuple(service["volumes"]) for service in bytes_of}) == 2, (
        "two servers of bytes, each its disk"
    )
    assert store["store"]["deploy"]["replicas"] == 2
    admins = [
        name
        for name, service in SERVICES.items()
        if "STORE_ADMIN_SECRET_KEY" in service.get("environment", {})
    ]
    assert admins == ["store", "store-buckets"]


def test_who_may_do_what_with_which_bucket(tmp_path: Path) -> None:
    """The script as it is, up to the moment it starts the program."""
    keys = {
        f"{who}_{part}_KEY": f"{who}-{part}"
        for who in ("STORE_ADMIN", "BUCKET", "LOCKED")
        for part in ("ACCESS", "SECRET")
    }
    script = (
        (ROOT / "deploy/store.sh").read_text().replace("/tmp/identities.json", str(tmp_path / "made.json"))
    )
    script = script.replace("exec weed", "echo weed")
    done = subprocess.run(
        ["sh", "-c", script],
        env=keys | {"BUCKET_NAME": "files", "LOCKED_BUCKET": "kept"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert f"-config={tmp_path / 'made.json'}" in done.stdout
    who = {row["name"]: row for row in json.loads((tmp_path / "made.json").read_text())["identities"]}
    assert who.keys() == {"administrator", "portal", "copies"}, "and nobody without a key"
    assert who["portal"]["actions"] == ["Read:files", "Write:files", "List:files"]
    assert who["copies"]["actions"] == ["Read:kept", "Write:kept", "List:kept"]
    assert who["copies"]["credentials"] == [{"accessKey": "LOCKED-ACCESS", "secretKey": "LOCKED-SECRET"}]


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "deploy").glob("*.sh")))
def test_scripts_can_be_read_by_the_shell(script: str) -> None:
    subprocess.run(["sh", "-n", ROOT / "deploy" / script], check=True)
