"""Issuing a paper: its rows and its number now, its pages after commit."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import Conflict
from courts.models import Court
from courts.services import next_number
from courts.trail_services import require_witnessed
from documents import events
from documents.delivery_rules import AddressOrigin
from documents.models import (
    DELIVERY_FLOW,
    Copy,
    Delivery,
    DeliveryFact,
    DeliveryFactKind,
    DeliveryMethod,
    Paper,
)
from documents.rendering import templates
from documents.services.wordings import current_wording
from eventlog.services import act, emit


@dataclass(frozen=True)
class Addressee:
    """One copy goes to one party. ``by_inbox`` only after consent in that case (DESIGN §9); ``due_on`` is the last
    day on which the court may send it (D11), None when nothing sets one; ``address_origin`` says whose word the address is,
    which decides what mail that comes back is worth (专递规定11); ``secret`` keeps it from the other side (专递规定4)."""

    party_public_id: uuid.UUID
    name: str
    address: str
    by_inbox: bool
    due_on: date | None
    address_origin: AddressOrigin = AddressOrigin.NAMED
    phone: str = ""
    secret: bool = False


def issue(
    *,
    template: str,
    subject_kind: str,
    subject_public_id: uuid.UUID,
    court_id: int,
    title: str,
    data: dict[str, Any],
    addressees: list[Addressee],
    stream: str,
    actor: Actor,
    dedupe_key: str,
    supersedes: Paper | None = None,
) -> Paper:
    """Issue one paper with a copy for each addressee; the pages are made after commit, copy by copy.

    ``supersedes`` is the paper that this one corrects 更正: it stays what it is, its check says that it was replaced, and
    copies of it that have not left the court do not leave it any more. Conflict when another one has replaced it already.
    The same ``dedupe_key`` returns the paper that exists. The number comes from the court's counter of the year
    (某1234-2026-000123) and has no gaps. LookupError for an unknown template, ValueError for data it cannot print
    or for no addressee: both are mistakes of the caller.
    """
    templates.check(template, data)
    if not addressees:
        raise ValueError("a paper needs an addressee")
    with act():
        _one_at_a_time(dedupe_key)
        existing = Paper.objects.filter(dedupe_key=dedupe_key).first()
        if existing is not None:
            return existing
        if supersedes is not None:
            _not_yet_replaced(supersedes, court_id)
        court = Court.objects.get(pk=court_id)
        now = clock.now()
        year = clock.beijing_day(now).year
        paper = Paper.objects.create(
            court=court,
            template=template,
            title=title,
            number=f"{court.code}-{year}-{next_number(court_id, 'paper', str(year)):06d}",
            subject_kind=subject_kind,
            subject_public_id=subject_public_id,
            data=data,
            stream=stream,
            requested_at=now,
            dedupe_key=dedupe_key,
            supersedes=supersedes,
            wording=current_wording(court_id, template, clock.beijing_day(now)),
        )
        if supersedes is not None:
            _hold_back(supersedes, paper, actor)
        for position, addressee in enumerate(addressees, start=1):
            add_copy(paper, addressee, serial=f"{paper.number}-{position}", actor=actor)
    return paper


def _one_at_a_time(dedupe_key: str) -> None:
    """Two acts with one key wait for each other, so that the second finds the first one's paper."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"documents.issue:{dedupe_key}"]
        )


def _not_yet_replaced(old: Paper, court_id: int) -> None:
    """A paper is corrected once; what is wrong with the corrected one is corrected there."""
    Paper.objects.select_for_update(no_key=True).get(pk=old.pk)
    if old.court_id != court_id:
        raise ValueError("a paper is corrected by its own court")
    if Paper.objects.filter(supersedes=old).exists():
        raise Conflict(_("这份文书已经更正过了。要再改，请更正最新的一份。"), code="paper_superseded")


def _hold_back(old: Paper, new: Paper, actor: Actor) -> None:
    """Copies of the old paper that wait at the print desk stay there, and the record says which paper came instead."""
    waiting = Delivery.objects.select_for_update(no_key=True).filter(copy__paper=old).order_by("id")
    for delivery in waiting:
        replace_delivery(delivery, actor)
    emit(
        events.SUPERSEDED, subject=old, actor=actor, stream=old.stream, court_id=old.court_id,
        paper=old.public_id, by=new.public_id, template=old.template,
    )  # fmt: skip


def replace_delivery(delivery: Delivery, actor: Actor) -> None:
    """The copy stays in the court, another one goes out in its place; the delivery is locked by the caller."""
    if not DELIVERY_FLOW.can(delivery, "replace"):
        return
    DELIVERY_FLOW.move(delivery, "replace")
    delivery.version += 1
    delivery.save(update_fields=["state", "version"])
    now = clock.now()
    DeliveryFact.objects.create(
        delivery=delivery,
        kind=DeliveryFactKind.REPLACED,
        happened_at=now,
        recorded_at=now,
        recorded_by_post=actor.post_id,
    )


def add_copy(paper: Paper, addressee: Addressee, *, serial: str, actor: Actor) -> Copy:
    """One more copy with its delivery; belongs inside an act. GatewayUnavailable while the trail has no witness (SEC-44)."""
    require_witnessed()
    copy = Copy.objects.create(
        paper=paper,
        serial=serial,
        addressee_public_id=addressee.party_public_id,
        addressee_name=addressee.name,
        addressee_address=addressee.address,
    )
    delivery = Delivery.objects.create(
        court_id=paper.court_id,
        copy=copy,
        method=DeliveryMethod.INBOX if addressee.by_inbox else DeliveryMethod.POST,
        address_origin=addressee.address_origin,
        phone=addressee.phone,
        keeps_address_secret=addressee.secret,
        due_on=addressee.due_on,
    )
    now = clock.now()
    DeliveryFact.objects.create(
        delivery=delivery,
        kind=DeliveryFactKind.CREATED,
        happened_at=now,
        recorded_at=now,
        recorded_by_post=actor.post_id,
    )
    emit(
        events.COPY_REQUESTED,
        subject=copy,
        actor=actor,
        stream=paper.stream,
        court_id=paper.court_id,
        **about(copy, delivery),
    )
    return copy


def about(copy: Copy, delivery: Delivery) -> dict[str, Any]:
    """What every event of a copy says: ids and words of the system, no names."""
    paper = copy.paper
    return {
        "copy": copy.public_id,
        "paper": paper.public_id,
        "template": paper.template,
        "subject_kind": paper.subject_kind,
        "subject_public_id": paper.subject_public_id,
        "addressee_public_id": copy.addressee_public_id,
        "method": delivery.method,
    }
