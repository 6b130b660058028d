"""Text messages: posts to the provider at ``SMS_URL``; the demo's stand-in speaks the same protocol.

Request: JSON ``{"id", "to", "text"}`` with a bearer token; answer: ``{"id", "state": "accepted"}``. The provider
drops a second message with the same id, so a repeat after a time-out is safe (F-10).
"""

from __future__ import annotations

import httpx
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from common.errors import GatewayUnavailable


def send(phone: str, text: str, *, message_id: str) -> None:
    """Hand one text over. Raises GatewayUnavailable when the provider does not take it; never inside a transaction."""
    refuse_inside_transaction()
    timeout = httpx.Timeout(settings.OUTSIDE_READ_SECONDS, connect=settings.OUTSIDE_CONNECT_SECONDS)
    try:
        with httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False) as client:
            response = client.post(
                settings.SMS_URL,
                json={"id": message_id, "to": phone, "text": text},
                headers={"Authorization": f"Bearer {settings.SMS_TOKEN}"},
            )
            accepted = response.status_code == httpx.codes.OK and response.json().get("state") == "accepted"
    except (httpx.HTTPError, ValueError) as error:
        raise GatewayUnavailable(_("短信现在发不出去，请过几分钟再试，或拨12368。")) from error
    if not accepted:
        raise GatewayUnavailable(_("短信现在发不出去，请过几分钟再试，或拨12368。"))


def refuse_inside_transaction() -> None:
    """No open transaction during an outside call (REL-35). Test wrappers around the whole test do not count."""
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("an outside call inside a transaction")
