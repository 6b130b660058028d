"""Codes, counters, keys, tokens, second steps, sign-ins, identities outside and invitations."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User
from common.fields import EncryptedTextField, PublicIdField
from common.keyed import TOKEN, KeyedField
from common.two_people import Proposal


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


class OutsideWay(models.TextChoices):
    """Whose word for somebody is taken at the door."""

    WEIXIN = "weixin", _("微信")
    DINGTALK = "dingtalk", _("钉钉")


class OutsideIdentity(models.Model):
    """Somebody outside, known to WeChat or DingTalk, whom the owner of an account has let in by it (docs/adr/0040). A row only ever ends.

    Of the identity itself (openid, unionId) only the blind index is kept: it is compared, never sent.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="outside_identities")
    way = models.CharField(_("登录方式"), max_length=8, choices=OutsideWay)
    identity_index = KeyedField()
    bound_at = models.DateTimeField(_("绑定时间"))
    ended_at = models.DateTimeField(_("解除时间"), null=True)

    class Meta:
        verbose_name = _("微信、钉钉登录")
        constraints = [
            models.UniqueConstraint(
                fields=["way", "identity_index"],
                name="outside_identity_one_account",
                condition=models.Q(ended_at=None),
            ),
            models.UniqueConstraint(
                fields=["user", "way"], name="outside_identity_one_each", condition=models.Q(ended_at=None)
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
