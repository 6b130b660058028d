"""Text messages, by the provider that ``SMS_PROVIDER`` names: ``http`` (below), ``aliyun`` or ``tencent``.

``http`` posts to ``SMS_URL``; the demo's stand-in speaks the same protocol. Request: JSON ``{"id", "to", "text"}`` with a bearer
token; answer: ``{"id", "state": "accepted"}``. That provider drops a second message with the same id, so a repeat after a
time-out is safe (F-10); the two others take our id along and send twice what they are given twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from uuid import UUID

import httpx
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from common.errors import GatewayUnavailable
from common.gateways import receipts as proofs
from common.gateways import sms_aliyun, sms_tencent
from common.gateways.channels import Outgoing, Problem, Receipt, Refused, Request, judge
from common.gateways.signing import BadSignature
from common.gateways.sms_templates import template_for

TIMESTAMP, SIGNATURE = "X-Sms-Timestamp", "X-Sms-Signature"
STATES = {"delivered": True, "bounced": False}


@dataclass(frozen=True)
class Answer:
    """What a provider answered: a status and the JSON object of its body, empty when there is none."""

    status: int
    body: Mapping[str, object]


def is_on() -> bool:
    """Every installation sends texts."""
    return True


def send(message: Outgoing) -> str:
    """One text, see ``common.gateways.channels``; the two vendors send only what was registered with them."""
    refuse_inside_transaction()
    if settings.SMS_PROVIDER == "http":
        headers = {"Authorization": f"Bearer {settings.SMS_TOKEN}"}
        body: dict[str, object] = {"id": message.id, "to": message.to, "text": message.text}
        answer = post(Request(settings.SMS_URL, headers, body))
        if answer.status != httpx.codes.OK or answer.body.get("state") != "accepted":
            raise away()
        return message.id
    provider = provider_of(settings.SMS_PROVIDER)
    template = template_for(message.text)
    if template is None:
        raise Refused(away(), Problem.TEMPLATE)
    answer = post(provider.request(message.to, template, message.id))
    judge(provider.problem_of(answer.body), away())
    return str(provider.number_of(answer.body))


def provider_of(name: str) -> ModuleType:
    """The client of a vendor: ``request`` signs a call, ``problem_of`` and ``number_of`` read the answer."""
    return {"aliyun": sms_aliyun, "tencent": sms_tencent}[name]


def post(request: Request) -> Answer:
    """One call to the provider; GatewayUnavailable when no JSON comes back in time."""
    timeout = httpx.Timeout(settings.OUTSIDE_READ_SECONDS, connect=settings.OUTSIDE_CONNECT_SECONDS)
    try:
        with httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False) as client:
            response = client.post(
                request.url, content=request.content, headers={"Content-Type": request.kind} | request.headers
            )
            body = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise away() from error
    return Answer(response.status_code, body if isinstance(body, dict) else {})


def away() -> GatewayUnavailable:
    """The one sentence for a provider that does not take a text, and while it is left alone."""
    return GatewayUnavailable(_("短信现在发不出去，请过几分钟再试。急的话，请到法院服务窗口办，或拨12368。"))


def receipts(headers: Mapping[str, str], body: bytes) -> list[Receipt]:
    """JSON ``{"id", "state": "delivered" | "bounced"}``, proven by HMAC-SHA256 with ``SMS_TOKEN`` over time, a dot and the raw
    body. BadSignature for a wrong proof, a time outside five minutes or another shape."""
    proofs.check(settings.SMS_TOKEN, headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, ""), body)
    try:
        said = json.loads(body)
        return [Receipt(UUID(str(said["id"])), STATES[str(said["state"])])]
    except (ValueError, KeyError, TypeError) as error:
        raise BadSignature("shape") from error


def refuse_inside_transaction() -> None:
    """No open transaction during an outside call (REL-35). Test wrappers around the whole test do not count."""
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("an outside call inside a transaction")
