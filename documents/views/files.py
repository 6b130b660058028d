"""Opening files and papers: one door each, the owner's app decides, every opening is recorded.

The lasting address of a file or paper asks for the right, compares the bytes with their hash, records the opening and leads
on to a link that lives for a minute (``documents.links``); only that one sends bytes. Page images, which this portal drew
itself, and the record of a delivery are sent at once.
"""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.files import File
from django.core.files.base import ContentFile
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.actor import Kind
from common.errors import NotVisible
from common.pages import actor_of
from documents import files_host, links, selectors, services, waiting
from documents.delivery_record import record_pdf, title_of
from documents.errors import files_away
from documents.models import Copy, StoredFile
from documents.responses import send_kept, shield


def _refused(request: HttpRequest) -> HttpResponse:
    """Not theirs looks like not there; who is not signed in is asked to sign in first."""
    if actor_of(request).kind == Kind.ANONYMOUS:
        return redirect_to_login(request.get_full_path())
    raise NotVisible(_("没有找到这个文件。"))


def _send(content: File, *, name: str, content_type: str, attachment: bool = False) -> FileResponse:
    response = FileResponse(content, as_attachment=attachment, filename=name, content_type=content_type)
    return shield(response, attachment=attachment)


def _record(request: HttpRequest, subject: StoredFile | Copy) -> None:
    if request.method == "GET":
        services.record_opening(subject=subject, actor=actor_of(request))


def _lead_on(request: HttpRequest, subject: StoredFile | Copy, action: str) -> HttpResponse:
    """To a link for this person and session, after the bytes were compared and the opening recorded."""
    services.check_kept(subject, actor=actor_of(request))
    _record(request, subject)
    response = HttpResponseRedirect(links.address(request, subject, action))
    files_host.give_pass(request, response)
    return response


@login_not_required
@require_safe
def original(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The bytes as they were received, always as a download."""
    file = selectors.file_for(actor_of(request), public_id)
    return _refused(request) if file is None else _lead_on(request, file, links.ORIGINAL)


@login_not_required
@require_safe
def preview(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The cleaned copy for the screen."""
    file = selectors.file_for(actor_of(request), public_id)
    if file is None or not file.preview_key:
        return _refused(request)
    return _lead_on(request, file, links.PREVIEW)


@login_not_required
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponseBase:
    """The bytes behind a link, whole or in ranges. The right is asked for again each time; whatever is wrong with the link
    or its holder is answered like an address that does not exist."""
    found = links.read(request, token) if files_host.is_right(request) else None
    if found is None:
        raise NotVisible(_("没有找到这个文件。"))
    try:
        is_paper = found.action in (links.SHOWN, links.SAVED)
        return _send_paper(request, found) if is_paper else _send_file(request, found)
    except OSError as error:
        raise files_away() from error


def _send_file(request: HttpRequest, found: links.Link) -> HttpResponseBase:
    file = selectors.file_for(actor_of(request), found.public_id)
    if file is None or (found.action == links.PREVIEW and not file.preview_key):
        raise NotVisible(_("没有找到这个文件。"))
    if found.action == links.ORIGINAL:
        return send_kept(
            request, file.storage_key, tag=file.sha256, name=file.display_name,
            content_type=file.content_type, attachment=True,
        )  # fmt: skip
    suffix = "pdf" if file.preview_type == "application/pdf" else "jpg"
    return send_kept(
        request, file.preview_key, tag=f"{file.sha256}-preview", name=f"{file.public_id}.{suffix}",
        content_type=file.preview_type, attachment=False,
    )  # fmt: skip


def _send_paper(request: HttpRequest, found: links.Link) -> HttpResponseBase:
    copy = selectors.copy_for(actor_of(request), found.public_id)
    if copy is None:
        raise NotVisible(_("没有找到这个文件。"))
    return send_kept(
        request, copy.file_key, tag=copy.sha256, name=f"{copy.paper.title}_{copy.serial}.pdf",
        content_type="application/pdf", attachment=found.action == links.SAVED,
    )  # fmt: skip


@login_not_required
@require_safe
def file_page(request: HttpRequest, public_id: uuid.UUID, number: int) -> HttpResponseBase:
    """One page as a light picture; the first page counts as an opening, the rest belongs to it."""
    file = selectors.file_for(actor_of(request), public_id)
    return _page(request, file, number)


@login_not_required
@require_safe
def paper(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """An issued copy as PDF; ``?download=1`` saves it instead of showing it."""
    copy = selectors.copy_for(actor_of(request), public_id)
    if copy is None:
        return _refused(request)
    return _lead_on(request, copy, links.SAVED if request.GET.get("download") else links.SHOWN)


@login_not_required
@require_safe
def delivery_record(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The record of this copy's delivery as PDF, for whoever may open the copy; as it stands now."""
    copy = selectors.copy_for(actor_of(request), public_id)
    if copy is None:
        return _refused(request)
    return _send(
        ContentFile(record_pdf(copy)),
        name=f"{title_of(copy.delivery)}_{copy.serial}.pdf",
        content_type="application/pdf",
        attachment=True,
    )


@login_not_required
@require_safe
def paper_page(request: HttpRequest, public_id: uuid.UUID, number: int) -> HttpResponseBase:
    """One page of an issued copy as a light picture, for browsers without a PDF viewer."""
    copy = selectors.copy_for(actor_of(request), public_id)
    return _page(request, copy, number)


def _page(request: HttpRequest, subject: StoredFile | Copy | None, number: int) -> HttpResponseBase:
    """A picture that is kept; the worker draws what is not yet, and the browser comes back for it."""
    if subject is None:
        return _refused(request)
    image = services.kept_page(subject, number)
    if image is None:
        is_coming = services.page_state(subject, number) == services.PageState.WAITING
        return waiting.page_waits(request) if is_coming else _refused(request)
    if number == 1:
        _record(request, subject)
    return _send(
        ContentFile(image),
        name=f"{subject.public_id}-{number}.jpg",
        content_type="image/jpeg",
    )
