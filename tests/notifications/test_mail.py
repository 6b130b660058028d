"""Mail beside texts, through a real SMTP line: confirmed by who reads it, the words of the text, dead when it comes back."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from common import clock
from common.errors import GatewayUnavailable
from common.gateways import mail, receipts
from common.gateways.channels import Outgoing, Postponed, Problem, Refused
from common.text import normalize_mail
from eventlog.models import Event
from notifications import address_services
from notifications.models import AddressState, Channel, Message, MessageState, NoticeAddress
from notifications.services import send_due
from standins import smtp
from standins.models import SentText
from tests.filing.pages import text_of
from tests.support.court import Cast, accepted
from tests.support.rude import Rude
from tests.support.servers import Live

PAGE = "/my/notices/settings/mail/"
BOX = "zhang@mail.example"


class MailServer:
    """The stand-in in a thread of the test."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.loop, self.ending = asyncio.new_event_loop(), asyncio.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        async def serve() -> None:
            await smtp.serve(self.socket, self.ending)
            await asyncio.get_running_loop().shutdown_default_executor()

        self.loop.run_until_complete(serve())
        self.loop.close()

    def stop(self) -> None:
        """Close the port and end the thread."""
        self.loop.call_soon_threadsafe(self.ending.set)
        self.thread.join(10)
        self.socket.close()


@pytest.fixture
def server(transactional_db: None, settings: Any) -> Iterator[MailServer]:
    """Mail goes there."""
    running = MailServer()
    settings.EMAIL_PORT = running.port
    yield running
    running.stop()


def has(cast: Cast, address: str) -> NoticeAddress:
    return address_services.keep(channel=Channel.MAIL, address=address, actor=cast.zhang)


def mails() -> list[SentText]:
    return list(SentText.objects.filter(channel="mail").order_by("id"))


def told(cast: Cast, run_outbox: Callable[..., int]) -> None:
    """The story makes notices, and what is due goes out."""
    accepted(cast)
    run_outbox()
    send_due()


def test_an_address_is_kept_once_its_owner_read_the_code(cast: Cast, server: MailServer) -> None:
    browser: Client = cast.client("zhang")
    assert "可以不填" in text_of(browser.get(PAGE)) and PAGE in browser.get(PAGE[:-5]).content.decode()
    assert browser.post(PAGE, {"do": "send", "mail": " ZHANG＠Mail.Example "}).status_code == 302
    (letter,) = mails()
    assert letter.to == "ZHANG@mail.example" and "确认邮箱" in letter.text
    assert not NoticeAddress.objects.exists(), "nothing before the code came back"
    code = re.search(r"验证码 (\d{6})", letter.text)
    assert code is not None
    wrong = browser.post(PAGE, {"do": "code", "code": f"{(int(code[1]) + 1) % 10**6:06d}"})
    assert wrong.status_code == 422 and "请核对邮件" in wrong.content.decode()
    assert cast.client("zhang").post(PAGE, {"do": "code", "code": code[1]}).status_code == 404
    assert browser.post(PAGE, {"do": "code", "code": code[1]}).status_code == 302
    assert NoticeAddress.objects.get(user=cast.users["zhang"]).state == AddressState.LIVE
    assert "Z***@mail.example" in text_of(browser.get(PAGE))
    assert browser.post(PAGE, {"do": "end"}).status_code == 302
    assert NoticeAddress.objects.get().state == AddressState.ENDED
    assert browser.post(PAGE, {"do": "end"}).status_code == 404
    assert {event.name for event in Event.objects.filter(name__contains="address_")} == {
        "notifications.address_kept", "notifications.address_ended",
    }  # fmt: skip


def test_a_mail_says_what_the_text_says_and_no_more(
    cast: Cast, live: Live, server: MailServer, run_outbox: Callable[..., int]
) -> None:
    has(cast, BOX)
    told(cast, run_outbox)
    sent = Message.objects.filter(channel=Channel.MAIL, state=MessageState.SENT)
    texts = dict(Message.objects.filter(channel=Channel.SMS).values_list("event_id", "body"))
    assert sent.count() == len(mails()) > 0
    subjects = {letter.text.partition("\n")[0] for letter in mails()}
    assert len(subjects) == 1 and "通知" in subjects.pop()
    for message in sent:
        assert message.body == texts[message.event_id]
        assert any(letter.text.endswith(message.body) for letter in mails())
    assert not Message.objects.filter(channel=Channel.MAIL).exclude(user=cast.users["zhang"]).exists()


@pytest.mark.parametrize("box", [smtp.NOBODY, smtp.BOUNCE])
def test_an_address_from_which_mail_comes_back_is_dead_and_asked_for_anew(
    cast: Cast, live: Live, server: MailServer, run_outbox: Callable[..., int], box: str
) -> None:
    """Refused at once, or taken and returned with a notification: the same to the person and the court."""
    has(cast, f"{box}@mail.example")
    told(cast, run_outbox)
    bounced = Message.objects.get(channel=Channel.MAIL, state=MessageState.BOUNCED)
    assert NoticeAddress.objects.get().state == AddressState.DEAD
    page = text_of(cast.client("clerk").get("/desk/unreachable/"))
    assert bounced.title in page and f"{box[0]}***@mail.example" in page
    run_outbox()
    asked = Message.objects.filter(kind="mail_dead", user=cast.users["zhang"])
    assert set(asked.values_list("channel", flat=True)) == {Channel.INBOX, Channel.SMS}
    assert "收不到邮件" in text_of(cast.client("zhang").get(PAGE))
    with clock.at(clock.now() + timedelta(hours=1)):
        send_due()
    waiting = Message.objects.filter(channel=Channel.MAIL, state__in=(MessageState.QUEUED, MessageState.SENT))
    assert not waiting.filter(attempts=0).exists(), "nothing more goes to a dead address"
    assert has(cast, BOX).state == AddressState.LIVE, "another one takes its place"


def test_a_full_box_may_be_tried_again(server: MailServer) -> None:
    with pytest.raises(Postponed):
        mail.send(Outgoing("m-1", f"{smtp.FULL}@mail.example", "您有一条新通知"))
    with pytest.raises(Refused) as refused:
        mail.send(Outgoing("m-1", f"{smtp.NOBODY}@mail.example", "您有一条新通知"))
    assert refused.value.problem is Problem.ADDRESS
    identity = mail.send(Outgoing("m-1", BOX, "您有一条新通知"))
    assert mail.send(Outgoing("m-1", BOX, "您有一条新通知")) == identity, "the same id at each try"


@pytest.mark.req("REL-59")
@pytest.mark.parametrize("manner", ["hang", "reset", "no http", "error", "endless"])
def test_whatever_is_no_mail_server_is_told_as_none(settings: Any, manner: str) -> None:
    rude = Rude()
    rude.manner = manner
    settings.EMAIL_PORT = int(rude.url.rpartition(":")[2])
    settings.OUTSIDE_CONNECT_SECONDS, settings.OUTSIDE_READ_SECONDS = 0.2, 0.3
    try:
        with pytest.raises(GatewayUnavailable):
            mail.send(Outgoing("m-1", BOX, "您有一条新通知"))
    finally:
        rude.stop()


@pytest.mark.req("REL-59")
def test_a_mail_server_that_is_away_holds_up_no_text(
    cast: Cast, live: Live, settings: Any, run_outbox: Callable[..., int]
) -> None:
    settings.EMAIL_PORT = 9
    has(cast, BOX)
    told(cast, run_outbox)
    assert not Message.objects.filter(channel=Channel.SMS, state=MessageState.QUEUED).exists()
    assert Message.objects.filter(channel=Channel.MAIL, state=MessageState.QUEUED).exists()


@pytest.mark.parametrize(
    ("action", "status", "state"),
    [("failed", "5.1.1", "bounced"), ("failed", "4.2.2", "sent"), ("delayed", "4.4.7", "sent"), ("delivered", "2.0.0", "arrived")],
)  # fmt: skip
def test_a_notification_is_read_as_it_says(cast: Cast, action: str, status: str, state: str) -> None:
    row, now = has(cast, BOX), clock.now()
    message = Message.objects.create(
        event_id=1, court_id=cast.court.pk, user=row.user, phone=BOX, recipient_key="x", kind="bill_paid",
        channel=Channel.MAIL, title="通知", body="通知", created_at=now, next_at=now, state=MessageState.SENT,
    )  # fmt: skip
    identity = f"<{message.public_id}@testserver>"
    assert given(smtp.notification_of(identity, BOX, action=action, status=status)) == 200
    message.refresh_from_db()
    assert message.state == state


def test_what_is_not_proven_or_means_no_mail_of_ours_changes_nothing(cast: Cast) -> None:
    real = smtp.notification_of("<5f0c9d9e-3c4b-4c55-9a57-0a5f4b6a4c11@x>", BOX)
    assert given(real) == given(b"hello") == given(b"\xff\x00") == 200
    assert given(real, secret="another secret of somebody") == 401
    assert given(real, seconds=-400) == 401


def given(body: bytes, *, secret: str = "", seconds: int = 0) -> int:
    """What the mail server hands over."""
    from django.conf import settings

    moment = str(int(clock.process_now().timestamp()) + seconds)
    proof = receipts.proof(secret or settings.MAIL_TOKEN, moment, body)
    headers = {mail.TIMESTAMP: moment, mail.SIGNATURE: proof}
    return Client().post("/mail/receipts/", body, content_type="message/rfc822", headers=headers).status_code


@pytest.mark.parametrize(
    "typed", ["", "x", "a@b", "a b@c.cn@d.cn", "甲@c.cn", "a@c.cn\nBcc: b@c.cn", f"{'a' * 99}@c.cn"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="邮箱"):
        normalize_mail(typed)
