from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """Settings, addresses and pages built from several apps."""

    name = "portal"
    verbose_name = _("门户")
