from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Users, sign-in, one-time codes, counters, the access matrix."""

    name = "accounts"
    verbose_name = _("账号")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's event names and handlers."""
        from accounts import events, handlers  # noqa: F401  (import is the registration)
