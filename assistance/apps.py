from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssistanceConfig(AppConfig):
    """People who help people: companions, guides, calls back."""

    name = "assistance"
    verbose_name = _("帮助")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's event names."""
        from assistance import events  # noqa: F401  (import is the registration)
