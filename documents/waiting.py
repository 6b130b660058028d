"""Pages that wait for a picture: they come back by themselves, more and more slowly, and then say that it is over.

By the header ``Refresh``, so it works without scripts; how often somebody came back stands in the address.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

PAUSES = (2, 2, 3, 3, 5, 5, 10, 10, 15, 15)
"""Seconds until the page comes back the first, the second … time: 70 in all."""
TRY = "try"
WAITING, UNAVAILABLE = 202, 503


def is_over(request: HttpRequest) -> bool:
    """Whether this visitor has waited long enough."""
    return _tries(request) >= len(PAUSES)


def come_back(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Have the browser ask for the same page again after the next pause."""
    tries = _tries(request)
    asked = request.GET.copy()
    asked[TRY] = str(tries + 1)
    response["Refresh"] = f"{PAUSES[tries]}; url={request.path}?{asked.urlencode()}"
    response["Retry-After"] = str(PAUSES[tries])
    return response


def page_waits(request: HttpRequest) -> HttpResponse:
    """Instead of a picture that is not drawn yet: 202 and back again, in the end 503 with what to do."""
    over = is_over(request)
    context = {"over": over, "again": request.path}
    response = render(request, "documents/page_waits.html", context, status=UNAVAILABLE if over else WAITING)
    response["Cache-Control"] = "private, no-store"
    return response if over else come_back(request, response)


def _tries(request: HttpRequest) -> int:
    raw = request.GET.get(TRY, "")
    return min(int(raw), len(PAUSES)) if raw.isascii() and raw.isdigit() and len(raw) < 4 else 0
