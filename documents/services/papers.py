"""Issuing a paper: its rows and its number now, its pages after commit."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from common import clock
from common.actor import Actor
from courts.models import Court
from courts.services import next_number
from documents import events
from documents.delivery_rules import AddressOrigin
from documents.models import Copy, Delivery, DeliveryFact, DeliveryFactKind, DeliveryMethod, Paper
from documents.rendering import templates
from eventlog.services import act, emit


@dataclass(frozen=True)
class Addressee:
    """One copy goes to one party. ``by_inbox`` only after consent in that case (DESIGN §9); ``due_on`` is the last
    day on which the court may send it (D11), None when nothing sets one; ``address_origin`` says whose word the address is,
    which decides what mail that comes back is worth (专递规定11)."""

    party_public_id: uuid.UUID
    name: str
    address: str
    by_inbox: bool
    due_on: date | None
    address_origin: AddressOrigin = AddressOrigin.NAMED


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
) -> Paper:
    """Issue one paper with a copy for each addressee; the pages are made after commit, copy by copy.

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
        )
        for position, addressee in enumerate(addressees, start=1):
            add_copy(paper, addressee, serial=f"{paper.number}-{position}", actor=actor)
    return paper


def _one_at_a_time(dedupe_key: str) -> None:
    """Two acts with one key wait for each other, so that the second finds the first one's paper."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"documents.issue:{dedupe_key}"]
        )


def add_copy(paper: Paper, addressee: Addressee, *, serial: str, actor: Actor) -> Copy:
    """One more copy with its delivery; belongs inside an act."""
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
