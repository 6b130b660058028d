"""Personal API tokens: shown once, kept as keyed hash, scoped, expiring, ended at any time (DESIGN §9)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import events
from accounts.models import ApiToken, RealNameLevel, TokenScope, User
from common import clock, crypto
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed, NotVisible
from eventlog.services import act, emit

PREFIX = "msx_"
LONGEST_DAYS, MOST_TOKENS = 365, 10


def issue_token(
    *, user_id: int, name: str, days: int, actor: Actor, scopes: Sequence[str] = (TokenScope.FILINGS,)
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is never to be had again. Only for a checked identity.

    Raises InvalidInput for a wrong period, no or an unknown scope, or the eleventh live token.
    """
    if not scopes or not set(TokenScope.values) >= set(scopes):
        message = _("请选令牌能做什么")
        raise InvalidInput(message, scopes=message)
    if not 1 <= days <= LONGEST_DAYS:
        message = _("有效期应在1到365天之间")
        raise InvalidInput(message, days=message)
    secret = PREFIX + secrets.token_urlsafe(32)
    with act():
        user = User.objects.select_for_update(no_key=True).get(pk=user_id)
        if not actor.is_public or actor.user_id != user.pk or user.real_name_level != RealNameLevel.REAL_NAME:
            raise NotAllowed(_("实名以后才能建接口令牌。"))
        if live_tokens(user).count() >= MOST_TOKENS:
            raise InvalidInput(_("最多同时有10个令牌，请先停用不用的。"))
        now = clock.now()
        token = ApiToken.objects.create(
            user=user,
            name=name,
            token_hash=_hash(secret),
            hint=secret[:8],
            scopes=[name for name in TokenScope.values if name in scopes],
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        emit(events.TOKEN_ISSUED, subject=token, actor=actor, stream=f"person:{user.public_id}")
    return token, secret


def _hash(secret: str) -> str:
    return crypto.keyed_hash("api_token", secret)


def live_tokens(user: User) -> QuerySet[ApiToken]:
    """Tokens that still work, newest first."""
    return ApiToken.objects.filter(user=user, revoked_at=None, expires_at__gt=clock.sql_now()).order_by("-id")


def revoke_token(*, public_id: UUID, actor: Actor) -> None:
    """End a token now. NotVisible for somebody else's."""
    with act():
        found = ApiToken.objects.select_for_update(of=("self",), no_key=True).select_related("user")
        token = found.filter(public_id=public_id, user_id=actor.user_id or 0).first()
        if token is None or not actor.is_public:
            raise NotVisible(_("没有这个页面。"))
        if token.revoked_at is None:
            _revoke(token, actor)


def revoke_all(*, user: User, actor: Actor) -> None:
    """Every token of an account: what it was proven by is lost, or the account is closed. Inside an act."""
    rows = ApiToken.objects.select_for_update(no_key=True).filter(user=user, revoked_at=None)
    for token in rows.order_by("id"):
        token.user = user
        _revoke(token, actor)


def _revoke(token: ApiToken, actor: Actor) -> None:
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    emit(events.TOKEN_REVOKED, subject=token, actor=actor, stream=f"person:{token.user.public_id}")


def holder_of_token(secret: str, *, scope: str) -> User | None:
    """The active account behind a live token with this scope, else None. The day of use is kept for its owner."""
    found = ApiToken.objects.filter(
        token_hash=_hash(secret), revoked_at=None, expires_at__gt=clock.sql_now(), user__is_active=True
    )
    token = found.select_related("user").first()
    if token is None or scope not in token.scopes:
        return None
    today = clock.today()
    if token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
    return token.user
