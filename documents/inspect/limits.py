"""Limits of the inspecting process, set by itself before it reads the first foreign byte."""

from __future__ import annotations

import ctypes
import resource
import sys

CPU_SECONDS = 20
MEMORY_BYTES = 512 * 1024 * 1024
"""Enough for a photo of 50 megapixels in every format we take, measured; address space, not only what is used."""
OUTPUT_BYTES = 100 * 1024 * 1024

MAX_PIXELS = 50 * 1024 * 1024
MAX_PAGES = 2_000
MAX_UNPACKED_BYTES = 500 * 1024 * 1024
MAX_RATIO = 100
MAX_ENTRIES = 10_000


class Refused(Exception):
    """The file is not taken; ``code`` is the word the caller turns into a sentence."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def apply() -> None:
    """20 s of CPU, bounded memory and output, no core dump, no network, no child processes."""
    _cut_off()
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000
FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system")


def _cut_off() -> None:
    """A network of its own in which there is nothing, where the kernel lets an ordinary process have one; and wherever it
    does not, at least nothing in Python opens a socket or starts a program."""
    ctypes.CDLL(None, use_errno=True).unshare(NEW_USER_AND_NETWORK)
    sys.addaudithook(_refuse)


UNIX_FAMILY = 1


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.__new__" and arguments[1] == UNIX_FAMILY:
        return  # the pair an event loop wakes itself with; it can be connected to nothing
    if event.startswith(FORBIDDEN):
        raise PermissionError(f"{event} is not for the inspecting process")
