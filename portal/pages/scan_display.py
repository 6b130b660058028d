"""长辈版 from the pages of a scanned code."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.pages.public import prefs


@csrf_exempt
@login_not_required
@require_POST
def scan_display(request: HttpRequest, token: str) -> HttpResponse:
    """Store the display mode and go back to the landing by a relative address.

    Without a CSRF token on purpose: it would make the pages of two codes differ and set a cookie on a page that
    remembers nothing; all that a foreign page could do here is to enlarge letters. The code itself is not read.
    """
    response = prefs(request)
    response["Location"] = "../"
    return response
