"""Whom a drafted paper can go to, what each of them is called, and where the copy goes."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from cases.drafting.rules import RULES, Audience
from cases.models import Case, PaperDraft, Participant, Party, Representative
from cases.papers import addressee_of
from cases.selectors import participants_of, parties_of, representatives_of
from common.errors import InvalidInput
from documents.delivery_rules import AddressOrigin
from documents.models import Office
from documents.selectors import offices_of
from documents.services import Addressee, office_addressee

AGENTS = {"guardian": "法定代理人", "legal_rep": "法定代表人", "deputy": "诉讼代表人"}
"""Words of a paper for who acts for a party; everybody else is an agent 委托诉讼代理人."""
AGENT = "委托诉讼代理人"
Person = Party | Office | Participant | Representative


def possible_addressees(draft: PaperDraft) -> list[Person]:
    """Whom such a paper can go to: the parties in the order of the pleadings; the offices that the court writes to; who is
    called and is no party. Two queries at most."""
    audience = RULES[draft.template].goes_to
    if audience == Audience.OFFICES:
        return list(offices_of(draft.court_id))
    if audience == Audience.CALLED:
        return [*participants_of(draft.case), *_agents(draft.case)]
    return list(parties_of(draft.case))


def first_addressees(case: Case, template: str) -> list[str]:
    """Public ids of the parties ticked beforehand; nobody for a paper that goes to others."""
    sides = RULES[template].sides
    return [str(party.public_id) for party in parties_of(case) if party.side in sides]


def addressed(draft: PaperDraft) -> list[Person]:
    """Whom it goes to. Two queries at most."""
    chosen = set(draft.addressees)
    return [one for one in possible_addressees(draft) if str(one.public_id) in chosen]


def what_he_is(one: Person) -> str:
    """The word behind a name: the side of a party, the kind of an office, as what somebody is called."""
    if isinstance(one, Party):
        return str(one.get_side_display())
    if isinstance(one, Representative):
        return AGENTS.get(one.kind, AGENT)
    return str(one.get_kind_display())


def role_called(draft: PaperDraft) -> str:
    """As what the addressees of 出庭通知书 are called. One paper has one text, so all of them are called as the same:
    InvalidInput otherwise, and without any."""
    roles = {what_he_is(one) for one in addressed(draft)}
    if not roles:
        raise InvalidInput(_("请至少选一个收件人"), addressees=_("请至少选一个收件人"))
    if len(roles) > 1:
        words = _("一份出庭通知书只发给同一种身份的人。身份不同的，分别起草")
        raise InvalidInput(words, addressees=words)
    return roles.pop()


def addressee(one: Person) -> Addressee:
    """Where the copy goes. Who is no party has no inbox here: the print desk sends it, an agent's to the address of the party
    he acts for."""
    if isinstance(one, Office):
        return office_addressee(one)
    if isinstance(one, Party):
        return addressee_of(one, due_rule=None)
    if isinstance(one, Representative):
        there = addressee_of(one.party, due_rule=None)
        return replace(
            there,
            party_public_id=one.public_id,
            name=one.name,
            phone=one.phone or there.phone,
            by_inbox=False,
        )
    return Addressee(
        one.public_id,
        one.name,
        one.address,
        by_inbox=False,
        due_on=None,
        address_origin=AddressOrigin.KNOWN if one.asked_by_id is None else AddressOrigin.NAMED,
        phone=one.phone,
    )


def _agents(case: Case) -> list[Representative]:
    """Agents who act now; guardians and heads stand for the party itself, which gets a summons."""
    agents = representatives_of(case)
    found = []
    for party in parties_of(case):
        for agent in agents.get(party.pk, []):
            agent.party = party
            party.case = case
            if agent.kind not in AGENTS:
                found.append(agent)
    return found
