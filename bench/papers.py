"""Papers a second on one core: typeset, coded and stored, without and with the seal; and memory over many of them.

``python -m bench.papers [papers]`` inside the throw-away servers of `make bench`. What counts is processor time, of this process, of
the signer and of the time stamp's stand-in together: that is what one core gives. The notices that every case gets are taken in
turn, each with codes of its own.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

BARE_AIM, SEALED_AIM = 30, 12
"""Papers a second of processor time."""
WARM = 50
"""After so many everything that is loaded once has been loaded."""
GROWTH_AIM_KIB = 2
"""What a paper may leave behind in memory."""
NOTICES = ("acceptance_notice", "fee_notice", "response_notice", "evidence_notice")


def main() -> int:
    """Measure and print one JSON object; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("papers", type=int, nargs="?", default=200)
    count = parser.parse_args().papers
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    result = measure(count)
    print(json.dumps(result))
    missed = result["bare_per_second"] < BARE_AIM or result["sealed_per_second"] < SEALED_AIM
    # a short run says nothing about growth: caches are still filling
    return 1 if missed or (count >= 1_000 and result["kib_per_paper"] > GROWTH_AIM_KIB) else 0


def measure(count: int) -> dict[str, Any]:
    """Papers a second without and with the seal, and what memory grows by for each sealed paper after the first hundred."""
    bare = _run(count, _bare)
    sealed = _run(count, _sealed)
    return {
        "papers": count,
        "bare_per_second": round(bare["per_second"], 1),
        "sealed_per_second": round(sealed["per_second"], 1),
        "kib_per_paper": round(sealed["kib_per_paper"], 2),
        "bytes_each": sealed["bytes_each"],
    }


def _run(count: int, make: Callable[[str, int], bytes]) -> dict[str, float]:
    for number in range(WARM):
        _store(make(NOTICES[number % len(NOTICES)], number))
    before, size = _memory_kib(), 0
    others = _helpers()
    begun = time.process_time() + sum(map(_seconds_of, others))
    for number in range(count):
        made = make(NOTICES[number % len(NOTICES)], number)
        _store(made)
        size += len(made)
    seconds = time.process_time() + sum(map(_seconds_of, others)) - begun
    return {
        "per_second": count / seconds,
        "kib_per_paper": max(0, _memory_kib() - before) / count,
        "bytes_each": size // count,
    }


def _helpers() -> list[Path]:
    """The signer and the stand-in of this run, in /proc."""
    home, found = f"={os.environ['PORTAL_VAR']}".encode(), []
    for place in Path("/proc").iterdir():
        try:
            command, environment = (place / "cmdline").read_bytes(), (place / "environ").read_bytes()
        except OSError:  # no process, gone, or somebody else's
            continue
        if (b"signer.serve" in command or b"standins.stamping" in command) and home in environment:
            found.append(place)
    if len(found) != 2:
        raise SystemExit("The signer and the stand-in of the time stamp do not run.")
    return found


def _seconds_of(process: Path) -> float:
    """Processor time of a process so far."""
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _copy(name: str, number: int) -> Any:
    from documents.rendering.samples import sample

    copy = sample(name).copy()
    return type(copy)(**(vars(copy) | {"serial": f"某1234-2026-{number:06d}-1"}))


def _bare(name: str, number: int) -> bytes:
    from common import clock
    from documents.rendering.codes import new_codes
    from documents.rendering.paper import pages

    return pages(_copy(name, number), new_codes(), moment=clock.process_now()).pdf


def _sealed(name: str, number: int) -> bytes:
    from common import clock
    from documents.rendering.codes import new_codes
    from documents.rendering.paper import render

    return render(_copy(name, number), new_codes(), moment=clock.process_now())


def _store(content: bytes) -> None:
    """Hash and keep as issuing does, and throw away, so that a long run does not fill the disk."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from common import crypto

    key = default_storage.save(f"papers/{hashlib.sha256(content).hexdigest()}.pdf", ContentFile(content))
    crypto.sm3(content)
    default_storage.delete(key)


def _memory_kib() -> int:
    """What is in use: the allocator keeps freed memory in pieces, which it is asked to give back first."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


if __name__ == "__main__":
    raise SystemExit(main())
