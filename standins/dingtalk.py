"""钉钉 as it speaks over HTTP, in demo and test mode: the robot of a group (token, time and signature are checked, it answers with its
codes), and the question who somebody is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from common import clock, crypto
from standins.models import SentText
from standins.passports import lead_back, person_of

NO_TOKEN, NO_PROOF, TOO_OFTEN = 300001, 310000, 130101
LONGEST_AGE_SECONDS = 3600
PER_MINUTE = 20
PURPOSE = "dingtalk-stand-in"


@csrf_exempt
@login_not_required
@require_POST
def robot(request: HttpRequest) -> JsonResponse:
    """Takes a sentence for the group; what it took stands in the outbox of the demo."""
    moment, secret = request.GET.get("timestamp", "0"), settings.DINGTALK_SECRET.encode()
    mac = hmac.new(secret, f"{moment}\n{settings.DINGTALK_SECRET}".encode(), hashlib.sha256).digest()
    if not settings.DINGTALK_TOKEN or request.GET.get("access_token") != settings.DINGTALK_TOKEN:
        return JsonResponse({"errcode": NO_TOKEN, "errmsg": "token is not exist"})
    late = abs(clock.process_now().timestamp() - int(moment) / 1000) > LONGEST_AGE_SECONDS
    if late or not crypto.same(base64.b64encode(mac).decode(), request.GET.get("sign", "")):
        return JsonResponse({"errcode": NO_PROOF, "errmsg": "sign not match"})
    lately = SentText.objects.filter(channel="group", received_at__gt=clock.now() - timedelta(minutes=1))
    if lately.count() >= PER_MINUTE:
        return JsonResponse({"errcode": TOO_OFTEN, "errmsg": "send too fast"})
    SentText.objects.create(
        provider_id=f"group-{SentText.objects.count()}-{moment}",
        channel="group",
        to="钉钉群",
        text=json.loads(request.body)["text"]["content"],
        received_at=clock.now(),
    )
    return JsonResponse({"errcode": 0, "errmsg": "ok"})


@login_not_required
@require_safe
def authorize(request: HttpRequest) -> HttpResponse:
    """Nobody is asked; back he goes with a code."""
    back = request.GET.get("redirect_uri", "")
    if request.GET.get("client_id") != settings.DINGTALK_CLIENT_ID or "/login/dingtalk/" not in back:
        return HttpResponse("redirect_uri", status=400)
    return lead_back(request, back, "authCode", "dingtalk")


@csrf_exempt
@login_not_required
@require_POST
def user_token(request: HttpRequest) -> JsonResponse:
    """A token for a code: ``demo-…`` is whoever sits at a browser, ``u…`` himself."""
    try:
        body = json.loads(request.body)
        secret, code = str(body["clientSecret"]), str(body["code"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"code": "MissingParameter", "message": "missing"}, status=400)
    if body.get("clientId") != settings.DINGTALK_CLIENT_ID or not crypto.same(
        secret, settings.DINGTALK_CLIENT_SECRET
    ):
        return JsonResponse({"code": "invalidClientIdOrSecret", "message": "refused"}, status=400)
    person = person_of(code) if code.startswith("demo-") else code if code.startswith("u") else ""
    if not person:
        told = {"code": "invalidParameter.authCode.notFound", "message": "authCode not found"}
        return JsonResponse(told, status=400)
    token = crypto.encrypt(person, context=PURPOSE)
    return JsonResponse({"accessToken": token, "refreshToken": "unused", "expireIn": 7200})


@login_not_required
@require_safe
def me(request: HttpRequest) -> JsonResponse:
    """Whose token it is."""
    try:
        person = crypto.decrypt(request.headers.get("x-acs-dingtalk-access-token", ""), context=PURPOSE)
    except Exception:  # whatever is no token
        return JsonResponse({"code": "InvalidAuthentication", "message": "refused"}, status=401)
    return JsonResponse({"nick": "演示", "openId": f"open-{person}", "unionId": f"union-{person}"})
