"""One agent takes up both sides of a case at the same moment (律师法39; 民法典168): one of them, the other is refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import MemberRole, Organisation, OrganisationMember, User
from accounts.services.organisations import end_membership
from cases.models import AuthorityBasis, Case, Party, PartyAccess, PartyKind, Side
from cases.services import Appointment, authority, give_authority, organisations
from common import clock
from common.errors import InvalidInput
from eventlog.services import act
from portal.demo.cast import WANG
from tests.concurrency.together import Gate, at_once
from tests.support.court import Cast

ASKED = Appointment(name=WANG.name, kind="lawyer", phone=WANG.phone, power="general", firm="某某律师事务所")


def of(case: Case, side: Side) -> Party:
    return case.parties.get(side=side)


def takes(cast: Cast, party: Party) -> Callable[[], object]:
    """王 was named by the court for this party, and takes it up."""
    row = give_authority(party_id=party.pk, agent=ASKED, basis=AuthorityBasis.PAPER, actor=cast.judge)
    return lambda: authority.take_authority(public_id=row.public_id, actor=cast.wang)


def is_given(cast: Cast, party: Party) -> Callable[[], object]:
    """王 is one of the people of the company that is this party, and its head gives him the case."""
    Party.objects.filter(pk=party.pk).update(kind=PartyKind.LEGAL, name="某某公司", id_number_index="code")
    now = clock.now()
    firm = Organisation.objects.create(name="某某公司", code="x", code_index="code", checked_at=now)
    rows = [
        OrganisationMember.objects.create(
            organisation=firm, user=user, name=user.name, phone=user.phone, phone_index=user.phone_index, role=role,
            asked_by=user, asked_at=now, starts_at=now,
        )
        for user, role in (
            (cast.users["chen"], MemberRole.HEAD), (cast.users["wang"], MemberRole.HANDLER)
        )
    ]  # fmt: skip
    return lambda: organisations.assign_handler(
        party_id=party.public_id, member_id=rows[1].public_id, actor=cast.chen
    )


def sides(cast: Cast) -> int:
    return PartyAccess.objects.filter(user=cast.users["wang"], ends_at=None).count()


@pytest.mark.req("SEC-09")
@pytest.mark.parametrize("first", [takes, is_given])
@pytest.mark.parametrize("guarded", [False, True])
def test_one_agent_takes_up_one_side(
    cast: Cast,
    case: Case,
    monkeypatch: pytest.MonkeyPatch,
    first: Callable[..., Callable[[], object]],
    guarded: bool,
) -> None:
    """Both stand at the same point, after the check. With the lock off: both sides."""
    jobs = [first(cast, of(case, Side.PLAINTIFF)), takes(cast, of(case, Side.DEFENDANT))]
    gate, check = Gate(2, 1.0 if guarded else 30.0), authority.refuse_other_side

    def check_then_wait(user: User, party: Party) -> None:
        check(user, party)
        gate.pass_through()

    for module in (authority, organisations):
        monkeypatch.setattr(module, "refuse_other_side", check_then_wait)
        if not guarded:
            monkeypatch.setattr(module, "locked_person", lambda user_id: User.objects.get(pk=user_id))
    results = at_once(*jobs)
    refused = [result for result in results if isinstance(result, Exception)]
    assert [type(error) for error in refused] == ([InvalidInput] if guarded else []), results
    assert sides(cast) == (1 if guarded else 2)


def after(later: Callable[[], object], earlier: Callable[[], object]) -> list[Any]:
    """``earlier`` in a transaction that began before all of ``later`` and goes on after it, as one that waited for a lock: its clock
    stands still at its start."""
    begun, done = threading.Event(), threading.Event()

    def begins() -> object:
        with act():
            clock.now()
            begun.set()
            assert done.wait(timeout=30)
            return earlier()

    def comes_between() -> object:
        assert begun.wait(timeout=30)
        try:
            return later()
        finally:
            done.set()

    return at_once(begins, comes_between)


@pytest.mark.req("SEC-09")
def test_who_began_earlier_sees_the_side_that_was_given_meanwhile(cast: Cast, case: Case) -> None:
    jobs = takes(cast, of(case, Side.PLAINTIFF)), takes(cast, of(case, Side.DEFENDANT))
    refused, taken = after(*jobs)
    assert isinstance(refused, InvalidInput) and not isinstance(taken, Exception), (refused, taken)
    assert sides(cast) == 1


@pytest.mark.req("SEC-17")
def test_who_is_removed_keeps_no_case_that_was_given_meanwhile(cast: Cast, case: Case) -> None:
    gives = is_given(cast, of(case, Side.PLAINTIFF))
    member = OrganisationMember.objects.get(role=MemberRole.HANDLER).public_id
    ended, given = after(gives, lambda: end_membership(public_id=member, actor=cast.chen))
    assert not isinstance(ended, Exception) and not isinstance(given, Exception), (ended, given)
    assert sides(cast) == 0
