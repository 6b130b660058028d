"""Consent to electronic service: who gives and withdraws it, what stays on record, where the next paper goes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from cases.models import (
    AccessBasis,
    Case,
    CaseLink,
    ConsentBasis,
    LinkKind,
    Party,
    ServiceChoice,
    Side,
)
from cases.papers import addressee_of
from cases.selectors import confirmed_address_of, earlier_service_of
from cases.service_wording import CURRENT
from cases.services import Wish, choose_service, grant_access, record_pleaded_choice
from common import clock
from common.actor import Actor, Kind, Role, ScanPass, system
from common.errors import InvalidInput, NotAllowed, StaleVersion
from documents.delivery_rules import AddressOrigin
from eventlog.models import Event
from eventlog.services import act
from tests.concurrency.together import at_once
from tests.support.court import Cast, accepted

HOME = "某市某区某路9号3单元502"
PAPER = Wish(electronic=False, address=HOME, phone="031112345678")
INBOX = Wish(electronic=True, address=HOME)


def plaintiff(case: Case) -> Party:
    return case.parties.get(side=Side.PLAINTIFF)


def choose(case: Case, wish: Wish, actor: Actor, *, seen: int = 1) -> ServiceChoice:
    return choose_service(party_id=plaintiff(case).pk, wish=wish, seen=seen, actor=actor)


@pytest.mark.req("REL-23")
def test_the_consent_of_an_application_has_its_row(cast: Cast, case: Case) -> None:
    party = plaintiff(case)
    row = ServiceChoice.objects.get()
    assert (row.party, row.electronic, row.basis) == (party, True, ConsentBasis.SAID)
    assert (row.chosen_by, row.recorded_by) == (cast.users["zhang"], cast.posts["clerk"])
    assert row.wording_version == CURRENT.version
    assert row.wording.splitlines() == [str(line) for line in CURRENT.electronic]
    assert row.chosen_at == party.e_delivery_since
    event = Event.objects.get(name="cases.service_chosen")
    assert event.payload["way"] == "application" and event.payload["address"] is False


@pytest.mark.req("REL-23")
def test_withdrawn_the_next_paper_goes_to_the_confirmed_address(cast: Cast, case: Case) -> None:
    assert addressee_of(plaintiff(case)).by_inbox
    row = choose(case, PAPER, cast.zhang)
    party = plaintiff(case)
    assert party.e_delivery_since is None and row.basis == ""
    addressee = addressee_of(party)
    assert (addressee.by_inbox, addressee.address) == (False, HOME)
    assert addressee.address_origin == AddressOrigin.OWN
    assert {str(line) for line in (*CURRENT.paper, *CURRENT.address)} == set(row.wording.splitlines())
    again = choose(case, INBOX, cast.zhang, seen=2)
    party = plaintiff(case)
    assert party.e_delivery_since == again.chosen_at and addressee_of(party).by_inbox
    assert party.service_choices.count() == 3


def test_a_consent_that_goes_on_keeps_its_beginning(cast: Cast, case: Case) -> None:
    since = plaintiff(case).e_delivery_since
    choose(case, INBOX, cast.zhang)
    assert plaintiff(case).e_delivery_since == since
    confirmed = confirmed_address_of(plaintiff(case))
    assert confirmed is not None and confirmed.postal_address == HOME


@pytest.mark.parametrize("agreed", [True, False])
def test_what_is_ticked_in_a_pleading_counts_and_the_address_stays(
    cast: Cast, case: Case, *, agreed: bool
) -> None:
    choose(case, replace(INBOX, phone="13911112222"), cast.zhang)
    with act():
        record_pleaded_choice(party=plaintiff(case), electronic=agreed, actor=cast.zhang)
    row = plaintiff(case).service_choices.latest("id")
    assert (row.electronic, row.postal_address, row.postal_phone) == (agreed, HOME, "13911112222")
    assert (plaintiff(case).e_delivery_since is not None) == agreed
    assert str(CURRENT.address[0]) not in row.wording, "a pleading says nothing about the address"


def test_paper_in_a_pleading_withdraws_nothing_that_was_not_given(cast: Cast, case: Case) -> None:
    party = case.parties.get(side=Side.DEFENDANT)
    with act():
        record_pleaded_choice(party=party, electronic=False, actor=cast.li)
    assert not party.service_choices.exists()


def test_who_may_choose(cast: Cast, case: Case) -> None:
    party = plaintiff(case)
    scan = ScanPass(case.pk, party.pk, 1, clock.process_now())
    visitor = Actor(kind=Kind.SCAN, role=Role.LITIGANT, scan=scan, channel="scan")
    for actor in (*(cast.actors[name] for name in ("li", "wang", "chen", "clerk", "judge", "head")), visitor):
        with pytest.raises(NotAllowed):
            choose(case, PAPER, actor)
    basis = AccessBasis.REPRESENTATION
    grant_access(party=party, user=cast.users["wang"], basis=basis, actor=system("test"))
    assert choose(case, PAPER, cast.wang).chosen_by == cast.users["wang"]


def test_an_address_is_needed_and_a_stale_form_is_refused(cast: Cast, case: Case) -> None:
    with pytest.raises(InvalidInput):
        choose(case, replace(PAPER, address=""), cast.zhang)
    with pytest.raises(StaleVersion):
        choose(case, PAPER, cast.zhang, seen=0)
    assert plaintiff(case).service_choices.count() == 1


def test_two_who_choose_at_the_same_time_do_it_one_after_the_other(cast: Cast, case: Case) -> None:
    results = at_once(lambda: choose(case, PAPER, cast.zhang), lambda: choose(case, INBOX, cast.zhang))
    assert sorted(isinstance(result, StaleVersion) for result in results) == [False, True]
    newest = plaintiff(case).service_choices.latest("id")
    assert (plaintiff(case).e_delivery_since is not None) == newest.electronic


def test_the_event_carries_no_address(cast: Cast, case: Case) -> None:
    choose(case, replace(PAPER, confidential=True), cast.zhang)
    event = Event.objects.filter(name="cases.service_chosen").latest("id")
    assert event.payload["confidential"] is True and event.payload["electronic"] is False
    assert HOME not in str(event.payload) and PAPER.phone not in str(event.payload)


def test_a_choice_is_never_changed_and_a_consent_has_a_basis(case: Case) -> None:
    row = ServiceChoice.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        ServiceChoice.objects.filter(pk=row.pk).update(electronic=False, basis="")
    row.pk, row.public_id, row._state.adding = None, None, True
    row.public_id = ServiceChoice._meta.get_field("public_id").get_default()
    row.basis = ""
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_the_address_of_the_first_instance_is_found_from_the_appeal_and_the_enforcement(
    cast: Cast, case: Case
) -> None:
    """解释137: by the same identity number, through the links, the nearest case first."""
    appeal, enforcement = accepted(cast, principal=20000), accepted(cast, principal=30000)
    CaseLink.objects.create(earlier=case, later=appeal, kind=LinkKind.APPEAL, created_at=clock.now())
    CaseLink.objects.create(
        earlier=appeal, later=enforcement, kind=LinkKind.ENFORCEMENT, created_at=clock.now()
    )
    assert earlier_service_of(plaintiff(enforcement)) is None
    choose(case, PAPER, cast.zhang)
    for later in (appeal, enforcement):
        found = earlier_service_of(plaintiff(later))
        assert found is not None and found.party.case == case and found.postal_address == HOME
        assert earlier_service_of(later.parties.get(side=Side.DEFENDANT)) is None
    nearer = replace(PAPER, address="某市某区新路1号")
    choose(appeal, nearer, cast.zhang)
    found = earlier_service_of(plaintiff(enforcement))
    assert found is not None and found.postal_address == nearer.address


def test_a_related_case_lends_no_address(cast: Cast, case: Case) -> None:
    other = accepted(cast, principal=20000)
    CaseLink.objects.create(earlier=case, later=other, kind=LinkKind.RELATED, created_at=clock.now())
    choose(case, PAPER, cast.zhang)
    assert earlier_service_of(plaintiff(other)) is None
