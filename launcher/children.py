"""Child processes: started so that nothing outlives the launcher, watched, restarted, stopped in order."""

import ctypes
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.25
LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent(number: int) -> None:
    """In a child before exec: ask Linux for this signal when the launcher is gone, however it went."""
    with suppress(AttributeError):
        LIBC.prctl(PR_SET_PDEATHSIG, number)


@dataclass
class Child:
    """One process of ours with its own process group, log file and way to stop."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    before_exec: Callable[[], None] | None = None
    user: int | None = None
    keep_open: tuple[int, ...] = ()
    before_start: Callable[[], None] | None = None
    directory: Path | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    started_at: float = 0.0
    failures: int = 0

    def start(self) -> None:
        """Start it; only ever called from the main thread, to which the death signal is tied."""
        if self.before_start is not None:
            self.before_start()
        number = self.stop_signal

        def prepare() -> None:
            if self.before_exec is not None:
                self.before_exec()
            die_with_parent(number)

        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [str(part) for part in self.command],
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=prepare,
                pass_fds=self.keep_open,
                cwd=self.directory,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
            )
        self.started_at = time.monotonic()

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def sweep(self) -> None:
        """Kill what a dead process left in its group."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def stop(self, patience_seconds: float = 10.0) -> None:
        """Ask it to end, wait, insist."""
        if self.process is None:
            return
        if self.is_running:
            with suppress(ProcessLookupError):
                self.process.send_signal(self.stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(patience_seconds)
        self.sweep()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5)

    def tail(self, lines: int = 12) -> str:
        """The last lines of its log."""
        with suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""


class Family:
    """The children in starting order."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.stopping = threading.Event()
        self.kept: list[socket.socket] = []
        """Listening sockets that children inherit; closed when all have stopped."""

    def add(self, child: Child) -> Child:
        """Start a child and watch it from now on."""
        self.children.append(child)
        child.start()
        return child

    def stop_on_signals(self) -> None:
        """Ctrl-C, SIGTERM and a closed terminal end the watch."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())

    def watch(self) -> None:
        """Restart whatever dies, with growing patience, until a signal comes."""
        while not self.stopping.wait(POLL_SECONDS):
            for child in self.children:
                if not child.is_running:
                    self._revive(child)

    def _revive(self, child: Child) -> None:
        code = child.process.returncode if child.process else None
        child.sweep()
        lived = time.monotonic() - child.started_at
        child.failures = child.failures + 1 if lived < 10 else 0
        print(
            f"{child.name} ended unexpectedly (code {code}); starting it again. Log: {child.log}", flush=True
        )
        if child.failures and self.stopping.wait(min(2.0**child.failures / 4, 10.0)):
            return
        child.start()

    def stop(self) -> None:
        """Stop all in reverse order."""
        for child in reversed(self.children):
            child.stop()
        self.children.clear()
        for listening in self.kept:
            listening.close()
        self.kept.clear()
