"""What was filled in online becomes a PDF that lies in the file of the case."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import Case
from common.actor import Actor
from documents.models import StoredFile
from documents.rendering.pleadings import as_pdf
from documents.services.made import drop_made, made_file
from eventlog.services import act, emit
from filing import events
from filing.models import Filing
from filing.pleading import shared_pleading_of
from filing.procedures import procedure

OWNER_KIND = "filing.pleading"
"""Owner of these files, with the public id of the application; the cases' files show their pages to the parties."""


def keep_pleading(*, filing_id: int, actor: Actor) -> StoredFile | None:
    """Make the PDF of an accepted application or a received defence as both sides read it, once; None when nothing that both
    read was filled in (a pleading of one's own was uploaded).

    Runs outside a transaction and is safe to repeat and to kill at any point: the row of the file and the event that puts
    it into the file of the case are written together, in one short act.
    """
    filing = Filing.objects.select_related("cause", "deciding_court").get(pk=filing_id)
    kept = StoredFile.objects.filter(owner_kind=OWNER_KIND, owner_public_id=filing.public_id)
    there = kept.first()
    pleading = None if there else shared_pleading_of(filing)
    if there is not None or pleading is None or filing.submitted_at is None:
        return there
    file = made_file(
        pdf=as_pdf(pleading, moment=filing.submitted_at),
        name=f"{pleading.title}{_('（网上填写）')}.pdf",
        court_id=filing.deciding_court_id,
        owner_kind=OWNER_KIND,
        owner_public_id=filing.public_id,
    )
    with act():
        Filing.objects.select_for_update(of=("self",), no_key=True).get(pk=filing_id)
        there = kept.first()
        if there is None:
            file.received_at = filing.submitted_at
            file.save(force_insert=True)
            _record(filing, file, title=pleading.title, actor=actor)
    if there is not None:
        drop_made(file)
        return there
    return file


def _record(filing: Filing, file: StoredFile, *, title: str, actor: Actor) -> None:
    cases = (
        Case.objects.filter(pk=filing.origin_case_id or 0)
        if filing.is_defence
        else Case.objects.filter(filing_public_id=filing.public_id)
    )
    emit(
        events.PLEADING_KEPT,
        subject=filing,
        actor=actor,
        stream=f"filing:{filing.public_id}",
        court_id=filing.deciding_court_id,
        file=file.public_id,
        title=title,
        sha256=file.sha256,
        cases=[str(public_id) for public_id in cases.order_by("pk").values_list("public_id", flat=True)],
        party=filing.precheck["party"] if filing.is_defence else "",
        only_own=procedure(filing.procedure).secret,
    )
