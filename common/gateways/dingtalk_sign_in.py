"""钉钉 as a way in (OAuth2): who somebody is by the word of DingTalk (docs/adr/0040). The group's robot is ``common.gateways.dingtalk``.

The person says at ``DINGTALK_ASK_URL`` that it is he and comes back with a code; ``/v1.0/oauth2/userAccessToken`` gives a token of his for it,
``/v1.0/contact/users/me`` says whose. Of that only the unionId is read, and the token is thrown away.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from common.errors import GatewayUnavailable
from common.gateways import breaker
from common.gateways.exchange import SILENCE, exchange

MOST_BYTES = 64 * 1024
NO_CODE = "invalidparameter.authcode"
"""How the vendor's word for a code begins that is none, was used or is too old; every other refusal is a fault of the vendor's or of ours."""


def ask_address(state: str, back: str) -> str:
    """Where the person says that it is he; DingTalk leads him on to ``back`` with an ``authCode``."""
    query = urlencode(
        {
            "redirect_uri": back, "response_type": "code", "client_id": settings.DINGTALK_CLIENT_ID, "scope": "openid",
            "state": state, "prompt": "consent",
        }
    )  # fmt: skip
    return f"{settings.DINGTALK_ASK_URL}/oauth2/auth?{query}"


def union_id_of(code: str) -> str:
    """Who gave this code, the same for all applications of the court; empty for a code that is none, was used or is too old.
    GatewayUnavailable."""
    asked = {
        "clientId": settings.DINGTALK_CLIENT_ID,
        "clientSecret": settings.DINGTALK_CLIENT_SECRET,
        "code": code,
        "grantType": "authorization_code",
    }
    with breaker.guarded("dingtalk sign-in", (*SILENCE, ValueError), away):
        status, told = _asked("POST", "/v1.0/oauth2/userAccessToken", {}, json.dumps(asked).encode())
        if status == 400 and str(told.get("code", "")).lower().startswith(NO_CODE):
            return ""
        token = _text(status, told, "accessToken")
        status, told = _asked("GET", "/v1.0/contact/users/me", {"x-acs-dingtalk-access-token": token}, b"")
        return _text(status, told, "unionId")


def away() -> GatewayUnavailable:
    """The one sentence for a vendor that says nothing believable, and while it is left alone."""
    return GatewayUnavailable(_("钉钉现在没有回应。"))


def _asked(method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, object]]:
    """Status, and a JSON object whatever it says. One of ``SILENCE``, or ValueError for anything else."""
    kind = {"Content-Type": "application/json"}
    url = f"{settings.DINGTALK_API_URL}{path}"
    answer = exchange(method, url, headers=kind | dict(headers), body=body, most=MOST_BYTES)
    told = json.loads(answer.body)
    if not isinstance(told, dict):
        raise ValueError(f"status {answer.status}")
    return answer.status, told


def _text(status: int, told: Mapping[str, object], name: str) -> str:
    value = told.get(name)
    if (
        status != 200
        or not isinstance(value, str)
        or not value.isascii()
        or not value.isprintable()
        or not value
    ):
        raise ValueError(f"status {status}, no {name}")
    return value
