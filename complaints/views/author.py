"""What the author reads: by account or by receipt code, in the zone's process only."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common import clock
from common.errors import DomainError
from common.pages import actor_of, add_errors, form_key, form_page
from complaints import forms, paths, selectors
from complaints.models import Kind, Matter
from complaints.policies import own_matters
from complaints.services import authors
from complaints.services.identities import unlocks_of
from complaints.views.frame import unlogged
from complaints.views.tray import Tray, open_tray


@unlogged
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """My complaints, newest first."""
    rows = (
        own_matters(actor_of(request)).filter(kind=Kind.COMPLAINT).select_related("standing").order_by("-id")
    )
    return render(request, "complaints/mine.html", {"rows": rows, "now": clock.now(), "paths": paths})


@unlogged
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One of mine: how far it is, the answers, room for more."""
    found = selectors.own_matter(actor_of(request), public_id)
    more = _More(request, found, sent=request.method == "POST")
    if more.is_added:
        messages.success(request, _("已补充。"))
        return redirect("zone:one", public_id)
    context = _told(found) | more.context() | {"form_key": form_key(request)}
    return render(request, "complaints/one.html", context, status=more.status)


class _More:
    """What the author adds: words, and files that are kept while something else is wrong."""

    def __init__(self, request: HttpRequest, found: Matter, *, sent: bool) -> None:
        self.tray = open_tray(request, counted_as=f"matter:{found.pk}") if sent else Tray()
        self.form: Any = forms.MoreForm(
            request.POST if sent and not self.tray.only_keep else None, initial=request.POST.dict()
        )
        ready = self.form.is_bound and self.form.is_valid() and not self.tray.errors
        self.is_added = ready and self._add(request, found)
        self.status = self.tray.status_with(self.form)

    def _add(self, request: HttpRequest, found: Matter) -> bool:
        text, key = self.form.cleaned_data["text"], form_key(request)
        try:
            authors.write_more(matter=found, text=text, form_key=key, files=self.tray.boxes)
        except DomainError as error:
            add_errors(self.form, error)
            return False
        return True

    def context(self) -> dict[str, Any]:
        """The form as it is shown again; after it was sent, an empty one."""
        if self.is_added:
            return {"form": forms.MoreForm()} | Tray().context()
        return {"form": self.form} | self.tray.context()


def _told(found: Matter) -> dict[str, Any]:
    return {
        "matter": found,
        "standing": found.standing,
        "rows": selectors.thread_of(found, internal=False),
        "files": selectors.files_of(found).get(None, []),
        "unlocks": unlocks_of(found),
        "now": clock.now(),
        "paths": paths,
    }


@login_not_required
@unlogged
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """The code opens the complaint for this one answer; nothing remembers it. An unknown code says only that."""
    form = forms.ReceiptForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return form_page(request, "complaints/receipt.html", form, paths=paths)
    code = form.cleaned_data["code"]
    found = authors.matter_of_receipt(code)
    if found is None:
        form.add_error("code", _("没有查到。刚提交的，请过一分钟再看；请核对回执码"))
        return form_page(request, "complaints/receipt.html", form, paths=paths)
    more = _More(request, found, sent="text" in request.POST)
    context = _told(found) | more.context() | {"code": code, "added": more.is_added}
    context["form_key"] = str(uuid4()) if more.is_added else form_key(request)
    return render(request, "complaints/one.html", context, status=more.status)
