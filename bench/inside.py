"""`python -m bench.inside UPLOADS`: ratios inside one process of the portal: what the trail costs a write, whether its check is
linear, whether memory stays flat while files are received.

Prints ``what|ratio|bound`` a line (REL-55).
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

ROUNDS, WRITES = 7, 40
TRAIL, LINEAR, MEMORY = 1.25, 1.2, 1.1
CHAIN = 4_000


def main() -> int:
    """Measure and print."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    uploads = int(sys.argv[1])
    for what, value, at_most in (_trail(), *_verifying(), _memory(uploads)):
        print(f"{what}|{value:.3f}|{at_most}", flush=True)
    return 0


def _seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _trail() -> tuple[str, float, float]:
    """Messages to the court with their events, heads, hashes and receipt, and the same without, turn by turn."""
    from bench.reading import some_case
    from common.actor import Actor, Kind, Role
    from eventlog import services as eventlog
    from feedback.models import Topic
    from feedback.services import ask

    case, party, user = some_case()
    actor = Actor(kind=Kind.PUBLIC, role=Role.LITIGANT, user_id=user.pk)
    number = iter(range(1, 1_000_000))

    def write(_turn: int) -> None:
        words = f"第{next(number)}次补交转账记录，请查收。"
        ask(case_id=case.pk, party_id=party.pk, topic=Topic.MATERIAL, text=words, actor=actor)

    whole = eventlog._write

    def effects_only(pending: list[Any]) -> None:
        """What remains of an act's end without the trail: the rows that its effects wait in, and the word to who does them."""
        from eventlog.models import Outbox
        from eventlog.wake import RUN_OUTBOX, wake_after_commit

        handlers = [h.key for item in pending for h in eventlog.HANDLERS.get(item.event.name, [])]
        now = eventlog.clock.now()
        first = next(number) * 1_000
        Outbox.objects.bulk_create(
            Outbox(event_id=10**12 + first + place, handler=key, next_at=now)
            for place, key in enumerate(handlers)
        )
        wake_after_commit(RUN_OUTBOX)

    ratios = []
    for turn in range(ROUNDS + 1):
        with_trail = _seconds(lambda: [write(one) for one in range(WRITES)])
        eventlog._write = effects_only  # the guard off: this is what is measured against
        try:
            without = _seconds(lambda: [write(one) for one in range(WRITES)])
        finally:
            eventlog._write = whole
        ratios += [with_trail / without] if turn else []
    return "a message with its trail, to one without", median(ratios), TRAIL


def _verifying() -> list[tuple[str, float, float]]:
    """The check of a chain of 2n entries beside one of n, per entry: both ways of not being linear."""
    from accounts.models import User
    from common.actor import system
    from eventlog.services import act, emit
    from eventlog.verify import verify

    user = User.objects.order_by("-id")[0]
    for stream, entries in (("bench:n", CHAIN), ("bench:2n", 2 * CHAIN)):
        for _part in range(entries // 100):
            with act():
                for _one in range(100):
                    emit("accounts.signed_in", subject=user, actor=system("测量"), stream=stream)
    rounds = [
        (_seconds(lambda: verify("bench:n")), _seconds(lambda: verify("bench:2n"))) for _ in range(ROUNDS)
    ]
    growth = median(double / single for single, double in rounds) / 2
    what = f"check of {2 * CHAIN} entries to {CHAIN}, per entry"
    return [(what, growth, LINEAR), (f"{what}, upside down", 1 / growth, LINEAR)]


def _memory(uploads: int) -> tuple[str, float, float]:
    """Resident memory after ``uploads`` received photos, to the memory after a tenth of them."""
    import io
    import uuid

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    from common.actor import system
    from courts.models import Court
    from documents.services import receive_file

    court, picture = Court.objects.get(code="某1234"), io.BytesIO()
    Image.new("RGB", (320, 240), "white").save(picture, "JPEG")
    warm = 0
    for number in range(uploads):
        upload = SimpleUploadedFile(f"{number}.jpg", picture.getvalue(), "image/jpeg")
        receive_file(
            upload=upload,
            court_id=court.pk,
            owner_kind="bench",
            owner_public_id=uuid.uuid4(),
            actor=system("测量"),
        )
        warm = _resident_kib() if number == uploads // 10 else warm
    return f"memory after {uploads} uploads, to a tenth of them", _resident_kib() / warm, MEMORY


def _resident_kib() -> int:
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


if __name__ == "__main__":
    sys.exit(main())
