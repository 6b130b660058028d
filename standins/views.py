"""The outside world over HTTP, in demo and test mode: the text message provider of ``common.gateways.sms``."""

from __future__ import annotations

import json

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from common import clock, crypto
from common.text import fold_width, strip_invisible
from standins.models import SentText


@csrf_exempt
@login_not_required
@require_POST
def take_text(request: HttpRequest) -> HttpResponse:
    """The provider's door: a bearer token, a JSON body; the same id twice is one message."""
    if not crypto.same(request.headers.get("Authorization", ""), f"Bearer {settings.SMS_TOKEN}"):
        return JsonResponse({"state": "refused"}, status=401)
    try:
        data = json.loads(request.body)
        values = {"to": str(data["to"])[:100], "text": str(data["text"]), "channel": "sms"}
        provider_id = str(data["id"])[:64]
    except (ValueError, KeyError, TypeError):
        return HttpResponseBadRequest()
    SentText.objects.get_or_create(provider_id=provider_id, defaults=values | {"received_at": clock.now()})
    return JsonResponse({"id": provider_id, "state": "accepted"})


@login_not_required
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """All messages the provider has taken, newest first; this is where demo sign-in codes appear."""
    phone = strip_invisible(fold_width(request.GET.get("to", ""))).strip()[:100]
    texts = SentText.objects.order_by("-id")
    if phone:
        texts = texts.filter(to=phone)
    return render(request, "standins/outbox.html", {"texts": texts[:50], "phone": phone})
