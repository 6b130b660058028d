from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Stored files, papers, copies, deliveries and the print desk."""

    name = "documents"
    verbose_name = _("文书")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's event names, handlers and checks."""
        from documents import checks, events, handlers  # noqa: F401  (import is the registration)
