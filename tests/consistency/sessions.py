"""Sessions of everybody who asks an address, written as the sign-in writes them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.factor_views import HALF
from accounts.middleware import FACTOR, PROVED
from accounts.models import User, UserKind
from common import clock, crypto
from common.actor import ScanPass
from tests.support.court import Cast
from tests.support.sign_in import new_app


def sessions_of(everybody: dict[str, str], cast: Cast, scan: ScanPass) -> dict[str, str]:
    """A session key per role, written as the sign-in writes it."""
    sessions = {}
    for code, name in everybody.items():
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        if name == "anonymous":
            continue
        if name == "scan":
            store["scan_pass"] = {
                "case_id": scan.case_id,
                "party_id": scan.party_id,
                "copy_id": scan.copy_id,
                "expires_at": scan.expires_at.isoformat(),
            }
        else:
            known = cast.users[name] if name in cast.users else cast.posts[name].user
            user = User.objects.get(pk=known.pk)  # another post has ended the sign-ins before it
            now = clock.process_now()
            # seen later than the tests last: else the note that somebody is still there falls on any page once a minute
            seen = now + timedelta(hours=6)
            both_steps = {FACTOR: "totp"} if user.kind == UserKind.STAFF else {}
            store.update(
                _signed_in(user)
                | both_steps
                | {"started_at": now.isoformat(), "seen_at": seen.isoformat(), PROVED: seen.isoformat()}
            )
        store.create()
        sessions[code] = store.session_key
    return sessions


def _signed_in(user: User) -> dict[str, str]:
    return {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }


def pending_visitor() -> str:
    """Session key of a visitor half-way: waits for a sign-in code, for the second step of staff, has typed a service code, waits for a scan code."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    phone = crypto.encrypt("13800000011", context="sign_in")
    store["sign_in"] = {"challenge": str(uuid.uuid4()), "phone": phone, "next": "/my/"}
    clerk = User.objects.get(username="clerk")
    new_app(clerk)
    until = clock.process_now() + timedelta(minutes=10)
    store[HALF] = [clerk.pk, clerk.get_session_auth_hash(), until.isoformat(), "/desk/"]
    store["typed_code"] = [0, "nothing"]
    store["verification"] = str(uuid.uuid4())
    store.create()
    return str(store.session_key)
