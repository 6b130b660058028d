"""案件详情, built from several apps: stage, next date, one next action; timeline, papers, people, money, messages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cases.models import Case, Party
from cases.pages import party_page
from cases.selectors import case_for, parties_of, party_of, running_deadlines, staff_of, stage_steps
from cases.services import case_stream
from common.actor import Actor, Kind
from common.pages import actor_of
from documents.selectors import copies_for
from eventlog.registry import Timeline
from eventlog.timeline import timeline
from feedback.selectors import threads_of_party
from filing.selectors import answers_by_task, claims_of
from payments.models import Payment
from payments.selectors import bills_of_party
from qrlinks.selectors import visits_of


def _frame(request: HttpRequest, public_id: UUID) -> tuple[Actor, Case, Party, dict[str, Any]]:
    actor = actor_of(request)
    case = case_for(actor, public_id)
    party = party_of(actor, case)
    return actor, case, party, {"case": case, "party": party, "scan": actor.kind == Kind.SCAN}


@login_not_required
@party_page
@require_GET
def case(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where the case stands and the one next thing; a scan login sees its party only and no money (SEC-22)."""
    actor, found, party, context = _frame(request, public_id)
    context |= {
        "stages": stage_steps(found),
        "staff": staff_of(found),
        "deadlines": running_deadlines(found, party),
        "bills": [] if actor.kind == Kind.SCAN else bills_of_party(party),
        "copies": copies_for([party.public_id]),
        "threads": threads_of_party(party),
    }
    return render(request, "pages/case.html", context)


@login_not_required
@party_page
@require_GET
def case_timeline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What happened, newest first; only what parties may see, money only with full sign-in."""
    actor, found, party, context = _frame(request, public_id)
    bills = [] if actor.kind == Kind.SCAN else bills_of_party(party)
    payments = list(Payment.objects.filter(order__bill__in=bills)) if bills else []
    entries = timeline(case_stream(found), audience=Timeline.PARTIES, extra=[*bills, *payments])
    return render(request, "pages/case_timeline.html", context | {"entries": entries})


@login_not_required
@party_page
@require_GET
def case_files(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Papers addressed to this party with their true delivery facts, and the pleading both sides may read."""
    _actor, found, party, context = _frame(request, public_id)
    draft = claims_of(found.filing_public_id)
    context |= {
        "copies": copies_for([party.public_id]),
        "answers": answers_by_task(draft) if draft else [],
    }
    return render(request, "pages/case_files.html", context)


@login_not_required
@party_page
@require_GET
def case_people(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Parties by name, the court's people, and who looked at the case with a scan in this party's name."""
    _actor, found, party, context = _frame(request, public_id)
    context |= {"parties": parties_of(found), "staff": staff_of(found), "visits": visits_of(party)}
    return render(request, "pages/case_people.html", context)
