"""The one table of the portal itself: what kind of installation this database belongs to."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Installation(models.Model):
    """One row. A process of another mode refuses this database (DESIGN §9)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    mode = models.CharField(_("运行方式"), max_length=12)

    class Meta:
        verbose_name = _("安装")
        constraints = [
            models.CheckConstraint(name="installation_one_row", condition=models.Q(id=1)),
            models.CheckConstraint(
                name="installation_mode_known", condition=models.Q(mode__in=["demo", "test", "production"])
            ),
        ]

    def __str__(self) -> str:
        return self.mode
