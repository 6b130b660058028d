from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """The case: parties, judge, stages, deadlines."""

    name = "cases"
    verbose_name = _("案件")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's event names and handlers."""
        from cases import events, handlers  # noqa: F401  (import is the registration)
