"""What of a draft each of its pages shows and would overwrite, by the field of the page, so that a second tab overwrites nothing that
it did not show (REL-34; ``common.versions.must_not_overwrite``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from cases.models import Side
from filing.elements.model import Answers, Page
from filing.elements.values import opened
from filing.models import Filing, FilingAgent, FilingParty
from filing.snapshot import AGENT, PERSON

_ELSEWHERE = ("side", "order", "is_deputy", "is_applicant")
"""Not on the page of the person: its place, and what the page of the group says."""


def page_kept(page: Page, answers: Answers) -> dict[str, Any]:
    """Answers of one page of the form, sealed ones opened; None for a question without an answer."""
    return {item.key: opened(item, answers.get(item.key)) for item in page.fields}


def person_kept(party: FilingParty) -> dict[str, Any]:
    """All that the page of a person may say about him."""
    return {name: getattr(party, name) for name in PERSON if name not in _ELSEWHERE}


def agent_kept(agent: FilingAgent) -> dict[str, Any]:
    """All that the page of an agent may say about him."""
    return {name: getattr(agent, name) for name in AGENT if name not in _ELSEWHERE}


def common_kept(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """The plaintiff or the agent of a table of claims; nothing before he was written."""
    return dict(sorted((values or {}).items()))


def capacity_kept(filing: Filing) -> dict[str, Any]:
    """In what capacity the account acts."""
    return {"capacity": filing.capacity}


def group_kept(filing: Filing) -> dict[str, Any]:
    """One case or one each, and whom they elected. One query."""
    people = filing.parties.filter(side=Side.PLAINTIFF, is_deputy=True)
    return group_said(filing.separate_cases, people.values_list("public_id", flat=True))


def group_said(separate_cases: bool, deputies: Iterable[UUID]) -> dict[str, Any]:
    """The same of what is to be written."""
    return {"together": "separate" if separate_cases else "one", "deputies": sorted(map(str, deputies))}


def delivery_kept(filing: Filing) -> dict[str, Any]:
    """How papers reach the applicant; nothing before he chose."""
    return delivery_said(filing.e_delivery)


def delivery_said(e_delivery: bool | None) -> dict[str, Any]:
    """The same of what is to be written."""
    return {"e_delivery": {True: "yes", False: "no", None: ""}[e_delivery]}


def sending_kept(filing: Filing) -> dict[str, Any]:
    """All of an application, for the page on which it is signed."""
    return {"version": filing.version}
