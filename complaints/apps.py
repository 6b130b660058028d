"""The walled zone of complaints, reports and interference records (DESIGN §9)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    """Tables in the schema ``zone``; nothing here listens to or emits an event of the portal (SEC-35)."""

    name = "complaints"
    verbose_name = _("投诉举报")
