"""The verbs of `dev.py`."""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from launcher import images, postgres, release, valkey
from launcher.audit import audit
from launcher.bootstrap import become_environment, ensure_environment
from launcher.children import Child, Family
from launcher.environment import environment, signer_environment, zone_environment
from launcher.fonts import ensure_fonts
from launcher.gates import FULL_LENGTH, GATES
from launcher.paths import PYTHON, ROOT, VAR, private_directory
from launcher.sbom import bill_of_materials

WEB_PROCESSES = 2
WORKER_THREADS = 4
READY_SECONDS = 90
MONEY_TESTS = [
    "tests/payments",
    "tests/common/test_money.py",
    "tests/concurrency/test_callbacks.py",
    "tests/concurrency/test_finance.py",
    "tests/concurrency/test_late_bills.py",
    "tests/faults/test_gateway_rude.py",
    "tests/portal/test_pages_ending.py",
    "tests/portal/test_pages_money.py",
    "tests/api/test_fees.py",
]
COVERED: dict[str, tuple[str, list[str]]] = {
    "money": ("payments,common.money", MONEY_TESTS),
    "authorisation": (
        "accounts.access,assistance.policies,casefiles.policies,cases.policies,complaints.policies,documents.access,"
        "documents.policies,feedback.policies,filing.policies,payments.policies,qrlinks.policies",
        [
            "tests/consistency/test_access.py",
            "tests/accounts",
            "tests/cases",
            "tests/documents",
            "tests/complaints",
        ],
    ),
    "zone": (
        "complaints,portal.zone",
        ["tests/complaints", "tests/journeys/test_complaint.py", "tests/portal"],
    ),
    "trail": (
        "eventlog",
        ["tests/eventlog", "tests/infra/test_drill.py", "tests/consistency/test_wiring.py"],
    ),
}
"""Parts of which every branch is reached by tests of their own (RELIABILITY §7), by name: source and tests."""
MOST_TEST_WORKERS = 4
"""All share one PostgreSQL and each may run a browser."""
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


def run(arguments: Sequence[str]) -> int:
    """`make run`: the whole portal until Ctrl-C."""
    port, host = _port(), os.environ.get("HOST", "127.0.0.1")
    url = os.environ.get("PUBLIC_URL", f"http://127.0.0.1:{port}")
    listening = _bind(host, port)
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


def _bind(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise SystemExit(
            f"Port {port} cannot be opened ({error.strerror}); choose another: make run PORT=…"
        ) from None
    return listening


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
    listening = _bind("127.0.0.1", 0)
    listening.listen(64)
    family.kept.append(listening)
    handle = listening.fileno()
    variables |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(listening.getsockname()[1])}
    serve: list[str | Path] = [PYTHON, "-m", "standins.smtp", str(handle)]
    family.add(Child("mail", serve, dict(variables), logs / "mail.log", keep_open=(handle,), directory=ROOT))


def unix_socket(place: str) -> socket.socket:
    """A socket of one of our processes, open before it starts; one left by an earlier run is replaced."""
    Path(place).unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(place)
    Path(place).chmod(0o600)
    listening.listen(64)
    return listening


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


def _supervised(command: list[str | Path], variables: dict[str, str], place: Path = ROOT) -> int:
    """Run a program in the foreground of throw-away servers; signals go to it, its code comes back."""
    process = subprocess.Popen([str(part) for part in command], cwd=place, env=variables)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda given, _frame: process.send_signal(given))
    signal.signal(signal.SIGINT, lambda *_: None)  # the terminal sends it to the program as well
    return process.wait()


def test(arguments: Sequence[str]) -> int:
    """`make test`: pytest with all that tests need, all of it on every processor; arguments go to pytest instead."""
    from launcher.browser import ensure_browser
    from launcher.poppler import ensure_poppler

    tools = ensure_browser() | ensure_poppler()
    ensure_fonts()
    with throw_away_portal() as (_family, variables):
        return _supervised([PYTHON, "-m", "pytest", *(arguments or _in_parallel())], variables | tools)


def _in_parallel() -> list[str]:
    return ["-n", str(min(os.cpu_count() or 1, MOST_TEST_WORKERS)), "--dist", "worksteal"]


def gate(name: str) -> Callable[[Sequence[str]], int]:
    """`make test-authz`, `test-race`, `test-faults`, `fuzz`: the tests of a gate, long ones at full length."""

    def run_gate(arguments: Sequence[str]) -> int:
        os.environ[FULL_LENGTH] = "1"
        return test([*_in_parallel(), f"--proves={','.join(GATES[name])}", *arguments])

    return run_gate


def audit_verify(arguments: Sequence[str]) -> int:
    """`make audit-verify`: every chain of a freshly made demo."""
    return _on_demo_data([PYTHON, ROOT / "manage.py", "audit", "verify", *arguments])


def coverage(arguments: Sequence[str]) -> int:
    """`make coverage [money|authorisation|zone|trail]`: branches of a part that its own tests reach; of money, which is said to be whole,
    less than all of them is a failure."""
    part, *chosen = arguments if arguments and arguments[0] in COVERED else ["money", *arguments]
    source, tests = COVERED[part]
    from launcher.browser import ensure_browser

    browser = ensure_browser()
    ensure_fonts()
    with throw_away_portal() as (_family, variables), tempfile.TemporaryDirectory(prefix="portal-") as folder:
        variables |= browser | {"COVERAGE_FILE": str(Path(folder) / "data")}
        traced = [
            "--branch",
            f"--source={source}",
            "-m",
            "pytest",
            "-q",
            *(chosen or tests),
        ]
        run: list[str | Path] = [PYTHON, "-m", "coverage", "run", *traced]
        failed = _supervised(run, variables)
        report: list[str | Path] = [
            PYTHON,
            "-m",
            "coverage",
            "report",
            "--show-missing",
            "--skip-covered",
            f"--fail-under={100 if part == 'money' else 0}",
        ]
        return _supervised(report, variables) or failed


def check(arguments: Sequence[str]) -> int:
    """`make check`."""
    from launcher.checks import production_environment, run_all

    with tempfile.TemporaryDirectory(prefix="portal-") as directory:
        production = production_environment(private_directory(Path(directory) / "production"))
        variables = environment(
            "test",
            Path(directory),
            database_url="postgresql://portal@127.0.0.1:1/portal",  # nothing here may need a database
            redis_url="redis://127.0.0.1:1/0",
            public_url="http://127.0.0.1:8000",
        )
        return 1 if run_all(variables, production) else 0


def bench(arguments: Sequence[str]) -> int:
    """`make bench`: pages beside bare views, in a small and in a large court system, on throw-away servers."""
    return _measured("bench", arguments)


def load_ratio(arguments: Sequence[str]) -> int:
    """`make load-ratio`: few and many people, little and much data, as ratios (REL-55)."""
    return _measured("bench.ratio", arguments, durable=True)


def _measured(module: str, arguments: Sequence[str], *, durable: bool = False) -> int:
    with throw_away_portal("demo", durable=durable) as (_family, variables):
        manage(variables, "prepare_database", owner=True)
        manage(variables, "load_domain")
        manage(variables, "collectstatic", "--noinput")
        return _supervised([PYTHON, "-m", module, *arguments], variables)


def drill(arguments: Sequence[str]) -> int:
    """`make drill`: the restore drill on throw-away servers with demo data, then ten minutes in which processes are killed at
    random. One of the two by name (`restore`, `storm`), or `release [COMMIT]`: the release before on this schema."""
    if arguments and arguments[0] == "release":
        return release_drill(arguments[1:])
    failed = 0
    if not arguments or arguments[0] != "storm":
        failed = _on_demo_data([PYTHON, ROOT / "manage.py", "drill", *(arguments or ["restore"])], owner=True)
    if not arguments or arguments[0] == "storm":
        os.environ.setdefault("STORM_SECONDS", "600")
        failed = test(["tests/faults/test_killed_at_random.py", "-q", "-s", "-p", "no:xdist"]) or failed
    return failed


def release_drill(arguments: Sequence[str]) -> int:
    """`make drill ARGS="release [COMMIT]"`: tests of the release before on a database that this code migrated (REL-57), and once more
    on one that breaks it, where they must not pass."""
    from launcher.browser import ensure_browser

    tools = ensure_browser()
    ensure_fonts()
    commit = release.release_before(named=next(iter(arguments), ""))
    with (
        tempfile.TemporaryDirectory(prefix="portal-before-") as folder,
        throw_away_portal() as (_, variables),
    ):
        before = release.unpacked(commit, Path(folder))
        template = release.on_database(variables, "template1")
        manage(template, "prepare_database", owner=True)
        _on_template(
            template, "UPDATE portal_installation SET database_id = ''"
        )  # a copy is no restored backup
        pytest: list[str | Path] = [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        print(f"The tests of {commit[:12]} on the schema of this code:", flush=True)
        failed = _supervised([*pytest, *release.SMOKE], variables | tools, before)
        _on_template(template, release.CONTROL)
        print(f"The same after {release.CONTROL!r}, which must fail:", flush=True)
        blind = not _supervised([*pytest, "-x", release.SMOKE[0]], variables | tools, before)
    print(
        f"drill release: {'FAILED' if failed else 'CONTROL BLIND' if blind else 'the release before goes on'}"
    )
    return 1 if failed or blind else 0


def _on_template(variables: dict[str, str], statement: str) -> None:
    import psycopg2

    with closing(psycopg2.connect(variables["DATABASE_URL"])) as link, link, link.cursor() as cursor:
        cursor.execute(statement)


def _on_demo_data(command: list[str | Path], *, owner: bool = False) -> int:
    """Run a command on throw-away servers with the data of the demo."""
    ensure_fonts()
    with throw_away_portal("demo") as (_family, variables):
        manage(variables, "prepare_database", owner=True)
        manage(variables, "load_domain")
        manage(variables, "seed_demo")
        more = {"PORTAL_DB_ROLE": "owner", "PG_BINDIR": str(postgres.binaries())} if owner else {}
        return _supervised(command, variables | more)


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


def sbom(arguments: Sequence[str]) -> int:
    """`make sbom`: print the parts list of the production image, or write it to a file that is named."""
    text = json.dumps(bill_of_materials(), indent=2) + "\n"
    if arguments:
        Path(arguments[0]).write_text(text)
    else:
        print(text, end="")
    return 0


def list_images(arguments: Sequence[str]) -> int:
    """`make images`: images without digest; with `pin` they get one from their registry."""
    try:
        told = images.pin() if "pin" in arguments else images.unpinned()
    except RuntimeError as error:
        raise SystemExit(f"Not pinned, nothing was written: {error}") from None
    print("\n".join(told) or "every image has its digest")
    return 1 if images.unpinned() else 0


def deploy(arguments: Sequence[str]) -> int:
    """`make deploy`: build and start the compose file, when every image has its digest."""
    return images.deploy(list(arguments))


VERBS: dict[str, tuple[Callable[[Sequence[str]], int], str]] = {
    "run": (run, "local"),
    "manage": (manage_verb, "local"),
    "reset": (reset, ""),
    "test": (test, "dev"),
    "check": (check, "dev"),
    "bench": (bench, "dev"),
    "coverage": (coverage, "dev"),
    "drill": (drill, "dev"),
    "audit-verify": (audit_verify, "local"),
    "load-ratio": (load_ratio, "dev"),
    "sbom": (sbom, ""),
    "audit": (audit, ""),
    "images": (list_images, ""),
    "deploy": (deploy, ""),
    **{name: (gate(name), "dev") for name in GATES},
}


def main(arguments: list[str]) -> int:
    """Choose the verb, make its environment, continue inside it."""
    if not arguments or arguments[0] not in VERBS:
        print(f"usage: python3 dev.py {'|'.join(VERBS)} …")
        return 2
    verb, need = VERBS[arguments[0]]
    if need:
        ensure_environment(need)
        become_environment(arguments)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    return verb(arguments[1:])
