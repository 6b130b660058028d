"""A mail server that speaks SMTP, in demo and test mode: what it takes stands in the demo's outbox.

``nobody@…`` does not exist and is refused at once, ``full@…`` is full and may be tried again, ``bounce@…`` is taken and comes back as a
delivery status notification to the portal, as real servers do it.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import logging
import socket
import sys
import time
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import django
import httpx
from aiosmtpd.smtp import SMTP, Envelope, Session

NOBODY, FULL, BOUNCE = "nobody", "full", "bounce"
"""What stands before the @ of addresses with which something goes wrong."""
MOST_BYTES = 1024 * 1024


class Box:
    """Keeps what comes."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Whether there is such a box."""
        answers = {NOBODY: "550 5.1.1 no such user", FULL: "452 4.2.2 mailbox full"}
        refusal = answers.get(address.partition("@")[0])
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Taken; the database is asked in a thread of its own."""
        await asyncio.to_thread(_take, list(envelope.rcpt_tos), _bytes_of(envelope.content))
        return "250 OK"


def _bytes_of(content: bytes | str | None) -> bytes:
    return content.encode() if isinstance(content, str) else content or b""


def _take(addresses: list[str], content: bytes) -> None:
    from django.db import connection

    from common import clock
    from standins.models import SentText

    mail = email.message_from_bytes(content, policy=email.policy.default)
    body = mail.get_body(("plain",)) if isinstance(mail, EmailMessage) else None
    words = body.get_content().strip() if body else ""
    for address in addresses:
        number = SentText.objects.filter(provider_id__startswith=str(mail["Message-ID"])[:58]).count()
        SentText.objects.create(
            provider_id=f"{str(mail['Message-ID'])[:58]}-{number}",
            channel="mail",
            to=address[:100],
            text=f"{mail['Subject']}\n{words}",
            received_at=clock.now(),
        )
        if address.startswith(f"{BOUNCE}@"):
            tell(notification_of(str(mail["Message-ID"]), address))
    connection.close()


def notification_of(message_id: str, address: str, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    """What a mail server sends back (RFC 3464) about one mail."""
    report = email.message_from_string(
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mail.invalid\n\n"
        f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"
    )
    notification = MIMEMultipart("report", report_type="delivery-status")
    notification["From"], notification["Subject"] = "mailer-daemon@mail.invalid", "Undelivered"
    notification.attach(MIMEText("This mail could not be delivered."))
    notification.attach(report)
    notification.attach(MIMEText(f"Message-ID: {message_id}\n", "rfc822-headers"))
    return notification.as_bytes()


def tell(notification: bytes) -> None:
    """Hand a notification to the portal, proven."""
    from django.conf import settings

    from common.gateways import mail, receipts

    moment = str(int(time.time()))
    headers = {
        mail.TIMESTAMP: moment,
        mail.SIGNATURE: receipts.proof(settings.MAIL_TOKEN, moment, notification),
        "Content-Type": "message/rfc822",
    }
    with httpx.Client(timeout=10, trust_env=False) as client:
        client.post(f"{settings.PUBLIC_URL}/mail/receipts/", content=notification, headers=headers)


async def serve(listening: socket.socket, stop: asyncio.Event) -> None:
    """Take mail until ``stop`` is set."""
    loop = asyncio.get_running_loop()

    def line() -> SMTP:
        return SMTP(Box(), hostname="mail.invalid", loop=loop, data_size_limit=MOST_BYTES)

    server = await loop.create_server(line, sock=listening)
    try:
        await stop.wait()
    finally:
        server.close()
        await server.wait_closed()


def main() -> None:
    """Serve until SIGTERM; the library's log names addresses, so it is not kept."""
    django.setup()
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    asyncio.run(serve(socket.socket(fileno=int(sys.argv[1])), asyncio.Event()))


if __name__ == "__main__":
    main()
