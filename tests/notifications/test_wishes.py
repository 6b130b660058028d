"""What a person switches off stays in the inbox, what has a legal consequence cannot be switched off, and nights are quiet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from common import clock
from common.errors import InvalidInput, NotAllowed
from courts.models import Court
from eventlog.models import Event
from notifications.measure import STALE
from notifications.models import Channel, Message, MessageState, NoticeGroup, NoticeWishes, QuietHours
from notifications.services import send_due
from notifications.wishes import ORDINARY, choose, wishes_of
from notifications.words import SERVICE_KINDS
from portal.zone import notices as zone_notices
from tests.consistency.code import sources, text
from tests.filing.pages import text_of
from tests.support.court import Cast
from tests.support.receiver import Receiver

PAGE = "/my/notices/settings/"
NIGHT = datetime(2026, 3, 10, 22, 30, tzinfo=clock.BEIJING)
MORNING = datetime(2026, 3, 11, 7, tzinfo=clock.BEIJING)


@pytest.fixture
def provider(transactional_db: None, settings: Any) -> Iterator[Receiver]:
    """Accepts everything."""
    server = Receiver()
    server.answer = {"state": "accepted"}
    settings.SMS_URL = server.url
    yield server
    server.stop()


def queue(cast: Cast, kind: str, at: datetime) -> Message:
    """A text to 张某."""
    user = cast.users["zhang"]
    return Message.objects.create(
        event_id=Message.objects.count() + 1, court_id=Court.objects.earliest("id").pk, user=user, phone=user.phone,
        recipient_key=f"user:{user.pk}", kind=kind, channel=Channel.SMS, title="通知", body=kind, created_at=at, next_at=at,
    )  # fmt: skip


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def send_at(moment: datetime) -> int:
    with clock.at(moment):
        return send_due()


@pytest.mark.req("REL-22")
def test_nights_are_quiet_and_the_morning_brings_one_text(
    cast: Cast, provider: Receiver, settings: Any
) -> None:
    settings.QUIET_HOURS = "22-7"
    legal, paper = queue(cast, "bill_issued", NIGHT), queue(cast, next(iter(SERVICE_KINDS)), NIGHT)
    held = [queue(cast, kind, NIGHT) for kind in ("thread_answered", "bill_paid", "filing_accepted")]
    assert send_at(NIGHT) == 2
    assert (state_of(legal), state_of(paper)) == ("sent", "sent"), "no night keeps these"
    for hours in (1, 2, 8):
        assert send_at(NIGHT + timedelta(hours=hours)) == 0
    assert send_at(MORNING) == 1
    assert sorted(state_of(message) for message in held) == ["merged", "merged", "sent"]
    assert "您有3条新通知" in provider.bodies()[-1]["text"]


def test_a_night_is_never_longer_than_what_makes_a_text_stale() -> None:
    for choice in QuietHours:
        for hour in range(24):
            moment = NIGHT.replace(hour=hour, minute=59)
            end = choice.end_after(moment)
            assert end is None or moment < end <= moment + STALE
    assert QuietHours.NIGHT.end_after(NIGHT) == MORNING
    assert QuietHours.NIGHT.end_after(MORNING - timedelta(seconds=1)) == MORNING
    assert QuietHours.NIGHT.end_after(MORNING) is None
    assert QuietHours.NONE.end_after(NIGHT) is None


@pytest.mark.req("REL-22")
def test_what_is_switched_off_is_not_sent_and_the_rest_is(cast: Cast, provider: Receiver) -> None:
    choose(wanted=["money"], quiet="none", actor=cast.zhang)
    now = clock.now()
    kinds = ("thread_answered", "bill_paid", "bill_issued", next(iter(SERVICE_KINDS)))
    sent = {kind: queue(cast, kind, now) for kind in kinds}
    send_due()
    assert {kind: state_of(message) for kind, message in sent.items()} == {
        "thread_answered": MessageState.DROPPED,
        "bill_paid": MessageState.SENT,
        "bill_issued": MessageState.SENT,
        next(iter(SERVICE_KINDS)): MessageState.SENT,
    }


@pytest.mark.req("SEC-37")
def test_an_answer_of_the_complaint_zone_is_switched_off_with_the_others(
    cast: Cast, provider: Receiver
) -> None:
    choose(wanted=[], quiet="none", actor=cast.zhang)
    zone_notices.tell(cast.users["zhang"].pk, cast.court.pk)
    assert send_due() == 0
    assert Message.objects.get(channel=Channel.SMS).state == MessageState.DROPPED
    assert Message.objects.filter(channel=Channel.INBOX).count() == 1


def test_the_page_shows_what_holds_and_keeps_what_is_chosen(cast: Cast) -> None:
    browser = cast.client("zhang")
    page = browser.get(PAGE)
    assert "不能关" in text_of(page) and "通知设置" in text_of(browser.get("/my/notices/"))
    assert page.content.decode().count("checked") == len(NoticeGroup) + 1
    sent = {"wanted": ["cases", "dates"], "quiet_hours": "21-8"}
    for _again in range(2):
        assert browser.post(PAGE, sent).status_code == 302
    wishes = NoticeWishes.objects.get(user=cast.users["zhang"])
    assert (wishes.muted, wishes.quiet) == (["money", "reminders"], "21-8")
    event = Event.objects.get(name="notifications.wishes_changed")
    assert event.payload["muted"] == ["money", "reminders"]
    assert wishes_of(cast.users["li"].pk).muted == []
    refused = browser.post(PAGE, {"wanted": ["service"], "quiet_hours": "0-24"})
    assert refused.status_code == 422 and "请从列出的选项里选" in refused.content.decode()
    assert cast.client("judge").get(PAGE).status_code == 403


def test_the_service_refuses_what_the_page_does_not_offer(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        choose(wanted=["service"], quiet="none", actor=cast.zhang)
    with pytest.raises(NotAllowed):
        choose(wanted=[], quiet="none", actor=cast.judge)
    assert not NoticeWishes.objects.exists()


def test_every_kind_that_may_be_switched_off_exists_and_none_is_of_service() -> None:
    words = "\n".join(
        text(path) for path in sources("notifications") if "handlers" in path.name or path.name == "ways.py"
    )
    known = set(re.findall(r'"([a-z_]+)"', words))
    assert ORDINARY.keys() <= known
    assert SERVICE_KINDS <= known and ORDINARY.keys().isdisjoint(SERVICE_KINDS)
