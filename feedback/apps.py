from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedbackConfig(AppConfig):
    """Threads with the judge, clocks, ratings, reopening."""

    name = "feedback"
    verbose_name = _("问答评价")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's event names and handlers."""
        from feedback import events, handlers  # noqa: F401  (import is the registration)
