"""Several plaintiffs: one files. Each gets the acceptance notice, nobody is delivered to by somebody else's consent, and
the bill goes to the one who can pay it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import IdKind
from cases.models import Case, Party, PartyKind, Side
from documents.models import Copy, DeliveryMethod
from filing import services
from filing.models import FilingParty
from payments.models import Bill
from payments.policies import can_pay
from portal.demo import cast as people
from portal.demo.cast import Person
from portal.demo.loan import photo
from tests.support.court import Cast, claimed, draft

COMPANY: dict[str, Any] = {
    "kind": PartyKind.LEGAL,
    "name": "某某商贸有限公司",
    "id_kind": IdKind.USCC,
    "id_number": "91350100M000100Y43",
    "legal_representative": "林某",
    "phone": "13800000019",
    "address": "某省某市示例区商业街1号",
}


def as_plaintiff(person: Person) -> dict[str, Any]:
    return {
        "kind": PartyKind.NATURAL,
        "name": person.name,
        "gender": person.gender,
        "id_kind": IdKind.ID_CARD,
        "id_number": person.id_number,
        "phone": person.phone,
        "address": person.address,
    }


@pytest.fixture
def case(cast: Cast) -> Case:
    """陈某, a company and then 张某, who files and agrees to papers in the inbox."""
    filing = draft(cast)
    first = FilingParty.objects.get(filing=filing, side=Side.PLAINTIFF)
    for values in (as_plaintiff(people.OTHERS[0]), COMPANY):
        services.save_party(filing_id=filing.pk, side=Side.PLAINTIFF, values=values, actor=cast.zhang)
    services.remove_party(filing_id=filing.pk, party_public_id=first.public_id, actor=cast.zhang)
    values = as_plaintiff(people.ZHANG)
    services.save_party(filing_id=filing.pk, side=Side.PLAINTIFF, values=values, actor=cast.zhang)
    for slot in ("LICENSE", "REP_CERT"):
        upload = photo([slot], f"{slot}.jpg")
        services.add_material(filing_id=filing.pk, slot=slot, upload=upload, actor=cast.zhang)
    services.submit_filing(filing_id=filing.pk, actor=cast.zhang)
    filing = claimed(cast, filing)
    return services.accept_filing(filing_id=filing.pk, fence=filing.fence, actor=cast.clerk)


def test_bill_goes_to_the_one_who_filed(cast: Cast, case: Case) -> None:
    """Plaintiffs owe the fee together (诉讼费用交纳办法20); only a bound one can pay it here."""
    bill = Bill.objects.get(case=case)
    assert bill.party.name == people.ZHANG.name
    assert can_pay(cast.zhang, bill)


def test_consent_counts_for_oneself_only(case: Case, run_outbox: Callable[..., int]) -> None:
    """Nobody is delivered to by default (DESIGN §9): the others get their notices by the print desk."""
    run_outbox()
    plaintiffs = Party.objects.filter(case=case, side=Side.PLAINTIFF).order_by("order")
    assert [party.e_delivery_since is not None for party in plaintiffs] == [False, False, True]
    copies = Copy.objects.filter(paper__template="acceptance_notice").select_related("delivery")
    ways = {copy.addressee_name: copy.delivery.method for copy in copies}
    assert ways == {
        people.OTHERS[0].name: DeliveryMethod.POST,
        COMPANY["name"]: DeliveryMethod.POST,
        people.ZHANG.name: DeliveryMethod.INBOX,
    }
