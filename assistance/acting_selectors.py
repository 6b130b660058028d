"""Reads of 代办: for whom a session acts, who acts for a person, what was done."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.access import allows
from accounts.models import RealNameLevel, User
from assistance.models import ActingConsent, ConsentState
from assistance.scope import covered
from common import clock
from common.actor import Actor, Helper, Kind, Role
from common.errors import NotVisible
from common.text import mask_name, mask_phone
from eventlog.models import Event
from eventlog.registry import NAMES

CHANNEL = "assisted"
"""Channel of every event that a helper writes; the trail's trigger knows it."""
SHOWN = 50


def may_begin(actor: Actor) -> bool:
    """A clerk at the counter or on the telephone, and anybody of the public who has a real name himself."""
    if actor.helper is not None or actor.scan is not None or not allows(actor, "acting.begin"):
        return False
    if actor.is_staff:
        return actor.post_id is not None
    return User.objects.filter(pk=actor.user_id or 0, real_name_level=RealNameLevel.REAL_NAME).exists()


def acting_as(user: User, actor: Actor, public_id: str) -> tuple[Actor, User] | None:
    """For the session: who ``user`` is while this consent of his holds, and for whom. One query. None when it does not hold, is
    somebody else's, or who took it up at his post has no such post any more."""
    now = clock.now()
    consent = (
        ActingConsent.objects.filter(public_id=public_id, helper=user, state=ConsentState.LIVE)
        .select_related("person")
        .first()
    )
    if consent is None or consent.ends_at <= now or not consent.person.can_sign_in():
        return None
    if consent.post_id != actor.post_id or not allows(actor, "acting.begin"):
        return None
    person = consent.person
    kept = covered(consent.scopes)
    helper = Helper(
        consent_id=consent.pk,
        kind=actor.kind,
        role=actor.role,
        user_id=user.pk,
        ends_at=consent.ends_at,
        actions=kept.actions,
        opens=kept.opens,
        person=mask_name(person.name),
        who=user.name if actor.is_staff else mask_name(user.name),
        name=actor.name,
        court_id=actor.court_id,
        post_id=actor.post_id,
    )
    acting = Actor(
        kind=Kind.PUBLIC,
        role=Role.LITIGANT,
        user_id=person.pk,
        channel=CHANNEL,
        acting_for=person.pk,
        helper=helper,
    )
    return acting, person


def visible_consents(actor: Actor) -> QuerySet[ActingConsent]:
    """Those a person gave and those he acts by; for a clerk those he took. Nobody else's."""
    if actor.helper is not None or not (actor.is_public or actor.is_staff):
        return ActingConsent.objects.none()
    mine = (
        Q(helper_id=actor.user_id)
        if actor.is_staff
        else Q(person_id=actor.user_id) | Q(helper_id=actor.user_id)
    )
    return ActingConsent.objects.filter(mine)


def live_of_helper(actor: Actor) -> QuerySet[ActingConsent]:
    """For whom this helper may go on acting now."""
    rows = visible_consents(actor).filter(
        helper_id=actor.user_id, post_id=actor.post_id, state=ConsentState.LIVE, ends_at__gt=clock.sql_now()
    )
    return rows.select_related("person").order_by("-id")


def taken_up(actor: Actor, public_id: uuid.UUID) -> ActingConsent:
    """One of them; NotVisible otherwise."""
    consent = live_of_helper(actor).filter(public_id=public_id).first()
    if consent is None:
        raise NotVisible(_("没有这个页面。"))
    return consent


@dataclass(frozen=True)
class Told:
    """One consent as the person sees it: who, what he agreed to, what was done."""

    consent: ActingConsent
    who: str
    live: bool
    done: list[tuple[datetime, str]]


def acted_for(actor: Actor) -> list[Told]:
    """Who acts and acted for this person, newest first, with what each did. One query, and one for each consent shown."""
    rows = visible_consents(actor).filter(person_id=actor.user_id).select_related("helper", "court")
    now = clock.now()
    return [
        Told(row, who_is(row), row.state == ConsentState.LIVE and row.ends_at > now, done_by(row))
        for row in rows.order_by("-id")[:10]
    ]


def who_is(consent: ActingConsent) -> str:
    """The helper as the person may know him: staff with name, number and court, others masked with the end of the phone."""
    helper = consent.helper
    if consent.post_id:
        court = consent.court.name if consent.court else ""
        return _("%(court)s %(name)s（工号%(no)s）") % {
            "court": court,
            "name": helper.name,
            "no": helper.staff_no,
        }
    return f"{mask_name(helper.name)}（{mask_phone(helper.phone)}）"


def done_by(consent: ActingConsent) -> list[tuple[datetime, str]]:
    """What was done by a consent, oldest first: moment and label."""
    rows = Event.objects.filter(
        actor_kind=Kind.STAFF if consent.post_id else Kind.PUBLIC,
        actor_id=consent.helper_id,
        acting_for=consent.person_id,
        channel=CHANNEL,
        happened_at__gte=consent.started_at,
        happened_at__lte=consent.ended_at or consent.ends_at,
    )
    found = rows.order_by("id").values_list("happened_at", "name")[:SHOWN]
    return [(when, str(NAMES[name].label)) for when, name in found]


def may_open_paper(actor: Actor, public_id: uuid.UUID) -> bool:
    """The signed paper: the person, and the clerk who took it."""
    return visible_consents(actor).filter(public_id=public_id).exists()
