"""Ten minutes without the text provider and many texts waiting; then one that accepts, loses and tells everything twice: what
goes out stays within its measure, and when papers were delivered does not move (F-27, REL-22). 5,000 texts at full length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from common import clock
from courts.models import Court
from documents.models import Delivery, DeliveryFact
from eventlog.models import Event
from notifications import measure
from notifications.models import Channel, Message, MessageState
from notifications.selectors import inbox_of
from notifications.services import send_due
from notifications.words import SERVICE_KINDS
from tests.concurrency.together import at_once
from tests.notifications.test_receipts import told
from tests.support.court import Cast, accepted
from tests.support.length import FULL_LENGTH
from tests.support.receiver import Receiver
from tests.support.rude import Rude

WAITING = 5_000 if FULL_LENGTH else 160
A_MINUTE = 600 if FULL_LENGTH else 20
KINDS = ("thread_answered", "bill_issued", "bill_issued", "paper_delivered")
ROUND = timedelta(seconds=10)
SERVICE = next(iter(SERVICE_KINDS))


@pytest.fixture
def provider(transactional_db: None, settings: Any) -> Iterator[Receiver]:
    """Accepts everything."""
    server = Receiver()
    server.answer = {"state": "accepted"}
    settings.SMS_URL = server.url
    yield server
    server.stop()


def text(number: int, kind: str, at: datetime, *, person: int = 0, channel: Channel = Channel.SMS) -> Message:
    """A text to the person of this number."""
    is_text = channel == Channel.SMS
    return Message(
        event_id=number, court_id=Court.objects.earliest("id").pk, phone=f"139{person:08}" if is_text else "",
        recipient_key=f"party:{person}", kind=kind, channel=channel, title="通知", body=f"{kind} {number}", created_at=at,
        next_at=at, state=MessageState.QUEUED if is_text else MessageState.SENT,
    )  # fmt: skip


def queue(*kinds: str, person: int = 1, at: datetime | None = None) -> list[Message]:
    """Texts to one person, one of each kind."""
    moment, known = at or clock.now(), Message.objects.count()
    return Message.objects.bulk_create(
        text(known + number, kind, moment, person=person) for number, kind in enumerate(kinds)
    )


def states(rows: list[Message]) -> list[str]:
    found = dict(Message.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "state"))
    return [found[row.pk] for row in rows]


def rounds(start: datetime, minutes: int) -> Counter[int]:
    """Beat comes by every ten seconds; how many texts left in each minute, for as long as one waits that may go."""
    left: Counter[int] = Counter()
    for number in range(minutes * 6):
        moment = start + number * ROUND
        with clock.at(moment):
            left[number // 6] += send_due()
    return left


def delivered() -> list[Any]:
    """When papers were delivered, and what proves it."""
    rows = Delivery.objects.order_by("id").values_list("id", "state", "delivered_at", "version")
    return [*rows, *DeliveryFact.objects.order_by("id").values_list("id", "kind", "happened_at")]


@pytest.mark.req("F-27", "REL-22")
def test_after_an_outage_everybody_gets_one_text_in_measure(
    cast: Cast, run_outbox: Callable[..., int], settings: Any, provider: Receiver
) -> None:
    accepted(cast)
    run_outbox()
    Message.objects.filter(channel=Channel.SMS).delete()
    before, working, start = delivered(), settings.SMS_URL, clock.now()
    settings.TEXTS_PER_MINUTE = A_MINUTE
    people = WAITING // len(KINDS)
    Message.objects.bulk_create(
        text(number, KINDS[number % len(KINDS)], start, person=number // len(KINDS))
        for number in range(WAITING)
    )
    rude = Rude()
    rude.manner, settings.SMS_URL = "reset", rude.url
    try:
        rounds(start, 10)
    finally:
        rude.stop()
    assert rude.calls <= 5 + 20, "left alone while it is away"
    assert not Message.objects.filter(channel=Channel.SMS, state=MessageState.SENT).exists()
    settings.SMS_URL = working
    back = start + timedelta(minutes=10)
    left = rounds(back, 2 * people // A_MINUTE + 12)
    assert max(left.values()) <= A_MINUTE
    texts = Message.objects.filter(channel=Channel.SMS)
    assert set(texts.values_list("state", flat=True)) == {MessageState.SENT, MessageState.MERGED}
    ids = [asked["id"] for asked in provider.bodies()]
    assert len(ids) == len(set(ids)) == texts.filter(state=MessageState.SENT).count()
    phones = Counter(asked["to"] for asked in provider.bodies())
    tried = rude.calls
    assert len(phones) == people
    assert sum(number > 2 for number in phones.values()) <= tried, "one digest and one that says a paper came"
    assert Message.objects.filter(kind=SERVICE, state=MessageState.MERGED).count() == 0
    _tell_twice(texts.filter(state=MessageState.SENT).order_by("id"))
    assert delivered() == before and before


def _tell_twice(sent: Any) -> None:
    """Every third text is lost without a word; of the others everything is told twice, one of them bounced."""
    heard = [message for number, message in enumerate(sent) if number % 3][:30]
    for message in heard:
        for _again in range(2):
            assert told(message, "bounced" if message == heard[0] else "delivered") == 200
    assert Event.objects.filter(name="notifications.text_bounced").count() == 1
    assert states(heard)[1:] == [MessageState.ARRIVED] * (len(heard) - 1)
    with clock.at(clock.now() + timedelta(days=1)):
        assert send_due() == 0, "what was lost is not sent again: it is only a nudge"


def test_control_without_the_bucket_all_leave_in_one_minute(provider: Receiver) -> None:
    for person in range(30):
        queue("thread_answered", person=person)
    assert max(rounds(clock.now(), 1).values()) == 30


@pytest.mark.req("REL-22")
def test_one_of_a_kind_in_ten_minutes(provider: Receiver) -> None:
    start = clock.now()
    with clock.at(start):
        first, second = queue("bill_issued"), None
        assert send_due() == 1
    with clock.at(start + timedelta(minutes=1)):
        second = queue("bill_issued", "thread_answered")
        assert send_due() == 1, "another kind goes out at once"
    assert states([*first, *second]) == ["sent", "queued", "sent"]
    with clock.at(start + timedelta(minutes=9)):
        third = queue("bill_issued", "code_off")
        send_due()
    assert states(third) == ["queued", "sent"]
    with clock.at(start + timedelta(minutes=11)):
        assert send_due() == 1
    assert sorted(states([second[0], third[0]])) == ["merged", "sent"]
    assert "您有2条新通知" in provider.bodies()[-1]["text"]


@pytest.mark.req("REL-22")
def test_ten_a_day_and_papers_wait_instead_of_being_lost(provider: Receiver) -> None:
    start = clock.now()
    with clock.at(start):
        queue(*[f"kind{number}" for number in range(10)])
        assert send_due() == 10
        over, paper = queue("kind10")[0], queue(SERVICE)[0]
        inbox = text(over.event_id, "kind10", start, person=1, channel=Channel.INBOX)
        assert send_due() == 0
    assert states([over, paper]) == ["dropped", "queued"]
    with clock.at(start + timedelta(days=1, minutes=1)):
        assert send_due() == 1
    assert states([paper]) == ["sent"]
    assert inbox.state == MessageState.SENT


@pytest.mark.req("REL-22")
def test_after_a_day_a_nudge_is_dropped_a_paper_never(provider: Receiver, cast: Cast) -> None:
    start = clock.now()
    old, paper = queue("thread_answered", SERVICE)
    user = cast.users["zhang"]
    notice = text(old.event_id, old.kind, start, person=1, channel=Channel.INBOX)
    notice.user = user
    notice.save()
    with clock.at(start + timedelta(days=3)):
        assert send_due() == 1
    assert states([old, paper]) == ["dropped", "sent"]
    assert inbox_of(cast.zhang).get(pk=notice.pk).has_no_text
    assert "没有发短信，以这里为准" in cast.client("zhang").get("/my/notices/").content.decode()


@pytest.mark.req("REL-22")
def test_two_workers_count_together(provider: Receiver, settings: Any) -> None:
    settings.TEXTS_PER_MINUTE = 15
    for person in range(30):
        queue("thread_answered", person=person)
    queue(*[f"kind{number}" for number in range(5)], person=99)
    now = clock.now()

    def round_of_one() -> int:
        with clock.at(now):
            return send_due()

    assert sum(at_once(round_of_one, round_of_one)) <= 15
    assert len(provider.got) <= 15
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM notifications_message WHERE state = 'sent'")
        assert cursor.fetchone()[0] == len(provider.got) > 0


def test_a_paper_that_no_provider_takes_becomes_a_task_of_the_court(rude: Rude) -> None:
    rude.manner = "error"
    paper, nudge = queue(SERVICE, "thread_answered")
    Message.objects.update(attempts=measure.TEXTS_A_DAY + 1)
    send_due()
    assert states([paper, nudge]) == ["bounced", "failed"]


@pytest.fixture
def rude(transactional_db: None, settings: Any) -> Iterator[Rude]:
    """The provider's address leads to it."""
    server = Rude()
    settings.SMS_URL = server.url
    yield server
    server.stop()
