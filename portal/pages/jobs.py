"""定时任务: what the worker does by the clock, when each job last did it, and which are late (REL-41)."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allows
from common.errors import NotAllowed
from common.pages import actor_of
from portal.jobs import standings

PER_PAGE = 50


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """All jobs, late ones first."""
    if not allows(actor_of(request), "outbox.read"):
        raise NotAllowed(_("这个页面不在您的岗位权限内。"))
    found = standings()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "pages/jobs.html", {"page": page, "late": sum(standing.is_late for standing in found)}
    )
