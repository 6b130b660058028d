"""A day without a witness of the trail: acceptance and delivery wait, until an anchor comes or two people let them go on (SEC-44)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings

from cases.models import Case
from common import clock
from common.errors import Conflict, GatewayUnavailable, NotAllowed
from common.two_people import ProposalState
from courts import trail_services as trail_hold
from documents.models import Delivery
from eventlog import anchors
from eventlog.models import Event
from eventlog.relay import run_due
from filing.models import FilingStatus
from filing.services import accept_filing, claim_filing
from tests.support.court import Cast, accepted, submitted
from tests.support.servers import Signer

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/manage/trail/"


def accept(cast: Cast, filing: object) -> Case:
    taken = claim_filing(filing_id=filing.pk, actor=cast.clerk)  # type: ignore[attr-defined]
    return accept_filing(filing_id=taken.pk, fence=taken.fence, actor=cast.clerk)


@pytest.mark.req("SEC-44")
def test_after_a_day_acceptance_waits_for_the_anchor(
    cast: Cast, settings: LazySettings, own_signer: Signer
) -> None:
    filing = submitted(cast)
    with clock.at(clock.now() + timedelta(hours=25)):
        settings.TRAIL_HOLD_HOURS = 24
        with pytest.raises(GatewayUnavailable) as held:
            accept(cast, filing)
        assert held.value.code == "trail_unwitnessed"
        filing.refresh_from_db()
        assert filing.status == FilingStatus.SUBMITTED and not Case.objects.exists()
        own_signer.start()
        anchors.run()
        assert accept(cast, filing).number


@pytest.mark.req("SEC-44")
def test_control_where_nothing_is_held_the_same_act_succeeds(cast: Cast, settings: LazySettings) -> None:
    filing = submitted(cast)
    with clock.at(clock.now() + timedelta(hours=25)):
        settings.TRAIL_HOLD_HOURS = 0
        assert accept(cast, filing).number


@pytest.mark.req("SEC-44")
def test_papers_wait_as_effects_and_come_afterwards(
    cast: Cast, settings: LazySettings, own_signer: Signer
) -> None:
    accepted(cast)
    settings.TRAIL_HOLD_HOURS = 24
    with clock.at(clock.now() + timedelta(hours=25)):
        run_due()
        assert not Delivery.objects.exists()
        own_signer.start()
        anchors.run()
    with clock.at(clock.now() + timedelta(hours=26)):
        while run_due():
            pass
        assert Delivery.objects.exists()


@pytest.mark.req("SEC-44")
def test_two_people_let_work_go_on_for_a_day(cast: Cast, settings: LazySettings) -> None:
    filing, later = submitted(cast), clock.now() + timedelta(hours=25)
    settings.TRAIL_HOLD_HOURS = 24
    with clock.at(later):
        admin, supervisor = cast.client("admin"), cast.client("supervisor")
        shown = admin.get(PAGE).content.decode()
        assert "现在不能立案" in shown and "提出放行" in shown
        assert admin.post(PAGE, {"reason": "时间戳机构检修"}).status_code == 302
        row = trail_hold.visible_releases(cast.actors["admin"]).get()
        with pytest.raises(NotAllowed):
            trail_hold.decide_release(public_id=row.public_id, move="agree", actor=cast.actors["admin"])
        with pytest.raises(GatewayUnavailable):
            accept(cast, filing)
        assert supervisor.post(PAGE, {"do": "agree", "proposal": str(row.public_id)}).status_code == 302
        assert "已由两个人放行" in supervisor.get(PAGE).content.decode()
        assert accept(cast, filing).number
        assert Event.objects.filter(name="courts.trail_released", stream=trail_hold.STREAM).count() == 1
    with clock.at(later + timedelta(hours=24, minutes=1)), pytest.raises(GatewayUnavailable):
        trail_hold.require_witnessed()


@pytest.mark.req("SEC-44")
def test_refused_taken_back_and_not_needed(cast: Cast, settings: LazySettings) -> None:
    admin, supervisor = cast.actors["admin"], cast.actors["supervisor"]
    submitted(cast)
    settings.TRAIL_HOLD_HOURS = 24
    with pytest.raises(Conflict, match="没有暂停"):
        trail_hold.propose_release(reason="今天必须立", actor=admin)
    with clock.at(clock.now() + timedelta(hours=25)):
        first = trail_hold.propose_release(reason="今天必须立", actor=admin)
        with pytest.raises(Conflict):
            trail_hold.propose_release(reason="今天必须立", actor=supervisor)
        assert (
            trail_hold.decide_release(public_id=first.public_id, move="refuse", actor=supervisor).state
            == ProposalState.REFUSED
        )
        second = trail_hold.propose_release(reason="今天必须立", actor=admin)
        trail_hold.decide_release(public_id=second.public_id, move="withdraw", actor=admin)
        with pytest.raises(GatewayUnavailable):
            trail_hold.require_witnessed()
