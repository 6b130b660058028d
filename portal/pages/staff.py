"""Staff pages built from several apps: first desk, cases, bills to chase."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allows
from cases.policies import is_among
from cases.selectors import (
    case_for,
    cases_of,
    drafts_of,
    linked_cases,
    parties_of,
    reads_of,
    running_deadlines,
    staff_of,
    withdrawals_of,
)
from cases.services import case_stream
from common.case_numbers import normalize
from common.errors import NotAllowed
from common.pages import actor_of
from common.search import SearchForm
from documents.selectors import papers_of
from eventlog.registry import Timeline
from eventlog.timeline import timeline
from feedback.selectors import threads_of
from filing.defences import COPY_PERIOD, received_defences
from filing.selectors import claims_of
from payments.models import BillStatus
from payments.policies import visible_bills
from payments.selectors import overdues_in, reliefs_in
from portal.desks import first_desk
from portal.pages import presenters

PER_PAGE = 25


def _need(request: HttpRequest, action: str) -> None:
    if not allows(actor_of(request), action):
        raise NotAllowed(_("这个页面不在您的岗位权限内。"))


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The first desk of the post; a word for staff without one."""
    actor = actor_of(request)
    if not actor.is_staff:
        return redirect("pages:my")
    target = first_desk(actor)
    return redirect(target) if target else render(request, "pages/no_desk.html")


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Cases of the post, newest first; search by case number."""
    _need(request, "desk.cases")
    form = SearchForm(request.GET)
    search = form.words()
    rows = cases_of(actor_of(request))
    if search:
        rows = rows.filter(number__contains=normalize(search))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "batches": allows(actor_of(request), "paper.batch")}
    return render(request, "pages/desk_cases.html", context)


@require_safe
def case(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One case as the court sees it."""
    _need(request, "desk.cases")
    actor = actor_of(request)
    found = case_for(actor, public_id)
    deadlines, parties, staff = running_deadlines(found), parties_of(found), staff_of(found)
    holds = is_among(actor, staff.values())
    papers = papers_of("cases.case", found.public_id)
    context = {
        "case": found,
        "facts": presenters.case_facts(found, parties, staff, linked_cases(found, actor)),
        "service": presenters.service_rows(found, parties),
        "holds": holds,
        "stages": presenters.stages(found),
        "deadlines": deadlines,
        "materials": presenters.material_rows(claims_of(found.filing_public_id)),
        "defences": presenters.defence_rows(received_defences(found)),
        "pass_on": holds and any(row.rule_id == COPY_PERIOD for row in deadlines),
        "drafts": drafts_of(actor, found),
        "drafting": allows(actor, "paper.draft"),
        "copies": presenters.copy_rows(found, papers, actor),
        "papers_held": sum(1 for paper in papers for copy in paper.copies.all() if copy.held_since),
        "closing": getattr(found, "closing", None),
        "acts": presenters.judge_acts(found) if holds and allows(actor, "case.close") else [],
        "withdrawals": withdrawals_of(actor, found),
        "overdues": overdues_in(actor, found),
        "reliefs": reliefs_in(actor, found),
        "threads": threads_of(actor, found),
        "reads": reads_of(actor).filter(case=found),
        "entries": timeline(case_stream(found), audience=Timeline.STAFF),
    }
    return render(request, "pages/desk_case.html", context)


@require_safe
def bills(request: HttpRequest) -> HttpResponse:
    """Unpaid bills of the court, soonest due first."""
    _need(request, "bill.chase")
    rows = visible_bills(actor_of(request)).filter(status=BillStatus.OPEN).select_related("case", "party")
    page = Paginator(rows.order_by("due_on", "id"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "pages/desk_bills.html", {"page": page})
