"""/complaints/: anybody writes, nobody reads back here (SEC-30, SEC-34)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import NotVisible
from common.pages import actor_of, form_key
from common.requests import client_address
from complaints import forms, paths
from complaints.models import DailyRoot
from complaints.services import door
from complaints.views.frame import unlogged
from complaints.views.tray import Tray, open_tray
from courts.selectors import open_courts
from eventlog.offline import receipt_file
from eventlog.receipts import is_genuine

SHOWN_ROOTS = 60
LONGEST_RECEIPT = 4000


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
    sent, address = request.method == "POST", client_address(request)
    tray = open_tray(request, counted_as=address) if sent else Tray()
    form = forms.ComplaintForm(
        request.POST if sent and not tray.only_keep else None,
        courts=courts,
        account=account is not None,
        initial=request.POST.dict(),
    )
    key = form_key(request)
    if form.is_bound and form.is_valid() and not tray.errors:
        said = form.said(account, tray.boxes)
        given = door.submit(said=said, form_key=key, address=address)
        context = {
            "given": given, "anonymous": said.user_id is None, "paths": paths, "files": len(tray.tickets)
        }  # fmt: skip
        return render(request, "complaints/received.html", context)
    context = {"form": form, "form_key": key, "paths": paths} | tray.context()
    return render(request, "complaints/start.html", context, status=tray.status_with(form))


@login_not_required
@unlogged
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """The signed receipt that the page has just shown, as a file. What is not ours is no page."""
    text = request.POST.get("text", "").replace("\r\n", "\n")
    signature = request.POST.get("signature", "")
    if len(text) > LONGEST_RECEIPT or not is_genuine(text, signature):
        raise NotVisible(_("没有这个页面。"))
    headers = {"Content-Disposition": 'attachment; filename="receipt.txt"'}
    body = receipt_file(text, signature)
    return HttpResponse(body, content_type="text/plain; charset=utf-8", headers=headers)


@login_not_required
@unlogged
@require_safe
def roots(request: HttpRequest) -> HttpResponse:
    """The zone's daily roots, newest first: anybody can note them down and hold the court to them later."""
    return render(request, "complaints/roots.html", {"roots": DailyRoot.objects.all()[:SHOWN_ROOTS]})
