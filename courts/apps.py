from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CourtsConfig(AppConfig):
    """Court tree, posts, calendar, settings, counters, causes and type codes."""

    name = "courts"
    verbose_name = _("法院")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's event names and handlers."""
        from courts import events, handlers  # noqa: F401  (import is the registration)
