from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GuidesConfig(AppConfig):
    """Materials lists and questions with answers."""

    name = "guides"
    verbose_name = _("诉讼指南")
    default_auto_field = "django.db.models.BigAutoField"
