from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StandinsConfig(AppConfig):
    """The outside world over HTTP: cashier, text messages and mail. Demo and test mode only."""

    name = "standins"
    verbose_name = _("外部替身")
    default_auto_field = "django.db.models.BigAutoField"
