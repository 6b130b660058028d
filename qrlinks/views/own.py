"""A party switches off the code of its own lost copy."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.selectors import case_for, stood_for
from common.errors import InvalidTransition, NotVisible
from common.pages import actor_of
from documents.services import report_lost
from qrlinks import selectors


@require_http_methods(["GET", "POST"])
def lost(request: HttpRequest, public_id: uuid.UUID, copy_id: uuid.UUID) -> HttpResponse:
    """Says what happens, then switches off for good. Full sign-in only; for staff and others the page does not exist."""
    actor = actor_of(request)
    if not actor.is_public:
        raise NotVisible(_("没有这个页面。"))
    case = case_for(actor, public_id)
    copy = selectors.own_copy(stood_for(actor, case), copy_id)
    if copy is None:
        raise NotVisible(_("没有这个页面。"))
    if request.method == "POST":
        try:
            report_lost(copy_public_id=copy_id, actor=actor)
        except InvalidTransition as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("已停用，现在谁扫这一份都看不到您的案件。"))
        return redirect("pages:case_files", public_id=public_id)
    return render(request, "qrlinks/lost.html", {"case": case, "copy": copy})
