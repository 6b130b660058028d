"""Text messages, by the provider that ``SMS_PROVIDER`` names: ``http`` (below), ``aliyun`` or ``tencent``.

``http`` posts to ``SMS_URL``; the demo's stand-in speaks the same protocol. Request: JSON ``{"id", "to", "text"}`` with a bearer
token; answer: ``{"id", "state": "accepted"}``. That provider drops a second message with the same id, so a repeat after a
time-out is safe (F-10); the two others take our id along and send twice what they are given twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

import httpx
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from common.errors import GatewayUnavailable
from common.gateways import sms_aliyun, sms_tencent
from common.gateways.sms_templates import template_for
from common.gateways.sms_words import Problem, Request


class TextRefused(GatewayUnavailable):
    """The provider will never take this text: ``problem`` is the number, or a template it does not know."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(_sorry())
        self.problem = problem


class TextPostponed(GatewayUnavailable):
    """The provider answers, and does not take this text now: too many to one number."""


@dataclass(frozen=True)
class Answer:
    """What a provider answered: a status and the JSON object of its body, empty when there is none."""

    status: int
    body: Mapping[str, object]


def send(phone: str, text: str, *, message_id: str) -> None:
    """Hand one text over; never inside a transaction.

    Raises TextRefused for what will never be taken, TextPostponed for what is throttled, else GatewayUnavailable when it is
    not taken now.
    """
    refuse_inside_transaction()
    if settings.SMS_PROVIDER == "http":
        headers = {"Authorization": f"Bearer {settings.SMS_TOKEN}"}
        answer = post(Request(settings.SMS_URL, headers, {"id": message_id, "to": phone, "text": text}))
        if answer.status != httpx.codes.OK or answer.body.get("state") != "accepted":
            raise GatewayUnavailable(_sorry())
        return
    provider = provider_of(settings.SMS_PROVIDER)
    template = template_for(text)
    if template is None:
        raise TextRefused(Problem.TEMPLATE)
    answer = post(provider.request(phone, template, message_id))
    problem = provider.problem_of(answer.body)
    if problem in (Problem.NUMBER, Problem.TEMPLATE):
        raise TextRefused(problem)
    if problem is Problem.THROTTLED:
        raise TextPostponed(_sorry())
    if problem is not Problem.NONE:
        raise GatewayUnavailable(_sorry())


def provider_of(name: str) -> ModuleType:
    """The client of a vendor: ``request`` signs a call, ``problem_of`` reads the answer."""
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
        raise GatewayUnavailable(_sorry()) from error
    return Answer(response.status_code, body if isinstance(body, dict) else {})


def away() -> GatewayUnavailable:
    """What is raised while the provider is left alone."""
    return GatewayUnavailable(_sorry())


def _sorry() -> str:
    return _("短信现在发不出去，请过几分钟再试，或拨12368。")


def refuse_inside_transaction() -> None:
    """No open transaction during an outside call (REL-35). Test wrappers around the whole test do not count."""
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("an outside call inside a transaction")
