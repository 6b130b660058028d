"""Who asks inside the zone."""

from django.http import HttpRequest

from accounts.middleware import ActorMiddleware
from common.actor import ANONYMOUS, Actor


class ZoneActorMiddleware(ActorMiddleware):
    """As everywhere, except that a scan login is nobody here: it covers one case, and the zone reads no codes."""

    def _scan_actor(self, request: HttpRequest) -> Actor:
        return ANONYMOUS
