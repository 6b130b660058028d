"""The pleading to take home: as PDF, or as DOCX for those who go on writing it themselves."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allows
from accounts.services import limit
from common import clock
from common.errors import NotAllowed
from common.pages import actor_of
from documents.rendering.pleadings import Pleading, as_docx, as_pdf
from filing import selectors
from filing.pleading import pleading_of
from filing.views.own import my_filing

AN_HOUR, AT_MOST = 3600, 120
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@require_safe
def mine(request: HttpRequest, public_id: UUID, kind: str) -> FileResponse:
    """The applicant's own pleading as it stands now."""
    filing = my_filing(request, public_id)
    return _download(request, pleading_of(filing, by_court=False), kind)


@require_safe
def sent(request: HttpRequest, public_id: UUID) -> FileResponse:
    """What was sent, for the intake clerks of the court."""
    actor = actor_of(request)
    if not allows(actor, "filing.review"):
        raise NotAllowed(_("这个工作台只给立案人员使用。"))
    filing = selectors.filing_for(actor, public_id)
    return _download(request, pleading_of(filing, by_court=True), "pdf")


def _download(request: HttpRequest, made: Pleading, kind: str) -> FileResponse:
    limit(f"pleading:{actor_of(request).user_id}", AN_HOUR, AT_MOST, _("下载太频繁，请过一会儿再试。"))
    content = as_pdf(made, moment=clock.now()) if kind == "pdf" else as_docx(made)
    answer = FileResponse(
        BytesIO(content), as_attachment=True, filename=f"{made.title}.{kind}", content_type=TYPES[kind]
    )
    answer["Cache-Control"] = "no-store"
    return answer
