"""/desk/kiosk/: a clerk marks the device before him as one that everybody uses; /kiosk/over/: after a minute without a click (SEC-07)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts import events, kiosk
from accounts.access import allows
from accounts.middleware import SIGN_IN
from accounts.models import User
from accounts.services.sessions import note_sign_out
from common.errors import NotAllowed
from common.forms import LineField, PlainForm
from common.pages import actor_of, form_page
from eventlog.services import act, emit


class KioskForm(PlainForm):
    """What the device is called."""

    name = LineField(
        label=gettext_lazy("这台机器叫什么"), max_length=40, help_text=gettext_lazy("例如：一楼大厅2号机")
    )


@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """Marking signs the clerk out: the next one before the device is somebody else."""
    actor = actor_of(request)
    if not allows(actor, "kiosk.mark"):
        raise NotAllowed(_("自助机由立案窗口或管理员设置。"))
    if request.POST.get("do") == "end":
        response: HttpResponse = redirect("accounts:kiosk")
        kiosk.unmark(response)
        return response
    form = KioskForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        user: Any = request.user
        _record(user, actor)
        note_sign_out(request.session.get(SIGN_IN, ""))
        request.session.flush()
        response = redirect("/")
        kiosk.mark(response, form.cleaned_data["name"])
        return response
    return form_page(request, "accounts/kiosk.html", form, marked=kiosk.is_kiosk(request))


def _record(user: User, actor: Any) -> None:
    with act():
        stream = f"person:{user.public_id}"
        emit(events.KIOSK_MARKED, subject=user, actor=actor, stream=stream, court_id=actor.court_id)


@login_not_required
@require_GET
def over(request: HttpRequest) -> HttpResponse:
    """What the next person reads."""
    return render(request, "accounts/kiosk_over.html")
