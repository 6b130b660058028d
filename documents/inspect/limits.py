"""Limits of the inspecting process, set by itself before it reads the first foreign byte."""

from __future__ import annotations

import resource

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
    """20 s of CPU, bounded memory and output, no core dump, no child processes."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
