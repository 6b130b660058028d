"""An outage that the system could not see itself: entered by one, agreed to by another, told to everybody as the recorded ones are (REL-51)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed
from common.two_people import ProposalState
from courts.models import Outage, OutageEntry
from courts.outage_services import decide_outage, propose_outage, visible_entries
from courts.outages import record_of, windows_on
from eventlog.models import Event
from eventlog.receipts import is_genuine
from tests.support.court import Cast

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/manage/outages/"
DAY = date(2026, 3, 2)
SINCE = datetime(2026, 3, 2, 9, 0, tzinfo=clock.BEIJING)
UNTIL = datetime(2026, 3, 2, 11, 30, tzinfo=clock.BEIJING)
SENT = {
    "from_day": "2026-3-2", "from_time": "9:00", "to_day": "2026-03-02", "to_time": "11:30",
    "services": ["payment", "filing"], "reason": "支付渠道中断，有渠道公告",
}  # fmt: skip


def entered(actor: Actor, **other: object) -> OutageEntry:
    said = {"starts_at": SINCE, "ends_at": UNTIL, "services": ["payment"], "reason": "支付渠道中断"} | other
    return propose_outage(actor=actor, **said)  # type: ignore[arg-type]


@pytest.mark.req("REL-51")
def test_entered_on_the_page_by_one_and_told_to_all_after_another(cast: Cast) -> None:
    admin, supervisor, anybody = cast.client("admin"), cast.client("supervisor"), Client()
    assert admin.post(PAGE, SENT).status_code == 302
    row = OutageEntry.objects.get()
    assert (row.starts_at, row.ends_at, row.services) == (SINCE, UNTIL, ["filing", "payment"])
    where = "/outages/?day=2026-03-02"
    assert "不能正常使用" not in anybody.get(where).content.decode(), "proposed is not recorded"
    assert "同意登记" not in admin.get(PAGE).content.decode()
    assert "同意登记" in supervisor.get(PAGE).content.decode()
    sent = {"do": "agree", "proposal": str(row.public_id)}
    assert admin.post(PAGE, sent).status_code == 403
    assert supervisor.post(PAGE, sent).status_code == 302
    shown = anybody.get(where).content.decode()
    assert "提交立案申请、交纳诉讼费不能正常使用" in shown and "起诉、申请的期限、交费的期限" in shown
    file = anybody.get("/outages/record/?day=2026-03-02").content.decode()
    text, _line, signature = file.strip().rpartition("\n\n")
    assert "2026-03-02 09:00:00至2026-03-02 11:30:00" in text and is_genuine(text, signature)
    names = list(Event.objects.filter(stream="portal:outages").order_by("id").values_list("name", flat=True))
    assert names == ["courts.outage_proposed", "courts.outage_entered"]


@pytest.mark.req("REL-51")
def test_it_gives_the_same_ground_to_ask_for_more_time_as_a_recorded_one(cast: Cast) -> None:
    Outage.objects.create(starts_at=SINCE - timedelta(hours=2), ends_at=UNTIL, recorded_at=UNTIL)
    row = entered(cast.actors["supervisor"], services=["papers", "materials"])
    decide_outage(public_id=row.public_id, move="agree", actor=cast.actors["admin2"])
    recorded, other = windows_on(DAY)
    assert recorded.services == () and other.services == ("materials", "papers")
    assert recorded.ask_until == other.ask_until == date(2026, 3, 12)
    assert "答辩、举证、补正的期限、从收到文书起算的期限" in other.text
    assert windows_on(DAY + timedelta(days=1)) == windows_on(DAY - timedelta(days=1)) == []


@pytest.mark.req("REL-51")
def test_refused_and_withdrawn_stand_nowhere(cast: Cast) -> None:
    admin, supervisor = cast.actors["admin"], cast.actors["supervisor"]
    for move, by, state in (
        ("refuse", supervisor, ProposalState.REFUSED),
        ("withdraw", admin, ProposalState.WITHDRAWN),
    ):
        row = entered(admin)
        assert decide_outage(public_id=row.public_id, move=move, actor=by).state == state
    assert windows_on(DAY) == [] and "没有故障记录" in record_of(DAY)[0]
    one = entered(admin)
    with pytest.raises(NotAllowed):
        decide_outage(public_id=one.public_id, move="agree", actor=admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutageEntry.objects.filter(pk=one.pk).update(
            state="agreed", decided_by=one.proposed_by_id, decided_at=clock.now()
        )


@pytest.mark.req("REL-51")
def test_what_nobody_can_enter(cast: Cast) -> None:
    admin = cast.actors["admin"]
    for nobody in (cast.actors["judge"], cast.zhang):
        with pytest.raises(NotAllowed):
            entered(nobody)
        assert not visible_entries(nobody).exists()
    for wrong in (
        {"ends_at": SINCE},
        {"ends_at": SINCE + timedelta(days=32)},
        {"starts_at": clock.now(), "ends_at": clock.now() + timedelta(hours=1)},
        {"services": []},
        {"services": ["coffee"]},
        {"reason": "坏"},
    ):
        with pytest.raises(InvalidInput):
            entered(admin, **wrong)
    answer = cast.client("admin").post(PAGE, SENT | {"to_time": "8:00"})
    assert answer.status_code == 422 and "应在开始之后" in answer.content.decode()
    assert not OutageEntry.objects.exists()
