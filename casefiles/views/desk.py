"""The file of a case as the court reads and keeps it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allows
from casefiles import policies, selectors
from casefiles.views.parts import page_picture, reader_context
from cases.models import Case
from cases.policies import readable_with_reason
from common.actor import Actor
from common.errors import NotAllowed
from common.pages import actor_of


def need_reader(request: HttpRequest) -> Actor:
    """Staff who read files at all; NotAllowed for everybody else."""
    actor = actor_of(request)
    if not actor.is_staff or not allows(actor, "file.read"):
        raise NotAllowed(_("这个页面给办案人员使用。"))
    return actor


def _case(actor: Actor, public_id: UUID) -> Case:
    return selectors.case_to_open(actor, public_id)


@require_safe
def file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The catalogue; a supervisor gives the reason first (SEC-18)."""
    actor = need_reader(request)
    may_give_reason = readable_with_reason(actor).filter(public_id=public_id)
    if not policies.readable_cases(actor).filter(public_id=public_id).exists() and may_give_reason.exists():
        return redirect("pages:read_case", public_id=public_id)
    case = _case(actor, public_id)
    context = {
        "case": case,
        "books": selectors.books(actor, case),
        "sealed": selectors.sealed_keys(case),
        "archive": selectors.archive_of(case),
        "keeps": policies.can_keep(actor, case),
        "seals": policies.can_seal(actor, case),
    }
    return render(request, "casefiles/desk_file.html", context)


@require_safe
def page(request: HttpRequest, public_id: UUID, entry_id: UUID, number: int) -> HttpResponse:
    """One page of an entry."""
    actor = need_reader(request)
    case = _case(actor, public_id)
    spread = selectors.spread(actor, case, entry_id, number)
    entry = selectors.entry_for(actor, case, entry_id)
    context = reader_context(request, entry, spread) | {
        "case": case,
        "restrictions": selectors.restrictions_of(entry),
        "keeps": policies.can_keep(actor, case),
        "seals": policies.can_seal(actor, case),
    }
    return render(request, "casefiles/desk_page.html", context)


@require_safe
def image(request: HttpRequest, public_id: UUID, entry_id: UUID, number: int) -> HttpResponseBase:
    """The picture of a page; ``?ruler=1`` with lines at every tenth, for naming a part of it."""
    actor = need_reader(request)
    case = _case(actor, public_id)
    entry = selectors.entry_for(actor, case, entry_id)
    return page_picture(request, entry, number, ruler=bool(request.GET.get("ruler")))
