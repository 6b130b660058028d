"""What an accepted application becomes: one case, or one for each applicant, with everybody in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from cases.models import Case, LinkKind, PartyKind, Side
from cases.services import NewCase, NewParty, NewRepresentative, open_case
from common.actor import Actor
from courts.selectors import cause_path
from filing.elements import schema
from filing.models import AgentKind, Capacity, Filing, FilingAgent, FilingParty, Power
from filing.procedures import Procedure, fee_item, procedure

GUARDIAN, DEPUTY, HEAD = "guardian", "deputy", "legal_rep"
"""Representatives who are no agents: 法定代理人, 诉讼代表人, 法定代表人."""


def open_cases(filing: Filing, actor: Actor) -> list[Case]:
    """Open what an application asks for, inside its acceptance. With 每人一案 the numbers follow each other: the counter
    stays locked until the act ends. All later cases are linked to the first."""
    opened: list[Case] = []
    for part, (applicants, amount) in enumerate(_shares(filing), start=1):
        new = _new_case(filing, applicants, amount)
        earlier = [*new.earlier, *((case, LinkKind.SAME_SUBMISSION) for case in opened[:1])]
        new = replace(new, part=part, earlier=earlier)
        opened.append(open_case(new=new, applicant_id=filing.applicant_id, actor=actor))
    return opened


def _shares(filing: Filing) -> Iterator[tuple[list[FilingParty], Decimal | None]]:
    """The applicants of each case with the sum at stake in it."""
    mine = list(filing.parties.filter(side=Side.PLAINTIFF))
    if filing.separate_cases and len(mine) > 1:
        for person in mine:
            yield [person], person.claim_amount or None
    else:
        yield mine, filing.amount or None


def _new_case(filing: Filing, applicants: list[FilingParty], amount: Decimal | None) -> NewCase:
    one, form = procedure(filing.procedure), schema.load(filing.form)
    people = [*applicants, *filing.parties.exclude(side=Side.PLAINTIFF)]
    agents = list(filing.agents.all())
    bound = _bound_places(filing, people)
    link = [(filing.origin_case, LinkKind(one.link))] if filing.origin_case and one.link else []
    return NewCase(
        court=filing.deciding_court,
        cause=filing.cause,
        procedure=filing.procedure,
        type_code=one.type_code,
        amount=amount,
        filing_public_id=filing.public_id,
        parties=[_new_party(person, filing, one, place in bound) for place, person in enumerate(people)],
        representatives=_representatives(filing, people, agents, bound),
        earlier=link,
        fee_item=fee_item(one, form, cause_path(filing.cause), amount),
        papers=one.papers,
        periods=tuple((period.rule, period.label) for period in one.periods),
    )


def _himself(person: FilingParty, filing: Filing) -> bool:
    return person.side == Side.PLAINTIFF and person.id_number == filing.applicant.id_number != ""


def _bound_places(filing: Filing, people: list[FilingParty]) -> tuple[int, ...]:
    """Places of the parties that the account stands for without being them (民诉法60-62)."""
    user, capacity = filing.applicant, filing.capacity

    def stands_for(person: FilingParty) -> bool:
        if person.side != Side.PLAINTIFF or _himself(person, filing):
            return False
        if capacity == Capacity.GUARDIAN:
            return bool(user.id_number) and person.guardian_id_number == user.id_number
        if capacity == Capacity.ORGANISATION:
            return person.kind == PartyKind.LEGAL
        if capacity == Capacity.DEPUTY:
            return any(_himself(other, filing) for other in people) and not filing.separate_cases
        return capacity == Capacity.AGENT

    return tuple(place for place, person in enumerate(people) if stands_for(person))


def _new_party(person: FilingParty, filing: Filing, one: Procedure, represented: bool) -> NewParty:
    """Consent to papers in the inbox counts for whom the account is or stands for, nobody else (DESIGN §9).

    Where the court must act before the other side knows, that side is kept without number and phone, so that it finds no
    case and no code until it is told (民诉法103, 104).
    """
    hidden = one.secret and person.side != Side.PLAINTIFF
    return NewParty(
        side=Side(person.side),
        kind=PartyKind(person.kind),
        name=person.name,
        id_kind=person.id_kind,
        id_number="" if hidden else person.id_number,
        phone="" if hidden else person.phone,
        phone_origin=person.phone_origin,
        address=person.address,
        e_delivery=bool(filing.e_delivery) and (represented or _himself(person, filing)),
        address_unknown=person.address_unknown,
    )


def _representatives(
    filing: Filing, people: list[FilingParty], agents: list[FilingAgent], bound: tuple[int, ...]
) -> list[NewRepresentative]:
    """Agents of the applicants, guardians, the head of an organisation, deputies; the account among them is bound."""
    mine = tuple(place for place, person in enumerate(people) if person.side == Side.PLAINTIFF)
    found = [_agent(agent, mine, filing) for agent in agents]
    if filing.capacity in (Capacity.ORGANISATION, Capacity.DEPUTY) and bound:
        found.append(_account(filing, people, bound))
    for place in mine:
        person = people[place]
        if person.guardian_name:
            own = place in bound and filing.capacity == Capacity.GUARDIAN
            found.append(
                NewRepresentative(
                    name=person.guardian_name,
                    kind=GUARDIAN,
                    parties=(place,),
                    power=Power.SPECIAL,
                    phone=person.guardian_phone,
                    user_id=filing.applicant_id if own else None,
                )
            )
    return found


def _agent(agent: FilingAgent, places: tuple[int, ...], filing: Filing) -> NewRepresentative:
    own = agent.is_applicant and filing.capacity == Capacity.AGENT
    return NewRepresentative(
        name=agent.name,
        kind=agent.kind,
        parties=places,
        firm=agent.firm,
        licence=agent.licence,
        power=agent.power,
        phone=agent.phone,
        user_id=filing.applicant_id if own else None,
    )


def _account(filing: Filing, people: list[FilingParty], bound: tuple[int, ...]) -> NewRepresentative:
    """The holder of the account as head or employee of an organisation, or as the deputy of a group."""
    user = filing.applicant
    heads = {people[place].legal_representative for place in bound}
    kind, power = DEPUTY, Power.GENERAL
    if filing.capacity == Capacity.ORGANISATION:
        is_head = user.name in heads
        kind, power = (HEAD, Power.SPECIAL) if is_head else (AgentKind.EMPLOYEE, Power.GENERAL)
    return NewRepresentative(
        name=user.name, kind=kind, parties=bound, power=power, phone=user.phone, user_id=user.pk
    )
