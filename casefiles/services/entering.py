"""Putting documents into the file of a case, each source once."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pypdfium2
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from casefiles import events
from casefiles.models import Archive, Entry, EntryKind, Openness, Section, Volume
from cases.models import Case, Party, Side
from common import clock
from common.actor import Actor
from documents.delivery_record import record_pdf, title_of
from documents.models import Copy, StoredFile
from eventlog.models import Receipt
from eventlog.services import act, emit

CASE_SUBJECT = "cases.case"

SECTION_OF_TEMPLATE = {
    "fee_notice": Section.FEES,
    "payment_receipt": Section.FEES,
    "refund_notice": Section.FEES,
    "preservation_ruling": Section.PRESERVATION,
    "summons": Section.SUMMONS,
    "appearance_notice": Section.SUMMONS,
    "service_address_form": Section.DELIVERY,
}
"""Where a paper lies by its template; rulings and judgments are known by their ending, everything else is a notice."""
RULING_ENDINGS = ("_ruling", "_judgment", "_order", "mediation_paper")


@dataclass(frozen=True)
class Source:
    """What an entry is made of. ``key`` is unique within a case; one of the last four fields is given."""

    key: str
    kind: EntryKind
    section: Section
    title: str
    filed_at: datetime
    openness: Openness
    owners: list[int] = field(default_factory=list)
    pages: int = 1
    volume: Volume = Volume.MAIN
    paper_id: int | None = None
    copy_id: int | None = None
    file_id: int | None = None
    receipt_id: int | None = None


def file_stream(case: Case) -> str:
    """The event stream of a case's file, apart from the case's own."""
    return f"file:{case.public_id}"


def enter(case: Case, source: Source, *, actor: Actor) -> Entry:
    """Put one document into the file; what is there already is given back unchanged. After archiving it goes to the
    supplement."""
    with act():
        _one_at_a_time(case)
        there = Entry.objects.filter(case=case, source_key=source.key, supersedes=None).first()
        if there is not None:
            return there
        last = Entry.objects.filter(case=case, supersedes=None).aggregate(last=Max("number", default=0))
        entry = Entry.objects.create(
            case=case,
            volume=source.volume,
            section=source.section,
            number=last["last"] + 1,
            title=source.title[:200],
            kind=source.kind,
            paper_id=source.paper_id,
            copy_id=source.copy_id,
            file_id=source.file_id,
            receipt_id=source.receipt_id,
            pages=max(source.pages, 1),
            owners=source.owners,
            openness=source.openness,
            filed_at=source.filed_at,
            entered_at=clock.now(),
            entered_by_id=actor.post_id,
            source_key=source.key,
            supplement=Archive.objects.filter(case=case).exists(),
        )
        record(events.ENTERED, entry, actor)
    return entry


def record(name: str, entry: Entry, actor: Actor, **data: Any) -> None:
    """An event about an entry, on the stream of its file; inside an act."""
    emit(
        name,
        subject=entry,
        actor=actor,
        stream=file_stream(entry.case),
        court_id=entry.case.court_id,
        case_id=entry.case_id,
        volume=entry.volume,
        **data,
    )


def _one_at_a_time(case: Case) -> None:
    """Two documents that arrive at once get two numbers, one document that arrives twice gets one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"casefiles:{case.pk}"])


def enter_paper(*, copy_id: int, actor: Actor) -> Entry | None:
    """A paper of a case, when its first copy was issued; None for papers about something else."""
    copy = Copy.objects.select_related("paper").get(pk=copy_id)
    paper = copy.paper
    case = _case_of(copy)
    if case is None:
        return None
    with default_storage.open(copy.file_key) as kept:
        pages = pages_of(kept.read())
    source = Source(
        key=f"paper:{paper.public_id}",
        kind=EntryKind.PAPER,
        section=section_of(paper.template),
        title=paper.title,
        filed_at=copy.issued_at or clock.now(),
        openness=Openness.ADDRESSEES,
        pages=pages,
        paper_id=paper.pk,
    )
    return enter(case, source, actor=actor)


def enter_delivery(*, copy_id: int, actor: Actor) -> Entry | None:
    """The record of a delivery that took place, open to the party it was made to."""
    copies = Copy.objects.select_related("paper__court", "delivery").prefetch_related("delivery__facts")
    copy = copies.get(pk=copy_id)
    case = _case_of(copy)
    if case is None or copy.delivery.delivered_at is None:
        return None
    owners = list(
        Party.objects.filter(case=case, public_id=copy.addressee_public_id).values_list("pk", flat=True)
    )
    source = Source(
        key=f"delivery:{copy.public_id}",
        kind=EntryKind.RECORD,
        section=Section.DELIVERY,
        title=_("%(record)s：%(paper)s") % {"record": title_of(copy.delivery), "paper": copy.paper.title},
        filed_at=copy.delivery.delivered_at,
        openness=Openness.OWNERS,
        owners=owners,
        pages=pages_of(record_pdf(copy)),
        copy_id=copy.pk,
    )
    return enter(case, source, actor=actor)


@dataclass(frozen=True)
class Material:
    """A file somebody handed in: ``part`` is identity, pleading or evidence. Without a ``title`` it is called as its sender
    called it."""

    file_public_id: str
    title: str
    part: str


def enter_materials(
    case: Case,
    materials: list[Material],
    *,
    owners: list[int],
    pleading: Section = Section.COMPLAINT,
    only_own: bool = False,
    actor: Actor,
) -> list[Entry]:
    """What came with a pleading. Proofs of identity are open to the side that gave them; ``only_own`` keeps everything so
    (where the court acts before the other side knows)."""
    files = StoredFile.objects.in_bulk([one.file_public_id for one in materials], field_name="public_id")
    known = {str(public_id): file for public_id, file in files.items()}
    sections = {"identity": Section.IDENTITY, "pleading": pleading}
    made = []
    for one in materials:
        file = known[str(one.file_public_id)]
        private = only_own or one.part == "identity"
        made.append(
            enter(
                case,
                Source(
                    key=f"file:{file.public_id}",
                    kind=EntryKind.MATERIAL,
                    section=sections.get(one.part, Section.EVIDENCE),
                    title=one.title or file.display_name,
                    filed_at=file.received_at,
                    openness=Openness.OWNERS if private else Openness.PARTIES,
                    owners=owners,
                    pages=file.pages,
                    file_id=file.pk,
                ),
                actor=actor,
            )
        )
    return made


def enter_receipt(case: Case, receipt: Receipt, *, title: str, owners: list[int], actor: Actor) -> Entry:
    """A signed receipt of the portal, open to whom it was given."""
    source = Source(
        key=f"receipt:{receipt.public_id}",
        kind=EntryKind.RECEIPT,
        section=Section.FEES,
        title=title,
        filed_at=clock.now(),
        openness=Openness.OWNERS,
        owners=owners,
        receipt_id=receipt.pk,
    )
    return enter(case, source, actor=actor)


def plaintiffs_of(case: Case) -> list[int]:
    """Keys of the parties that filed. One query."""
    return list(case.parties.filter(side=Side.PLAINTIFF).order_by("pk").values_list("pk", flat=True))


def section_of(template: str) -> Section:
    """Where a paper lies by its template."""
    if template in SECTION_OF_TEMPLATE:
        return SECTION_OF_TEMPLATE[template]
    return Section.RULINGS if template.endswith(RULING_ENDINGS) else Section.NOTICES


def pages_of(pdf: bytes) -> int:
    """Pages of a PDF of our own making."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        return len(document)
    finally:
        document.close()


def _case_of(copy: Copy) -> Case | None:
    if copy.paper.subject_kind != CASE_SUBJECT:
        return None
    return Case.objects.filter(public_id=copy.paper.subject_public_id).first()
