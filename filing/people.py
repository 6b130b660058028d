"""Rules about the people of an application: what is still missing, how they and their tasks are called.

Sources: 民诉法 56-62, 124; 解释 75-78, 83-88; 民法典 18-23.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import IdKind
from cases.models import PartyKind, Side
from common import clock
from common.identity import birth_date
from common.money import format_yuan
from filing.draft import Draft
from filing.elements.model import ROLES
from filing.models import Capacity, Filing, FilingParty

ADULT, WORKS_FOR_HIMSELF, CHILD = 18, 16, 14
"""Full capacity (民法典18); from 16 on for those who live on their own work; below 14 the guardian consents (R-77)."""
MANY = 10
"""人数众多 begins with ten persons (解释75)."""


def age_on(born: date, day: date) -> int:
    """Full years of life on a day; a birthday counts from the day itself."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def is_child(party: FilingParty, *, today: date | None = None) -> bool:
    """Below fourteen by the day of birth, written or in the number: sensitive data, used with the guardian's consent (个人信息保护法28, 31)."""
    card = party.id_kind in (IdKind.ID_CARD, IdKind.RESIDENCE_PERMIT) and party.id_number
    born = party.born_on or (birth_date(party.id_number) if card else None)
    return born is not None and age_on(born, today or clock.today()) < CHILD


def needs_guardian(born: date | None, *, employer: str = "", today: date | None = None) -> bool:
    """True for a minor who cannot litigate himself (民诉法60; 民法典18: from 16 on with own work he can)."""
    if born is None:
        return False
    age = age_on(born, today or clock.today())
    return age < ADULT and not (age >= WORKS_FOR_HIMSELF and employer)


def people_words(draft: Draft, side: Side) -> tuple[str, str]:
    """Title and hint of the task about one side."""
    if side != Side.PLAINTIFF:
        if draft.role(side) == ROLES["defendant"]:
            return _("对方信息"), _("不知道的可以不填")
        return _("%(role)s信息") % {"role": draft.role(side)}, _("不知道的可以不填")
    hint = _("姓名、证件、地址、电话")
    if draft.filing.capacity == Capacity.SELF:
        return _("我的信息"), hint
    return _("%(role)s信息") % {"role": draft.role(side)}, hint


def gaps_of_side(draft: Draft, side: Side) -> Iterator[tuple[str, str]]:
    """What is missing about the people of a side: whom it concerns ("" = the side as a whole) and the sentence."""
    people = draft.side(side)
    if side == Side.PLAINTIFF:
        for person in people:
            for text in _gaps_of_applicant(person):
                yield str(person.public_id), text
        yield from (("", text) for text in _gaps_of_group(draft, people))
    yield from _both_sides(draft, side)


def _gaps_of_applicant(person: FilingParty) -> Iterator[str]:
    legal = person.kind == PartyKind.LEGAL
    needed = [
        ("name", _("请填写姓名或名称")),
        ("id_number", _("请填写证件号码")),
        ("phone", _("请填写联系电话")),
        ("address", _("请填写住所地")),
    ]
    if legal:
        needed.append(("legal_representative", _("请填写法定代表人或负责人")))
    elif needs_guardian(person.born_on, employer=person.employer):
        needed.append(("guardian_name", _("%(name)s未满18岁，请填写监护人") % {"name": person.name}))
    for name, text in needed:
        if not getattr(person, name):
            yield text


def _gaps_of_group(draft: Draft, people: list[FilingParty]) -> Iterator[str]:
    filing = draft.filing
    if filing.separate_cases:
        if len(people) < 2:
            yield _("只有一位%(role)s，不用选“每人一案”") % {"role": draft.role(Side.PLAINTIFF)}
        if draft.form.amount_field:
            for person in people:
                if person.claim_amount is None:
                    yield _("每人一案的，请填写%(name)s本人要的金额") % {"name": person.name}
            yield from _sum_differs(filing, people)
    elif len(people) >= MANY and not any(person.is_deputy for person in people):
        yield _("%(n)s人一起起诉，请推选2到5位代表人，或者选“每人一案”") % {"n": len(people)}
    user = filing.applicant
    numbers = {person.id_number for person in people if person.id_number}
    if filing.capacity == Capacity.DEPUTY and user.id_number and user.id_number not in numbers:
        yield _("代表人要从起诉的人里推选，请把您自己也加进来")
    if filing.capacity == Capacity.ORGANISATION and all(p.kind != PartyKind.LEGAL for p in people):
        yield _("您选了替单位办，请填写单位的信息，或者改“谁来办”")
    if filing.capacity == Capacity.GUARDIAN and not any(person.guardian_name for person in people):
        yield _("您选了监护人，请填写被监护的人和监护关系，或者改“谁来办”")


def _sum_differs(filing: Filing, people: list[FilingParty]) -> Iterator[str]:
    """What each one claims must add up to what is claimed in all, or fees and judgments would not fit."""
    amounts = [person.claim_amount for person in people if person.claim_amount is not None]
    if len(amounts) == len(people) and filing.amount is not None and sum(amounts) != filing.amount:
        words = {"sum": format_yuan(sum(amounts)), "total": format_yuan(filing.amount)}
        yield _("每人的金额加起来是%(sum)s，和标的总额%(total)s不一样，请核对") % words


def is_not_among(draft: Draft) -> bool:
    """True when somebody acts for himself, but all applicants have another number: he would not see the case later."""
    people, own = draft.side(Side.PLAINTIFF), draft.filing.applicant.id_number
    if draft.filing.capacity not in (Capacity.SELF, Capacity.DEPUTY) or not people or not own:
        return False
    return all(person.id_number and person.id_number != own for person in people)


def _both_sides(draft: Draft, side: Side) -> Iterator[tuple[str, str]]:
    """Nobody stands on two sides (a change of the number after somebody else was added)."""
    if side == Side.PLAINTIFF:
        return
    mine = {person.id_number for person in draft.side(Side.PLAINTIFF) if person.id_number}
    for person in draft.side(side):
        if person.id_number in mine:
            yield str(person.public_id), _("%(name)s同时填在两方，请核对") % {"name": person.name}


def gaps_of_agents(draft: Draft) -> Iterator[tuple[str, str]]:
    """An account that acts as agent says who he is and by what authority."""
    if draft.filing.capacity == Capacity.AGENT and not any(agent.is_applicant for agent in draft.agents):
        yield "", _("请填写您自己的代理人信息和代理权限")
    opponents = {p.id_number for p in draft.parties if p.side != Side.PLAINTIFF and p.id_number}
    for agent in draft.agents:
        if agent.id_number and agent.id_number in opponents:
            yield str(agent.public_id), _("代理人不能是对方当事人")
