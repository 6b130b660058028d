"""Outside offices that a court writes to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import PublicIdField
from courts.models import Court


class OfficeKind(models.TextChoices):
    COURT = "court", _("法院")
    PROCURATORATE = "procuratorate", _("检察院")
    POLICE = "police", _("公安机关")
    REGISTRY = "registry", _("登记机关")
    BANK = "bank", _("银行和支付机构")
    DETENTION = "detention", _("监狱、看守所")
    OTHER = "other", _("其他单位")


class Office(models.Model):
    """An outside office that a court writes to; copies of a letter are addressed to it by ``public_id``."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    kind = models.CharField(_("是什么单位"), max_length=13, choices=OfficeKind)
    name = models.CharField(_("单位全称"), max_length=100)
    address = models.CharField(_("地址"), max_length=300)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("往来单位")
        constraints = [
            models.UniqueConstraint(
                fields=["court", "name"], condition=Q(retired_at=None), name="office_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
