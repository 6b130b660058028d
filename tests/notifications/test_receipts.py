"""What becomes of a text: the provider says so with a proof, doubled and late news change nothing, a bounce is a task."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from common.gateways.receipts import proof
from eventlog.models import Event
from notifications.models import Channel, Message, MessageState
from notifications.services import send_due
from tests.filing.pages import text_of
from tests.support.court import Cast, accepted
from tests.support.servers import Live

SOME = "5f0c9d9e-3c4b-4c55-9a57-0a5f4b6a4c11"


def told(message: Message | str, state: str, **changes: str) -> int:
    """The provider's callback; ``changes`` forge it."""
    identity = str(message.public_id) if isinstance(message, Message) else message
    body = json.dumps({"id": identity, "state": state}).encode()
    now = int(time.time())
    moment = {"old": str(now - 400)}.get(changes.get("moment", ""), changes.get("moment", str(now)))
    headers = {
        "X-Sms-Timestamp": moment,
        "X-Sms-Signature": changes.get("proof", proof(settings.SMS_TOKEN, moment, body)),
    }
    sent = changes.get("body", "").encode() or body
    return Client().post("/sms/receipts/", sent, content_type="application/json", headers=headers).status_code


@pytest.fixture
def sent(cast: Cast, live: Live, run_outbox: Callable[..., int]) -> Message:
    """A text the provider took."""
    accepted(cast)
    run_outbox()
    send_due()
    return Message.objects.filter(channel=Channel.SMS, state=MessageState.SENT).latest("id")


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def test_doubled_and_late_receipts_end_in_one_state(sent: Message) -> None:
    """F-27: the phone was off, the provider gave up, the text came after all, and everything is told twice."""
    for _again in range(2):
        assert told(sent, "bounced") == 200
    assert state_of(sent) == MessageState.BOUNCED
    assert Event.objects.filter(name="notifications.text_bounced").count() == 1
    for state in ("delivered", "bounced", "delivered"):
        assert told(sent, state) == 200
    assert state_of(sent) == MessageState.ARRIVED
    assert told(SOME, "delivered") == 200, "an id nobody knows says nothing"


@pytest.mark.parametrize(
    "forged",
    [
        {"proof": "0" * 64},
        {"proof": ""},
        {"moment": "0"},
        {"moment": "old"},
        {"moment": "now"},
        {"body": '{"id": "x", "state": "bounced"}'},
    ],
)
def test_what_is_not_proven_changes_nothing(sent: Message, forged: dict[str, str]) -> None:
    assert told(sent, "bounced", **forged) == 401
    assert state_of(sent) == MessageState.SENT


@pytest.mark.parametrize(("identity", "state"), [("x", "bounced"), (SOME, "lost"), ("", "")])
def test_another_shape_is_refused(sent: Message, identity: str, state: str) -> None:
    assert told(identity, state) == 401


def test_a_bounce_stands_on_the_list_until_somebody_settled_it(cast: Cast, sent: Message) -> None:
    told(sent, "bounced")
    clerk = cast.client("clerk")
    page = text_of(clerk.get("/desk/unreachable/"))
    assert sent.title in page and "138****0001" in page
    assert sent.phone not in page, "never the whole number"
    address = f"/desk/unreachable/{sent.public_id}/"
    answers: dict[str, Any] = {
        who: cast.client(who).post(address).status_code for who in ("judge", "clerk-b", "zhang")
    }
    assert answers == {"judge": 403, "clerk-b": 404, "zhang": 403}
    assert clerk.post(address).status_code == 302
    assert sent.title not in text_of(clerk.get("/desk/unreachable/"))
    assert clerk.post(address).status_code == 404
    event = Event.objects.get(name="notifications.bounce_settled")
    assert event.actor_post_id == cast.posts["clerk"].pk
