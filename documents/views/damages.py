"""Damaged files, for whoever must know."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allows
from common.errors import NotAllowed
from common.pages import actor_of
from documents.damages import SHOWN, damaged_files


@require_safe
def damaged(request: HttpRequest) -> HttpResponse:
    """Which files are missing or changed, and which cases that touches."""
    actor = actor_of(request)
    if not actor.is_staff or not allows(actor, "files.damaged"):
        raise NotAllowed(_("您的岗位没有这个页面。"))
    page = Paginator(damaged_files(actor), SHOWN).get_page(1)
    waiting = sum(row.recovered_at is None for row in page)
    return render(request, "documents/damaged.html", {"page": page, "waiting": waiting})
