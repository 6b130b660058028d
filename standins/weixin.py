"""微信公众号 as it speaks over HTTP, in demo and test mode: stable_token, template messages, and the question who somebody is."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from common import clock, crypto
from standins.models import SentText
from standins.passports import lead_back, person_of

GONE, REFUSES, FULL, NOBODY = "oGone", "oRefuses", "oFull", "oNobody"
"""People whose openid begins so: does not follow any more, refuses messages, had too many, is nobody."""
ANSWERS = {GONE: 43004, REFUSES: 43101, FULL: 45009, NOBODY: 40003}
TEMPLATE = "demo-template"
FIELDS = {"thing1", "thing2", "time3"}
PURPOSE = "weixin-stand-in"
turn = [0]
"""Each turn has another token: a test turns it to see what becomes of a token that ended early."""


def _answer(code: int, **more: object) -> JsonResponse:
    return JsonResponse({"errcode": code, "errmsg": "ok" if not code else "refused", **more})


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.body)
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}


def _token_now() -> str:
    return crypto.blind_index(PURPOSE, f"token {turn[0]}")


@csrf_exempt
@login_not_required
@require_POST
def stable_token(request: HttpRequest) -> HttpResponse:
    """The same token for whoever asks with the secret, until its end."""
    body = _body(request)
    if body.get("appid") != settings.WEIXIN_APP_ID:
        return _answer(40013)
    if not crypto.same(str(body.get("secret", "")), settings.WEIXIN_APP_SECRET):
        return _answer(40125)
    return JsonResponse({"access_token": _token_now(), "expires_in": 7200})


@csrf_exempt
@login_not_required
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """A template message; what it took stands in the outbox of the demo."""
    if not crypto.same(request.GET.get("access_token", ""), _token_now()):
        return _answer(40001)
    body = _body(request)
    to, data = str(body["touser"]), body["data"]
    for beginning, code in ANSWERS.items():
        if to.startswith(beginning):
            return _answer(code)
    if body["template_id"] != TEMPLATE:
        return _answer(40037)
    if set(data) != FIELDS or any(len(data[name]["value"]) > 20 for name in data):
        return _answer(47003)
    number = crypto.blind_index(PURPOSE, body["client_msg_id"])
    SentText.objects.get_or_create(
        provider_id=f"weixin-{number[:40]}",
        defaults={
            "channel": "weixin",
            "to": to,
            "text": "\n".join([*(data[name]["value"] for name in sorted(data)), body["url"]]),
            "received_at": clock.now(),
        },
    )
    return _answer(0, msgid=int(number[:12], 16))


@login_not_required
@require_safe
def authorize(request: HttpRequest) -> HttpResponse:
    """Nobody is asked (snsapi_base); back he goes with a code."""
    back = request.GET.get("redirect_uri", "")
    if request.GET.get("appid") != settings.WEIXIN_APP_ID or not back.startswith(settings.PUBLIC_URL):
        return HttpResponse("redirect_uri", status=400)
    return lead_back(request, back, "code", "weixin")


@login_not_required
@require_safe
def access_token(request: HttpRequest) -> HttpResponse:
    """By what the account knows who gave the code: ``demo-…`` is whoever sits at a browser, ``o…`` himself, ``preview`` somebody who
    looks at a preview of the page and is nobody."""
    if not crypto.same(request.GET.get("secret", ""), settings.WEIXIN_APP_SECRET):
        return _answer(40125)
    code = request.GET.get("code", "")
    if code == "preview":
        return JsonResponse({"openid": "oMadeUp", "is_snapshotuser": 1, "expires_in": 7200})
    if code.startswith("demo-"):
        person = person_of(code)
        return JsonResponse({"openid": f"oDemo{person}", "expires_in": 7200}) if person else _answer(40163)
    return JsonResponse({"openid": code, "expires_in": 7200}) if code.startswith("o") else _answer(40029)
