"""Sign-ins of an account: their list, the end of one or of all (SEC-07)."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import events
from accounts.models import AccountSession, User
from common import clock
from common.actor import Actor
from common.errors import NotVisible
from eventlog.services import act, emit

BROWSERS = (
    ("MicroMessenger", gettext_lazy("微信")),
    ("Edg/", "Edge"),
    ("HuaweiBrowser", gettext_lazy("华为浏览器")),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", gettext_lazy("安卓手机")),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser_words(header: str) -> str:
    """A browser in words its owner knows: “安卓手机 微信”; empty for one that nobody knows."""
    found = (next((words for mark, words in table if mark in header), "") for table in (SYSTEMS, BROWSERS))
    return " ".join(filter(None, map(str, found)))


def note_sign_in(*, user_id: int, session_key: str, browser: str) -> str:
    """Put a sign-in on its owner's list; the id that the session keeps."""
    row = AccountSession.objects.create(
        user_id=user_id, session_key=session_key, browser=browser_words(browser), started_at=clock.now()
    )
    return str(row.public_id)


def note_new_id(public_id: str, session_key: str) -> None:
    """The session of a sign-in has a new id."""
    if public_id:
        AccountSession.objects.filter(public_id=public_id).update(session_key=session_key)


def note_sign_out(public_id: str) -> None:
    """Its owner signed out."""
    if public_id:
        AccountSession.objects.filter(public_id=public_id, ended_at=None).update(ended_at=clock.now())


def sign_ins_of(user: User) -> list[tuple[AccountSession, datetime | None]]:
    """Sign-ins that still open something, newest first, with when each was seen last. Two queries."""
    rows = list(AccountSession.objects.filter(user=user, ended_at=None).order_by("-started_at")[:50])
    keys = [row.session_key for row in rows]
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    found = {
        row.session_key: store.decode(row.session_data)
        for row in Session.objects.filter(session_key__in=keys, expire_date__gt=clock.now())
    }
    current = user.get_session_auth_hash()
    live = [
        (row, found[row.session_key])
        for row in rows
        if found.get(row.session_key, {}).get("_auth_user_hash") == current
    ]
    return [
        (row, datetime.fromisoformat(data["seen_at"]) if "seen_at" in data else None) for row, data in live
    ]


def end_sign_ins(*, user_id: int) -> int:
    """Every session of an account ends with this act (SEC-07); the new epoch."""
    with act():
        User.objects.filter(pk=user_id).update(session_epoch=F("session_epoch") + 1)
        now = clock.now()
        AccountSession.objects.filter(user_id=user_id, ended_at=None).update(ended_at=now)
        return int(User.objects.values_list("session_epoch", flat=True).get(pk=user_id))


def end_all(*, user: User, actor: Actor) -> User:
    """The owner ends all of them, this one too until its session is renewed."""
    with act():
        user.session_epoch = end_sign_ins(user_id=user.pk)
        emit(events.SESSIONS_ENDED, subject=user, actor=actor, stream=f"person:{user.public_id}", which="all")
    return user


def end_one(*, public_id: UUID, user: User, actor: Actor) -> None:
    """The owner ends one. NotVisible for somebody else's."""
    with act():
        row = (
            AccountSession.objects.select_for_update(no_key=True)
            .filter(public_id=public_id, user=user)
            .first()
        )
        if row is None:
            raise NotVisible(_("没有这个页面。"))
        if row.ended_at is None:
            row.ended_at = clock.now()
            row.save(update_fields=["ended_at"])
            Session.objects.filter(session_key=row.session_key).delete()
            emit(
                events.SESSIONS_ENDED,
                subject=user,
                actor=actor,
                stream=f"person:{user.public_id}",
                which="one",
            )
