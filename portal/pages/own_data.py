"""/my/data/: take home what is kept of oneself, and close the account."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.step_up import step_up
from common.errors import Conflict
from common.pages import actor_of
from portal import closing_services as closings
from portal.own_data.services import ask_export, exports_of

ACTS: dict[str, tuple[Callable[..., object], object]] = {
    "": (ask_export, gettext_lazy("已收到。整理好以后会通知您，一般只要几分钟。")),
    "close": (closings.ask_closing, gettext_lazy("已收到注销申请。15日内办完，办完以后不能恢复。")),
    "keep": (closings.take_back, gettext_lazy("不注销了，账号照常用。")),
}


@step_up()
@require_http_methods(["GET", "POST"])
def own_data(request: HttpRequest) -> HttpResponse:
    """What one may have, what is being made, and what lies there. Members of staff have it in their private account."""
    actor = actor_of(request)
    if actor.is_staff:
        return redirect("pages:desk")
    if request.method == "POST":
        do, words = ACTS.get(request.POST.get("do", ""), ACTS[""])
        try:
            do(actor=actor)
            messages.success(request, str(words))
        except Conflict as error:
            messages.warning(request, error.message)
        return redirect("pages:own_data")
    user = cast(User, request.user)
    context = {
        "exports": exports_of(user.pk),
        "closing": closings.latest_closing(user.pk),
        "plan": closings.plan_of(user),
    }
    return render(request, "pages/own_data.html", context)
