"""Whose a signed receipt is: who did the thing, and who may see the payment or the thread it is about."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from common.actor import Actor, Kind
from common.errors import NotVisible
from eventlog.models import Event, Receipt
from feedback.policies import visible_threads
from payments.models import Payment
from payments.policies import visible_bills


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
    if event.subject_kind == "feedback.thread" and not actor.is_staff:
        return visible_threads(actor).filter(pk=event.subject_id).exists()
    return False
