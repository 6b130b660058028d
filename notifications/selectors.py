"""Reads of a person's notices and of what the own software is told."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.access import allows
from accounts.models import User
from common import crypto
from common.actor import Actor
from common.errors import NotVisible
from notifications.models import (
    Channel,
    EndpointState,
    FeedAddress,
    Message,
    MessageState,
    WebhookDelivery,
    WebhookEndpoint,
)


def inbox_of(actor: Actor) -> QuerySet[Message]:
    """The signed-in person's notices, newest first; ``has_no_text``: the text beside it came too late and was not sent."""
    if actor.user_id is None:
        return Message.objects.none()
    same = {name: OuterRef(name) for name in ("event_id", "recipient_key", "kind")}
    dropped = Message.objects.filter(channel=Channel.SMS, state=MessageState.DROPPED, **same)
    mine = Message.objects.filter(user_id=actor.user_id, channel=Channel.INBOX)
    return mine.annotate(has_no_text=Exists(dropped)).order_by("-id")


def webhooks_of(actor: Actor) -> QuerySet[WebhookEndpoint]:
    """The signed-in person's addresses for own software that were not ended, newest first."""
    if not actor.is_public:
        return WebhookEndpoint.objects.none()
    mine = WebhookEndpoint.objects.filter(user_id=actor.user_id or 0)
    return mine.exclude(state=EndpointState.OFF).order_by("-id")


def webhook_for(actor: Actor, public_id: UUID) -> WebhookEndpoint:
    """One of these; NotVisible otherwise. One query."""
    endpoint = webhooks_of(actor).filter(public_id=public_id).first()
    if endpoint is None:
        raise NotVisible(_("没有这个页面。"))
    return endpoint


def hook_deliveries_of(endpoint: WebhookEndpoint) -> QuerySet[WebhookDelivery]:
    """What an address was told, newest first."""
    return endpoint.deliveries.order_by("-id")


def feeds_of(actor: Actor) -> QuerySet[FeedAddress]:
    """The signed-in person's live feed addresses, newest first."""
    if not actor.is_public:
        return FeedAddress.objects.none()
    return FeedAddress.objects.filter(user_id=actor.user_id or 0, revoked_at=None).order_by("-id")


def feed_hash(token: str) -> str:
    """How the token of a feed address is kept."""
    return crypto.keyed_hash("feed", token)


def holder_of_feed(token: str, kind: str) -> User | None:
    """The active account behind a live feed address of this kind, else None. One query."""
    rows = FeedAddress.objects.filter(token_hash=feed_hash(token), kind=kind, revoked_at=None)
    feed = rows.filter(user__is_active=True).select_related("user").first()
    return feed.user if feed else None


def unreachable_in(actor: Actor) -> QuerySet[Message]:
    """Texts and mails of the court that reached nobody and that nobody took care of, newest first."""
    if not allows(actor, "notice.chase"):
        return Message.objects.none()
    bounced = Message.objects.filter(court_id=actor.court_id or 0, state=MessageState.BOUNCED)
    return bounced.filter(settled_at=None).order_by("-id")
