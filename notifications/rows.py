"""The rows of one notice to one person: the one way they are written, for the portal's notices and for the zone's."""

from __future__ import annotations

from dataclasses import dataclass

from common import clock
from courts.models import Court
from notifications.models import Channel, Message, MessageState
from notifications.recipients import Recipient
from notifications.wishes import ways_to
from notifications.words import sms_text


@dataclass(frozen=True)
class Notice:
    """What is told: ``event_id`` makes it one notice of this kind for each person and channel; ``link`` is an address of the portal."""

    event_id: int
    kind: str
    court: Court
    title: str
    body: str
    link: str


def rows_for(person: Recipient, notice: Notice) -> list[Message]:
    """One unsaved row for each channel that ``notifications.wishes`` names: in the inbox at once, by the others when it is sent."""
    now, rows = clock.now(), []
    for channel, to in ways_to(person):
        row = Message(
            event_id=notice.event_id,
            court_id=notice.court.pk,
            user_id=person.user_id,
            recipient_key=person.key,
            kind=notice.kind,
            title=notice.title,
            link=notice.link,
            channel=channel,
            created_at=now,
            next_at=now,
        )
        if channel == Channel.INBOX:
            row.body, row.state, row.sent_at = notice.body, MessageState.SENT, now
        else:
            row.body, row.phone = sms_text(notice.court, notice.body), to
        rows.append(row)
    return rows
