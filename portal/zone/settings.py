"""Settings of the zone's process: those of the portal, with another database role, other addresses and the private key."""

from portal.settings import *  # noqa: F403  (this is the portal, seen from inside the wall)
from portal.settings import LOGGING as PORTAL_LOGGING
from portal.settings import MIDDLEWARE, database_settings, env

DATABASE_ROLE = "zone"
DATABASES = {"default": database_settings(DATABASE_ROLE)}
ROOT_URLCONF = "portal.zone.urls"
ZONE_PRIVATE_KEY_FILE = env.file("ZONE_PRIVATE_KEY_FILE")
"""Opens what the public page sealed; no other process is told where it lies."""
ZONE_SOCKET = env.text("ZONE_SOCKET", "")
STAFF_DOOR_NETWORKS = []
"""No address is known here: who hands the zone's addresses on asks for the network (the edge, or ``portal.zone.forward``)."""
MIDDLEWARE = [
    {"accounts.middleware.ActorMiddleware": "portal.zone.middleware.ZoneActorMiddleware"}.get(name, name)
    for name in MIDDLEWARE
    # no address reaches this process and no visit leaves a mark (SEC-34); complaints have limits of their own
    if name != "portal.rates.RateMiddleware"
]
# no line for any request here: not even when somebody looked (SEC-34); errors are still logged, without addresses
QUIET = {"portal.access": {"level": "CRITICAL"}, "portal.security": {"level": "CRITICAL"}}
LOGGING = PORTAL_LOGGING | {"loggers": PORTAL_LOGGING["loggers"] | QUIET}
