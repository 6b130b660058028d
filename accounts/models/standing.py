"""What an account waits for until it has a real name."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.users import IdKind
from common.fields import EncryptedTextField, PublicIdField
from common.flow import Flow
from common.keyed import KeyedField


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
    id_number_index = KeyedField(blank=True)
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


class Organisation(models.Model):
    """A legal person 法人 or other organisation whose head proved by the register that he is its head (法定代表人)."""

    public_id = PublicIdField()
    name = models.CharField(_("单位名称"), max_length=100)
    code = EncryptedTextField(_("统一社会信用代码"))
    code_index = KeyedField(unique=True)
    checked_at = models.DateTimeField(_("核对时间"))

    class Meta:
        verbose_name = _("单位")


class MemberRole(models.TextChoices):
    HEAD = "head", _("法定代表人")
    ADMIN = "admin", _("管理员")
    HANDLER = "handler", _("经办人")


class OrganisationMember(models.Model):
    """Somebody who acts for an organisation, from when to when. Asked by phone and name; ``user`` is empty until he takes it up.

    Which cases he works in say the bindings of ``cases``.
    """

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="memberships")
    name = models.CharField(_("姓名"), max_length=100)
    phone = EncryptedTextField(_("手机号"))
    phone_index = KeyedField()
    role = models.CharField(_("身份"), max_length=7, choices=MemberRole)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("邀请时间"))
    starts_at = models.DateTimeField(_("接受时间"), null=True)
    ends_at = models.DateTimeField(_("结束时间"), null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("单位的人")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "phone_index"],
                name="organisationmember_once",
                condition=models.Q(ended_by=None),
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                name="organisationmember_one_head",
                condition=models.Q(ended_by=None, role="head"),
            ),
            models.CheckConstraint(
                name="organisationmember_taken_up_by_somebody",
                condition=models.Q(user=None, starts_at=None)
                | models.Q(user__isnull=False, starts_at__isnull=False),
            ),
            models.CheckConstraint(
                name="organisationmember_ends_after_start",
                condition=models.Q(ends_at=None) | models.Q(ends_at__gt=models.F("asked_at")),
            ),
        ]
        indexes = [models.Index(fields=["phone_index"], name="organisationmember_phone_idx")]

    @property
    def last_moment(self) -> datetime | None:
        """The last moment before the end: its day is the last day."""
        return self.ends_at - timedelta(microseconds=1) if self.ends_at else None
