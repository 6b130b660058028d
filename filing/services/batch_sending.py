"""The worker's part after the confirmation: rows of a table become sent applications, a chunk in one act.

The rule of sending is that of a single application (``submission``): same numbers, same clock, same seal and receipt.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.db import connection

from accounts.services.people import person_actor
from common import clock
from common.actor import Actor, Role
from common.live import announce
from courts.calendar import deadline
from eventlog.services import act, emit
from filing import events
from filing.batch.drafts import RowDrafts
from filing.claims import Claim, missing
from filing.draft import Draft
from filing.models import (
    BATCH_FLOW,
    FILING_FLOW,
    Batch,
    BatchMaterial,
    BatchRow,
    BatchState,
    Channel,
    Filing,
    FilingAgent,
    FilingMaterial,
    FilingParty,
    Submission,
)
from filing.services.batch import (
    CHUNK,
    batch_stream,
    check_chunks,
    due_batches,
    good_rows_after,
)
from filing.services.submission import FIRST_REVIEW, application_numbers, record_sent, sealed, stamp

TIE = f"""
    UPDATE {BatchRow._meta.db_table} SET filing_id = pair.filing
    FROM unnest(%s, %s) AS pair (filing, row) WHERE id = pair.row
"""  # noqa: S608  (names of our tables)
"""A row points at the application it became."""
LAY = f"""
    INSERT INTO {FilingMaterial._meta.db_table} (public_id, filing_id, slot, file_id, added_at)
    SELECT gen_random_uuid(), pair.filing, common.slot, common.file_id, common.added_at
    FROM unnest(%s, %s) AS pair (filing, file)
    JOIN {BatchMaterial._meta.db_table} AS common ON common.file_id = pair.file
    ORDER BY pair.filing, common.id
"""  # noqa: S608  (names of our tables)
"""A common paper of the table lies in the application of a row."""


def work(*, budget_seconds: float) -> int:
    """Go on with every table that waits until the time is used up; the number of rows that were handled.

    Safe to run twice and in parallel: each chunk is written only by the worker that finds the table where it left it.
    """
    end = clock.process_now().timestamp() + budget_seconds
    handled = 0
    for batch in due_batches():
        steps = check_chunks if batch.state == BatchState.READING else send_chunks
        for count in steps(batch, holder_of(batch)):
            handled += count
            if clock.process_now().timestamp() > end:
                return handled
    return handled


def holder_of(batch: Batch) -> Actor:
    """The applicant, in whose name the worker goes on with what he began and confirmed."""
    role = Role.LAWYER if batch.applicant.is_lawyer else Role.LITIGANT
    return person_actor(batch.applicant, role, channel=Channel.BATCH)


def send_chunks(batch: Batch, actor: Actor) -> Iterator[int]:
    """Send the good rows that are left, ``CHUNK`` at a time; gives the number of rows after each committed chunk."""
    while True:
        count = _send_chunk(batch.pk, actor)
        if not count:
            return
        yield count


def _send_chunk(batch_id: int, actor: Actor) -> int:
    with act():
        batch = (
            Batch.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            .select_related("court", "applicant")
            .filter(pk=batch_id, state=BatchState.SENDING)
            .first()
        )
        if batch is None:
            return 0
        rows = list(good_rows_after(batch)[:CHUNK])
        if not rows:
            _finish(batch, actor)
            return 0
        _Chunk(batch, rows).send(actor)
        batch.next_row = rows[-1].number
        batch.save(update_fields=["next_row", "good_rows", "bad_rows"])
        announce("batch", batch.public_id)
        return len(rows)


def _finish(batch: Batch, actor: Actor) -> None:
    BATCH_FLOW.move(batch, "finish")
    batch.finished_at = clock.now()
    batch.save(update_fields=["state", "finished_at"])
    sent = batch.rows.filter(filing__isnull=False)
    first = sent.select_related("filing").order_by("number").first()
    emit(
        events.BATCH_FINISHED,
        subject=batch,
        actor=actor,
        stream=batch_stream(batch),
        court_id=batch.court_id,
        rows=sent.count(),
        due_on=first.filing.due_on if first and first.filing else None,
    )
    announce("batch", batch.public_id)


class _Chunk:
    """Some rows of one table, sent together with as few statements as their number allows."""

    def __init__(self, batch: Batch, rows: list[BatchRow]) -> None:
        self.batch, self.rows, self.drafts = batch, rows, RowDrafts(batch)

    def send(self, actor: Actor) -> None:
        """Write applications, people, papers, submissions and events; a row that turns out to lack something stays and
        says what."""
        pairs = [
            (row, self.drafts.draft(Claim.from_json(json.loads(row.values)["claim"]))) for row in self.rows
        ]
        ready = []
        for row, draft in pairs:
            row.problems = missing(draft)
            if not row.problems:
                ready.append((row, draft))
        faulty = [row for row, _draft in pairs if row.problems]
        if faulty:
            BatchRow.objects.bulk_update(faulty, ["problems"])
            self.batch.good_rows -= len(faulty)
            self.batch.bad_rows += len(faulty)
        if ready:
            self._write([draft for _row, draft in ready], actor)
            _on_all(TIE, [(draft.filing.pk, row.pk) for row, draft in ready])

    def _write(self, drafts: list[Draft], actor: Actor) -> None:
        due = deadline(FIRST_REVIEW, clock.beijing_day(clock.now()), court=self.batch.court).due
        numbers = application_numbers(self.batch.court_id, len(drafts))
        for draft, number in zip(drafts, numbers, strict=True):
            draft.filing.number = number
            FILING_FLOW.move(draft.filing, "submit")
            stamp(draft.filing, due_on=due)
        Filing.objects.bulk_create([draft.filing for draft in drafts])
        FilingParty.objects.bulk_create([party for draft in drafts for party in draft.parties])
        FilingAgent.objects.bulk_create([agent for draft in drafts for agent in draft.agents])
        _on_all(LAY, [(draft.filing.pk, paper.file_id) for draft in drafts for paper in draft.materials])
        name: str = self.drafts.common["signed_name"]
        submissions = [sealed(draft, name, round_number=1) for draft in drafts]
        Submission.objects.bulk_create(submissions)
        for draft, submission in zip(drafts, submissions, strict=True):
            record_sent(draft, submission, rule=FIRST_REVIEW, actor=actor)


def _on_all(statement: str, pairs: list[tuple[int, int]]) -> None:
    """Run ``TIE`` or ``LAY`` once for all pairs of an application and a row, or of an application and a file."""
    if pairs:
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(ids) for ids in zip(*pairs, strict=True)])
