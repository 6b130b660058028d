"""The file of a case as the court reads and keeps it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allows
from casefiles import policies, selectors
from casefiles.damages import damaged_entries
from casefiles.models import Entry
from casefiles.views.parts import Place, page_picture, reader_page
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


@require_safe
def file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The catalogue; a supervisor gives the reason first (SEC-18)."""
    actor = need_reader(request)
    may_give_reason = readable_with_reason(actor).filter(public_id=public_id)
    if not policies.readable_cases(actor).filter(public_id=public_id).exists() and may_give_reason.exists():
        return redirect("pages:read_case", public_id=public_id)
    case = selectors.case_to_open(actor, public_id)
    context = {
        "case": case,
        "books": selectors.books(actor, case),
        "damaged": damaged_entries(actor, case),
        "sealed": selectors.sealed_keys(case),
        "archive": selectors.archive_of(case),
        "keeps": policies.can_keep(actor, case),
        "seals": policies.can_seal(actor, case),
    }
    return render(request, "casefiles/desk_file.html", context)


def _frame(actor: Actor, case: Case, entry: Entry) -> dict[str, Any]:
    return {
        "case": case,
        "restrictions": selectors.restrictions_of(entry),
        "keeps": policies.can_keep(actor, case),
        "seals": policies.can_seal(actor, case),
    }


@require_safe
def page(request: HttpRequest, public_id: UUID, entry_id: UUID, number: int) -> HttpResponse:
    """One page of an entry."""
    need_reader(request)
    return reader_page(request, Place(public_id, entry_id, number), "casefiles/desk_page.html", _frame)


@require_safe
def image(request: HttpRequest, public_id: UUID, entry_id: UUID, number: int) -> HttpResponseBase:
    """The picture of a page; ``?ruler=1`` with lines at every tenth, for naming a part of it."""
    need_reader(request)
    return page_picture(request, Place(public_id, entry_id, number), ruler=bool(request.GET.get("ruler")))
