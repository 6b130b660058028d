"""What the reader pages of both sides share: the picture of a page, its text, and the record that it was opened."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from casefiles import images, selectors, services
from casefiles.models import Entry, EntryKind
from common.actor import Actor
from common.errors import NotVisible
from common.pages import actor_of
from documents.models import Copy, StoredFile
from documents.responses import shield
from documents.services import text_of


def source_of(actor: Actor, entry: Entry) -> Copy | StoredFile | None:
    """The copy or file whose pages a reader is shown; None for a receipt and for the record of a delivery."""
    if entry.kind in (EntryKind.RECORD, EntryKind.RECEIPT):
        return None
    if entry.file is not None and entry.file.is_closed:
        return None
    return entry.file or selectors.copy_shown(actor, entry)


def text_shown(entry: Entry) -> str:
    """The words of an entry without page images: of a receipt or a Word file, "" for one without any."""
    if entry.receipt is not None:
        return entry.receipt.text
    if entry.file is not None and entry.file.is_closed:
        return entry.file.scan_note
    return text_of(entry.file) if entry.file is not None else ""


def _record(request: HttpRequest, entry: Entry, source: Copy | StoredFile | None) -> None:
    if request.method == "GET":
        services.record_reading(entry, source, actor=actor_of(request))


def reader_context(request: HttpRequest, entry: Entry, spread: selectors.Spread) -> dict[str, Any]:
    """For ``casefiles/_page.html``. What is shown as text is opened by this page, everything else by its picture."""
    actor = actor_of(request)
    is_text = selectors.is_text(entry)
    if is_text:
        _record(request, entry, source_of(actor, entry))
    return {
        "entry": entry,
        "spread": spread,
        "line": spread.line,
        "number": spread.number,
        "volume_page": spread.line.first + spread.number - 1,
        "is_text": is_text,
        "text": text_shown(entry) if is_text else "",
    }


def page_picture(request: HttpRequest, entry: Entry, number: int, *, ruler: bool = False) -> HttpResponseBase:
    """The picture of one page for this reader; writes that the entry was opened. NotVisible without such a page."""
    actor = actor_of(request)
    if not 1 <= number <= entry.pages or selectors.is_text(entry):
        raise NotVisible(_("没有这个页面。"))
    source = source_of(actor, entry)
    if source is not None:
        page = images.page_of(source, number)
    else:
        page = images.record_page(entry.copy, number) if entry.copy is not None else None
    if page is None:
        raise NotVisible(_("没有这个页面。"))
    _record(request, entry, source)
    hidden = selectors.hidden_from(actor, [entry]).get(entry.pk, {}).get(number)
    picture = images.shown(page, hidden=hidden, mark=selectors.mark_for(actor), ruler=ruler)
    response = FileResponse(
        ContentFile(picture), filename=f"{entry.public_id}-{number}.jpg", content_type="image/jpeg"
    )
    return shield(response, attachment=False)
