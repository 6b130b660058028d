from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventlogConfig(AppConfig):
    """Event log, outbox, receipts: one truth for audit, timeline and notifications."""

    name = "eventlog"
    verbose_name = _("留痕")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's event names."""
        from eventlog import events  # noqa: F401  (import is the registration)
