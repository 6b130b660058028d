from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilingConfig(AppConfig):
    """Pre-check, drafts, review, correction and acceptance."""

    name = "filing"
    verbose_name = _("网上立案")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's event names and handlers."""
        from filing import events, handlers  # noqa: F401  (import is the registration)
