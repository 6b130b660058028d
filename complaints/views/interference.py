"""三个规定: every member of staff records here; who is recorded never learns of it (SEC-38)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allows
from common.actor import Actor
from common.errors import DomainError, NotVisible
from common.pages import actor_of, form_key, form_page
from complaints import forms
from complaints.models import Kind
from complaints.policies import own_matters
from complaints.services import interference
from complaints.views.frame import unlogged


def _staff(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not allows(actor, "interference.record"):
        raise NotVisible(_("没有这个页面。"))
    return actor


@unlogged
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What I recorded, and for which months there was nothing."""
    actor = _staff(request)
    stated = interference.stated_months(actor)
    context = {
        "rows": own_matters(actor).filter(kind=Kind.INTERFERENCE).order_by("-id"),
        "stated": stated,
        "open_months": [month for month in interference.open_months() if month not in stated],
    }
    return render(request, "complaints/interference.html", context)


@unlogged
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Record one."""
    actor = _staff(request)
    form = forms.InterferenceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        content = {name: given[name] for name in ("who", "office", "how", "case_number", "words")}
        content["day"] = given["day"].isoformat()
        interference.record(content=content, form_key=form_key(request), actor=actor)
        messages.success(request, _("已记录。记录不能修改，被记录的人看不到。"))
        return redirect("zone:interference")
    return form_page(request, "complaints/interference_new.html", form, form_key=form_key(request))


@unlogged
@require_POST
def none(request: HttpRequest) -> HttpResponse:
    """本月没有."""
    actor = _staff(request)
    form = forms.MonthForm(request.POST)
    try:
        if not form.is_valid():
            raise NotVisible(_("没有这个页面。"))
        interference.state_none(month=form.cleaned_data["month"], actor=actor)
    except DomainError as error:
        if isinstance(error, NotVisible):
            raise
        messages.warning(request, error.message)
    else:
        messages.success(request, _("已填报：这个月没有过问情况。"))
    return redirect("zone:interference")
