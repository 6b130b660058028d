"""Where notices of an account go besides inbox and phone, ended all at once: its phone is lost (docs/adr/0040), or it is closed."""

from __future__ import annotations

from accounts.models import User
from common.actor import Actor
from notifications import address_services, feed_services, hook_services


def end_ways_out(*, user: User, actor: Actor) -> None:
    """Feeds, webhooks, mail and WeChat for notices; each is on record as when its owner ends it. Inside an act."""
    feed_services.revoke_all(user=user, actor=actor)
    hook_services.end_all(user=user, actor=actor)
    address_services.end_all(user=user, actor=actor)
