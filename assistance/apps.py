from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssistanceConfig(AppConfig):
    """People who help people: companions, guides, calls back."""

    name = "assistance"
    verbose_name = _("帮助")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's event names and what the session and the trail ask it."""
        from assistance import events, handlers  # noqa: F401  (import is the registration)
