"""People who take part in a case and are no party: witness, expert and the like 其他诉讼参与人."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.parties import Party
from common.fields import EncryptedTextField, PublicIdField
from courts.models import StaffPost


class ParticipantKind(models.TextChoices):
    """As what somebody takes part (民诉法75, 79, 82, 83; 解释227). Agents 诉讼代理人 are :class:`cases.models.Representative`."""

    WITNESS = "witness", _("证人")
    EXPERT = "expert", _("鉴定人")
    SPECIALIST = "specialist", _("有专门知识的人")
    INSPECTOR = "inspector", _("勘验人")
    INTERPRETER = "interpreter", _("翻译人员")


class Participant(models.Model):
    """A person whom the court calls and who is no party; copies of 出庭通知书 are addressed to it by ``public_id``.

    ``asked_by`` is the party that asked for him, None when the court calls him itself. For the court alone: no party reads
    address or phone here. A row only ever ends; what was written wrong is ended and written again.
    """

    public_id = PublicIdField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="participants")
    kind = models.CharField(_("身份"), max_length=11, choices=ParticipantKind)
    name = models.CharField(_("姓名"), max_length=100)
    address = models.CharField(_("地址"), max_length=300)
    phone = EncryptedTextField(_("电话"), blank=True)
    asked_by = models.ForeignKey(Party, models.PROTECT, null=True, related_name="participants")
    recorded_by = models.ForeignKey(StaffPost, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("登记时间"))
    ends_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name = _("其他诉讼参与人")
        ordering = ["case_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "name"], name="participant_once", condition=Q(ends_at=None)
            ),
            models.CheckConstraint(
                name="participant_specialist_was_asked_for",
                condition=~Q(kind="specialist") | Q(asked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="participant_ends_after_start",
                condition=Q(ends_at=None) | Q(ends_at__gte=models.F("starts_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
