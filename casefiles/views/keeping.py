"""What judge and case clerk do with a file, each its own page."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import allows
from accounts.step_up import step_up
from casefiles import policies, selectors, services
from casefiles.forms import AddForm, CorrectForm, LiftForm, SealForm
from cases.models import Case
from common.actor import Actor
from common.errors import NotAllowed
from common.pages import actor_of, carried_out, form_page
from common.versions import seen_of

RULED_PAGES = 60
"""So many pages are linked with their ruler; the number in the address leads to the others."""


def _kept(request: HttpRequest, public_id: UUID, *, right: str = "file.keep") -> tuple[Actor, Case]:
    """The case of a judge or clerk who holds it; NotAllowed for everybody else who reads it."""
    actor = actor_of(request)
    if not actor.is_staff or not allows(actor, right):
        raise NotAllowed(_("案卷由承办法官和书记员整理。"))
    case = selectors.case_to_open(actor, public_id)
    if not policies.can_keep(actor, case):
        raise NotAllowed(_("案卷由承办法官和书记员整理。"))
    return actor, case


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a scanned document into the file."""
    actor, case = _kept(request, public_id)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = AddForm(*sent, case=case)

    def put_in() -> None:
        services.add_to_file(
            case_id=case.pk,
            upload=form.cleaned_data["file"],
            place=form.place(),
            owners=form.cleaned_data["parties"],
            actor=actor,
        )

    if carried_out(form, put_in):
        messages.success(request, _("已放进案卷。"))
        return redirect("casefiles:desk_file", public_id=public_id)
    return form_page(request, "casefiles/add.html", form, case=case)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, public_id: UUID, entry_id: UUID) -> HttpResponse:
    """Another section or name, or out of the file."""
    actor, case = _kept(request, public_id)
    entry = selectors.entry_for(actor, case, selectors.current_id(case, entry_id))
    now = {
        "section": entry.section,
        "title": entry.title,
        "seen": seen_of(*services.place_shown(entry).values()),
    }
    form = CorrectForm(request.POST if request.method == "POST" else None, initial=now)

    def change() -> None:
        services.correct_entry(
            entry_public_id=entry.public_id,
            place=form.place(),
            withdrawn=form.cleaned_data["withdrawn"],
            reason=form.cleaned_data["reason"],
            actor=actor,
            seen=form.cleaned_data["seen"],
        )

    if carried_out(form, change):
        messages.success(request, _("目录已更正，原来的记录保留。"))
        return redirect("casefiles:desk_file", public_id=public_id)
    return form_page(request, "casefiles/correct.html", form, case=case, entry=entry)


@step_up()
@require_http_methods(["GET", "POST"])
def seal(request: HttpRequest, public_id: UUID, entry_id: UUID) -> HttpResponse:
    """Close an entry, a page or a part of one; the orders that hold stand below."""
    actor, case = _kept(request, public_id, right="file.seal")
    entry = selectors.entry_for(actor, case, entry_id)
    form = SealForm(request.POST if request.method == "POST" else None, entry=entry)
    if carried_out(form, lambda: services.seal(entry_public_id=entry_id, order=form.order(), actor=actor)):
        messages.success(request, _("已限制查阅，马上生效。"))
        return redirect("casefiles:seal", public_id=public_id, entry_id=entry_id)
    names = {party.pk: party.name for party in case.parties.all()}
    orders = [
        {"row": row, "open_to": "、".join(names[pk] for pk in row.open_to if pk in names)}
        for row in selectors.restrictions_of(entry)
    ]
    context = {
        "case": case,
        "entry": entry,
        "orders": orders,
        "lift_form": LiftForm(),
        "pages": [] if selectors.is_text(entry) else range(1, min(entry.pages, RULED_PAGES) + 1),
    }
    return form_page(request, "casefiles/seal.html", form, **context)


@step_up()
@require_POST
def lift(request: HttpRequest, public_id: UUID, entry_id: UUID, order_id: UUID) -> HttpResponse:
    """End an order."""
    actor, case = _kept(request, public_id, right="file.seal")
    selectors.entry_for(actor, case, entry_id)
    form = LiftForm(request.POST)
    if form.is_valid():
        services.lift(restriction_public_id=order_id, reason=form.cleaned_data["reason"], actor=actor)
        messages.success(request, _("限制已取消，马上生效。"))
    else:
        messages.error(request, _("请写明取消的理由"))
    return redirect("casefiles:seal", public_id=public_id, entry_id=entry_id)


@require_POST
def archive(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """归档."""
    actor, case = _kept(request, public_id)
    services.archive(case_id=case.pk, actor=actor)
    messages.success(request, _("案卷已归档。"))
    return redirect("casefiles:desk_file", public_id=public_id)
