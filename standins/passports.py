"""Who somebody is at a service outside, as the demo plays it: each browser is a person of its own, and gets a code that is good once."""

from __future__ import annotations

import re
import secrets
from collections import deque
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

_used: deque[str] = deque(maxlen=1000)


def lead_back(request: HttpRequest, back: str, code_name: str, service: str) -> HttpResponse:
    """Back to the portal with a code for who sits at this browser."""
    name = f"demo_{service}"
    known = request.COOKIES.get(name, "")
    person = known if re.fullmatch("[0-9a-f]{16}", known) else secrets.token_hex(8)
    code = f"demo-{person}-{secrets.token_hex(8)}"
    answer = redirect(f"{back}?{urlencode({code_name: code, 'state': request.GET.get('state', '')})}")
    answer.set_cookie(name, person, httponly=True, samesite="Lax", path=f"/demo/{service}/")
    return answer


def person_of(code: str) -> str:
    """Who got this code; empty for one that is none or was used."""
    found = re.fullmatch("demo-([0-9a-f]{16})-[0-9a-f]{16}", code)
    if found is None or code in _used:
        return ""
    _used.append(code)
    return found[1]
