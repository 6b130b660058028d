"""What a parallel worker of the test run has to itself: a directory for files and a Redis-compatible server.

Loaded with ``-p`` (pyproject.toml), hence before Django reads its settings from the environment. Its database has a name
of its own too (``tests.support.database``). A run without workers uses what the launcher started.
"""

import os
from pathlib import Path

from launcher import valkey
from launcher.children import Child
from launcher.paths import private_directory

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


def _own_servers() -> Child:
    home = private_directory(Path(os.environ["PORTAL_VAR"]) / WORKER)
    for name in ("static", "files"):
        private_directory(home / name)
    process = valkey.child(home)
    process.start()
    valkey.wait_ready(process, home)
    os.environ["PORTAL_VAR"] = str(home)
    os.environ["REDIS_URL"] = f"unix://{valkey.socket_of(home)}"
    return process


_valkey = _own_servers() if WORKER else None


def pytest_unconfigure() -> None:
    """The run is over: stop the server."""
    if _valkey is not None:
        _valkey.stop()
