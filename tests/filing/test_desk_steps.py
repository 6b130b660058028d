"""The clerk's desk between two pages: old tabs decide nothing unseen, 下一件 is one that nobody else has, quotas hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from cases.models import Case, Side
from common import clock
from common.errors import Conflict, StaleVersion
from filing import services
from filing.defects import library_for
from filing.models import Filing, FilingMaterial
from filing.selectors import draft_of
from filing.services import drafts
from filing.services.review import LEASE
from portal.demo.loan import photo
from tests.concurrency.together import at_once
from tests.support.court import Cast, claimed, draft, submitted, twins
from tests.support.sign_in import sign_in_staff


def desk(cast: Cast, name: str) -> Client:
    client = Client()
    sign_in_staff(client, name)
    return client


def address(filing: Filing, rest: str = "") -> str:
    return f"/desk/filings/{filing.public_id}/{rest}"


def send_back(cast: Cast, filing: Filing, *codes: str) -> None:
    """钱 takes it and returns it for these defects."""
    held = claimed(cast, filing)
    defects = [defect for defect in library_for(draft_of(held)) if defect.code in codes]
    services.return_filing_for_correction(
        filing_id=filing.pk,
        fence=held.fence,
        defects=defects,
        words="",
        reason_for_repeat="",
        actor=cast.clerk,
    )


def sent_back_and_resent(cast: Cast, filing: Filing) -> Filing:
    """钱 returns it, 张 sends it again."""
    send_back(cast, filing, "unreadable_IOU")
    return services.submit_filing(filing_id=filing.pk, actor=cast.zhang)


@pytest.mark.req("SEC-12")
def test_while_it_is_returned_the_court_reads_what_was_sent(cast: Cast) -> None:
    """Changes and new files are the applicant's own until he sends them (access matrix, row 2)."""
    filing = submitted(cast)
    send_back(cast, filing, "unreadable_IOU", "other_unclear")
    other = filing.parties.get(side=Side.DEFENDANT)
    values = {"name": "改过的名字", "kind": other.kind}
    services.save_party(
        filing_id=filing.pk,
        side=Side.DEFENDANT,
        values=values,
        actor=cast.zhang,
        party_public_id=other.public_id,
    )
    old = filing.materials.get(slot="IOU")
    services.remove_material(filing_id=filing.pk, material_public_id=old.public_id, actor=cast.zhang)
    new = services.add_material(
        filing_id=filing.pk, slot="IOU", upload=photo(["重拍的借条"], "重拍.jpg"), actor=cast.zhang
    )
    client = desk(cast, "clerk")
    before = client.get(address(filing)).content.decode()
    assert other.name in before and str(old.file.public_id) in before
    assert "改过的名字" not in before and str(new.file.public_id) not in before
    services.submit_filing(filing_id=filing.pk, actor=cast.zhang)
    after = client.get(address(filing)).content.decode()
    assert "改过的名字" in after and str(new.file.public_id) in after


@pytest.mark.req("REL-32", "REL-34", "B-47")
@pytest.mark.parametrize("who", ["clerk", "clerk2"])
def test_a_tab_from_before_the_correction_accepts_nothing(cast: Cast, who: str) -> None:
    """What lies in that tab is not what would be accepted."""
    filing = submitted(cast)
    seen = claimed(cast, filing).fence
    client = desk(cast, who)
    sent_back_and_resent(cast, filing)
    answer = client.post(address(filing, "accept/"), {"fence": str(seen)})
    assert answer.status_code == 412
    assert not Case.objects.exists()
    with pytest.raises((StaleVersion, Conflict)):
        services.accept_filing(filing_id=filing.pk, fence=seen, actor=cast.actors[who])
    fresh = Filing.objects.get(pk=filing.pk).fence
    assert client.post(address(filing, "accept/"), {"fence": str(fresh)}).status_code == 302
    assert Case.objects.count() == 1


def test_a_lease_that_ran_out_is_taken_over_only_when_nobody_else_has_it(cast: Cast) -> None:
    filing = claimed(cast, submitted(cast))
    later = clock.now() + LEASE + timedelta(seconds=1)
    with clock.at(later - timedelta(minutes=5)):
        answer = desk(cast, "clerk2").post(address(filing, "accept/"), {"fence": str(filing.fence)})
        assert answer.status_code == 409 and "钱立" in answer.content.decode()
    with clock.at(later):
        services.accept_filing(filing_id=filing.pk, fence=filing.fence, actor=cast.clerk)
    assert Case.objects.count() == 1


def test_next_is_one_that_nobody_else_has(cast: Cast) -> None:
    """提交并看下一件 while 冯 works on the oldest: 钱 goes on with the one after it."""
    first = submitted(cast)
    second, third, fourth = twins(first, 3)
    claimed(cast, second, by="clerk2")
    held, client = claimed(cast, first), desk(cast, "clerk")
    answer = client.post(address(first, "accept/"), {"fence": str(held.fence), "next": "yes"})
    assert answer["Location"] == address(third)
    third.refresh_from_db()
    assert third.claimed_by == cast.posts["clerk"]
    answer = client.post(address(third, "accept/"), {"fence": str(third.fence), "next": "yes"})
    assert answer["Location"] == address(fourth)
    fourth.refresh_from_db()
    answer = client.post(address(fourth, "accept/"), {"fence": str(fourth.fence), "next": "yes"})
    assert answer["Location"] == "/desk/filings/", "what remains is in other hands"


@pytest.mark.req("SEC-50")
def test_two_uploads_at_once_do_not_pass_the_quota(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    filing = draft(cast, without=("IOU", "TRANSFER"))
    monkeypatch.setattr(drafts, "MAX_FILES", 2)

    def upload() -> FilingMaterial:
        file = photo(["借条"], "借条.jpg")
        return services.add_material(filing_id=filing.pk, slot="IOU", upload=file, actor=cast.zhang)

    results = at_once(upload, upload)
    assert sorted(type(result).__name__ for result in results) == ["FilingMaterial", "InvalidInput"]
    assert filing.materials.filter(removed_at=None).count() == 2
