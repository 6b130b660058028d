"""Whose a signed receipt is: who did the thing, and who may see what it is about: payment, refund, thread, request for help, the
delivery of an own paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assistance.policies import visible_help
from cases.policies import visible_parties
from common.actor import Actor, Kind
from common.errors import NotVisible
from documents.models import Delivery
from eventlog.models import Event, Receipt
from feedback.policies import visible_threads
from payments.models import Payment
from payments.policies import visible_bills
from payments.refund_policies import visible_refunds

VISIBLE: dict[str, Callable[[Actor], QuerySet[Any]]] = {
    "feedback.thread": visible_threads,
    "assistance.helprequest": visible_help,
    "payments.refund": visible_refunds,
}
"""What people see of their own case by kind, in the apps' own words."""


def receipt_for(actor: Actor, public_id: UUID | str) -> Receipt:
    """The receipt, for the person it was given to; a guessed address and somebody else's look alike: NotVisible."""
    found = Receipt.objects.filter(public_id=public_id).first()
    event = Event.objects.filter(pk=found.event_id).first() if found else None
    if found is None or event is None or not _is_theirs(actor, event):
        raise NotVisible(_("没有这个页面。"))
    return found


def _is_theirs(actor: Actor, event: Event) -> bool:
    if actor.kind == Kind.ANONYMOUS:
        return False
    if actor.user_id is not None and event.actor_id == actor.user_id:
        return True
    if event.subject_kind == "payments.payment":
        return Payment.objects.filter(pk=event.subject_id, order__bill__in=visible_bills(actor)).exists()
    if actor.is_staff:
        return False
    if event.subject_kind == "documents.delivery":
        own = visible_parties(actor).values("public_id")
        return Delivery.objects.filter(pk=event.subject_id, copy__addressee_public_id__in=own).exists()
    rows = VISIBLE.get(event.subject_kind)
    return rows is not None and rows(actor).filter(pk=event.subject_id).exists()
