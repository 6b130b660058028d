"""Opening page 1 of a file of 500 pages beside page 1 of a file of one page, and taking 100 MB home with flat memory.

``python -m bench.reading [pages]`` inside the throw-away servers of `make bench`. Both pages are asked through the same
handler and middleware of one process, in turns, as a party gets them: with the mark. ``first`` is the page that says it is
being prepared, the worker's drawing of it (without its queue and the pause of the browser), and the page with its picture;
``again`` finds it drawn. The aim: a long file costs at most ``AIM`` times the short one.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import time
import uuid
from statistics import median
from typing import Any

AIM = 2.0
GROWTH_MB = 40
ROUNDS = 7
HEAVY_FILES, HEAVY_BYTES = 10, 10_000_000


def main() -> int:
    """Measure and print one JSON object; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=int, nargs="?", default=500, help="pages of the long file")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    import django

    django.setup()
    result = measure(options.pages)
    print(json.dumps(result, ensure_ascii=False))
    missed = result["first_ratio"] > AIM or result["again_ratio"] > AIM or result["growth_mb"] > GROWTH_MB
    return 1 if missed else 0


def measure(pages: int) -> dict[str, Any]:
    """Medians of the rounds in milliseconds; ratios are medians of the ratios within one round."""
    from django.test import Client

    case, party, user = some_case()
    client = Client()
    client.force_login(user)
    _first(client, case, _entry(case, party, _pdf(1)))  # what is loaded once has been loaded
    rounds = []
    for _round in range(ROUNDS):
        long, short = _entry(case, party, _pdf(pages)), _entry(case, party, _pdf(1))
        firsts = [_first(client, case, entry) for entry in (long, short)]
        rounds.append([*firsts, *(_page(client, case, entry) for entry in (long, short))])
    first, first_short, again, again_short = (median(column) for column in zip(*rounds, strict=True))
    return {
        "pages": pages,
        "first_ms": round(first * 1000),
        "again_ms": round(again * 1000),
        "first_ratio": round(median(one[0] / one[1] for one in rounds), 2),
        "again_ratio": round(median(one[2] / one[3] for one in rounds), 2),
        "one_page_ms": [round(first_short * 1000), round(again_short * 1000)],
        "growth_mb": _export_growth(case, party),
    }


def some_case() -> tuple[Any, Any, Any]:
    from accounts.models import User, UserKind
    from cases.models import AccessBasis, Case, Party, PartyAccess, PartyKind, Side
    from common import clock
    from courts.models import Cause, Court

    now = clock.now()
    case = Case.objects.create(
        court=Court.objects.get(code="某1234"), number="（2026）某1234民初1号", year=2026, type_code="民初", sequence=1,
        cause=Cause.objects.order_by("id")[0], procedure="first_civil", filing_public_id=uuid.uuid4(), accepted_at=now,
    )  # fmt: skip
    party = Party.objects.create(case=case, side=Side.PLAINTIFF, order=1, kind=PartyKind.NATURAL, name="张某")
    user = User.objects.create(kind=UserKind.PUBLIC, username="reader", name="张某", created_at=now)
    PartyAccess.objects.create(party=party, user=user, basis=AccessBasis.COUNTER, starts_at=now)
    return case, party, user


def _pdf(pages: int) -> bytes:
    """Pages of some ten thousand strokes each, all different."""
    import pikepdf

    with pikepdf.new() as made:
        for number in range(pages):
            page = made.add_blank_page(page_size=(595, 842))
            lines = (
                f"{50 + line % 500} {60 + line * 7 % 720} m {90 + (line * number) % 450} {60 + line * 7 % 720} l S"
                for line in range(800)
            )
            page.Contents = made.make_stream("\n".join(lines).encode())
        buffer = io.BytesIO()
        made.save(buffer)
    return buffer.getvalue()


def _entry(case: Any, party: Any, content: bytes) -> Any:
    import hashlib

    import pypdfium2
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from casefiles.models import EntryKind, Openness, Section
    from casefiles.services import Source, enter
    from common import clock
    from common.actor import system
    from documents.models import StoredFile

    is_pdf = content.startswith(b"%PDF")
    pages = len(pypdfium2.PdfDocument(content)) if is_pdf else 1
    key = default_storage.save(f"previews/{uuid.uuid4().hex}", ContentFile(content))
    file = StoredFile.objects.create(
        court=case.court, owner_kind="bench", owner_public_id=uuid.uuid4(), display_name="证据.pdf",
        storage_key=key, preview_key=key, preview_type="application/pdf", content_type="application/pdf",
        size_bytes=len(content), pages=pages, sha256=hashlib.sha256(content).hexdigest(), received_at=clock.now(),
    )  # fmt: skip
    source = Source(
        key=f"file:{file.public_id}", kind=EntryKind.MATERIAL, section=Section.EVIDENCE, title="证据",
        filed_at=clock.now(), openness=Openness.PARTIES, owners=[party.pk], pages=pages, file_id=file.pk,
    )  # fmt: skip
    return enter(case, source, actor=system("测量"))


def _first(client: Any, case: Any, entry: Any) -> float:
    """Seconds for asking, drawing and showing it."""
    from documents.services import draw_pages

    begun = time.perf_counter()
    answer = client.get(f"/my/cases/{case.public_id}/file/{entry.public_id}/1/")
    if not answer.has_header("Refresh"):
        raise SystemExit("a page that was never drawn does not say that it waits")
    draw_pages(public_id=entry.file.public_id, is_paper=False, first=1, last=1)
    asked_and_drawn = time.perf_counter() - begun
    return asked_and_drawn + _page(client, case, entry)


def _page(client: Any, case: Any, entry: Any) -> float:
    """Seconds for the page and its picture."""
    begun = time.perf_counter()
    path = f"/my/cases/{case.public_id}/file/{entry.public_id}/1/"
    for address in (path, f"{path}image/"):
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} was answered with {answer.status_code}")
        b"".join(answer.streaming_content) if answer.streaming else answer.content
        answer.close()
    return time.perf_counter() - begun


def _export_growth(case: Any, party: Any) -> int:
    """By how many megabytes the process grows while it sends a hundred."""
    from casefiles.services import plan_export, stream_export
    from common.actor import Actor, Kind, Role

    actor = Actor(
        kind=Kind.PUBLIC, role=Role.LITIGANT, user_id=party.access.values_list("user_id", flat=True)[0]
    )
    for _file in range(HEAVY_FILES):
        _entry(case, party, os.urandom(HEAVY_BYTES))
    parts = plan_export(case=case, actor=actor)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sent = sum(len(piece) for piece in stream_export(parts, case=case, actor=actor))
    if sent < HEAVY_FILES * HEAVY_BYTES:
        raise SystemExit(f"only {sent} bytes were sent")
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024


if __name__ == "__main__":
    raise SystemExit(main())
