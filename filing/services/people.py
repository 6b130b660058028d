"""Who stands in an application: in what capacity it is made, the parties, their guardians, groups and agents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.models import PhoneOrigin, Side
from common.actor import Actor
from common.errors import InvalidInput, NotVisible, StaleVersion
from common.versions import must_not_overwrite, seen_of
from eventlog.services import act
from filing.draft import AGENTS, CAPACITY, ME, TASK_OF_SIDE
from filing.kept import agent_kept, capacity_kept, group_kept, group_said, person_kept
from filing.models import Capacity, Filing, FilingAgent, FilingParty
from filing.services.drafts import editable, touch

MAX_PEOPLE, MAX_AGENTS, DEPUTIES = 50, 2, (2, 5)
"""People on one side of an application; agents of a party (民诉法61); deputies of a group (解释78)."""


def save_capacity(*, filing_id: int, capacity: str, actor: Actor, seen: str | None = None) -> Filing:
    """In what capacity the account acts (民诉法60-62). Whoever is no agent any more stands no longer among the agents.

    ``seen`` here and below is what the page showed: StaleVersion when something else is kept by now (REL-34).
    """
    with act():
        filing = editable(filing_id, actor, CAPACITY)
        must_not_overwrite(seen, capacity_kept(filing), {"capacity": capacity})
        filing.capacity = Capacity(capacity)
        if filing.capacity != Capacity.AGENT:
            filing.agents.filter(is_applicant=True).delete()
        touch(filing, "capacity")
    return filing


def save_party(
    *,
    filing_id: int,
    side: Side,
    values: dict[str, Any],
    actor: Actor,
    party_public_id: UUID | None = None,
    seen: str | None = None,
) -> FilingParty:
    """Add or change one person; the phone of the other side carries that it was named by the applicant (DESIGN §9).

    Raises InvalidInput for the fifty-first person of a side, for somebody named twice, or on both sides.
    """
    with act():
        filing = editable(filing_id, actor, TASK_OF_SIDE[side])
        everybody = list(FilingParty.objects.filter(filing=filing))
        people = [person for person in everybody if person.side == side]
        if party_public_id is None:
            _check_room(len(people) + 1)
            party = FilingParty(filing=filing, side=side, order=_next_order(people))
        else:
            party = _found([one for one in people if one.public_id == party_public_id])
            must_not_overwrite(seen, person_kept(party), values)
        _refuse_twins(party.pk, side, values, everybody)
        _write(party, values)
        party.save()
        touch(filing)
    return party


def add_people(
    *, filing_id: int, side: Side, rows: Iterable[dict[str, Any]], actor: Actor
) -> list[FilingParty]:
    """Add many people at once, all or none. InvalidInput names the line (``fields`` by its number, from 1)."""
    with act():
        filing = editable(filing_id, actor, TASK_OF_SIDE[side])
        everybody = list(FilingParty.objects.filter(filing=filing))
        people = [person for person in everybody if person.side == side]
        added: list[FilingParty] = []
        for number, values in enumerate(rows, start=1):
            _check_room(len(people) + 1)
            party = FilingParty(filing=filing, side=side, order=_next_order(people))
            try:
                _refuse_twins(None, side, values, everybody)
            except InvalidInput as error:
                raise InvalidInput(error.message, **{str(number): error.message}) from error
            _write(party, values)
            people.append(party)
            everybody.append(party)
            added.append(party)
        FilingParty.objects.bulk_create(added)
        touch(filing)
    return added


def _write(party: FilingParty, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(party, name, value)
    origin = PhoneOrigin.OWN if party.side == Side.PLAINTIFF else PhoneOrigin.OTHER_SIDE
    party.phone_origin = origin if party.phone else ""


def _next_order(people: list[FilingParty]) -> int:
    return max((person.order for person in people), default=0) + 1


def _check_room(count: int) -> None:
    if count > MAX_PEOPLE:
        raise InvalidInput(_("一份申请最多填50人，更多的请到窗口办理。"))


def _refuse_twins(
    own_pk: int | None, side: str, values: dict[str, Any], everybody: list[FilingParty]
) -> None:
    """One person is party once and on one side only; equal numbers are the same person, equal names are not."""
    number, name = values.get("id_number") or "", values.get("name")
    for other in everybody:
        if own_pk is not None and other.pk == own_pk:
            continue
        same_number = bool(number) and number == other.id_number
        if same_number and other.side != side:
            message = _("%(name)s已经填在另一方，同一个人不能既起诉又被告") % {"name": other.name}
            raise InvalidInput(message, id_number=message)
        same = same_number or (not number and not other.id_number and name == other.name)
        if same and other.side == side:
            message = _("%(name)s已经填过了，不用再填一次") % {"name": other.name}
            raise InvalidInput(message, **({"id_number": message} if number else {"name": message}))


def _found(people: list[FilingParty]) -> FilingParty:
    if not people:
        raise NotVisible(_("没有这个页面。"))
    return people[0]


def remove_party(*, filing_id: int, party_public_id: UUID, actor: Actor, seen: str | None = None) -> None:
    """Take one person out of a draft; StaleVersion when the list showed him otherwise than he stands now."""
    with act():
        found = FilingParty.objects.filter(filing_id=filing_id, public_id=party_public_id)
        side = Side(_found(list(found)).side)
        filing = editable(filing_id, actor, TASK_OF_SIDE[side])
        party = _found(list(found.all()))
        _must_stand_so(seen, person_kept(party))
        party.delete()
        touch(filing)


def _must_stand_so(seen: str | None, kept: Mapping[str, Any]) -> None:
    if seen is not None and seen != seen_of(*kept.values()):
        raise StaleVersion(
            _("这一位的内容刚才在别的窗口改过，还没有去掉。请返回，看过现在的内容，再决定要不要去掉。")
        )


def save_group(
    *,
    filing_id: int,
    separate_cases: bool,
    deputies: Iterable[UUID],
    actor: Actor,
    seen: str | None = None,
) -> Filing:
    """Many applicants: tried together, with elected deputies (民诉法56; 解释76-78), or one case for each of them.

    InvalidInput unless two to five deputies were chosen, or none.
    """
    with act():
        filing = editable(filing_id, actor, ME)
        chosen = set() if separate_cases else set(deputies)
        least, most = DEPUTIES
        if chosen and not least <= len(chosen) <= most:
            message = _("推选的代表人应为2到5人")
            raise InvalidInput(message, deputies=message)
        must_not_overwrite(seen, group_kept(filing), group_said(separate_cases, chosen))
        people = filing.parties.filter(side=Side.PLAINTIFF)
        people.filter(public_id__in=chosen).update(is_deputy=True)
        people.exclude(public_id__in=chosen).update(is_deputy=False)
        filing.separate_cases = separate_cases
        touch(filing, "separate_cases")
    return filing


def agents_of(filing_id: int) -> QuerySet[FilingAgent]:
    """The agents of an application in their order."""
    return FilingAgent.objects.filter(filing_id=filing_id)


def save_agent(
    *,
    filing_id: int,
    values: dict[str, Any],
    actor: Actor,
    agent_public_id: UUID | None = None,
    seen: str | None = None,
) -> FilingAgent:
    """Add or change one agent 委托诉讼代理人. The account that acts as agent is the first of them.

    InvalidInput for a third one (民诉法61) or for somebody who is a party of the other side.
    """
    with act():
        filing = editable(filing_id, actor, AGENTS)
        agents = list(agents_of(filing_id))
        if agent_public_id is None:
            if len(agents) >= MAX_AGENTS:
                raise InvalidInput(_("最多可以请两位代理人。要换人，请先去掉一位。"))
            agent = FilingAgent(filing=filing, order=max((one.order for one in agents), default=0) + 1)
            agent.is_applicant = filing.capacity == Capacity.AGENT and not agents
        else:
            known = [one for one in agents if one.public_id == agent_public_id]
            if not known:
                raise NotVisible(_("没有这个页面。"))
            agent = known[0]
            must_not_overwrite(seen, agent_kept(agent), values)
        _refuse_opponent(filing, values)
        for name, value in values.items():
            setattr(agent, name, value)
        agent.save()
        touch(filing)
    return agent


def _refuse_opponent(filing: Filing, values: dict[str, Any]) -> None:
    number = values.get("id_number") or ""
    others = filing.parties.exclude(side=Side.PLAINTIFF)
    if number and any(person.id_number == number for person in others):
        message = _("代理人不能是对方当事人")
        raise InvalidInput(message, id_number=message)


def remove_agent(*, filing_id: int, agent_public_id: UUID, actor: Actor, seen: str | None = None) -> None:
    """Take one agent out of a draft; StaleVersion as for a person."""
    with act():
        filing = editable(filing_id, actor, AGENTS)
        agent = agents_of(filing_id).filter(public_id=agent_public_id).first()
        if agent is None:
            raise NotVisible(_("没有这个页面。"))
        _must_stand_so(seen, agent_kept(agent))
        agent.delete()
        touch(filing)
