"""A child below fourteen is marked as such where an application is checked and where the clerk reads it (SEC-69; R-77)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cases.models import Side
from common import clock
from filing.models import FilingParty
from filing.people import is_child
from filing.services import submit_filing
from tests.support.court import Cast, claimed, draft

pytestmark = pytest.mark.req("SEC-69", "R-77")
WORDS = "不满14周岁"


@pytest.mark.parametrize(
    ("born", "number", "expected"),
    [
        (date(2012, 3, 10), "", False),
        (date(2012, 3, 11), "", True),
        (None, "130102201203110018", True),
        (None, "130102198503140018", False),
        (None, "", False),
    ],
)
def test_fourteen_on_the_birthday(born: date | None, number: str, expected: bool) -> None:
    party = FilingParty(born_on=born, id_kind="id_card" if number else "", id_number=number)
    assert is_child(party, today=date(2026, 3, 10)) is expected


def test_the_clerk_and_the_applicant_see_it_and_of_grown_people_nothing(cast: Cast) -> None:
    filing = draft(cast)
    other = FilingParty.objects.filter(filing=filing, side=Side.DEFENDANT)
    check = f"/my/filings/{filing.public_id}/check/"
    assert WORDS not in cast.client("zhang").get(check).content.decode()
    born = clock.today() - timedelta(days=10 * 365)
    other.update(born_on=born)
    assert WORDS in cast.client("zhang").get(check).content.decode()
    claimed(cast, submit_filing(filing_id=filing.pk, actor=cast.zhang))
    assert WORDS in cast.client("clerk").get(f"/desk/filings/{filing.public_id}/").content.decode()
