"""Work that crosses work (RELIABILITY §6, 84, 88–90): one of the two happens, the other is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.models import AccessBasis, Case, PartyAccess, Side
from cases.services import grant_access
from common import clock
from common.errors import DomainError
from documents.models import Copy, DeliveryMethod
from filing import services
from filing.models import Filing, FilingStatus
from tests.concurrency.together import at_once
from tests.support.court import Cast, claimed, submitted


@pytest.mark.req("B-84")
def test_authority_that_ends_before_it_begins_is_none(cast: Cast, case: Case) -> None:
    """Whoever tried to write it past the services: the database has the last word."""
    party = case.parties.get(side=Side.PLAINTIFF)
    now = clock.now()
    row = {"party": party, "user": cast.users["wang"], "basis": AccessBasis.REPRESENTATION, "starts_at": now}
    with pytest.raises(IntegrityError), transaction.atomic():
        PartyAccess.objects.create(**row, ends_at=now - timedelta(seconds=1))
    assert cast.client("wang").get(f"/my/cases/{case.public_id}/").status_code == 404


@pytest.mark.req("B-88")
@pytest.mark.parametrize("_again", range(3))
def test_withdrawn_while_it_is_accepted(cast: Cast, _again: int) -> None:
    """Either a case and a refusal to withdraw, or a withdrawn application and no case; never both."""
    filing = claimed(cast, submitted(cast))
    results = at_once(
        lambda: services.accept_filing(filing_id=filing.pk, fence=filing.fence, actor=cast.clerk),
        lambda: services.withdraw_filing(filing_id=filing.pk, actor=cast.zhang),
    )
    refused = [result for result in results if isinstance(result, Exception)]
    assert len(refused) == 1 and isinstance(refused[0], DomainError) and refused[0].message
    accepted = Case.objects.filter(filing_public_id=filing.public_id).exists()
    status = Filing.objects.get(pk=filing.pk).status
    assert (accepted, status) in {(True, FilingStatus.ACCEPTED), (False, FilingStatus.WITHDRAWN)}


@pytest.mark.req("B-89")
def test_nobody_is_delivered_to_at_an_address_he_did_not_confirm(
    cast: Cast, case: Case, run_outbox: Any
) -> None:
    """李 agreed to nothing: his copies wait for the post, none counts as delivered, and his inbox is no delivery."""
    run_outbox()
    defendant = case.parties.get(side=Side.DEFENDANT)
    grant_access(party=defendant, user=cast.users["li"], basis=AccessBasis.COUNTER, actor=cast.clerk)
    copies = Copy.objects.filter(addressee_public_id=defendant.public_id)
    assert copies.exists()
    for copy in copies:
        assert copy.delivery.method != DeliveryMethod.INBOX and copy.delivery.delivered_at is None
