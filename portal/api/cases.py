"""``GET /api/v1/cases`` and ``/cases/<id>``: what the pages of one's own cases show, for software."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import PersonalView
from cases.models import Case, Party, Side
from cases.selectors import case_for, cases_of, parties_of, staff_of, stage_steps, stood_for
from common.actor import Actor
from common.api import ERRORS, CursorQuery, ErrorSerializer, checked, cursor_page, unless_known
from common.errors import NotAllowed, NotVisible
from documents.models import Copy
from portal.api import serializers
from portal.pages.case_state import CaseState, state_of
from portal.pages.overview import Turn, case_rows
from portal.pages.presenters import people_rows

KNOWN = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="ETag of an earlier answer: 304 without a body when nothing changed",
)
REFUSALS = {
    304: OpenApiResponse(description="Not changed since the ETag that was sent"),
    401: OpenApiResponse(ErrorSerializer, "No or wrong token, or one without the scope cases"),
}


class _Cases(PersonalView):
    token_scope = "cases"  # noqa: S105  (the name of a scope)


class CasesView(_Cases):
    """The list of one's own cases."""

    @extend_schema(
        operation_id="cases_list",
        parameters=[CursorQuery, KNOWN],
        responses={
            200: serializers.CasePage,
            **ERRORS,
            **REFUSALS,
            403: OpenApiResponse(ErrorSerializer, "Court staff use the desk"),
        },
        tags=["cases"],
    )
    def get(self, request: Request) -> Response:
        """Every case in which the reader is a party or stands for one, newest first, with whose turn it is."""
        actor = self.actor(request)
        if not actor.is_public:
            raise NotAllowed(_("这里是当事人和代理人的案件。"))
        checked(CursorQuery(data=request.query_params))
        found, neighbours = cursor_page(request, cases_of(actor), "accepted_at")
        rows = case_rows(actor, found)
        results = [_row(row["case"], row["party"], row["turn"]) for row in rows]
        return unless_known(request, neighbours | {"results": results})


class CaseView(_Cases):
    """One of one's own cases."""

    @extend_schema(
        operation_id="cases_read",
        parameters=[KNOWN],
        responses={
            200: serializers.CaseAnswer,
            **REFUSALS,
            404: OpenApiResponse(ErrorSerializer, "Not found"),
        },
        tags=["cases"],
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        """Stage, dates, papers with their delivery, bills, questions, parties: as on the page of the case."""
        actor = self.actor(request)
        if not actor.is_public:
            raise NotVisible(_("没有找到"))
        return unless_known(request, answer_of(actor, case_for(actor, public_id)))


def link_to(name: str, *ids: UUID) -> str:
    """The address of a page, for a person to open."""
    return settings.PUBLIC_URL + reverse(name, args=ids)


def _row(case: Case, party: Party, turn: Turn) -> dict[str, Any]:
    return {
        "id": str(case.public_id),
        "number": case.number,
        "court": {"code": case.court.code, "name": case.court.name},
        "cause": case.cause.name,
        "side": party.side,
        "side_words": str(Side(party.side).label),
        "stage": case.stage,
        "stage_words": str(case.get_stage_display()),
        "accepted_at": case.accepted_at,
        "closed_at": case.closed_at,
        "turn": {"words": str(turn.words), "yours": turn.yours, "due": _moment(turn.due)},
        "link": link_to("pages:case", case.public_id),
    }


def _moment(value: date | datetime | None) -> str | None:
    return value.isoformat() if value else None


def answer_of(actor: Actor, case: Case) -> dict[str, Any]:
    """The body for one case. Some fifteen queries, whatever lies in it."""
    own = stood_for(actor, case)
    state = state_of(actor, case, own)
    closing = getattr(case, "closing", None) if case.closed_at else None
    return _row(case, own[0], state.turn) | {
        "procedure": case.procedure,
        "track": case.track,
        "track_words": str(case.get_track_display()),
        "stages": [{"words": step.label, "state": step.state} for step in stage_steps(case)],
        "deadlines": [
            {
                "rule": row.rule_id,
                "words": row.label,
                "due_on": row.due_on,
                "confirmed": row.confirmed,
                "party": str(row.party.public_id) if row.party else None,
            }
            for row in state.deadlines
        ],
        "staff": [
            {"role": row.role, "role_words": str(row.get_role_display()), "name": row.post.user.name}
            for row in staff_of(case).values()
        ],
        "parties": _parties(case, {party.pk for party in own}),
        "papers": [_paper(copy) for copy in state.copies],
        **_money(state),
        "threads": [
            {
                "id": str(row.public_id),
                "topic": row.topic,
                "topic_words": str(row.get_topic_display()),
                "state": row.state,
                "state_words": str(row.get_state_display()),
                "opened_at": row.opened_at,
                "reply_due_at": row.reply_due_at,
                "answered_at": row.answered_at,
                "link": link_to("feedback:thread", case.public_id, row.public_id),
            }
            for row in state.threads
        ],
        "closing": {
            "outcome": closing.outcome,
            "outcome_words": str(closing.get_outcome_display()),
            "decided_on": closing.decided_on,
            "effective_on": closing.effective_on,
        }
        if closing
        else None,
    }


def _parties(case: Case, own: set[int]) -> list[dict[str, Any]]:
    """Names and sides only: no number, no phone, no address of anybody."""
    return [
        {
            "id": str(row["party"].public_id),
            "side": row["party"].side,
            "side_words": str(row["party"].get_side_display()),
            "order": row["party"].order,
            "name": row["party"].name,
            "own": row["party"].pk in own,
            "represented_by": row["acting"],
        }
        for row in people_rows(case, parties_of(case))
    ]


def _paper(copy: Copy) -> dict[str, Any]:
    delivery = getattr(copy, "delivery", None)
    return {
        "id": str(copy.public_id),
        "title": copy.paper.title,
        "number": copy.paper.number,
        "serial": copy.serial,
        "addressee": copy.addressee_name,
        "issued_at": copy.issued_at,
        "replaced_by": copy.replaced_by,  # type: ignore[attr-defined]  # annotated
        "delivery": {
            "method": delivery.method,
            "method_words": str(delivery.get_method_display()),
            "state": delivery.state,
            "state_words": str(delivery.get_state_display()),
            "delivered_at": delivery.delivered_at,
        }
        if delivery
        else None,
        "link": link_to("documents:paper", copy.public_id),
    }


def _money(state: CaseState) -> dict[str, list[dict[str, Any]]]:
    return {
        "bills": [
            {
                "id": str(bill.public_id),
                "number": bill.number,
                "words": bill.label,
                "amount": f"{bill.amount:.2f}",
                "status": bill.status,
                "status_words": str(bill.get_status_display()),
                "due_on": bill.due_on,
                "paid_at": bill.paid_at,
                "link": link_to("payments:bill", bill.public_id),
            }
            for bill in state.bills
        ],
        "refunds": [
            {
                "id": str(refund.public_id),
                "number": refund.number,
                "amount": f"{refund.amount:.2f}",
                "state": refund.state,
                "state_words": str(refund.get_state_display()),
                "due_on": refund.due_on,
                "link": link_to("payments:refund", refund.public_id),
            }
            for refund in state.refunds
        ],
    }
