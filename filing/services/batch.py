"""Tables of claims: received, checked in the worker row by row, confirmed once, sent row by row. Every chunk is one act, so
that a killed worker leaves nothing half and does nothing twice."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.access import allows
from accounts.models import User
from accounts.services import once, request_hash
from cases.models import Side
from common import clock
from common.actor import Actor
from common.errors import DomainError, InvalidInput, InvalidTransition, NotAllowed, NotVisible
from common.live import announce
from common.versions import must_not_overwrite
from courts.models import Court
from documents.services import TABLES, discard_file, heading_of, receive_file, rows_of
from eventlog.services import act, emit
from eventlog.wake import wake_after_commit
from filing import events
from filing.batch.columns import batch_forms
from filing.batch.drafts import cause_of, common_of, paper_slots, plaintiff_of
from filing.batch.rows import ReadRow, RowReader, match
from filing.claims import Claim
from filing.elements import schema
from filing.kept import common_kept
from filing.models import BATCH_FLOW, Batch, BatchMaterial, BatchRow, BatchState, Capacity

CHUNK = 200
RUN_BATCHES = "filing.run_batches"
TABLE_OWNER, PAPERS_OWNER = "filing.batch", "filing.batch_papers"
MAX_PAPERS, MAX_PAPERS_BYTES = 20, 100 * 1024 * 1024
KINDS = ("natural", "legal")
CAPACITIES = (Capacity.ORGANISATION, Capacity.AGENT)


def batch_stream(batch: Batch) -> str:
    """The event stream of a table."""
    return f"filing:{batch.public_id}"


def _keep(batch: Batch, **values: Any) -> None:
    batch.common = json.dumps(common_of(batch) | values, ensure_ascii=False)


def start_batch(
    *, form_key: str, court: Court, capacity: Capacity, upload: UploadedFile[Any], key: str, actor: Actor
) -> tuple[str, bool]:
    """Receive a table; the public id of its batch, whose rows are checked by the worker, and whether the batch is new. The same
    table again gives the same batch, under the same once-only ``key`` or another, until that batch is cancelled: nobody
    sues twice by a slip.

    Raises InvalidInput (field ``file``) for a table that cannot be used: wrong kind, other columns, formulas, too many rows.
    """
    if not allows(actor, "filing.create") or form_key not in {form.key for form in batch_forms()}:
        raise NotAllowed(_("批量立案由当事人或代理人自己提交。"))
    cause_of(schema.load(form_key))
    public_id = uuid.uuid4()
    file = receive_file(
        upload=upload,
        court_id=court.pk,
        owner_kind=TABLE_OWNER,
        owner_public_id=public_id,
        actor=actor,
        allowed=TABLES,
    )
    batch = Batch(
        public_id=public_id,
        court=court,
        applicant_id=actor.user_id or 0,
        form=form_key,
        file=file,
        total_rows=file.pages,
    )
    try:
        match(form_key, heading_of(file))
        answer = once(
            actor=actor,
            route="filing.batch",
            key=key,
            body_hash=request_hash([form_key, court.code, capacity, file.sha256]),
            write=lambda: _open(batch, capacity, actor),
        )
    except DomainError:
        discard_file(file)
        raise
    is_new = answer == str(public_id)
    if not is_new:
        discard_file(file)
    return answer, is_new


def _open(batch: Batch, capacity: Capacity, actor: Actor) -> str:
    # one table of a person after the other
    User.objects.select_for_update(no_key=True).get(pk=batch.applicant_id)
    same = Batch.objects.filter(
        applicant_id=batch.applicant_id, court=batch.court, form=batch.form, file__sha256=batch.file.sha256
    )
    earlier = same.exclude(state=BatchState.CANCELLED).order_by("id").first()
    if earlier is not None:
        return str(earlier.public_id)
    batch.created_at = clock.now()
    _keep(batch, capacity=capacity.value, slots={kind: [] for kind in KINDS})
    batch.save()
    _record(batch, events.BATCH_STARTED, actor, rows=batch.total_rows)
    wake_after_commit(RUN_BATCHES)
    return str(batch.public_id)


def _record(batch: Batch, name: str, actor: Actor, **data: Any) -> None:
    emit(name, subject=batch, actor=actor, stream=batch_stream(batch), court_id=batch.court_id, **data)
    announce("batch", batch.public_id)


def _own(batch_id: int, actor: Actor, *states: BatchState) -> Batch:
    batch = (
        Batch.objects.select_for_update(of=("self",), no_key=True)
        .select_related("file", "court")
        .get(pk=batch_id)
    )
    if not actor.is_public or batch.applicant_id != actor.user_id:
        raise NotAllowed(_("只有上传的人可以操作这一批。"))
    if batch.state not in states:
        raise InvalidTransition(
            _("这一批现在的状态是“%(state)s”，不能再改。") % {"state": batch.get_state_display()}
        )
    return batch


def save_plaintiff(*, batch_id: int, values: dict[str, Any], actor: Actor, seen: str | None = None) -> Batch:
    """The plaintiff of all rows, as the page of a person checked it. StaleVersion when the page (``seen``) showed something else than
    what is kept by now (REL-34)."""
    with act():
        batch = _own(batch_id, actor, BatchState.READING, BatchState.CHECKED)
        must_not_overwrite(seen, common_kept(plaintiff_of(batch)), values)
        _keep(batch, plaintiff=Claim([(Side.PLAINTIFF, values)]).as_json()["parties"][0]["values"])
        batch.save(update_fields=["common"])
    return batch


def save_batch_agent(
    *, batch_id: int, values: dict[str, Any], actor: Actor, seen: str | None = None
) -> Batch:
    """The agent who files all rows, as the page of an agent checked it; ``seen`` as above."""
    with act():
        batch = _own(batch_id, actor, BatchState.READING, BatchState.CHECKED)
        must_not_overwrite(seen, common_kept(common_of(batch).get("agent")), values)
        _keep(batch, agent=values)
        batch.save(update_fields=["common"])
    return batch


def add_batch_paper(*, batch_id: int, slot: str, upload: UploadedFile[Any], actor: Actor) -> BatchMaterial:
    """A paper that belongs to every row; kept once (docs/adr/0008). Raises InvalidInput with the sentence that helps."""
    batch = Batch.objects.get(pk=batch_id)
    if slot not in {place.key for place, _needed in paper_slots(batch)}:
        raise NotVisible(_("没有这个页面。"))
    if batch.applicant_id != actor.user_id:
        raise NotAllowed(_("只有上传的人可以操作这一批。"))
    stored = receive_file(
        upload=upload,
        court_id=batch.court_id,
        owner_kind=PAPERS_OWNER,
        owner_public_id=batch.public_id,
        actor=actor,
        max_files=MAX_PAPERS,
        max_total_bytes=MAX_PAPERS_BYTES,
    )
    with act():
        batch = _own(batch_id, actor, BatchState.READING, BatchState.CHECKED)
        return BatchMaterial.objects.create(batch=batch, slot=slot, file=stored, added_at=clock.now())


def remove_batch_paper(*, batch_id: int, material_public_id: uuid.UUID, actor: Actor) -> None:
    """Take a common paper out before sending; its bytes stay on record."""
    with act():
        batch = _own(batch_id, actor, BatchState.READING, BatchState.CHECKED)
        batch.materials.filter(public_id=material_public_id).delete()


def cancel_batch(*, batch_id: int, actor: Actor) -> Batch:
    """Nothing of this table is sent. Raises InvalidTransition once sending has begun."""
    with act():
        batch = _own(batch_id, actor, BatchState.READING, BatchState.CHECKED)
        BATCH_FLOW.move(batch, "cancel")
        batch.finished_at = clock.now()
        batch.save(update_fields=["state", "finished_at"])
        _record(batch, events.BATCH_CANCELLED, actor)
    return batch


# -- the worker: checking ---------------------------------------------------------------------------------------------


def check_chunks(batch: Batch, actor: Actor) -> Iterator[int]:
    """Check the rows that are left, ``CHUNK`` at a time; gives the number of rows after each committed chunk.

    Reading and checking happen outside the act; the act writes only if no other worker was faster.
    """
    reader = RowReader(schema.load(batch.form), heading_of(batch.file))
    lines = rows_of(batch.file, skip=batch.next_row)
    at = batch.next_row
    while True:
        with clock.read_once(in_transaction=False):  # dates are compared with today, row by row
            chunk = [(number, cells, reader.read(cells)) for number, cells in islice(lines, CHUNK)]
        if not _write_checked(batch.pk, at, chunk, actor):
            return
        at += len(chunk)
        yield len(chunk)


def _write_checked(batch_id: int, at: int, chunk: list[tuple[int, list[str], ReadRow]], actor: Actor) -> bool:
    """One act; False when this worker has nothing more to do with the batch."""
    with act():
        batch = Batch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch_id)
        if batch.state != BatchState.READING or batch.next_row != at:
            return False
        rows = [_checked_row(batch, number, cells, read) for number, cells, read in chunk]
        BatchRow.objects.bulk_create(rows)
        bad = sum(bool(row.problems) for row in rows)
        batch.next_row = at + len(rows)
        batch.bad_rows += bad
        batch.good_rows += len(rows) - bad
        _note_slots(batch, [read for _number, _cells, read in chunk if not read.problems])
        if not chunk:
            BATCH_FLOW.move(batch, "check")
            batch.total_rows = batch.good_rows + batch.bad_rows
            _record(batch, events.BATCH_CHECKED, actor, good=batch.good_rows, bad=batch.bad_rows)
        batch.save(update_fields=["state", "next_row", "good_rows", "bad_rows", "total_rows", "common"])
        announce("batch", batch.public_id)
        return bool(chunk)


def _checked_row(batch: Batch, number: int, cells: list[str], read: ReadRow) -> BatchRow:
    """A good row keeps its claim, a faulty one its cells, so that they can be handed back."""
    content = {"cells": cells} if read.problems else {"claim": read.claim.as_json()}
    values = json.dumps({"reference": read.reference, **content}, ensure_ascii=False)
    return BatchRow(batch=batch, number=number, values=values, problems=read.problems)


def _note_slots(batch: Batch, rows: list[ReadRow]) -> None:
    form, known = schema.load(batch.form), common_of(batch)["slots"]
    needed = {
        kind: sorted(
            {
                *known[kind],
                *(s.key for s in form.slots for row in rows if s.is_needed(row.claim.answers, kind)),
            }
        )
        for kind in KINDS
    }
    if needed != known:
        _keep(batch, slots=needed)


def confirm_batch(*, batch_id: int, e_delivery: bool, signed_name: str, actor: Actor) -> Batch:
    """The statement and signature for all good rows, once; the worker then sends them. Raises InvalidInput when something
    that all rows share is missing."""
    with act():
        batch = _own(batch_id, actor, BatchState.CHECKED)
        gaps = batch_gaps(batch)
        if gaps:
            raise InvalidInput(next(iter(gaps.values())), code="incomplete", **gaps)
        BATCH_FLOW.move(batch, "send")
        _keep(batch, e_delivery=e_delivery, signed_name=signed_name)
        batch.next_row = 0
        batch.save(update_fields=["state", "common", "next_row"])
        _record(batch, events.BATCH_CONFIRMED, actor, rows=batch.good_rows)
        wake_after_commit(RUN_BATCHES)
    return batch


def batch_gaps(batch: Batch) -> dict[str, str]:
    """What all rows share and still lack: sentences by ``plaintiff``, ``agent``, ``rows`` or slot."""
    gaps = {}
    if not batch.good_rows:
        gaps["rows"] = _("没有可以提交的行。请按问题文件改好，再上传一次")
    common = common_of(batch)
    if not common.get("plaintiff"):
        gaps["plaintiff"] = _("请填写原告的信息")
    if common["capacity"] == Capacity.AGENT and not common.get("agent"):
        gaps["agent"] = _("请填写代理人的信息")
    filled = set(batch.materials.values_list("slot", flat=True))
    for slot, needed in paper_slots(batch):
        if needed and slot.key not in filled:
            gaps[slot.key] = _("请上传“%(title)s”") % {"title": slot.title}
    return gaps


def due_batches() -> list[Batch]:
    """Tables that a worker should go on with, oldest first. One query."""
    return list(
        Batch.objects.filter(state__in=[BatchState.READING, BatchState.SENDING])
        .select_related("file", "court", "applicant")
        .order_by("id")
    )


def good_rows_after(batch: Batch) -> Any:
    """Good rows that were not sent yet, in order."""
    return batch.rows.filter(number__gt=batch.next_row, filing=None, problems={}).order_by("number")


def sent_count(batch: Batch) -> int:
    """How many rows have become applications. One query."""
    return batch.rows.filter(filing__isnull=False).count()
