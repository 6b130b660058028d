"""Under which number the court keeps what a file belongs to, for the list of damaged files."""

from __future__ import annotations

import uuid

from cases.models import Case
from documents.access import register_place
from feedback.models import Message
from feedback.services.attachments import OWNER_KIND
from filing.models import Filing
from filing.services.kept_pleadings import OWNER_KIND as PLEADING
from payments.models import Relief
from payments.services.reliefs import PAPERS_OWNER


def _of_filing(public_id: uuid.UUID) -> str:
    numbers = Case.objects.filter(filing_public_id=public_id).order_by("pk").values_list("number", flat=True)
    if numbers:
        return "、".join(numbers)
    filing = Filing.objects.filter(public_id=public_id).first()
    return (filing.number or "") if filing else ""


def _of_message(tray: uuid.UUID) -> str:
    message = (
        Message.objects.filter(attachments__file__owner_public_id=tray).select_related("thread__case").first()
    )
    return str(message.thread.case.number) if message else ""


def _of_relief(public_id: uuid.UUID) -> str:
    relief = Relief.objects.filter(public_id=public_id).select_related("bill__case").first()
    return str(relief.bill.case.number) if relief else ""


register_place("filing.filing", _of_filing)
register_place(PLEADING, _of_filing)
register_place(OWNER_KIND, _of_message)
register_place(PAPERS_OWNER, _of_relief)
