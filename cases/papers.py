"""The papers a new case sends out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from cases.models import Case, CaseRole, Party, PhoneOrigin, Side
from cases.selectors import confirmed_address_of, parties_of, staff_of
from cases.services import case_stream
from common import clock
from common.actor import Actor
from courts.calendar import deadline
from documents.delivery_rules import AddressOrigin
from documents.services import Addressee, issue
from guides.materials import procedures

SUITS = "CIVIL_"
"""How the codes of civil suits begin; all others are applications with a name of their own."""
RESPONSE_NOTICE, APPEAL_NOTICE = "response_notice", "appeal_notice"
ADMIN_NOTICE = "admin_response_notice"
NOTICES = {RESPONSE_NOTICE: "D12", ADMIN_NOTICE: "D12", APPEAL_NOTICE: "D36"}
"""Papers that carry the complaint or appeal to the other side, with the period in which it answers."""
FIRST_PAPERS = ("acceptance_notice", RESPONSE_NOTICE)
TITLES: dict[str, tuple[str | Promise, Side]] = {
    "acceptance_notice": (gettext_lazy("受理案件通知书"), Side.PLAINTIFF),
    "application_notice": (gettext_lazy("受理通知书"), Side.PLAINTIFF),
    RESPONSE_NOTICE: (gettext_lazy("应诉通知书"), Side.DEFENDANT),
    ADMIN_NOTICE: (gettext_lazy("行政案件应诉通知书"), Side.DEFENDANT),
    APPEAL_NOTICE: (gettext_lazy("上诉案件应诉通知书"), Side.DEFENDANT),
}
"""First papers of a case: title, and the side they are addressed to."""


def addressee_of(party: Party, *, due_rule: str | None = "D11", told_on: date | None = None) -> Addressee:
    """Where a copy for ``party`` goes: the inbox only after consent in this case, else by the print desk to the confirmed
    address, else to the one on file (DESIGN §9).
    ``told_on`` is the day from which the court has to send it, None the day of acceptance; without a ``due_rule`` the law
    sets no day."""
    start = told_on or clock.beijing_day(party.case.accepted_at)
    due = deadline(due_rule, start, court=party.case.court).due if due_rule else None
    confirmed = confirmed_address_of(party)
    return Addressee(
        party_public_id=party.public_id,
        name=party.name,
        address=confirmed.postal_address if confirmed else party.address,
        by_inbox=party.e_delivery_since is not None,
        due_on=due,
        address_origin=AddressOrigin.OWN if confirmed else address_origin_of(party),
        phone=confirmed.postal_phone if confirmed else party.phone,
        secret=confirmed is not None and confirmed.confidential,
    )


def address_origin_of(party: Party) -> AddressOrigin:
    """Whose word the address on file is: who brings a case gives the own one; for the other side it is somebody else's word
    until that side has answered for itself (解释136, 137)."""
    own = party.side == Side.PLAINTIFF or party.phone_origin == PhoneOrigin.OWN
    return AddressOrigin.OWN if own else AddressOrigin.NAMED


def common_data(case: Case) -> dict[str, object]:
    """What every paper of a case says about it."""
    staff = staff_of(case)
    judge, clerk = staff.get(CaseRole.JUDGE), staff.get(CaseRole.CLERK)
    parties = parties_of(case)
    return {
        "court": case.court.name,
        "case_number": case.number,
        "cause": case.cause.name,
        "accepted_on": clock.beijing_day(case.accepted_at).isoformat(),
        "plaintiffs": [party.name for party in parties if party.side == Side.PLAINTIFF],
        "defendants": [party.name for party in parties if party.side == Side.DEFENDANT],
        "judge": judge.post.user.name if judge else "",
        "clerk": clerk.post.user.name if clerk else "",
        "division": case.division.name if case.division else "",
        "court_address": case.court.address,
        "court_phone": case.court.phone,
        "matter": "" if case.procedure.startswith(SUITS) else procedures()[case.procedure].name,
    }


def issue_acceptance_papers(case: Case, *, papers: Iterable[str], actor: Actor) -> None:
    """What a new case sends out: 受理通知书 to those who applied (民诉法126), 应诉通知书 to the other side (民诉法128, 174;
    行诉法67).
    A paper that nobody is addressed by is left out. Safe to repeat."""
    data = common_data(case)
    for template in papers:
        title, side = TITLES[template]
        addressees = [addressee_of(party) for party in parties_of(case) if party.side == side]
        if not addressees:
            continue
        issue(
            template=template,
            subject_kind="cases.case",
            subject_public_id=case.public_id,
            court_id=case.court_id,
            title=str(title),
            data=data,
            addressees=addressees,
            stream=case_stream(case),
            actor=actor,
            dedupe_key=f"{template}:{case.public_id}",
        )
