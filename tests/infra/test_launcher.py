"""The launcher's private servers: nothing outlives it, what is killed comes back, and the data is kept."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from launcher.demo import sign_ins
from launcher.paths import ROOT, socket_directory
from launcher.postgres import fallback_home, remove_fallback
from tests.support.waiting import soon

PROGRAM = """
import sys
from pathlib import Path
from launcher.children import Family
from launcher.servers import services
home = Path(sys.argv[1])
family = Family()
family.stop_on_signals()
try:
    print(services(family, home, throw_away=False)[0], flush=True)
    family.watch()
finally:
    family.stop()
"""


def processes_of(home: Path) -> dict[int, str]:
    """Running processes whose command line names the directory."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(home) in command or str(fallback_home(home)) in command:
                found[int(entry.name)] = command
    return found


def servers_of(home: Path) -> dict[int, str]:
    """PostgreSQL and Valkey of the directory, without the launcher itself."""
    return {
        pid: line
        for pid, line in processes_of(home).items()
        if not Path(line.split()[0]).name.startswith("python")
    }


class Running:
    """A launcher process on a directory."""

    def __init__(self, home: Path) -> None:
        self.home = home
        environment = {
            k: v
            for k, v in os.environ.items()
            if k not in ("DATABASE_URL", "REDIS_URL", "OWNER_DATABASE_URL")
        }
        command = [sys.executable, "-c", PROGRAM, str(home)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("postgresql://"), self.url

    def end(self, number: signal.Signals) -> None:
        """Signal it and wait for its end."""
        self.process.send_signal(number)
        self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def home() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="portal-"))
    yield path
    for pid in processes_of(path):
        os.kill(pid, signal.SIGKILL)
    remove_fallback(path)
    shutil.rmtree(path, ignore_errors=True)


def write_row(url: str) -> None:
    link = psycopg2.connect(url)
    with link, link.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        cursor.execute("INSERT INTO kept VALUES (1)")
    link.close()


def rows(url: str) -> int:
    try:
        link = psycopg2.connect(url)
    except psycopg2.OperationalError:
        return -1
    with link.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kept")
        row = cursor.fetchone()
    link.close()
    return int(row[0]) if row else -1


def test_nothing_is_left_and_nothing_is_lost(home: Path) -> None:
    first = Running(home)
    write_row(first.url)
    first.end(signal.SIGKILL)
    assert soon(lambda: not servers_of(home)), servers_of(home)

    second = Running(home)
    assert len(servers_of(home)) >= 2
    assert rows(second.url) == 1
    for pid in list(servers_of(home)):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue  # a backend that went with its server
    assert soon(lambda: rows(second.url) == 1), "PostgreSQL did not come back"
    assert soon(lambda: any("valkey" in line for line in servers_of(home).values())), (
        "Valkey did not come back"
    )

    second.end(signal.SIGTERM)
    assert second.process.returncode == 0
    assert not servers_of(home)


def test_two_launchers_do_not_share_a_directory(home: Path) -> None:
    from launcher.servers import only_one

    with only_one(home):
        with pytest.raises(SystemExit, match="already running"), only_one(home):
            pass
    with only_one(home):
        pass


def test_long_path_gets_a_short_private_socket_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/tmp")
    place = socket_directory(tmp_path / ("x" * 90))
    assert len(str(place)) < 80
    assert place.stat().st_mode & 0o777 == 0o700
    place.rmdir()


@pytest.mark.parametrize("port", ["0", "65536", "abc", "80 80"])
def test_bad_port_is_refused_in_words(port: str) -> None:
    result = subprocess.run(
        [sys.executable, "dev.py", "run"],
        cwd=ROOT, env=dict(os.environ) | {"PORT": port}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    assert "PORT is" in result.stderr


def test_sign_ins_are_those_of_the_contract_and_of_the_demo_people() -> None:
    """One source: whoever the demo data make stands in the list, and nobody else; the contract's are among them."""
    from portal.demo import cast

    printed = sign_ins("http://here")
    contract = (
        "13800000001",
        "13800000002",
        "13800000003",
        "clerk",
        "judge",
        "supervisor",
        "portal-demo-2026",
    )
    assert not [name for name in contract if name not in printed]
    words = set(printed.replace(":", " ").split())
    staff = {row[0] for row in (*cast.STAFF, *cast.ABOVE_STAFF, *cast.NEIGHBOUR_STAFF)}
    phones = {person.phone for person in (cast.ZHANG, cast.LI, cast.WANG, *cast.OTHERS)}
    assert not (staff | phones) - words and "discipline2" in words
    assert {word for word in words if word.isdigit()} == phones
    readme = (ROOT / "README.md").read_text("utf-8")
    assert not [name for name in staff if f"`{name}`" not in readme]
