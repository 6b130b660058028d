"""The people of a case: parties, who acts for them, and which accounts are theirs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import IdKind
from cases.models.case import Case
from common.fields import EncryptedTextField, PublicIdField
from common.keyed import KeyedField
from courts.models import StaffPost


class Side(models.TextChoices):
    PLAINTIFF = "plaintiff", _("原告")
    DEFENDANT = "defendant", _("被告")
    THIRD = "third", _("第三人")


class PartyKind(models.TextChoices):
    NATURAL = "natural", _("自然人")
    LEGAL = "legal", _("法人、非法人组织")


class PhoneOrigin(models.TextChoices):
    """Where the phone on file comes from; decides who may receive a code on it (DESIGN §9)."""

    OWN = "own", _("本人登记")
    COURT = "court", _("法院核实")
    OTHER_SIDE = "other_side", _("对方提供")


class Party(models.Model):
    """A party 当事人 of one case as recorded there."""

    public_id = PublicIdField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="parties")
    side = models.CharField(_("诉讼地位"), max_length=10, choices=Side)
    order = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=8, choices=PartyKind)
    name = models.CharField(_("姓名或名称"), max_length=100)
    id_kind = models.CharField(max_length=24, choices=IdKind, blank=True)
    id_number = EncryptedTextField(_("证件号码"), blank=True)
    id_number_index = KeyedField(blank=True)
    id_last_six_index = KeyedField(blank=True)
    phone = EncryptedTextField(_("电话"), blank=True)
    phone_index = KeyedField(blank=True)
    phone_origin = models.CharField(max_length=12, choices=PhoneOrigin, blank=True)
    address = models.CharField(_("住所地"), max_length=300, blank=True)
    e_delivery_since = models.DateTimeField(_("同意电子送达"), null=True)

    class Meta:
        verbose_name = _("当事人")
        ordering = ["case_id", "side", "order"]
        constraints = [
            models.UniqueConstraint(fields=["case", "side", "order"], name="party_order_unique"),
            models.CheckConstraint(
                name="party_phone_has_origin",
                condition=Q(phone_index="", phone_origin="") | ~Q(phone_index="") & ~Q(phone_origin=""),
            ),
        ]
        indexes = [
            # somebody with a checked identity looks for his cases
            models.Index(fields=["id_number_index"], name="party_id_number_idx")
        ]


class PhoneChange(models.Model):
    """The court put another phone of a party on file. Keeps the old one, which is told of it. Never changed."""

    append_only = True

    public_id = PublicIdField()
    party = models.ForeignKey(Party, models.PROTECT, related_name="phone_changes")
    old_phone = EncryptedTextField(_("原来的电话"), blank=True)
    old_origin = models.CharField(max_length=12, choices=PhoneOrigin, blank=True)
    changed_by = models.ForeignKey(StaffPost, models.PROTECT)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("手机号变更")


class Matter(models.TextChoices):
    """What an agent does only when his power names it (民诉法62; 解释89)."""

    ADMIT = "admit", _("承认、放弃、变更诉讼请求，撤诉")
    SETTLE = "settle", _("和解、调解")
    COUNTERCLAIM = "counterclaim", _("提起反诉")
    APPEAL = "appeal", _("提起上诉")
    MONEY = "money", _("代收、代领款项")


class AuthorityBasis(models.TextChoices):
    """Why somebody may act for a party."""

    LAW = "law", _("法定代理或代表")
    PAPER = "paper", _("法院核对了授权委托书")
    COUNTER = "counter", _("当事人当面向法院说明")
    PARTY = "party", _("当事人在网上委托")


class AuthorityEnd(models.TextChoices):
    """How an authority ended before its time."""

    WITHDRAWN = "withdrawn", _("当事人撤回委托")
    RESIGNED = "resigned", _("代理人辞去委托")
    DECLINED = "declined", _("代理人没有接受")
    COURT = "court", _("法院登记结束")


class LicenceState(models.TextChoices):
    """What the register of lawyers says of a licence."""

    VALID = "valid", _("执业证有效")
    EXPIRED = "expired", _("执业证已失效")
    UNKNOWN = "unknown", _("查不到这个执业证")
    OTHER = "other", _("执业证是别人的")


class Representative(models.Model):
    """Somebody who acts for a party: agent 委托代理人, guardian 法定代理人 or elected deputy 诉讼代表人.

    ``kind`` and ``power`` carry the words of the application's own choices; ``access`` is the binding of the account,
    empty while he has none. ``matters`` are the acts a special power names, see :class:`Matter`; empty where it names all of
    them, as the application's own form does. ``confirmed_at`` is when the party itself said so on its page.
    """

    public_id = PublicIdField()
    party = models.ForeignKey(Party, models.PROTECT, related_name="representatives")
    name = models.CharField(_("姓名"), max_length=100)
    kind = models.CharField(_("身份"), max_length=12)
    firm = models.CharField(_("单位"), max_length=100, blank=True)
    licence = models.CharField(_("执业证号"), max_length=30, blank=True)
    power = models.CharField(_("代理权限"), max_length=8, blank=True)
    phone = EncryptedTextField(_("电话"), blank=True)
    phone_index = KeyedField(blank=True, default="", db_default="")
    matters = models.JSONField(_("特别授权的事项"), default=list, db_default=[])
    basis = models.CharField(
        _("依据"), max_length=7, choices=AuthorityBasis, default=AuthorityBasis.PAPER, db_default="paper"
    )
    recorded_by = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(_("当事人确认"), null=True)
    access = models.OneToOneField("PartyAccess", models.PROTECT, null=True, related_name="representative")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    ended_how = models.CharField(
        _("怎么结束的"), max_length=9, choices=AuthorityEnd, blank=True, default="", db_default=""
    )
    licence_state = models.CharField(
        _("执业证"), max_length=7, choices=LicenceState, blank=True, default="", db_default=""
    )
    licence_until = models.DateField(_("执业证有效期至"), null=True)
    licence_checked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("代理人")
        constraints = [
            models.CheckConstraint(
                name="representative_ends_after_start",
                condition=Q(ends_at=None) | Q(ends_at__gt=models.F("starts_at")),
            ),
            models.CheckConstraint(
                name="representative_ended_has_end", condition=Q(ended_how="") | Q(ends_at__isnull=False)
            ),
        ]
        indexes = [
            # whom somebody with this phone was asked to act for
            models.Index(fields=["phone_index"], name="representative_asked_idx", condition=Q(access=None)),
        ]


class AccessBasis(models.TextChoices):
    OWN_FILING = "own_filing", _("本人立案且身份一致")
    REAL_NAME = "real_name", _("实名核对一致")
    COUNTER = "counter", _("窗口核验")
    REPRESENTATION = "representation", _("代理")


class PartyAccess(models.Model):
    """The only binding between a person who signs in and a party; equal names are never enough (DESIGN §9)."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="access")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="party_access")
    basis = models.CharField(max_length=16, choices=AccessBasis)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("当事人绑定")
        constraints = [
            models.UniqueConstraint(
                fields=["party", "user"], name="party_access_live_unique", condition=Q(ends_at=None)
            ),
            models.CheckConstraint(
                name="party_access_ends_after_start",
                condition=Q(ends_at=None) | Q(ends_at__gt=models.F("starts_at")),
            ),
        ]
