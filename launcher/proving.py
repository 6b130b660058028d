"""Tests, checks, measurements and drills, each on servers of its own."""

import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from launcher import postgres, release
from launcher.environment import environment
from launcher.fonts import ensure_fonts
from launcher.gates import FULL_LENGTH, GATES
from launcher.paths import PYTHON, ROOT, private_directory
from launcher.servers import manage, supervised, throw_away_portal

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


def test(arguments: Sequence[str]) -> int:
    """`make test`: pytest with all that tests need, all of it on every processor; arguments go to pytest instead."""
    from launcher.browser import ensure_browser
    from launcher.poppler import ensure_poppler

    tools = ensure_browser() | ensure_poppler()
    ensure_fonts()
    with throw_away_portal() as (_family, variables):
        return supervised([PYTHON, "-m", "pytest", *(arguments or _in_parallel())], variables | tools)


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
        failed = supervised(run, variables)
        report: list[str | Path] = [
            PYTHON,
            "-m",
            "coverage",
            "report",
            "--show-missing",
            "--skip-covered",
            f"--fail-under={100 if part == 'money' else 0}",
        ]
        return supervised(report, variables) or failed


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
        return supervised([PYTHON, "-m", module, *arguments], variables)


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
        failed = supervised([*pytest, *release.SMOKE], variables | tools, before)
        _on_template(template, release.CONTROL)
        print(f"The same after {release.CONTROL!r}, which must fail:", flush=True)
        blind = not supervised([*pytest, "-x", release.SMOKE[0]], variables | tools, before)
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
        return supervised(command, variables | more)
