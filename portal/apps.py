from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """Settings, addresses and pages built from several apps."""

    name = "portal"
    verbose_name = _("门户")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register system checks, what is held against the trail or written before its anchors, live channels, who knows what is held, and the guard that asks each
        database for its mode."""
        from portal import (  # noqa: F401  (import is the registration)
            checks,
            closed_list,
            correction_services,
            day_roots,
            file_places,
            holding,
            live_channels,
            startup,
        )
        from portal.own_data import handlers  # noqa: F401
