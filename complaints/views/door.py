"""/complaints/: anybody writes, nobody reads back here (SEC-30, SEC-34)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from common.pages import actor_of, form_key, form_page
from common.requests import client_address
from complaints import forms, paths
from complaints.models import DailyRoot
from complaints.services import door
from complaints.views.frame import unlogged
from courts.selectors import open_courts

SHOWN_ROOTS = 60


@login_not_required
@unlogged
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Write and send. The answer to the POST is the receipt itself: no address, session or cookie may hold its code.

    A form sent again shows the same receipt.
    """
    actor = actor_of(request)
    account = actor.user_id if actor.is_public or actor.is_staff else None
    courts = list(open_courts())
    form = forms.ComplaintForm(
        request.POST if request.method == "POST" else None, courts=courts, account=account is not None
    )
    key = form_key(request)
    if request.method == "POST" and form.is_valid():
        said = form.said(account)
        code = door.submit(said=said, form_key=key, address=client_address(request))
        context = {"code": code, "anonymous": said.user_id is None, "paths": paths}
        return render(request, "complaints/received.html", context)
    return form_page(request, "complaints/start.html", form, form_key=key, paths=paths)


@login_not_required
@unlogged
@require_safe
def roots(request: HttpRequest) -> HttpResponse:
    """The zone's daily roots, newest first: anybody can note them down and hold the court to them later."""
    return render(request, "complaints/roots.html", {"roots": DailyRoot.objects.all()[:SHOWN_ROOTS]})
