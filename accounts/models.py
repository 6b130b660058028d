"""Users, sign-in codes, counters and idempotency keys. Staff rights come from ``courts.StaffPost``."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from common import clock, crypto
from common.fields import EncryptedTextField, PublicIdField
from common.flow import Flow
from common.keyed import TOKEN, KeyedField
from common.two_people import Proposal


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


class CodePurpose(models.TextChoices):
    SIGN_IN = "sign_in", _("登录")
    SCAN = "scan", _("扫码验证")
    STEP_UP = "step_up", _("再次确认")
    NEW_PHONE = "new_phone", _("换手机号")
    MAIL = "mail", _("确认邮箱")
    ACTING = "acting", _("同意别人代办")


class OneTimeCode(models.Model):
    """A six-digit code sent by text message (SEC-02): bound to purpose, phone, challenge and browser.

    A challenge is kept even when no message is sent, so that the page never shows whether something matched.
    """

    challenge = PublicIdField()
    purpose = models.CharField(max_length=12, choices=CodePurpose)
    phone_index = KeyedField(blank=True)
    browser = KeyedField(_("浏览器"), ring=TOKEN)
    code_hash = KeyedField(ring=TOKEN, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("一次性验证码")
        indexes = [models.Index(fields=["purpose", "phone_index", "-created_at"], name="code_phone_idx")]


class RateCounter(models.Model):
    """How often something happened in the newest window of its key; security limits hold without Redis (SEC-03).

    A window begins with what is first counted in it. One row per key and length of window, whatever the time.
    """

    key = models.CharField(max_length=120)
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("次数")
        constraints = [models.UniqueConstraint(fields=["key"], name="rate_key_unique")]


class IdempotencyKey(models.Model):
    """One key a form or API client sends with a write, its request hash and the stored answer (REL-04)."""

    actor_key = models.CharField(max_length=80)
    route = models.CharField(max_length=120)
    key = models.CharField(max_length=100)
    request_hash = models.CharField(max_length=64)
    answer = models.CharField(_("结果"), max_length=400, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("幂等键")
        constraints = [
            models.UniqueConstraint(fields=["actor_key", "route", "key"], name="idempotency_key_unique")
        ]


class TokenScope(models.TextChoices):
    """What a personal token may be for."""

    FILINGS = "filings", _("提交和查看立案申请")
    CASES = "cases", _("查看我的案件")


class ApiToken(models.Model):
    """A personal token for software that acts in its holder's name: kept only as keyed hash, scoped, expiring."""

    public_id = PublicIdField()
    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("用途"), max_length=60)
    token_hash = KeyedField(ring=TOKEN, unique=True)
    hint = models.CharField(_("开头几位"), max_length=12)
    scopes = models.JSONField(_("能做什么"), default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("到期"))
    last_used_on = models.DateField(_("最近使用"), null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("接口令牌")

    @property
    def scope_words(self) -> str:
        """What it is for, in words."""
        return "、".join(str(TokenScope(name).label) for name in self.scopes)


class FactorKind(models.TextChoices):
    APP = "totp", _("验证器应用")
    KEY = "webauthn", _("安全密钥、指纹或面容")


class SecondFactor(models.Model):
    """What a member of staff proves himself with beside the password (SEC-04, docs/adr/0023). A row only ever ends.

    ``secret`` is the shared secret of an app (Base32) or the public half of a security key (Base64url), whose own id is
    ``credential``. ``counter`` is the last time step that was taken, or the key's count of signatures: none counts twice.
    """

    public_id = PublicIdField()
    user = models.ForeignKey(User, models.PROTECT, related_name="factors")
    kind = models.CharField(_("方式"), max_length=8, choices=FactorKind)
    label = models.CharField(_("名称"), max_length=40)
    secret = EncryptedTextField()
    handle = KeyedField(ring=TOKEN, unique=True)
    credential = models.TextField(blank=True)
    counter = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(_("添加时间"))
    last_used_at = models.DateTimeField(_("最近使用"), null=True)
    ended_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta:
        verbose_name = _("第二步验证方式")
        indexes = [
            models.Index(fields=["user"], name="factor_live_idx", condition=models.Q(ended_at=None)),
        ]


class RecoveryCode(models.Model):
    """One of ten codes for the day on which phone and key are at home: kept as keyed hash, good once."""

    user = models.ForeignKey(User, models.PROTECT, related_name="recovery_codes")
    code_hash = KeyedField(ring=TOKEN, unique=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(_("用掉或作废"), null=True)

    class Meta:
        verbose_name = _("备用码")
        indexes = [
            models.Index(fields=["user"], name="recovery_live_idx", condition=models.Q(ended_at=None)),
        ]


class FactorReset(Proposal):
    """A member of staff lost phone, key and codes: one administrator proposes, another agrees, and he sets up anew (SEC-04).

    ``court_id`` is the court whose administrators decide; this app lies below the courts.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="factor_resets")
    court_id = models.BigIntegerField()
    reason = models.CharField(_("理由"), max_length=200)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("重设第二步验证")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], name="factor_reset_one_open", condition=models.Q(state="proposed")
            ),
            models.CheckConstraint(
                name="factor_reset_second_person",
                condition=~models.Q(proposed_by=models.F("user"))
                & (
                    models.Q(
                        state__in=["agreed", "refused"], decided_by__isnull=False, decided_at__isnull=False
                    )
                    & ~models.Q(decided_by=models.F("proposed_by"))
                    & ~models.Q(decided_by=models.F("user"))
                    | models.Q(state__in=["proposed", "withdrawn"], decided_by=None)
                ),
            ),
        ]


class AccountSession(models.Model):
    """A sign-in that its owner finds in his list and can end (SEC-07). What it may still do says the session itself."""

    public_id = PublicIdField()
    user = models.ForeignKey(User, models.PROTECT, related_name="sign_ins")
    session_key = EncryptedTextField()
    browser = models.CharField(_("浏览器"), max_length=40, blank=True)
    started_at = models.DateTimeField(_("登录时间"))
    ended_at = models.DateTimeField(_("退出时间"), null=True)

    class Meta:
        verbose_name = _("登录的设备")
        indexes = [
            models.Index(
                fields=["user", "-started_at"], name="sign_in_live_idx", condition=models.Q(ended_at=None)
            ),
        ]


class Invitation(models.Model):
    """A one-time address at which a member of staff sets a password (SEC-15): shown once to who made it, handed over in person,
    kept as keyed hash. Good for 24 hours; setting a password or a newer address ends it.

    ``court_id`` is the court that invited; this app lies below the courts.
    """

    public_id = PublicIdField()
    user = models.ForeignKey(User, models.PROTECT, related_name="invitations")
    court_id = models.BigIntegerField()
    token_hash = KeyedField(ring=TOKEN, unique=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("到期"))
    ended_at = models.DateTimeField(_("用掉或作废"), null=True)

    class Meta:
        verbose_name = _("工作人员邀请")
        indexes = [models.Index(fields=["court_id"], name="invitation_court_idx")]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], name="invitation_one_live", condition=models.Q(ended_at=None)
            )
        ]


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


from accounts.standing import (  # noqa: E402
    OPEN_STATES,  # noqa: F401
    REAL_NAME_CHECK_FLOW,  # noqa: F401
    MemberRole,  # noqa: F401
    Organisation,  # noqa: F401
    OrganisationMember,  # noqa: F401
    RealNameCheck,  # noqa: F401
    RealNameState,  # noqa: F401
)
