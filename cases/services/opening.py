"""A new case: number, parties, judge, who is bound to it, what begins with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from accounts.models import IdKind, RealNameLevel, User
from cases import events
from cases.assignment import assign_case
from cases.models import (
    AccessBasis,
    AuthorityBasis,
    Case,
    CaseLink,
    LinkKind,
    Party,
    PartyAccess,
    PartyKind,
    PhoneOrigin,
    Representative,
    Side,
)
from cases.policies import FOR_THE_PARTY
from cases.routing import Facts, Route, route
from cases.services.periods import case_stream, start_deadline, start_trial_period
from cases.services.service_choices import record_first_consents
from cases.services.stages import advance
from common import clock, crypto
from common.actor import Actor
from courts.models import Cause, Court
from courts.selectors import cause_path
from courts.services import next_number, setting
from eventlog.services import act, emit


@dataclass(frozen=True)
class NewParty:
    """A party as accepted by the court."""

    side: Side
    kind: PartyKind
    name: str
    id_kind: IdKind | str = ""
    id_number: str = ""
    phone: str = ""
    phone_origin: PhoneOrigin | str = ""
    address: str = ""
    e_delivery: bool = False
    address_unknown: bool = False


@dataclass(frozen=True)
class NewRepresentative:
    """Somebody who acts for parties of a new case. ``parties`` are places in ``NewCase.parties``; ``user_id`` is his
    account, which is bound to each of them, None while he has none."""

    name: str
    kind: str
    parties: tuple[int, ...]
    firm: str = ""
    licence: str = ""
    power: str = ""
    phone: str = ""
    user_id: int | None = None


@dataclass(frozen=True)
class NewCase:
    """What an acceptance hands over; the number is taken inside :func:`open_case`.

    ``part`` numbers the cases of one application; ``earlier`` are the cases that this one follows. ``fee_item`` is what
    the case is charged for beforehand ("" = nothing is), ``papers`` what it sends out, ``periods`` rule and label of
    what begins with it.
    """

    court: Court
    cause: Cause
    procedure: str
    type_code: str
    amount: Decimal | None
    filing_public_id: UUID
    parties: list[NewParty] = field(default_factory=list)
    representatives: list[NewRepresentative] = field(default_factory=list)
    part: int = 1
    earlier: list[tuple[Case, LinkKind]] = field(default_factory=list)
    fee_item: str = "property"
    papers: tuple[str, ...] = ("acceptance_notice", "response_notice")
    periods: tuple[tuple[str, str], ...] = ()


def open_case(*, new: NewCase, applicant_id: int, actor: Actor) -> Case:
    """Open a case inside the acceptance: number without gaps, parties, judge, binding of the applicant, first periods.

    Year and number are Beijing's (DESIGN §9). Emits ``cases.opened`` (bill and code are made together with it).
    Raises Conflict when the court has no judge to take it.
    """
    with act():
        now = clock.now()
        year = clock.beijing_day(now).year
        way = _route(new)
        sequence = next_number(new.court.pk, "case", f"{year}//{new.type_code}")
        case = Case.objects.create(
            court=new.court,
            number=f"（{year}）{new.court.code}{new.type_code}{sequence}号",
            year=year,
            type_code=new.type_code,
            sequence=sequence,
            cause=new.cause,
            procedure=new.procedure,
            amount=new.amount,
            track=way.track,
            track_reasons=way.reasons,
            filing_public_id=new.filing_public_id,
            filing_part=new.part,
            accepted_at=now,
        )
        parties = _add_parties(case, new.parties, now)
        record_first_consents(parties, applicant_id=applicant_id, actor=actor)
        CaseLink.objects.bulk_create(
            CaseLink(earlier=earlier, later=case, kind=kind, created_at=now) for earlier, kind in new.earlier
        )
        assign_case(case, actor)
        _bind_applicant(case, applicant_id, actor)
        _add_representatives(new.representatives, parties, actor)
        for rule_id, label in new.periods:
            start_deadline(case, rule_id, clock.beijing_day(now), label=label)
        start_trial_period(case)
        emit(
            events.OPENED,
            subject=case,
            actor=actor,
            stream=case_stream(case),
            court_id=case.court_id,
            fee_item=new.fee_item,
            papers=list(new.papers),
        )
        if not new.fee_item:
            advance(case.pk, "fee_paid", actor, free=True)
            case.refresh_from_db(fields=["stage"])
    return case


def _add_representatives(people: list[NewRepresentative], parties: list[Party], actor: Actor) -> None:
    """Who acts for whom (民诉法60-62); an account that acts is bound to each of its parties by representation."""
    for one in people:
        user = User.objects.get(pk=one.user_id) if one.user_id else None
        for place in one.parties:
            access = None
            if user is not None:
                access = grant_access(
                    party=parties[place], user=user, basis=AccessBasis.REPRESENTATION, actor=actor
                )
            Representative.objects.create(
                party=parties[place],
                name=one.name,
                kind=one.kind,
                firm=one.firm,
                licence=one.licence,
                power=one.power,
                phone=one.phone,
                phone_index=crypto.blind_index("phone", one.phone),
                basis=AuthorityBasis.LAW if one.kind in FOR_THE_PARTY else AuthorityBasis.PAPER,
                recorded_by_id=actor.post_id,
                access=access if access and access.basis == AccessBasis.REPRESENTATION else None,
                starts_at=clock.now(),
            )


def _add_parties(case: Case, parties: list[NewParty], now: datetime) -> list[Party]:
    orders: dict[str, int] = {}
    rows = []
    for new in parties:
        orders[new.side] = orders.get(new.side, 0) + 1
        rows.append(
            Party(
                case=case,
                side=new.side,
                order=orders[new.side],
                kind=new.kind,
                name=new.name,
                id_kind=new.id_kind,
                id_number=new.id_number,
                id_number_index=crypto.blind_index("id_number", new.id_number),
                id_last_six_index=last_six_index(new.id_number),
                phone=new.phone,
                phone_index=crypto.blind_index("phone", new.phone),
                phone_origin=new.phone_origin if new.phone else "",
                address=new.address,
                e_delivery_since=now if new.e_delivery else None,
            )
        )
    return Party.objects.bulk_create(rows)


def last_six_index(id_number: str) -> str:
    """Blind index of the last six characters, for the check after a scan (UX §10)."""
    return crypto.blind_index("id_last_six", id_number[-6:].upper()) if len(id_number) >= 6 else ""


def _route(new: NewCase) -> Route:
    """繁简分流 of a new case, by the limits of its court."""
    sides = [party.side for party in new.parties]
    return route(
        Facts(
            procedure=new.procedure,
            level=new.court.level,
            causes=tuple(cause_path(new.cause)),
            amount=new.amount,
            many=max((sides.count(side) for side in Side), default=0),
            unknown_address=any(p.address_unknown for p in new.parties if p.side == Side.DEFENDANT),
            small_claim_limit=setting(new.court, "small_claim_limit"),
            summary_limit=setting(new.court, "summary_limit"),
        )
    )


def _bind_applicant(case: Case, applicant_id: int, actor: Actor) -> None:
    """Bind the person who filed to the plaintiff with the same identity number; equal names are never enough."""
    user = User.objects.get(pk=applicant_id)
    if user.real_name_level != RealNameLevel.REAL_NAME:
        return
    for party in case.parties.filter(side=Side.PLAINTIFF, id_number_index=user.id_number_index):
        grant_access(party=party, user=user, basis=AccessBasis.OWN_FILING, actor=actor)


def grant_access(*, party: Party, user: User, basis: AccessBasis, actor: Actor) -> PartyAccess:
    """Bind a person to a party; a live binding stays as it is."""
    with act():
        access, created = PartyAccess.objects.get_or_create(
            party=party, user=user, ends_at=None, defaults={"basis": basis, "starts_at": clock.now()}
        )
        if created:
            emit(
                events.ACCESS_GRANTED,
                subject=party.case,
                actor=actor,
                stream=case_stream(party.case),
                court_id=party.case.court_id,
                party=party.public_id,
                basis=basis,
            )
    return access
