"""Opening files and papers: one door each, the owner's app decides, every opening is recorded."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.actor import Kind
from common.errors import NotVisible
from common.pages import actor_of
from documents import selectors, services
from documents.delivery_record import record_pdf, title_of
from documents.models import Copy, StoredFile
from documents.responses import shield


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


@login_not_required
@require_safe
def original(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The bytes as they were received, always as a download."""
    file = selectors.file_for(actor_of(request), public_id)
    if file is None:
        return _refused(request)
    content = services.read_checked(file, actor=actor_of(request))
    _record(request, file)
    return _send(content, name=file.display_name, content_type=file.content_type, attachment=True)


@login_not_required
@require_safe
def preview(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The cleaned copy for the screen."""
    file = selectors.file_for(actor_of(request), public_id)
    if file is None or not file.preview_key:
        return _refused(request)
    _record(request, file)
    suffix = "pdf" if file.preview_type == "application/pdf" else "jpg"
    return _send(
        default_storage.open(file.preview_key),
        name=f"{file.public_id}.{suffix}",
        content_type=file.preview_type,
    )


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
    content = services.read_checked(copy, actor=actor_of(request))
    _record(request, copy)
    return _send(
        content,
        name=f"{copy.paper.title}_{copy.serial}.pdf",
        content_type="application/pdf",
        attachment=bool(request.GET.get("download")),
    )


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
    image = services.page_image(subject, number) if subject is not None else None
    if subject is None or image is None:
        return _refused(request)
    if number == 1:
        _record(request, subject)
    return _send(
        ContentFile(image),
        name=f"{subject.public_id}-{number}.jpg",
        content_type="image/jpeg",
    )
