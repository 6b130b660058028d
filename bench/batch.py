"""Rows per second of a table of claims, checked, stored and receipted, beside a bare bulk insert of the same rows.

``python -m bench.batch [rows]`` inside the throw-away servers of `make bench`; the aim is at most ``AIM`` times the cost of
the bare insert, with memory that does not grow with the table.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

AIM = 10
WARM_ROWS = 1_000
"""After so many rows everything that is loaded once has been loaded."""
TABLES = ("filing_filing", "filing_filingparty", "filing_filingmaterial", "filing_submission", "filing_batchrow",
          "eventlog_event", "eventlog_receipt", "eventlog_outbox", "eventlog_streamhead")  # fmt: skip
"""Where a row of the table leaves rows."""


def main() -> int:
    """Measure and print one JSON object; 1 when the aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=2_000)
    parser.add_argument("--upload", action="store_true", help="only bring in the table (called by itself)")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    if options.upload:
        _upload(options.rows)
        return 0
    result = measure(options.rows)
    print(json.dumps(result, ensure_ascii=False))
    return 1 if result["ratio"] > AIM else 0


def measure(rows: int) -> dict[str, Any]:
    """Seconds of checking and sending, of the bare insert, their ratio, and what memory grows by for each thousand rows
    after the first thousand. The table comes in through another process, as it does before a worker."""
    from filing.models import Batch
    from filing.services.batch_sending import check_chunks, send_chunks

    command = [sys.executable, "-m", "bench.batch", str(rows), "--upload"]
    subprocess.run(command, check=True)  # noqa: S603  (this very program)
    batch = Batch.objects.select_related("court", "applicant", "file").get()
    checked, check_growth = _worked_off(check_chunks, batch)
    _confirm(batch)
    sent, send_growth = _worked_off(send_chunks, batch)
    peak = _peak()
    batch.refresh_from_db()
    bare = _bare_insert()
    return {
        "rows": rows,
        "sent": batch.good_rows,
        "check_seconds": round(checked, 2),
        "send_seconds": round(sent, 2),
        "rows_per_second": round(rows / (checked + sent)),
        "bare_seconds": round(bare, 2),
        "bare_rows_per_second": round(rows / bare),
        "ratio": round((checked + sent) / bare, 1),
        "peak_memory_mb": round(peak / 1024, 1),
        "check_growth_mb_per_thousand": check_growth,
        "send_growth_mb_per_thousand": send_growth,
    }


def _worked_off(steps: Callable[..., Iterator[int]], batch: Any) -> tuple[float, float | None]:
    """Seconds in which the worker has done one stage, and by how many MB per thousand rows its memory grew after the first
    ``WARM_ROWS``, from its largest size until then to its largest size later; None for a table that is not longer."""
    from filing.services.batch_sending import holder_of

    batch.refresh_from_db()
    begun, done, early, late = time.monotonic(), 0, 0, 0
    for count in steps(batch, holder_of(batch)):
        done += count
        late = max(late, _resident())
        early = late if done <= WARM_ROWS else early
    seconds = time.monotonic() - begun
    thousands = (done - WARM_ROWS) / 1000
    return seconds, round((late - early) / 1_000_000 / thousands, 2) if thousands > 0 else None


def _resident() -> int:
    """Bytes of this process in memory now (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _upload(rows: int) -> None:
    """A table of loans of an organisation, with its common papers."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from courts.models import Court
    from filing.batch.drafts import paper_slots
    from filing.models import Batch, Capacity
    from filing.services import batch as services
    from portal.demo import cast
    from portal.demo.loan import FORM

    Court.objects.filter(code="某1234").update(is_open=True)
    actor = cast.as_litigant(cast.enrol(cast.ZHANG))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows(_table(rows))
    made, _is_new = services.start_batch(
        form_key=FORM,
        court=Court.objects.get(code="某1234"),
        capacity=Capacity.ORGANISATION,
        upload=SimpleUploadedFile("claims.csv", out.getvalue().encode("utf-8-sig"), content_type="text/csv"),
        key=f"bench-{rows}",
        actor=actor,
    )
    batch = Batch.objects.select_related("court", "applicant").get(public_id=made)
    plaintiff = {
        "kind": "legal",
        "name": "示例银行",
        "id_kind": "uscc",
        "id_number": "91350100M000100Y43",
        "legal_representative": "张某",
        "phone": "13800000001",
        "address": "某省某市示例区金融街1号",
    }
    services.save_plaintiff(batch_id=batch.pk, values=plaintiff, actor=actor)
    batch.refresh_from_db()
    for slot, _needed in paper_slots(batch):
        services.add_batch_paper(batch_id=batch.pk, slot=slot.key, upload=_picture(), actor=actor)


def _picture() -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (1200, 1600), (250, 250, 244)).save(out, "JPEG")
    return SimpleUploadedFile("paper.jpg", out.getvalue(), content_type="image/jpeg")


def _table(rows: int) -> list[list[str]]:
    from common import clock
    from filing.batch.columns import columns_of
    from portal.demo.loan import FORM, answers

    columns = columns_of(FORM)
    lines = [[column.heading for column in columns]]
    lent_on = clock.today() - timedelta(days=500)
    for number in range(1, rows + 1):
        pages = answers(
            principal=60000 + number, interest=3600, lent_on=lent_on, lender="银行", borrower="李某"
        )
        given = {key: value for page in pages.values() for key, value in page.items()}
        person = {"kind": "个人", "name": f"李某{number}"}
        line = []
        for column in columns:
            value: Any = given.get(column.key, "") if column.place == "answers" else ""
            if column.place == "defendant.0":
                value = person.get(column.key, "")
            elif column.place == "reference":
                value = f"HT{number:06d}"
            line.append("、".join(value) if isinstance(value, list) else str(value))
        lines.append(line)
    return lines


def _confirm(batch: Any) -> None:
    from filing.services import batch as services
    from portal.demo import cast

    services.confirm_batch(
        batch_id=batch.pk, e_delivery=True, signed_name="张某", actor=cast.as_litigant(batch.applicant)
    )


def _bare_insert() -> float:
    """Seconds of inserting the very rows that the table left, into tables of the same shape, keys and indexes (unlogged and
    without references to other tables: less than any real insert)."""
    from django.db import connection

    seconds = 0.0
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for table in TABLES:
            cursor.execute(f"CREATE TEMP TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608  (names of this module)
            found = cursor.fetchall()
            marks = ", ".join(["%s"] * len(cursor.description))
            begun = time.monotonic()
            for start in range(0, len(found), 200):
                piece = found[start : start + 200]
                values = ", ".join([f"({marks})"] * len(piece))
                flat = [_plain(cell) for row in piece for cell in row]
                cursor.execute(f"INSERT INTO bare_{table} VALUES {values}", flat)  # noqa: S608
            seconds += time.monotonic() - begun
    return seconds


def _plain(cell: Any) -> Any:
    return json.dumps(cell) if isinstance(cell, dict | list) else cell


if __name__ == "__main__":
    sys.exit(main())
