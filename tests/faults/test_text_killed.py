"""The worker dies between sending a text and marking it (F-10): the same id again, which the provider drops."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common import clock
from notifications.models import Channel, Message, MessageState
from notifications.services import send_due
from standins.models import SentText
from tests.faults.crash import run_and_die
from tests.support.scans import Told

KILLED_AFTER_SENDING = """
from common.gateways import sms
send = sms.send
def send_and_die(message):
    {ident}
    send(message)
    die()
sms.send = send_and_die
from notifications.services import send_due
send_due(limit=1)
"""
NEW_ID_EACH_TIME = "import dataclasses, uuid; message = dataclasses.replace(message, id=str(uuid.uuid4()))"


def sent_twice(told: Told, ident: str) -> list[str]:
    """Queue one text, die after it was sent, send what is due when its lease ended; ids the provider took."""
    text = Message.objects.filter(channel=Channel.SMS).order_by("-id")[0]
    Message.objects.filter(channel=Channel.SMS).exclude(pk=text.pk).update(state=MessageState.SENT)
    Message.objects.filter(pk=text.pk).update(state=MessageState.QUEUED, next_at=clock.now())
    SentText.objects.all().delete()
    run_and_die(KILLED_AFTER_SENDING.format(ident=ident))
    text.refresh_from_db()
    assert text.state == MessageState.QUEUED, "the process died before it could note it"
    with clock.at(clock.now() + timedelta(seconds=50)):  # the last round that begins within a minute (REL-20)
        send_due()
    text.refresh_from_db()
    assert text.state == MessageState.SENT
    return list(SentText.objects.values_list("provider_id", flat=True))


@pytest.mark.req("REL-20", "F-10")
def test_a_text_sent_before_the_crash_arrives_once(told: Told) -> None:
    assert len(sent_twice(told, "pass")) == 1


def test_control_a_new_id_for_each_try_is_two_texts(told: Told) -> None:
    assert len(sent_twice(told, NEW_ID_EACH_TIME)) == 2
