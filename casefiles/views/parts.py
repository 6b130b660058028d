"""What the reader pages of both sides share: the picture of a page, its text, and the record that it was opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from casefiles import images, selectors, services
from casefiles.models import Entry, EntryKind
from cases.models import Case
from common.actor import Actor
from common.errors import NotVisible
from common.pages import actor_of
from documents.models import Copy, StoredFile
from documents.responses import shield
from documents.services import PageState, kept_page, look_ahead, page_state, text_of
from documents.waiting import come_back, is_over, page_waits

WAITING, OVER = "waiting", "over"


@dataclass(frozen=True)
class Place:
    """A page as the address names it."""

    case_id: UUID
    entry_id: UUID
    number: int


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
    """For ``casefiles/_page.html``. What is shown as text is opened by this page, everything else by its picture.

    ``wait`` is "" when the picture is there, "waiting" while a worker draws it, "over" when it will not come by itself.
    """
    actor = actor_of(request)
    is_text = selectors.is_text(entry)
    source = source_of(actor, entry)
    if is_text:
        _record(request, entry, source)
    return {
        "entry": entry,
        "spread": spread,
        "line": spread.line,
        "number": spread.number,
        "volume_page": spread.line.first + spread.number - 1,
        "is_text": is_text,
        "text": text_shown(entry) if is_text else "",
        "wait": "" if is_text or source is None else _wait(request, source, entry, spread.number),
        "again": request.path,
    }


def _wait(request: HttpRequest, source: Copy | StoredFile, entry: Entry, number: int) -> str:
    """Where the picture of this page is; the next ones are asked for while somebody reads this one."""
    state = page_state(source, number)
    if state == PageState.KEPT:
        if number < entry.pages:
            look_ahead(source, number + 1, entry.pages)
        return ""
    return OVER if state == PageState.BROKEN or is_over(request) else WAITING


def reader_page(
    request: HttpRequest,
    place: Place,
    template: str,
    frame: Callable[[Actor, Case, Entry], dict[str, Any]],
) -> HttpResponse:
    """One page of an entry with the way to the next, in the frame of its side; works without scripts. It comes back by itself
    while its picture is being drawn. NotVisible without such a page."""
    actor = actor_of(request)
    case = selectors.case_to_open(actor, place.case_id)
    spread = selectors.spread(actor, case, place.entry_id, place.number)
    entry = selectors.entry_for(actor, case, place.entry_id)
    context = frame(actor, case, entry) | reader_context(request, entry, spread)
    response = render(request, template, context)
    return come_back(request, response) if context["wait"] == WAITING else response


def page_picture(request: HttpRequest, place: Place, *, ruler: bool = False) -> HttpResponseBase:
    """The picture of one page for this reader, with his mark; writes that the entry was opened. While it is not drawn, a page
    that waits; NotVisible without such a page."""
    actor = actor_of(request)
    case = selectors.case_to_open(actor, place.case_id)
    entry, number = selectors.entry_for(actor, case, place.entry_id), place.number
    if not 1 <= number <= entry.pages or selectors.is_text(entry):
        raise NotVisible(_("没有这个页面。"))
    source = source_of(actor, entry)
    if source is not None:
        page = kept_page(source, number)
        if page is None and page_state(source, number) == PageState.WAITING:
            return page_waits(request)
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
