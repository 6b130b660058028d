"""Private feed addresses: made, shown once, ended."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import RealNameLevel, User
from common import clock, crypto
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed, NotVisible
from eventlog.services import act, emit
from notifications import events
from notifications.models import FeedAddress, FeedKind
from notifications.selectors import feed_hash

MOST_FEEDS = 10


def make_feed(*, kind: str, actor: Actor) -> tuple[FeedAddress, str]:
    """A new address and the token in it, which is never to be had again (256 random bits).

    InvalidInput for an unknown kind or the eleventh live address; NotAllowed without a checked identity.
    """
    if kind not in FeedKind.values:
        message = _("请从列出的选项里选")
        raise InvalidInput(message, kind=message)
    token = secrets.token_urlsafe(32)
    with act():
        user = User.objects.select_for_update(no_key=True).filter(pk=actor.user_id or 0).first()
        if user is None or not actor.is_public or user.real_name_level != RealNameLevel.REAL_NAME:
            raise NotAllowed(_("实名以后才能建订阅地址。"))
        if FeedAddress.objects.filter(user=user, revoked_at=None).count() >= MOST_FEEDS:
            raise InvalidInput(_("最多同时有10个订阅地址，请先停用不用的。"))
        feed = FeedAddress.objects.create(
            user=user, kind=kind, token_hash=feed_hash(token), created_at=clock.now()
        )
        emit(events.FEED_MADE, subject=feed, actor=actor, stream=f"person:{user.public_id}")
    return feed, token


def revoke_feed(*, public_id: UUID, actor: Actor) -> None:
    """End an address now. NotVisible for somebody else's."""
    with act():
        rows = FeedAddress.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
        feed = rows.filter(public_id=public_id, user_id=actor.user_id or 0).first()
        if feed is None or not actor.is_public:
            raise NotVisible(_("没有这个页面。"))
        if feed.revoked_at is None:
            _revoke(feed, actor)


def revoke_all(*, user: User, actor: Actor) -> None:
    """Every address of an account. Inside an act."""
    rows = FeedAddress.objects.select_for_update(no_key=True).filter(user=user, revoked_at=None)
    for feed in rows.order_by("id"):
        feed.user = user
        _revoke(feed, actor)


def _revoke(feed: FeedAddress, actor: Actor) -> None:
    feed.revoked_at = clock.now()
    feed.save(update_fields=["revoked_at"])
    emit(events.FEED_REVOKED, subject=feed, actor=actor, stream=f"person:{feed.user.public_id}")


def sealed(address: str) -> str:
    """An address on its way to the one page that shows it (SEC-67)."""
    return crypto.encrypt(address, context="fresh_feed")


def opened(text: str) -> str:
    """Inverse of :func:`sealed`."""
    return crypto.decrypt(text, context="fresh_feed")
