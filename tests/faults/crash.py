"""Run portal code in a process of its own that dies by SIGKILL at a chosen point."""

from __future__ import annotations

import subprocess
import sys

from tests.support.database import process_environment

PREAMBLE = """
import os, signal
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
import django
django.setup()
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def run_and_die(code: str) -> None:
    """Run ``code`` (which may use ``die``) and require that the process was killed."""
    finished = subprocess.run(
        [sys.executable, "-c", PREAMBLE + code],
        env=process_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == -9, finished.stderr[-2000:]
