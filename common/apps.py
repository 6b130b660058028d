from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    """Money, clock, identity and case numbers, flows, the actor, errors. No tables."""

    name = "common"
    verbose_name = _("公共")
