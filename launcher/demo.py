"""The demo on this machine: `run`, `reset` and `manage`."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from launcher import postgres, valkey
from launcher.children import Child, Family
from launcher.environment import environment, zone_environment
from launcher.fonts import ensure_fonts
from launcher.paths import PYTHON, ROOT, VAR
from launcher.servers import bind, manage, only_one, services, start_mail, start_sealing, unix_socket

WEB_PROCESSES = 2
WORKER_THREADS = 4
READY_SECONDS = 90
NOT_CODE = {
    ".git",
    ".venv",
    "var",
    "tests",
    "docs",
    "node_modules",
    ".ruff_cache",
    ".mypy_cache",
    ".pytest_cache",
}
PEOPLE = ROOT / "portal" / "demo" / "people.json"
"""Everybody one can sign in as in the demo; the demo data are made from the same file."""


def sign_ins(url: str) -> str:
    """Who can sign in where, for the terminal."""
    people = json.loads(PEOPLE.read_text("utf-8"))
    litigants = [f"{row['phone']} {row['name']}" for row in people["litigants"] + people["lawyers"]]
    others = [f"{row['phone']} {row['name']}" for row in people["others"]]
    staff = {key: " · ".join(row[0] for row in people[key]) for key in ("staff", "neighbour", "above")}
    return f"""
  当事人 {url}/login/ (code at {url}/demo/outbox/)
    {" · ".join(litigants)}
    {" · ".join(others)}
  工作人员 {url}/staff/login/ (password {people["password"]})
    {staff["staff"]}
    another court: {staff["neighbour"]} · the court above: {staff["above"]}
"""


def run(arguments: Sequence[str]) -> int:
    """`make run`: the whole portal until Ctrl-C."""
    port, host = _port(), os.environ.get("HOST", "127.0.0.1")
    url = os.environ.get("PUBLIC_URL", f"http://127.0.0.1:{port}")
    listening = bind(host, port)
    family = Family()
    family.stop_on_signals()
    with only_one(VAR):
        try:
            print("Starting the portal …", flush=True)
            ensure_fonts()
            database_url, redis_url = services(family, VAR, throw_away=False)
            variables = environment(
                "demo", VAR, database_url=database_url, redis_url=redis_url, public_url=url
            )
            start_sealing(family, variables, VAR / "log")
            start_mail(family, variables, VAR / "log")
            mark = _prepare(variables)
            zone = unix_socket(variables["ZONE_SOCKET"])
            _start_portal(family, variables, listening, zone)
            if _wait_ready(family, port):
                (VAR / "prepared").write_text(mark)
                print(f"\nReady: {url}\n{sign_ins(url)}\nCtrl-C stops everything.", flush=True)
            family.watch()
        except SystemExit:
            if not family.stopping.is_set():  # Ctrl-C reaches the commands of the preparation too
                raise
        finally:
            listening.close()
            family.stop()
    print("Stopped.", flush=True)
    return 0


def _prepare(variables: dict[str, str]) -> str:
    """Bring database, domain data, static files and demo court up to this code; nothing to do when it has not changed.

    Returns the mark of this code and database, to be written down once the portal has become ready on it.
    """
    digest = hashlib.sha256(variables["DATABASE_URL"].encode())
    for folder in sorted(path for path in ROOT.iterdir() if path.is_dir() and path.name not in NOT_CODE):
        for path in sorted(folder.rglob("*")):
            if path.suffix != ".pyc" and path.is_file():
                status = path.stat()
                digest.update(f"{path}:{status.st_size}:{status.st_mtime_ns}".encode())
    mark, noted = digest.hexdigest(), VAR / "prepared"
    if noted.exists() and noted.read_text() == mark:
        return mark
    noted.unlink(missing_ok=True)
    print("Preparing the database and the demo court …", flush=True)
    manage(variables, "prepare_database", owner=True)
    manage(variables, "load_domain")
    manage(variables, "collectstatic", "--noinput")
    # before the worker starts: the seed moves the clock, and effects must be worked off at its time
    manage(variables, "seed_demo")
    manage(zone_environment(variables), "seed_zone")
    return mark


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SystemExit(f"PORT is {text!r}, but must be a number from 1 to 65535.")
    return int(text)


def _start_portal(
    family: Family, variables: dict[str, str], listening: socket.socket, zone: socket.socket
) -> None:
    logs = VAR / "log"
    handle = zone.fileno()
    own: list[str | Path] = [PYTHON, "-m", "portal.serve", str(handle), "portal.zone.asgi:application"]
    inside = zone_environment(variables)
    family.add(Child("zone", own, inside, logs / "zone.log", keep_open=(handle,), directory=ROOT))
    listening.listen(
        512
    )  # not earlier: what the seed sends to our own address is refused at once, not kept waiting
    for number in range(1, WEB_PROCESSES + 1):
        handle = listening.fileno()
        serve: list[str | Path] = [PYTHON, "-m", "portal.serve", str(handle)]
        name = f"web-{number}"
        family.add(Child(name, serve, variables, logs / f"{name}.log", keep_open=(handle,), directory=ROOT))
    work: list[str | Path] = [PYTHON, "-m", "celery", "-A", "portal", "worker", "-B", "-P", "threads"]
    work += ["-c", str(WORKER_THREADS), "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    family.add(Child("worker", work, variables, logs / "worker.log", directory=ROOT))


def _wait_ready(family: Family, port: int) -> bool:
    """Wait for the first good answer of /readyz; False when a signal came first."""
    for _attempt in range(READY_SECONDS * 5):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, OSError):
            dead = next((child for child in family.children if not child.is_running), None)
            if dead is not None:
                raise SystemExit(f"{dead.name} does not start:\n{dead.tail()}") from None
        if family.stopping.wait(0.2):
            return False
    raise SystemExit(f"The portal does not become ready; logs: {VAR / 'log'}")


def reset(arguments: Sequence[str]) -> int:
    """`make reset`: forget all data of the demo; fonts and Chromium stay."""
    with only_one(VAR):
        for path in VAR.iterdir():
            if path.name in ("fonts", "chromium", "launcher.lock"):
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        postgres.remove_fallback(VAR)
    print("The demo data is gone; `make run` builds it anew.")
    return 0


def manage_verb(arguments: Sequence[str]) -> int:
    """`python3 dev.py manage …`: a management command on the demo; starts its servers when nothing runs."""
    family = Family()
    owner = bool(arguments) and arguments[0] in ("prepare_database", "migrate", "dbshell")
    try:
        try:
            with only_one(VAR):
                database_url, redis_url = services(family, VAR, throw_away=False)
                variables = _demo_variables(database_url, redis_url)
                start_sealing(family, variables, VAR / "log")
                return _manage_on(variables, arguments, owner=owner)
        except SystemExit as reason:
            if "already running" not in str(reason):
                raise
        server = postgres.server(VAR, throw_away=False)
        redis_url = os.environ.get("REDIS_URL") or f"unix://{valkey.socket_of(VAR)}"
        variables = _demo_variables(os.environ.get("DATABASE_URL") or server.url(), redis_url)
        return _manage_on(variables, arguments, owner=owner)
    finally:
        family.stop()


def _demo_variables(database_url: str, redis_url: str) -> dict[str, str]:
    url = os.environ.get("PUBLIC_URL", f"http://127.0.0.1:{_port()}")
    return environment("demo", VAR, database_url=database_url, redis_url=redis_url, public_url=url)


def _manage_on(variables: dict[str, str], arguments: Sequence[str], *, owner: bool) -> int:
    variables |= {"PORTAL_DB_ROLE": "owner"} if owner else {}
    command = [str(PYTHON), str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode
