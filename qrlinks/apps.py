from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QrlinksConfig(AppConfig):
    """The one code of a case: landing and verification."""

    name = "qrlinks"
    verbose_name = _("扫码")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's event names and handlers."""
        from qrlinks import events, handlers  # noqa: F401  (import is the registration)
