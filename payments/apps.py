from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    """Fee rules, bills, orders, gateways and the ledger."""

    name = "payments"
    verbose_name = _("缴费")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's event names and handlers."""
        from payments import events, handlers, refund_handlers  # noqa: F401  (import is the registration)
