"""What an account waits for until it has a real name. Part of ``accounts.models``."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import IdKind
from common.fields import EncryptedTextField, PublicIdField
from common.flow import Flow


class RealNameState(models.TextChoices):
    WAITING = "waiting", _("等待核验")
    COUNTER = "counter", _("等窗口核对证件")
    CONFIRMED = "confirmed", _("核对一致")
    REFUSED = "refused", _("核对不上")
    WITHDRAWN = "withdrawn", _("已重新填写")


OPEN_STATES = (RealNameState.WAITING, RealNameState.COUNTER)
REAL_NAME_CHECK_FLOW = Flow(
    ("to_counter", {RealNameState.WAITING}, RealNameState.COUNTER),
    ("confirm", set(OPEN_STATES), RealNameState.CONFIRMED),
    ("refuse", {RealNameState.WAITING}, RealNameState.REFUSED),
    ("withdraw", set(OPEN_STATES), RealNameState.WITHDRAWN),
    field="state",
)


class RealNameCheck(models.Model):
    """Name and paper that the register could not answer for at once: it is asked again, or a clerk looks at the paper (SEC-09).

    What was typed is kept while it is open and forgotten when it is decided: confirmed, it stands in the account.
    """

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="real_name_checks")
    name = models.CharField(_("姓名"), max_length=100, blank=True)
    id_kind = models.CharField(_("证件类型"), max_length=24, choices=IdKind)
    id_number = EncryptedTextField(_("证件号码"), blank=True)
    id_number_index = models.CharField(max_length=64, blank=True)
    state = models.CharField(_("状态"), max_length=9, choices=RealNameState, default=RealNameState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(_("填写时间"))
    next_at = models.DateTimeField(_("下次核对"))
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("实名核验")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                name="realnamecheck_one_open",
                condition=models.Q(state__in=["waiting", "counter"]),
            ),
            models.CheckConstraint(
                name="realnamecheck_kept_while_open",
                condition=models.Q(state__in=["waiting", "counter"], decided_at=None)
                & ~models.Q(name="")
                & ~models.Q(id_number_index="")
                | models.Q(
                    ~models.Q(state__in=["waiting", "counter"]),
                    decided_at__isnull=False,
                    name="",
                    id_number_index="",
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="realnamecheck_due_idx", condition=models.Q(state="waiting")
            ),
        ]
