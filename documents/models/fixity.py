"""Kept bytes that were missing or changed, and how far the comparison has come."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courts.models import Court


class DamageKind(models.TextChoices):
    MISSING = "missing", _("缺失")
    CHANGED = "changed", _("内容不符")


class Damage(models.Model):
    """Kept bytes that were missing or changed when somebody looked (SEC-55); ended when they are back.

    ``public_id`` is that of a `StoredFile` or of a `Copy`.
    """

    court = models.ForeignKey(Court, models.PROTECT)
    public_id = models.UUIDField()
    is_paper = models.BooleanField()
    kind = models.CharField(_("情况"), max_length=8, choices=DamageKind)
    found_at = models.DateTimeField(_("发现时间"))
    recovered_at = models.DateTimeField(_("恢复时间"), null=True)

    class Meta:
        verbose_name = _("损坏的文件")
        constraints = [
            models.UniqueConstraint(
                fields=["public_id"], condition=Q(recovered_at=None), name="damage_one_open_per_file"
            )
        ]
        indexes = [models.Index(fields=["court", "recovered_at"], name="damage_court_idx")]

    def __str__(self) -> str:
        return self.get_kind_display()


class FixityRound(models.Model):
    """How far the present comparison of all kept bytes has come; one row for files, one for papers.

    Each run goes on after ``last_pk``; a new round starts on another day when the last one was ended.
    """

    subject = models.CharField(max_length=10, unique=True)
    last_pk = models.BigIntegerField(default=0)
    checked = models.BigIntegerField(_("已核对"), default=0)
    started_at = models.DateTimeField(_("开始"))
    ended_at = models.DateTimeField(_("完成"), null=True)

    class Meta:
        verbose_name = _("完整性核对")

    def __str__(self) -> str:
        return self.subject
