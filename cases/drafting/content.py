"""What stands in a paper: the texts people typed, and what the case itself says."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from cases.drafting.addressees import AGENT, AGENTS, role_called
from cases.drafting.rules import RULES, Audience
from cases.models import Case, CaseRole, PaperDraft, Party, Side
from cases.papers import common_data
from cases.selectors import parties_of, representatives_of, staff_of, withdrawals_in
from common import clock
from common.errors import InvalidInput
from documents.models import Paper
from documents.rendering import templates
from documents.rendering.fields import FIELDS
from documents.rendering.reading import read_all, shown

SIDES = {Side.PLAINTIFF: "原告", Side.DEFENDANT: "被告", Side.THIRD: "第三人"}


def prefilled(case: Case, template: str) -> dict[str, str]:
    """The texts with which a draft begins, by field; what nobody can know yet is empty. Five queries at most."""
    known = common_data(case) | _from_the_case(case, template)
    return {field.name: shown(field, known.get(field.name)) for field in FIELDS[template]}


def prefilled_from(paper: Paper) -> dict[str, str]:
    """The texts of a paper that went out, to be corrected."""
    return {field.name: shown(field, paper.data.get(field.name)) for field in FIELDS[paper.template]}


def data_of(draft: PaperDraft) -> dict[str, Any]:
    """All that the paper is printed from. InvalidInput by field when something is missing or cannot be read."""
    values, wrong = read_all(draft.template, draft.fields)
    if wrong:
        raise InvalidInput(_("还有没填好的，请先改好。"), **wrong)
    typed = {field.name for field in FIELDS[draft.template]}
    known = {key: value for key, value in common_data(draft.case).items() if key not in typed}
    data = known | values
    if RULES[draft.template].goes_to == Audience.CALLED:
        data["role"] = role_called(draft)
    try:
        templates.check(draft.template, data)
    except ValueError:
        raise InvalidInput(_("案件里的信息不够做这份文书，例如没有对方当事人。请换一种文书。")) from None
    return data


def _from_the_case(case: Case, template: str) -> dict[str, Any]:
    names = {field.name for field in FIELDS[template]}
    staff = staff_of(case)
    held = [(role, staff[key].post.user.name) for role, key in _ROLES if key in staff]
    people = [{"role": role, "name": name} for role, name in held]
    parties = parties_of(case)
    known: dict[str, Any] = {
        "bench": [one for one in people if one["role"] != "法官助理"],
        "members": people[:1],
        "people": people,
        "applicants": [party.name for party in parties if party.side == Side.PLAINTIFF],
        "respondents": [party.name for party in parties if party.side == Side.DEFENDANT],
    }
    if "parties" in names:
        known["parties"] = _parties(case, parties)
    if "applied_on" in names:
        asked = withdrawals_in(case)
        if asked:
            known |= {"applied_on": clock.beijing_day(asked[0].asked_at).isoformat(), "why": asked[0].words}
    return known


_ROLES = (("审判员", CaseRole.JUDGE), ("法官助理", CaseRole.ASSISTANT), ("书记员", CaseRole.CLERK))


def _parties(case: Case, parties: list[Party]) -> list[dict[str, Any]]:
    agents = representatives_of(case)
    return [
        {
            "role": SIDES[Side(party.side)],
            "name": party.name,
            "details": f"住{party.address}" if party.address else "",
            "agents": [
                f"{AGENTS.get(agent.kind, AGENT)}：{agent.name}{'，' + agent.firm if agent.firm else ''}"
                for agent in agents.get(party.pk, [])
            ],
        }
        for party in parties
    ]
