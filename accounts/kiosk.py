"""A device in a hall that everybody uses (自助机): marked by a signed cookie, it forgets a person 60 seconds after the last click (SEC-07).

What is marked is the browser, by a clerk who stands before it; the mark says no more than that, and the wipe leaves it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from common import clock

IDLE, WARNING = timedelta(seconds=60), timedelta(seconds=20)
TOUCH_EVERY = timedelta(seconds=5)
OVER = "/kiosk/over/"
SALT = "kiosk"
LONGEST = 366 * 86400
COOKIE = "__Host-kiosk" if settings.SESSION_COOKIE_SECURE else "kiosk"
WIPED = ("prefs",)
"""Cookies of a person beside the session, which ends by itself."""


def is_kiosk(request: HttpRequest) -> bool:
    """Whether this browser stands in a hall."""
    mark = request.COOKIES.get(COOKIE)
    if not mark:
        return False
    try:
        signing.loads(mark, salt=SALT, max_age=LONGEST)
    except signing.BadSignature:
        return False
    return True


def mark(response: HttpResponse, name: str) -> None:
    """From now on this browser is the device called ``name``, for a year."""
    response.set_cookie(
        COOKIE,
        signing.dumps(name, salt=SALT),
        max_age=LONGEST,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def unmark(response: HttpResponse) -> None:
    """An ordinary browser again."""
    response.delete_cookie(COOKIE, samesite="Lax")


def is_left(request: HttpRequest) -> bool:
    """Whether nobody has clicked for a minute; else the click counts. For any session, signed in or half-way."""
    session, now = request.session, clock.process_now()
    seen = datetime.fromisoformat(session.get("seen_at", now.isoformat()))
    if now - seen >= IDLE:
        return True
    if now - seen > TOUCH_EVERY or "seen_at" not in session:
        session["seen_at"] = now.isoformat()
    return False


def wipe(response: HttpResponse) -> None:
    """Nothing of the person stays in the browser: kept pages, storage, display settings."""
    response["Clear-Site-Data"] = '"cache", "storage"'
    for name in WIPED:
        response.delete_cookie(name)
