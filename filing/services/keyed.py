"""代录: a clerk keys in what a person brings on paper or tells him at home. The rights are the person's, the helper is on
record, and the person takes the application over by signing in (登记立案规定14; UX §6)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.access import allows
from accounts.models import IdKind, User
from accounts.services.counter import account_at_counter, accounts_to_take_over
from common import clock
from common.actor import Actor
from common.errors import Conflict, NotAllowed
from courts.models import Cause, Court
from eventlog.services import act, emit
from filing import events
from filing.elements import schema
from filing.models import Channel, Filing, Visit, VisitState
from filing.policies import as_helper
from filing.services.drafts import filing_stream


@dataclass(frozen=True)
class Person:
    """Who stands at the counter, as the identity paper says; ``phone`` may be empty."""

    name: str
    id_kind: IdKind
    id_number: str
    phone: str = ""


@dataclass(frozen=True)
class What:
    """Which form for which cause, at which court."""

    form: str
    cause: Cause
    court: Court


def start_keyed(*, person: Person, what: What, actor: Actor) -> Filing:
    """A draft in the person's name, keyed in by this clerk at the counter. InvalidInput as ``account_at_counter``."""
    with act():
        _clerk(actor, what.court.pk)
        user = account_at_counter(
            name=person.name,
            id_kind=person.id_kind,
            id_number=person.id_number,
            phone=person.phone,
            actor=actor,
        )
        return _draft(user, what, Channel.COUNTER, actor)


def start_at_visit(*, visit_id: int, what: What, actor: Actor) -> Filing:
    """开始代录: the draft of an appointment, by the clerk it was assigned to. Once: a repeat gives the same draft."""
    with act():
        found = Visit.objects.select_for_update(of=("self",), no_key=True).select_related("slot", "user")
        visit = found.get(pk=visit_id)
        _clerk(actor, visit.court_id)
        if visit.filing_id is not None:
            return Filing.objects.get(pk=visit.filing_id)
        if visit.state != VisitState.BOOKED:
            raise Conflict(_("这个预约已经结束。"), code="visit_over")
        if visit.post_id != actor.post_id:
            raise NotAllowed(_("这个预约指派给了别人。要由您接待，请先改派给您。"))
        channel = Channel.HOME_VISIT if visit.slot.kind == "home" else Channel.COUNTER
        visit.filing = _draft(visit.user, what, channel, actor)
        visit.save(update_fields=["filing"])
    return visit.filing


def _clerk(actor: Actor, court_id: int) -> None:
    if not allows(actor, "filing.key") or actor.court_id != court_id:
        raise NotAllowed(_("代录由本院立案人员办理。"))


def _draft(user: User, what: What, channel: Channel, actor: Actor) -> Filing:
    now = clock.now()
    filing = Filing.objects.create(
        court=what.court,
        deciding_court=what.court,
        applicant=user,
        procedure=schema.load(what.form).procedure,
        form=what.form,
        cause=what.cause,
        channel=channel,
        entered_by_id=actor.post_id,
        created_at=now,
        saved_at=now,
    )
    emit(
        events.KEYED,
        subject=filing,
        actor=as_helper(actor, filing),
        stream=filing_stream(filing),
        court_id=what.court.pk,
        channel=channel,
    )
    return filing


def take_over(*, user_id: int) -> list[UUID]:
    """Applications that were keyed in for exactly this person become his account's. Their public ids. Safe to repeat."""
    user = User.objects.get(pk=user_id)
    with act():
        moved = []
        for account in accounts_to_take_over(user):
            keyed = Filing.objects.select_for_update(of=("self",), no_key=True).filter(
                applicant=account, entered_by__isnull=False
            )
            for filing in keyed:
                filing.applicant = user
                filing.save(update_fields=["applicant"])
                moved.append(filing.public_id)
            Visit.objects.filter(user=account).update(user=user)
    return moved
