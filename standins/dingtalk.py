"""钉钉群机器人 as it speaks over HTTP, in demo and test mode: checks token, time and signature, and answers with its codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common import clock, crypto
from standins.models import SentText

NO_TOKEN, NO_PROOF, TOO_OFTEN = 300001, 310000, 130101
LONGEST_AGE_SECONDS = 3600
PER_MINUTE = 20


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
