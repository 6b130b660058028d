"""Which events a person's own software may be told of, and whom of a case each concerns.

The court's acts concern every party; a paper, a bill, a refund or a question only the party whose it is, as on the timeline.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db.models import Q, QuerySet

from cases.models import Case, Party, PartyAccess
from cases.policies import live_access
from common import clock
from documents.models import Copy
from eventlog.models import Event
from feedback.models import Thread
from notifications.models import HookTopic
from payments.models import Bill, Overdue, Payment, Refund

TOPICS: dict[HookTopic, tuple[str, ...]] = {
    HookTopic.CASES: (
        "cases.access_granted",
        "cases.assigned",
        "cases.assistant_named",
        "cases.authority_ended",
        "cases.claim_changed",
        "cases.closed",
        "cases.opened",
        "cases.stage_changed",
        "cases.took_effect",
        "cases.track_changed",
        "cases.withdrawal_asked",
        "cases.withdrawal_decided",
        "cases.withdrawal_taken_back",
        "portal.corrected",
    ),
    HookTopic.PAPERS: ("documents.issued", "documents.delivered", "documents.superseded"),
    HookTopic.FEES: (
        "payments.bill_issued",
        "payments.overdue_decided",
        "payments.paid",
        "payments.relief_decided",
        "payments.refund_approved",
        "payments.refund_asked",
        "payments.refund_checked",
        "payments.refund_completed",
        "payments.refund_confirmed",
        "payments.refund_failed",
        "payments.refund_proposed",
        "payments.refund_refused",
        "payments.refund_returned",
        "payments.refund_sent",
        "payments.suspense_applied",
    ),
    HookTopic.MESSAGES: ("feedback.asked", "feedback.answered", "feedback.rated", "feedback.reopened"),
}
TOPIC_OF = {name: topic for topic, names in TOPICS.items() for name in names}
ONE_PARTY = ("cases.access_granted", "cases.authority_ended")
"""Concern the people of the party that the event names."""


@dataclass(frozen=True)
class Concern:
    """The case an event is about, the parties that may know of it, and the public id of the thing itself."""

    case: Case
    parties: QuerySet[Party]
    thing: UUID | None


def concern_of(event: Event) -> Concern | None:
    """Whom an event concerns; None when it is about no case. Up to three queries."""
    parties = _parties(event)
    if parties is None:
        return None
    first = parties.select_related("case__court").first()
    if first is None:
        return None
    return Concern(first.case, parties, _thing(event))


def _parties(event: Event) -> QuerySet[Party] | None:
    """The parties as a query; None when the event is about no case."""
    every = Party.objects.order_by("id")
    mine = _owner(event)
    if mine is not None:
        return every.filter(pk=mine)
    if event.name in ONE_PARTY:
        return every.filter(public_id=event.payload["party"])
    if "copy" in event.payload:
        addressee = Copy.objects.filter(public_id=event.payload["copy"]).values("addressee_public_id")
        return every.filter(public_id__in=addressee)
    kind, _colon, public_id = event.stream.partition(":")
    return every.filter(case__public_id=public_id) if kind == "case" else None


def _owner(event: Event) -> int | None:
    """Key of the party whose thing this is, -1 when it is nobody's; None for things of the whole case."""
    queries = {
        "payments.bill": Bill.objects.values_list("party_id", flat=True),
        "payments.payment": Payment.objects.values_list("order__bill__party_id", flat=True),
        "payments.overdue": Overdue.objects.values_list("bill__party_id", flat=True),
        "payments.refund": Refund.objects.values_list("party_id", flat=True),
        "feedback.thread": Thread.objects.values_list("party_id", flat=True),
    }
    query = queries.get(event.subject_kind)
    if query is None:
        return -1 if TOPIC_OF.get(event.name) in (HookTopic.FEES, HookTopic.MESSAGES) else None
    return query.filter(pk=event.subject_id).first() or -1


def _thing(event: Event) -> UUID | None:
    model = apps.get_model(event.subject_kind)
    if not any(field.name == "public_id" for field in model._meta.concrete_fields):
        return None
    found: UUID | None = (
        model._default_manager.filter(pk=event.subject_id).values_list("public_id", flat=True).first()
    )
    return found


def people_of(concern: Concern, event: Event) -> set[int]:
    """Accounts that may know: bound to one of the parties now. Who loses his rights by this very event hears of that, and of
    nothing afterwards. One query."""
    bound = live_access()
    if event.name == "cases.authority_ended":
        bound = PartyAccess.objects.filter(
            Q(ends_at=None) | Q(ends_at__gt=clock.sql_now()) | Q(ends_at=event.happened_at)
        )
    return set(bound.filter(party__in=concern.parties).values_list("user_id", flat=True))
