from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasefilesConfig(AppConfig):
    """The file of a case 案卷: what lies in it, who reads it, who read it."""

    name = "casefiles"
    verbose_name = _("案卷")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's event names and handlers."""
        from casefiles import ahead, events, handlers  # noqa: F401  (import is the registration)
