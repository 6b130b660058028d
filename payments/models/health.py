"""How the gateways answer, seen by all processes alike (REL-59)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class GatewayHealth(models.Model):
    """Failures of one gateway in a row; ``open_since`` is set while nobody calls it but one probe now and then."""

    gateway = models.CharField(max_length=12, unique=True)
    failures = models.PositiveSmallIntegerField(default=0)
    counted_from = models.DateTimeField(null=True)
    open_since = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("缴费通道的状态")
