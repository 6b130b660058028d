"""Accounts of the public and of staff, and how one gets another phone. Staff rights come from ``courts.StaffPost``."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from common import clock, crypto
from common.fields import EncryptedTextField, PublicIdField
from common.flow import Flow
from common.keyed import TOKEN, KeyedField


class UserKind(models.TextChoices):
    PUBLIC = "public", _("当事人")
    STAFF = "staff", _("工作人员")


class IdKind(models.TextChoices):
    """Kinds of identity papers; the check for each stands in ``common.identity``."""

    ID_CARD = "id_card", _("居民身份证")
    PASSPORT = "passport", _("护照")
    HK_MACAU_PERMIT = "hk_macau_permit", _("港澳居民来往内地通行证")
    TAIWAN_PERMIT = "taiwan_permit", _("台湾居民来往大陆通行证")
    USCC = "uscc", _("统一社会信用代码")
    RESIDENCE_PERMIT = "residence_permit", _("港澳台居民居住证")
    FOREIGN_PERMANENT_CARD = "foreign_permanent_card", _("外国人永久居留身份证")


class RealNameLevel(models.TextChoices):
    PHONE = "phone", _("已验证手机号")
    REAL_NAME = "real_name", _("已实名")


class UserManager(BaseUserManager["User"]):
    def by_phone(self, phone: str) -> models.QuerySet[User]:
        """Public accounts with this normalised phone number."""
        return self.filter(kind=UserKind.PUBLIC, phone_index=crypto.blind_index("phone", phone))


class User(AbstractBaseUser):
    """One person who can sign in, member of the public (by phone) or of staff (by name and password)."""

    public_id = PublicIdField()
    kind = models.CharField(_("类别"), max_length=8, choices=UserKind)
    username = models.CharField(_("用户名"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=100, blank=True)
    staff_no = models.CharField(_("工号"), max_length=20, blank=True)
    phone = EncryptedTextField(_("手机号"), blank=True)
    phone_index = KeyedField(blank=True)
    id_kind = models.CharField(_("证件类型"), max_length=24, choices=IdKind, blank=True)
    id_number = EncryptedTextField(_("证件号码"), blank=True)
    id_number_index = KeyedField(blank=True)
    real_name_level = models.CharField(
        _("实名程度"), max_length=10, choices=RealNameLevel, default=RealNameLevel.PHONE
    )
    is_lawyer = models.BooleanField(_("律师"), default=False)
    is_active = models.BooleanField(_("启用"), default=True)
    disabled_reason = models.CharField(_("停用的理由"), max_length=200, blank=True, db_default="", default="")
    company = models.CharField(_("所属公司"), max_length=100, blank=True, db_default="", default="")
    """The supplier a member of staff comes from (SEC-63); empty for the court's own people."""
    valid_until = models.DateTimeField(_("有效期至"), null=True, blank=True)
    """When the account of a supplier ends by itself."""
    password_set_at = models.DateTimeField(_("密码设置时间"), null=True, blank=True)
    text_mode = models.CharField(_("字号"), max_length=10, default="standard")
    created_at = models.DateTimeField(_("注册时间"))
    session_epoch = models.PositiveIntegerField(default=0, db_default=0)
    """Grows when every sign-in of this account is to end."""

    USERNAME_FIELD = "username"
    objects = UserManager()

    class Meta:
        verbose_name = _("用户")
        constraints = [
            models.UniqueConstraint(
                fields=["phone_index"], name="user_public_phone_unique", condition=models.Q(kind="public")
            ),
            models.CheckConstraint(
                name="user_real_name_has_identity",
                condition=~models.Q(real_name_level="real_name")
                | ~models.Q(name="") & ~models.Q(id_number_index=""),
            ),
            models.CheckConstraint(
                name="user_supplier_named_and_expiring",
                condition=models.Q(company="")
                | models.Q(kind="staff", valid_until__isnull=False) & ~models.Q(name=""),
            ),
        ]
        indexes = [models.Index(fields=["id_number_index"], name="user_id_number_idx")]

    def can_sign_in(self) -> bool:
        """Not switched off, and not a supplier's account whose time is over."""
        return self.is_active and (self.valid_until is None or self.valid_until > clock.process_now())

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """What a session must match to count: changes with password, phone and epoch, so all of them end sign-ins at the next
        click without a query (SEC-07). Django asks it for the current key and for each fallback."""
        phone = crypto.blind_index("phone", self.phone)  # the column changes with the keys (SEC-66)
        proof = f"{self.password}\x00{phone}\x00{self.session_epoch}"
        return salted_hmac("accounts.User.session", proof, secret=secret, algorithm="sha256").hexdigest()


class PhoneChangeWay(models.TextChoices):
    SELF = "self", _("本人在网上换")
    COUNTER = "counter", _("手机丢了，在窗口换")


class PhoneChangeState(models.TextChoices):
    WAITING = "waiting", _("等待生效")
    DONE = "done", _("已换")
    STOPPED = "stopped", _("已停止")


ACCOUNT_PHONE_CHANGE_FLOW = Flow(
    ("complete", {PhoneChangeState.WAITING}, PhoneChangeState.DONE),
    ("stop", {PhoneChangeState.WAITING}, PhoneChangeState.STOPPED),
    field="state",
)


class AccountPhoneChange(models.Model):
    """Another phone for an account (docs/adr/0028): at once by its owner with both phones, or after a day when a clerk has checked the
    identity paper of somebody whose phone is gone. ``stop_code`` is texted to the old number; whoever knows it stops the change.

    ``court_id`` is the court of the counter; this app lies below the courts.
    """

    public_id = PublicIdField()
    user = models.ForeignKey(User, models.PROTECT, related_name="phone_changes")
    way = models.CharField(max_length=8, choices=PhoneChangeWay)
    old_phone = EncryptedTextField(_("原来的手机号"), blank=True)
    old_phone_index = KeyedField(blank=True)
    new_phone = EncryptedTextField(_("新手机号"))
    new_phone_index = KeyedField()
    state = models.CharField(max_length=8, choices=PhoneChangeState, default=PhoneChangeState.WAITING)
    asked_at = models.DateTimeField(_("提出时间"))
    takes_effect_at = models.DateTimeField(_("生效时间"))
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    court_id = models.BigIntegerField(null=True)
    stop_code = EncryptedTextField(blank=True)
    stop_code_hash = KeyedField(ring=TOKEN, blank=True)
    ended_at = models.DateTimeField(_("办结时间"), null=True)

    class Meta:
        verbose_name = _("换登录手机号")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], name="phone_change_one_open", condition=models.Q(state="waiting")
            ),
            models.CheckConstraint(
                name="phone_change_ended_iff_not_waiting",
                condition=models.Q(state="waiting", ended_at=None)
                | ~models.Q(state="waiting") & models.Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="phone_change_counter_waits",
                condition=models.Q(way="self")
                | models.Q(
                    court_id__isnull=False,
                    asked_by__isnull=False,
                    takes_effect_at__gt=models.F("asked_at"),
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["takes_effect_at"], name="phone_change_due_idx", condition=models.Q(state="waiting")
            ),
            models.Index(fields=["user", "-ended_at"], name="phone_change_user_idx"),
        ]
