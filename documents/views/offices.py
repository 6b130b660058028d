"""The outside offices that a court writes to."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import InvalidInput, NotVisible, StaleVersion
from common.pages import actor_of, add_errors, form_page
from common.versions import seen_of
from documents import selectors, services
from documents.forms import OfficeForm
from documents.models import Office
from documents.policies import can_use_print_desk


def _mine(request: HttpRequest) -> list[Office]:
    actor = actor_of(request)
    if actor.court_id is None or not can_use_print_desk(actor):
        raise NotVisible(_("没有找到这个页面。"))
    return selectors.offices_of(actor.court_id)


@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """All of them."""
    return render(request, "documents/offices.html", {"offices": _mine(request)})


@require_http_methods(["GET", "POST"])
def office(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """Write one down or put it right."""
    rows = {row.public_id: row for row in _mine(request)}
    found = rows.get(public_id) if public_id else None
    if public_id and found is None:
        raise NotVisible(_("没有找到这个单位。"))
    known = None
    if found:
        known = {name: getattr(found, name) for name in ("kind", "name", "address", "phone")}
        known["seen"] = seen_of(*services.shown_of(found).values())
    form = OfficeForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            services.keep_office(public_id=public_id, actor=actor_of(request), **form.cleaned_data)
        except (InvalidInput, StaleVersion) as error:
            add_errors(form, error)
        else:
            messages.success(request, _("已保存"))
            return redirect("documents:offices")
    return form_page(request, "documents/office.html", form, office=found)


@require_POST
def retire(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Offer one no longer."""
    _mine(request)
    services.retire_office(public_id=public_id, actor=actor_of(request))
    messages.success(request, _("已停用"))
    return redirect("documents:offices")
