"""A thread as a paper, for its party and for who answers it."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allows
from cases.pages import party_page
from common.errors import NotAllowed
from common.pages import actor_of
from feedback import selectors, services
from feedback.models import Thread
from feedback.record import record_pdf


def _sent(request: HttpRequest, thread: Thread) -> HttpResponse:
    if request.method == "GET":
        services.record_export(thread=thread, actor=actor_of(request))
    response = HttpResponse(record_pdf(thread), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{thread.public_id}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@login_not_required
@party_page
@require_safe
def of_party(request: HttpRequest, public_id: UUID, thread_id: UUID) -> HttpResponse:
    """For the party the thread belongs to."""
    return _sent(request, selectors.thread_for(actor_of(request), thread_id, case_id=public_id))


@require_safe
def of_bench(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """For who answers it."""
    if not allows(actor_of(request), "message.answer"):
        raise NotAllowed(_("这个页面给法官、书记员和庭长使用。"))
    return _sent(request, selectors.thread_for(actor_of(request), public_id))
