"""Who asks inside the zone."""

from django.http import HttpRequest

from accounts.middleware import ACTING_CLOSED, ActorMiddleware
from accounts.models import User
from common.actor import ANONYMOUS, Actor


class ZoneActorMiddleware(ActorMiddleware):
    """As everywhere, except that a scan login is nobody here: it covers one case, and the zone reads no codes; and no page opens
    to somebody who acts for another. A form that comes too late is not kept either: a session is read outside the wall (SEC-30)."""

    keeps_forms = False

    def _acting(self, request: HttpRequest, user: User, actor: Actor) -> Actor:
        """Nobody complains for another, and nobody reads another's complaints: the zone reads no consents."""
        request.acting_elsewhere = ACTING_CLOSED  # type: ignore[attr-defined]
        return actor

    def _scan_actor(self, request: HttpRequest) -> Actor:
        return ANONYMOUS
