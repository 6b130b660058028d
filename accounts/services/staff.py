"""Staff accounts are invited, switched off and on again by their court (SEC-15); ``courts`` says who may."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.utils.translation import gettext as _

from accounts import events
from accounts.models import Invitation, User, UserKind
from accounts.services import outside
from accounts.services.passwords import check_new_password, set_password
from accounts.services.people import register_staff, staff_themselves
from accounts.services.sessions import end_sign_ins
from common import clock, crypto
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotVisible
from eventlog.services import act, emit

GOOD_FOR = timedelta(hours=24)


def _hash(token: str) -> str:
    return crypto.keyed_hash("invitation", token)


def invite(
    *, username: str, name: str, staff_no: str, company: str, court_id: int, actor: Actor
) -> tuple[User, str]:
    """A new staff account without password or post, and the token at which its owner sets the password.

    ``company``: the supplier; such an account ends after 30 days by itself. InvalidInput for a user name that is taken.
    """
    with act():
        if User.objects.filter(username__iexact=username).exists():
            message = _("这个用户名已经有人用了")
            raise InvalidInput(message, username=message)
        user = register_staff(
            username=username, password=None, name=name, staff_no=staff_no, company=company, actor=actor
        )
        return user, new_invitation(user=user, court_id=court_id, actor=actor)


def new_invitation(*, user: User, court_id: int, actor: Actor) -> str:
    """A token for setting a password, in place of an earlier one; never to be had again (256 random bits)."""
    token = secrets.token_urlsafe(32)
    with act():
        now = clock.now()
        Invitation.objects.filter(user=user, ended_at=None).update(ended_at=now)
        Invitation.objects.create(
            user=user,
            court_id=court_id,
            token_hash=_hash(token),
            made_by_id=actor.user_id,
            made_at=now,
            expires_at=now + GOOD_FOR,
        )
        _record(events.STAFF_INVITED, user, actor, court_id=court_id)
    return token


def invited_by(token: str) -> User | None:
    """Whose invitation this is, while it is good."""
    row = _live(token)
    return row.user if row and row.user.can_sign_in() else None


def _live(token: str, *, lock: bool = False) -> Invitation | None:
    rows = Invitation.objects.select_related("user")
    rows = rows.select_for_update(of=("self", "user"), no_key=True) if lock else rows
    return rows.filter(token_hash=_hash(token), ended_at=None, expires_at__gt=clock.sql_now()).first()


def accept_invitation(*, token: str, password: str) -> User:
    """The invited person sets the password; the address is used up. InvalidInput for a bad one, NotVisible for a dead address."""
    with act():
        row = _live(token, lock=True)
        if row is None or not row.user.can_sign_in():
            raise NotVisible(_("没有这个页面。"))
        check_new_password(row.user, password)
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
        set_password(row.user, password)
        end_sign_ins(user_id=row.user_id)
        _record(events.PASSWORD_SET, row.user, staff_themselves(row.user), court_id=row.court_id)
    return row.user


def forget_password(*, user: User, court_id: int, actor: Actor) -> str:
    """The old password is void and every sign-in ends; the token of a new invitation."""
    with act():
        user.set_unusable_password()
        user.save(update_fields=["password"])
        end_sign_ins(user_id=user.pk)
        outside.end_all(user=user, actor=actor, why="password", court_id=court_id)
        return new_invitation(user=user, court_id=court_id, actor=actor)


def disable_account(*, user: User, reason: str, actor: Actor, court_id: int) -> None:
    """Nobody signs in with this account any more, from this act on; an open invitation ends too. Conflict when it is off already."""
    with act():
        row = _locked(user)
        if not row.is_active:
            raise Conflict(_("这个账号已经停用了。"), code="account_disabled")
        row.is_active, row.disabled_reason = False, reason
        row.save(update_fields=["is_active", "disabled_reason"])
        Invitation.objects.filter(user=row, ended_at=None).update(ended_at=clock.now())
        end_sign_ins(user_id=row.pk)
        _record(events.ACCOUNT_DISABLED, row, actor, court_id=court_id)


def enable_account(*, user: User, actor: Actor, court_id: int) -> None:
    """The account counts again, with the password and the second step it had. Conflict when it is on already."""
    with act():
        row = _locked(user)
        if row.is_active:
            raise Conflict(_("这个账号没有停用。"), code="account_enabled")
        row.is_active, row.disabled_reason = True, ""
        row.save(update_fields=["is_active", "disabled_reason"])
        _record(events.ACCOUNT_ENABLED, row, actor, court_id=court_id)


def _locked(user: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user.pk, kind=UserKind.STAFF)


def _record(name: str, user: User, actor: Actor, *, court_id: int) -> None:
    stream = f"person:{user.public_id}"
    emit(name, subject=user, actor=actor, stream=stream, court_id=court_id, user=user.pk)
