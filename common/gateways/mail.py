"""Mail by SMTP through Django's backend, to the server that ``EMAIL_HOST`` names (docs/adr/0035).

Says what a text says, under a subject that says nothing. What could not be delivered comes back as a delivery status notification
(RFC 3464), which the mail server hands over as it came.
"""

from __future__ import annotations

import email
import re
import smtplib
import socket
from collections.abc import Iterator, Mapping
from email.message import Message
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.utils.translation import gettext as _

from common.errors import GatewayUnavailable
from common.gateways import receipts as proofs
from common.gateways.channels import Outgoing, Postponed, Problem, Receipt, Refused
from common.gateways.sms import refuse_inside_transaction

TIMESTAMP, SIGNATURE = "X-Mail-Timestamp", "X-Mail-Signature"
_ID = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")


class _Line(smtplib.SMTP):
    """Two seconds to connect, five to answer (REL-59)."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line = socket.create_connection((host, port), settings.OUTSIDE_CONNECT_SECONDS)
        line.settimeout(timeout)
        return line


class _Post(EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _Line


def is_on() -> bool:
    """Every installation has a mail server."""
    return True


def send(message: Outgoing) -> str:
    """One mail, see ``common.gateways.channels``. Its Message-ID is made of our id, the same at every try."""
    refuse_inside_transaction()
    identity = f"<{message.id}@{settings.SITE_HOST.partition(':')[0]}>"
    headers = {"Message-ID": identity, "Auto-Submitted": "auto-generated"}
    subject = _("%(service)s通知") % {"service": settings.SERVICE_NAME}
    post = _Post(timeout=settings.OUTSIDE_READ_SECONDS)
    try:
        EmailMessage(subject, message.text, to=[message.to], headers=headers, connection=post).send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _words in error.recipients.values()]
        if all(code >= 500 for code in codes):
            raise Refused(away(), Problem.ADDRESS) from error
        raise Postponed(away().message) from error
    except (OSError, ValueError) as error:
        raise away() from error
    return identity


def away() -> GatewayUnavailable:
    """The one sentence for a server that does not take a mail, and while it is left alone."""
    return GatewayUnavailable(_("邮件现在发不出去，请过几分钟再试。通知都在“通知”里。"))


def receipts(headers: Mapping[str, str], body: bytes) -> list[Receipt]:
    """A delivery status notification, proven by HMAC-SHA256 with ``MAIL_TOKEN`` over time, a dot and the raw body.

    Only what failed for good or arrived is told; what is delayed, and mail that is no notification, tells nothing. BadSignature for a
    wrong proof or a time outside five minutes.
    """
    proofs.check(settings.MAIL_TOKEN, headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, ""), body)
    notification = email.message_from_bytes(body)
    found = _ID.search(next(_originals(notification), ""))
    outcomes = list(_outcomes(notification))
    return [Receipt(UUID(found[1]), all(outcomes))] if found and outcomes else []


def _outcomes(notification: Message) -> Iterator[bool]:
    """Of each recipient that is decided, whether it arrived."""
    for part in notification.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in _inner(part):
                action = str(block.get("Action", "")).strip().lower()
                if action == "delivered":
                    yield True
                elif action == "failed" and str(block.get("Status", "")).strip().startswith("5"):
                    yield False


def _inner(part: Message) -> list[Message]:
    """What a part consists of; a damaged one of nothing."""
    inner = part.get_payload()
    return [block for block in inner if isinstance(block, Message)] if isinstance(inner, list) else []


def _originals(notification: Message) -> Iterator[str]:
    """Message-ID of the mail that is meant: its headers come back with the notification."""
    for part in notification.walk():
        if part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            returned = email.message_from_bytes(content if isinstance(content, bytes) else b"")
            yield str(returned.get("Message-ID", ""))
        elif part.get_content_type() == "message/rfc822":
            for inner in _inner(part):
                yield str(inner.get("Message-ID", ""))
