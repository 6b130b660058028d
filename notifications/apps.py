from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Who hears of which event, by which channel."""

    name = "notifications"
    verbose_name = _("通知")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's event names and handlers."""
        from notifications import (  # noqa: F401  (import is the registration)
            account_handlers,
            authority_handlers,
            correction_handlers,
            decision_handlers,
            defence_handlers,
            ending_handlers,
            events,
            feedback_handlers,
            file_handlers,
            group_handlers,
            handlers,
            help_handlers,
            hook_handlers,
            reading_handlers,
            refund_handlers,
            service_handlers,
            thread_handlers,
            ways,
        )
