"""The time stamp authority of ``standins.stamping`` at ``/demo/tsa/``, for whoever wants to try it from outside."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from standins.stamping import MAX_BODY_BYTES, QUERY, REPLY, Authority


@cache
def _authority(key_file: Path, certificate_file: Path) -> Authority:
    return Authority.load(key_file, certificate_file)


@csrf_exempt
@login_not_required
@require_POST
def stamp(request: HttpRequest) -> HttpResponse:
    """RFC 3161 over HTTP: a query in, a response out, refusals included. 404 where no key of the stand-in is configured."""
    if settings.TSA_KEY_FILE is None:
        return HttpResponse(status=404)
    if request.content_type != QUERY or len(request.body) > MAX_BODY_BYTES:
        return HttpResponse(status=415)
    authority = _authority(settings.TSA_KEY_FILE, settings.TSA_CERT_FILE)
    return HttpResponse(authority.answer(request.body), content_type=REPLY)
