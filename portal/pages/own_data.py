"""/my/data/: take home what is kept of oneself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.step_up import step_up
from common.errors import Conflict
from common.pages import actor_of
from portal.own_data.services import ask_export, exports_of


@step_up()
@require_http_methods(["GET", "POST"])
def own_data(request: HttpRequest) -> HttpResponse:
    """What one may have, what is being made, and what lies there. Members of staff have it in their private account."""
    actor = actor_of(request)
    if actor.is_staff:
        return redirect("pages:desk")
    if request.method == "POST":
        try:
            ask_export(actor=actor)
            messages.success(request, _("已收到。整理好以后会通知您，一般只要几分钟。"))
        except Conflict as error:
            messages.warning(request, error.message)
        return redirect("pages:own_data")
    return render(request, "pages/own_data.html", {"exports": exports_of(actor.user_id or 0)})
