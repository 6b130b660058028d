"""Appointments: free slots for everybody, booking and cancelling by the person, keeping by the court."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allows
from accounts.services import once, request_hash
from common import clock
from common.actor import Actor, Role
from common.errors import InvalidInput, NotAllowed, NotVisible
from common.pages import actor_of, add_errors, form_key, form_page, posted_number
from courts.models import Court
from courts.posts import live_posts
from filing import ways_selectors as selectors
from filing.forms.ways import BookForm, SlotsForm, WhatToKeyForm
from filing.models import Visit, VisitKind, VisitState
from filing.policies import visible_visits
from filing.services import keyed
from filing.services import visits as services
from filing.ways_selectors import court_of

PER_PAGE = 50


@login_not_required
@require_safe
def free(request: HttpRequest) -> HttpResponse:
    """Free slots of one court, by day."""
    courts = list(Court.objects.filter(is_open=True).order_by("code"))
    court = selectors.court_to_show(courts, request.GET.get("court", ""))
    rows = selectors.free_slots(court) if court else []
    days = [(day, list(slots)) for day, slots in groupby(rows, key=lambda slot: slot.day)]
    context = {"courts": courts, "court": court, "days": days}
    return render(request, "filing/visit_free.html", context)


@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One appointment however often it is clicked."""
    actor = actor_of(request)
    if not allows(actor, "visit.book"):
        raise NotAllowed(_("预约由当事人自己办理。工作人员可以直接代录。"))
    slot = selectors.slot_for(public_id)
    at_home = slot.kind == VisitKind.HOME
    user: Any = request.user
    known = {"name": user.name, "phone": user.phone}
    form = BookForm(at_home, request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        wish = services.Wish(**form.cleaned_data)

        def write() -> str:
            return str(services.book_visit(slot_id=slot.pk, wish=wish, actor=actor).public_id)

        body = request_hash([str(public_id), form.cleaned_data])
        try:
            made = once(actor=actor, route="filing.visit", key=form_key(request), body_hash=body, write=write)
            return redirect("filing:visit", public_id=made)
        except InvalidInput as error:
            add_errors(form, error)
    return form_page(
        request, "filing/visit_book.html", form, slot=slot, at_home=at_home, form_key=form_key(request)
    )


def _visit(request: HttpRequest, public_id: UUID) -> Visit:
    found = visible_visits(actor_of(request)).filter(public_id=public_id)
    visit = found.select_related("slot", "court", "post__user", "filing").first()
    if visit is None:
        raise NotVisible(_("没有这个页面。"))
    return visit


@require_safe
def visit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One's own appointment."""
    _need_public(request)
    return render(request, "filing/visit_mine.html", {"visit": _visit(request, public_id)})


def _need_public(request: HttpRequest) -> None:
    if not actor_of(request).is_public:
        raise NotVisible(_("没有这个页面。"))


@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask once, then give the place back."""
    _need_public(request)
    found = _visit(request, public_id)
    if request.method == "POST":
        services.cancel_visit(visit_id=found.pk, actor=actor_of(request))
        messages.success(request, _("预约已取消。"))
        return redirect("filing:visit", public_id=public_id)
    return render(request, "filing/visit_cancel.html", {"visit": found})


def _keeper(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not allows(actor, "visit.keep"):
        raise NotAllowed(_("这个工作台只给立案人员使用。"))
    return actor


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Appointments of the court, soonest first; earlier ones by tab."""
    actor = _keeper(request)
    view = "past" if request.GET.get("view") == "past" else "open"
    rows = visible_visits(actor).select_related("slot", "post__user")
    is_open = {"state": VisitState.BOOKED}
    rows = rows.filter(**is_open).order_by("slot__starts_at") if view == "open" else rows.exclude(**is_open)
    page = Paginator(rows if view == "open" else rows.order_by("-slot__starts_at"), PER_PAGE)
    tabs = [
        {"label": label, "href": f"?view={key}", "current": key == view}
        for key, label in (("open", _("要接待的")), ("past", _("已结束的")))
    ]
    context = {"page": page.get_page(request.GET.get("page")), "tabs": tabs}
    return render(request, "filing/visit_desk.html", context)


@require_http_methods(["GET", "POST"])
def open_slots(request: HttpRequest) -> HttpResponse:
    """Offer the slots of a day."""
    actor = _keeper(request)
    form = SlotsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        kind = VisitKind(data.pop("kind"))
        try:
            new = services.open_slots(kind=kind, hours=services.Hours(**data), actor=actor)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("新开放了%(n)s个时段。") % {"n": new})
            return redirect("filing:visit_desk")
    return form_page(request, "filing/visit_open.html", form)


@require_safe
def desk_visit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One appointment with what can be done about it now."""
    actor = _keeper(request)
    found = _visit(request, public_id)
    posts = live_posts().filter(court_id=found.court_id, role=Role.INTAKE_CLERK).select_related("user")
    context = {
        "visit": found,
        "clerks": [
            {"value": post.pk, "label": post.user.name, "selected": post.pk == found.post_id}
            for post in posts.order_by("id")
        ],
        "mine": found.post_id is not None and found.post_id == actor.post_id,
        "form": WhatToKeyForm(),
        "begun": found.slot.starts_at <= clock.now(),
    }
    return render(request, "filing/visit_desk_one.html", context)


@require_POST
def assign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Name who receives or drives out."""
    actor = _keeper(request)
    post_id = posted_number(request, "post") or 0
    services.assign_visit(visit_id=_visit(request, public_id).pk, post_id=post_id, actor=actor)
    messages.success(request, _("已指派。"))
    return redirect("filing:visit_desk_one", public_id=public_id)


@require_POST
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Received, did not come, or cancelled by the court."""
    actor, found = _keeper(request), _visit(request, public_id)
    how = request.POST.get("how", "")
    if how == "cancel":
        services.cancel_visit(visit_id=found.pk, actor=actor)
    else:
        services.finish_visit(visit_id=found.pk, came=how == "came", actor=actor)
    messages.success(request, _("已记录。"))
    return redirect("filing:visit_desk_one", public_id=public_id)


@require_POST
def start_keying(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """开始代录 for the person of this appointment."""
    actor, found = _keeper(request), _visit(request, public_id)
    form = WhatToKeyForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(str(next(iter(form.errors.values()))[0]))
    what = keyed.What(form.cleaned_data["form"], form.cleaned_data["cause_found"], court_of(found.court_id))
    filing = keyed.start_at_visit(visit_id=found.pk, what=what, actor=actor)
    return redirect("filing:tasks", public_id=filing.public_id)
