"""The clerk's side: lease, one correction notice, acceptance; wrong person, wrong state, repeat."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import RealNameLevel, User
from cases.models import PartyAccess, PhoneOrigin, Side
from cases.selectors import judge_name
from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from courts.calendar import deadline
from eventlog.models import Event
from filing import services
from filing.defects import library_for
from filing.models import CorrectionNotice, Filing, FilingStatus
from filing.selectors import draft_of
from payments.models import Bill
from tests.support.court import Cast, accepted, claimed, submitted


def _return(cast: Cast, filing: Filing, *, code: str = "unreadable_IOU") -> CorrectionNotice:
    held = claimed(cast, filing)
    defects = [defect for defect in library_for(draft_of(held)) if defect.code == code]
    return services.return_filing_for_correction(
        filing_id=filing.pk,
        fence=held.fence,
        defects=defects,
        words="",
        reason_for_repeat="",
        actor=cast.clerk,
    )


def test_review_clock_is_the_seventh_day_or_the_next_working_day(cast: Cast) -> None:
    filing = submitted(cast)
    assert filing.submitted_at is not None
    assert filing.due_on == deadline("D01", clock.beijing_day(filing.submitted_at), court=cast.court).due


def test_only_the_named_part_is_open_after_a_notice(cast: Cast) -> None:
    filing = submitted(cast)
    notice = _return(cast, filing)
    filing.refresh_from_db()
    assert filing.status == FilingStatus.RETURNED
    assert [item.slot for item in notice.items.all()] == ["IOU"]
    with pytest.raises(NotAllowed):
        services.save_page(
            filing_id=filing.pk, page="principal", values={"principal": "1.00"}, actor=cast.zhang
        )
    with pytest.raises(NotAllowed):
        services.save_delivery(filing_id=filing.pk, e_delivery=False, actor=cast.zhang)
    again = services.submit_filing(filing_id=filing.pk, actor=cast.zhang)
    assert (again.number, again.status) == (filing.number, FilingStatus.SUBMITTED)
    assert again.first_submitted_at == filing.first_submitted_at
    assert again.submissions.count() == 2


def test_a_notice_without_defects_is_refused(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        _return(cast, submitted(cast), code="none of them")


@pytest.mark.parametrize(
    "who", ["clerk-b", "judge", "head", "supervisor", "zhang", "chen", "finance1", "admin"]
)
def test_nobody_else_takes_or_accepts(cast: Cast, who: str) -> None:
    filing = submitted(cast)
    with pytest.raises(NotAllowed):
        services.claim_filing(filing_id=filing.pk, actor=cast.actors[who])
    with pytest.raises(NotAllowed):
        services.accept_filing(filing_id=filing.pk, fence=0, actor=cast.actors[who])


def test_a_lease_keeps_others_out_and_names_who_has_it(cast: Cast) -> None:
    filing = claimed(cast, submitted(cast))
    with pytest.raises(Conflict) as refusal:
        claimed(cast, filing, by="clerk2")
    assert "钱立" in refusal.value.message


def test_acceptance_opens_everything_at_once(cast: Cast, run_outbox: Callable[..., int]) -> None:
    case = accepted(cast)
    assert case.number == f"（{case.year}）某1234民初1号"
    assert judge_name(case) == "赵明"
    assert Bill.objects.get(case=case).amount == 695
    assert case.code.is_on
    access = PartyAccess.objects.get(party__case=case)
    assert (access.user, access.party.side) == (cast.users["zhang"], Side.PLAINTIFF)
    defendant = case.parties.get(side=Side.DEFENDANT)
    assert (defendant.phone_origin, defendant.e_delivery_since) == (PhoneOrigin.OTHER_SIDE, None)
    assert sorted(case.deadlines.values_list("rule_id", flat=True)) == ["D11", "D23"]
    assert Event.objects.filter(name="filing.accepted", actor_name="钱立").count() == 1
    run_outbox()


def test_equal_names_bind_nobody(cast: Cast) -> None:
    """Somebody who filed for another person of the same name gets no access by the name (DESIGN §9)."""
    User.objects.filter(pk=cast.users["zhang"].pk).update(
        id_number_index="another", real_name_level=RealNameLevel.REAL_NAME
    )
    assert not PartyAccess.objects.filter(party__case=accepted(cast)).exists()


def test_withdrawn_application_cannot_be_accepted(cast: Cast) -> None:
    filing = claimed(cast, submitted(cast))
    services.withdraw_filing(filing_id=filing.pk, actor=cast.zhang)
    with pytest.raises(Conflict):
        services.accept_filing(filing_id=filing.pk, fence=filing.fence, actor=cast.clerk)
