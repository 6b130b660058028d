"""Reads of other ways to the court: free appointments, what a clerk keyed in."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import NotVisible
from courts.models import Court
from filing.models import Filing, Visit, VisitSlot, VisitState
from filing.policies import keyed_filings, visible_visits

SHOWN_SLOTS = 200


def keyed_for(actor: Actor, public_id: UUID) -> Filing:
    """An application this clerk keyed in for somebody; NotVisible otherwise. One query."""
    related = ("deciding_court", "court", "cause", "applicant", "claimed_by__user", "entered_by__user")
    filing = keyed_filings(actor).filter(public_id=public_id).select_related(*related).first()
    if filing is None:
        raise NotVisible(_("没有这个页面。"))
    return filing


def free_slots(court: Court) -> list[VisitSlot]:
    """Slots of a court that can still be booked, soonest first, with ``left``. One query."""
    taken = Count("visits", filter=~Q(visits__state=VisitState.CANCELLED))
    rows = VisitSlot.objects.filter(court=court, is_open=True, starts_at__gt=clock.now())
    rows = rows.annotate(left=F("capacity") - taken).filter(left__gt=0)
    return list(rows.order_by("starts_at", "kind")[:SHOWN_SLOTS])


def court_to_show(courts: list[Court], code: str) -> Court | None:
    """The court that was asked for, else the first one that still has a free time, else the first. One query."""
    chosen = next((court for court in courts if court.code == code), None)
    if chosen is not None or not courts:
        return chosen
    offering = set(
        VisitSlot.objects.filter(is_open=True, starts_at__gt=clock.now()).values_list("court_id", flat=True)
    )
    return next((court for court in courts if court.pk in offering), courts[0])


def slot_for(public_id: UUID) -> VisitSlot:
    """An open slot; NotVisible for an unknown or closed one. One query."""
    slot = VisitSlot.objects.filter(public_id=public_id, is_open=True).select_related("court").first()
    if slot is None:
        raise NotVisible(_("没有这个页面。"))
    return slot


def coming_visits(actor: Actor) -> list[Visit]:
    """A person's own appointments that are still to come, soonest first. One query."""
    rows = visible_visits(actor).filter(state=VisitState.BOOKED, slot__ends_at__gt=clock.now())
    return list(rows.select_related("slot", "court").order_by("slot__starts_at")[:10])


def court_of(court_id: int) -> Court:
    """A member of staff's own court. One query."""
    return Court.objects.get(pk=court_id)
