"""Servers that the launcher starts, for the demo and, in a temporary directory, for tests, measurements and drills."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from launcher import postgres, valkey
from launcher.children import Child, Family
from launcher.environment import environment, signer_environment
from launcher.paths import PYTHON, ROOT, private_directory


@contextmanager
def only_one(home: Path) -> Iterator[IO[str]]:
    """Hold the lock of a data directory; a second launcher on it ends with a sentence."""
    private_directory(home)
    with (home / "launcher.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"A launcher is already running on {home}.") from None
        yield lock


def services(family: Family, home: Path, *, throw_away: bool) -> tuple[str, str]:
    """Start PostgreSQL and Valkey unless DATABASE_URL and REDIS_URL name others; return both addresses."""
    database_url, redis_url = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    if not redis_url:
        broker = family.add(valkey.child(home))
    if not database_url:
        server = postgres.server(home, throw_away=throw_away)
        server.wait_ready(family.add(server.child()))
        create_database(server)
        database_url = server.url()
    if not redis_url:
        valkey.wait_ready(broker, home)
        redis_url = f"unix://{valkey.socket_of(home)}"
    return database_url, redis_url


def create_database(server: postgres.Server) -> None:
    """Create the database `portal` in a fresh server."""
    query = "SELECT 1 FROM pg_database WHERE datname = 'portal'"
    psql: list[str | Path] = [server.binaries / "psql", "-X", "-h", server.sockets, "-U", postgres.OWNER]
    psql += ["-d", "postgres", "-At", "-c"]
    environment = dict(os.environ) | {"PGCONNECT_TIMEOUT": "5"}
    found = subprocess.run(
        [str(part) for part in (*psql, query)], env=environment, capture_output=True, text=True, check=False
    )
    if found.returncode:
        raise SystemExit(f"PostgreSQL does not answer: {found.stderr}")
    if not found.stdout.strip():
        subprocess.run(
            [str(part) for part in (*psql, "CREATE DATABASE portal")], check=True, capture_output=True
        )


def manage(variables: dict[str, str], *arguments: str, owner: bool = False) -> None:
    """Run a management command; what it prints is shown only when it fails, which ends the launcher."""
    variables = variables | ({"PORTAL_DB_ROLE": "owner"} if owner else {})
    command = [str(PYTHON), str(ROOT / "manage.py"), *arguments]
    result = subprocess.run(
        command,
        cwd=ROOT,
        env=variables,
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise SystemExit(
            f"{result.stdout}{result.stderr}\n`manage.py {' '.join(arguments)}` failed, see above."
        )


def start_sealing(family: Family, variables: dict[str, str], logs: Path) -> None:
    """The signer and the stand-ins of time stamp and vendor's seals, on sockets that stay open while they are started anew.

    A process whose address the environment names otherwise runs elsewhere and is not started here.
    """
    places = {
        "signer": ("SIGNER_URL", "signer.serve", signer_environment(variables)),
        "tsa": ("TSA_URL", "standins.stamping", variables),
    }
    if variables.get("SEALER") == "vendor":
        places["vendor"] = ("VENDOR_SEAL_URL", "standins.vendor_seal", variables)
    for name, (variable, module, own) in places.items():
        place = variables[variable].removeprefix("unix:")
        if variables[variable] == place:
            continue
        listening = unix_socket(place)
        family.kept.append(listening)
        handle = listening.fileno()
        serve: list[str | Path] = [PYTHON, "-m", module, str(handle)]
        family.add(Child(name, serve, own, logs / f"{name}.log", keep_open=(handle,), directory=ROOT))


def start_mail(family: Family, variables: dict[str, str], logs: Path) -> None:
    """The stand-in of a mail server on a free port of this machine; not when the environment names a server."""
    if "EMAIL_HOST" in variables:
        return
    listening = bind("127.0.0.1", 0)
    listening.listen(64)
    family.kept.append(listening)
    handle = listening.fileno()
    variables |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(listening.getsockname()[1])}
    serve: list[str | Path] = [PYTHON, "-m", "standins.smtp", str(handle)]
    family.add(Child("mail", serve, dict(variables), logs / "mail.log", keep_open=(handle,), directory=ROOT))


def bind(host: str, port: int) -> socket.socket:
    """A port that the processes of the demo will listen on; ends with a sentence when it is taken."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise SystemExit(
            f"Port {port} cannot be opened ({error.strerror}); choose another: make run PORT=…"
        ) from None
    return listening


def unix_socket(place: str) -> socket.socket:
    """A socket of one of our processes, open before it starts; one left by an earlier run is replaced."""
    Path(place).unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(place)
    Path(place).chmod(0o600)
    listening.listen(64)
    return listening


@contextmanager
def throw_away_portal(
    mode: str = "test", *, durable: bool = False
) -> Iterator[tuple[Family, dict[str, str]]]:
    """Fresh servers in a temporary directory, gone afterwards; for tests, benches and drills. ``durable``: a write is on the disk
    when it ends, as on a real server; else nobody waits for that."""
    home = Path(tempfile.mkdtemp(prefix="portal-"))
    family = Family()
    try:
        database_url, redis_url = services(family, home, throw_away=not durable)
        url = "http://127.0.0.1:8000"
        variables = environment(mode, home, database_url=database_url, redis_url=redis_url, public_url=url)
        variables["VALKEY_BINARY"] = str(valkey.binary())
        start_sealing(family, variables, home / "log")
        yield family, variables
    finally:
        family.stop()
        postgres.remove_fallback(home)
        shutil.rmtree(home, ignore_errors=True)


def supervised(command: list[str | Path], variables: dict[str, str], place: Path = ROOT) -> int:
    """Run a program in the foreground of throw-away servers; signals go to it, its code comes back."""
    process = subprocess.Popen([str(part) for part in command], cwd=place, env=variables)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda given, _frame: process.send_signal(given))
    signal.signal(signal.SIGINT, lambda *_: None)  # the terminal sends it to the program as well
    return process.wait()
