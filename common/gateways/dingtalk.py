"""钉钉群机器人 with its signature (加签): one sentence into the group of the court's own staff.

The signature is over the time in milliseconds and the secret; the vendor takes twenty messages a minute and refuses the rest.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import urlencode

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from common import clock
from common.errors import GatewayUnavailable
from common.gateways import breaker
from common.gateways.channels import Outgoing, Problem, judge
from common.gateways.sms import refuse_inside_transaction

PROBLEMS: dict[object, Problem] = {
    0: Problem.NONE,
    130101: Problem.THROTTLED,
    300001: Problem.SIGNATURE,
    310000: Problem.SIGNATURE,
}


def is_on() -> bool:
    """Whether this installation has a group."""
    return bool(settings.DINGTALK_TOKEN)


def send(message: Outgoing) -> str:
    """One sentence into the group, see ``common.gateways.channels``; the vendor gives no number and tells nothing later."""
    refuse_inside_transaction()
    moment = str(int(clock.process_now().timestamp() * 1000))
    query = urlencode({"access_token": settings.DINGTALK_TOKEN, "timestamp": moment, "sign": proof(moment)})
    timeout = httpx.Timeout(settings.OUTSIDE_READ_SECONDS, connect=settings.OUTSIDE_CONNECT_SECONDS)
    words = {"msgtype": "text", "text": {"content": message.text}}
    with breaker.guarded("dingtalk", (httpx.HTTPError, ValueError), away):
        with httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False) as client:
            answer = client.post(f"{settings.DINGTALK_URL}/robot/send?{query}", json=words).json()
            code = answer.get("errcode") if isinstance(answer, dict) else None
    judge(PROBLEMS.get(code, Problem.OTHER), away())
    return ""


def away() -> GatewayUnavailable:
    """The one sentence for a group that does not get it."""
    return GatewayUnavailable(_("钉钉群现在收不到消息。"))


def proof(moment: str) -> str:
    """Base64 of HMAC-SHA256 with the secret over time and secret, as the vendor wants it."""
    secret = settings.DINGTALK_SECRET
    mac = hmac.new(secret.encode(), f"{moment}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(mac).decode()
