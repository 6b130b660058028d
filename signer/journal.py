"""What was signed: one line each, written and flushed before the signature leaves the process. Never changed.

Every line carries the SHA-256 of the line before it, so a line taken out or altered is found (:func:`first_break`).
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

START = "0" * 64
TAIL_BYTES = 4096


class Journal:
    """One file, opened for appending only. OSError when it cannot be written: then nothing is signed."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._torn_at: int | None = None
        self._last = self._end_properly()

    def write(self, *, seal: str, reference: str, digest: bytes) -> None:
        """Note that ``seal`` signs the document with this SHA-256; ``reference`` is the caller's word for it.

        OSError when the whole line did not reach the disk: what did is taken back, so that the next line stands on its own.
        """
        self._take_back()
        entry = {
            "at": datetime.now(UTC).isoformat(
                timespec="milliseconds"
            ),  # the host's clock: there is no database
            "seal": seal,
            "reference": reference,
            "digest": digest.hex(),
            "before": self._last,
        }
        line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        start = os.fstat(self._descriptor).st_size
        try:
            if os.write(self._descriptor, line) != len(line):  # the disk is full
                raise OSError(errno.ENOSPC, "the line is not whole")
            os.fdatasync(self._descriptor)
        except OSError:
            self._torn_at = start
            with suppress(OSError):  # tried again before the next line
                self._take_back()
            raise
        self._last = hashlib.sha256(line).hexdigest()

    def _take_back(self) -> None:
        """Cut off what a failed line left."""
        if self._torn_at is not None:
            os.ftruncate(self._descriptor, self._torn_at)
            self._torn_at = None

    def _end_properly(self) -> str:
        """The hash of the last line; one that a crash cut off is ended, so that the next stands on its own."""
        size = os.fstat(self._descriptor).st_size
        tail = os.pread(self._descriptor, TAIL_BYTES, max(0, size - TAIL_BYTES))
        if tail and not tail.endswith(b"\n"):
            os.write(self._descriptor, b"\n")
            tail += b"\n"
        lines = tail.splitlines(keepends=True)
        return hashlib.sha256(lines[-1]).hexdigest() if lines else START

    def close(self) -> None:
        """Give the file back."""
        os.close(self._descriptor)


def first_break(path: Path) -> int:
    """The number (from 1) of the first line that does not follow the one before it; 0 when all do."""
    before = START
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                if json.loads(line)["before"] != before:
                    return number
            except (ValueError, KeyError, TypeError):
                pass  # cut off by a crash: what follows names it all the same
            before = hashlib.sha256(line).hexdigest()
    return 0
