"""案件详情, built from several apps: stage, next date, one next action; timeline, papers, people, money, messages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from casefiles.damages import damaged_entries
from cases.models import Case, Party, Side
from cases.pages import party_page
from cases.policies import appointing_parties, represents
from cases.routing import can_be_withdrawn
from cases.selectors import (
    case_for,
    linked_cases,
    parties_of,
    staff_of,
    stage_steps,
    stood_for,
)
from common import clock
from common.actor import Actor
from common.pages import actor_of
from documents.selectors import copies_for, held_copies, may_have_paper
from filing.defences import received_defences
from filing.draft import Draft
from filing.pleading import shared_answers
from filing.policies import can_defend, visible_filings
from filing.selectors import claims_of
from portal.pages.case_state import state_of
from portal.pages.overview import history
from portal.pages.presenters import people_rows
from qrlinks.selectors import looks_of, scan_view

SHOWN_THREADS, SHOWN_COPIES = 5, 3


def _frame(request: HttpRequest, public_id: UUID) -> tuple[Actor, Case, list[Party], dict[str, Any]]:
    """Who reads, the case, the parties he stands for, and what every page of the case shows."""
    actor = actor_of(request)
    case = case_for(actor, public_id)
    own = stood_for(actor, case)
    context = {
        "case": case,
        "party": own[0],
        "own": own,
        "represents": represents(actor, own[0]),
        "scan": scan_view(actor.scan) if actor.scan is not None else None,
        "now": clock.now(),
    }
    return actor, case, own, context


@login_not_required
@party_page
@require_safe
def case(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where the case stands and the one next thing; a scan login sees its party only and no money (SEC-22)."""
    actor, found, own, context = _frame(request, public_id)
    state = state_of(actor, found, own)
    context |= {
        "stages": [
            {"label": s.label, "state": "now" if s.state == "current" else s.state}
            for s in stage_steps(found)
        ],
        "staff": staff_of(found),
        "deadlines": state.deadlines,
        "turn": state.turn,
        "closing": getattr(found, "closing", None) if found.closed_at else None,
        "sued": any(party.side == Side.PLAINTIFF for party in own) and can_be_withdrawn(found),
        "bills": state.bills,
        "refunds": state.refunds,
        "copies": state.copies[:SHOWN_COPIES],
        "damaged": damaged_entries(actor, found),
        "papers_held": held_copies(parties=[party.public_id for party in own]),
        "more_copies": len(state.copies) > SHOWN_COPIES,
        "threads": state.threads[:SHOWN_THREADS],
        "older_threads": state.threads[SHOWN_THREADS:],
    }
    return render(request, "pages/case.html", context)


@login_not_required
@party_page
@require_safe
def case_timeline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What happened, newest first; only what this party may see, money only with full sign-in."""
    actor, found, own, context = _frame(request, public_id)
    context["entries"] = history(found, own, with_money=actor.scan is None)
    return render(request, "pages/case_timeline.html", context)


@login_not_required
@party_page
@require_safe
def case_files(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Papers addressed to this party with their true delivery facts, and the pleading both sides may read."""
    actor, found, own, context = _frame(request, public_id)
    copies = copies_for([party.public_id for party in own])
    context |= {
        "applied": visible_filings(actor).filter(public_id=found.filing_public_id).first(),
        "copies": copies,
        "on_paper": set() if actor.scan else {copy.pk for copy in copies if may_have_paper(copy)},
        "pleading": _part_rows(claims_of(found.filing_public_id)),
        "defences": _defences(found),
        "may_defend": [party for party in own if can_defend(actor, party)],
        "parties": parties_of(found),
    }
    return render(request, "pages/case_files.html", context)


def _defences(found: Case) -> list[dict[str, Any]]:
    """Received 答辩状 with who answered and when, as both sides read them."""
    return [
        {
            "name": draft.side(Side.PLAINTIFF)[0].name,
            "at": draft.filing.submitted_at,
            "parts": _part_rows(draft),
        }
        for draft in received_defences(found)
    ]


def _part_rows(draft: Draft | None) -> list[dict[str, Any]]:
    """Answers in the parts that both sides read."""
    if draft is None:
        return []
    return [
        {"title": title, "rows": [{"label": label, "value": value} for label, value in rows]}
        for title, rows in shared_answers(draft).items()
    ]


@login_not_required
@party_page
@require_safe
def case_people(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Parties by name, the court's people, and who looked: by scan in this party's name, and at its papers."""
    actor, found, own, context = _frame(request, public_id)
    context |= {
        "people": people_rows(found, parties_of(found)),
        "linked": linked_cases(found, actor),
        "staff": staff_of(found),
        "looks": looks_of(own, actor),
        "appoints": bool(appointing_parties(actor, found)),
    }
    return render(request, "pages/case_people.html", context)
