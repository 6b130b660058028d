"""The case and the people in it: the centre everything else refers to."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from accounts.models import IdKind
from common.fields import EncryptedTextField, PublicIdField, yuan_field
from common.flow import Flow
from common.keyed import KeyedField
from courts.models import Cause, Court, Division, StaffPost


class Stage(models.TextChoices):
    """Fixed stages of a case as people see them (UX §4, stage tracker)."""

    ACCEPTED = "accepted", _("立案")
    PAID = "paid", _("缴费")
    SERVED = "served", _("送达")
    HEARING = "hearing", _("开庭")
    CLOSED = "closed", _("结案")


class Track(models.TextChoices):
    """繁简分流: which procedure the case takes (民诉法160, 165; 解释256-283)."""

    SMALL_CLAIM = "small_claim", _("小额诉讼程序")
    SUMMARY = "summary", _("简易程序")
    ORDINARY = "ordinary", _("普通程序")
    OTHER = "other", _("其他程序")


class Case(models.Model):
    """A case 案件. It never changes court: appeal, retrial and enforcement are new cases joined by links."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    number = models.CharField(_("案号"), max_length=60, unique=True)
    year = models.PositiveSmallIntegerField()
    special = models.CharField(max_length=2, blank=True)
    type_code = models.CharField(max_length=8)
    sequence = models.PositiveIntegerField()
    cause = models.ForeignKey(Cause, models.PROTECT)
    procedure = models.CharField(_("程序"), max_length=40)
    amount = yuan_field(_("标的额"), null=True)
    track = models.CharField(_("适用程序"), max_length=12, choices=Track, default=Track.ORDINARY)
    track_reasons = models.JSONField(_("分流理由"), default=list)
    stage = models.CharField(_("阶段"), max_length=10, choices=Stage, default=Stage.ACCEPTED)
    division = models.ForeignKey(Division, models.PROTECT, null=True)
    filing_public_id = models.UUIDField(_("立案申请"))
    filing_part = models.PositiveSmallIntegerField(_("申请中的第几案"), default=1)
    accepted_at = models.DateTimeField(_("立案时间"))
    closed_at = models.DateTimeField(_("结案时间"), null=True)

    class Meta:
        verbose_name = _("案件")
        constraints = [
            models.UniqueConstraint(
                fields=["court", "year", "special", "type_code", "sequence"], name="case_number_parts_unique"
            ),
            models.UniqueConstraint(
                fields=["filing_public_id", "filing_part"], name="case_filing_part_unique"
            ),
            models.CheckConstraint(
                name="case_closed_at_iff_closed",
                condition=Q(stage="closed", closed_at__isnull=False) | ~Q(stage="closed") & Q(closed_at=None),
            ),
        ]
        indexes = [models.Index(fields=["court", "-accepted_at"], name="case_court_accepted_idx")]

    def __str__(self) -> str:
        return self.number

    @property
    def counted_files(self) -> tuple[uuid.UUID, ...]:
        """The ids with which files of this case are counted: its own first, then the application it was made of."""
        return (self.public_id, self.filing_public_id)


CASE_FLOW = Flow(
    ("fee_paid", {Stage.ACCEPTED}, Stage.PAID),
    ("served", {Stage.PAID}, Stage.SERVED),
    ("close", {Stage.ACCEPTED, Stage.PAID, Stage.SERVED, Stage.HEARING}, Stage.CLOSED),
    field="stage",
)


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


class LinkKind(models.TextChoices):
    """How one case follows from or belongs to another (DESIGN §9: a case never changes court)."""

    SAME_SUBMISSION = "same_submission", _("同一次申请")
    APPEAL = "appeal", _("上诉")
    RETRIAL = "retrial", _("再审")
    ENFORCEMENT = "enforcement", _("执行")
    RELATED = "related", _("关联")


class CaseLink(models.Model):
    """A typed link: ``later`` follows from ``earlier``."""

    earlier = models.ForeignKey(Case, models.PROTECT, related_name="later_links")
    later = models.ForeignKey(Case, models.PROTECT, related_name="earlier_links")
    kind = models.CharField(max_length=16, choices=LinkKind)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("案件关联")
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later", "kind"], name="caselink_unique"),
            models.CheckConstraint(name="caselink_two_cases", condition=~Q(earlier=models.F("later"))),
        ]


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


class CaseRole(models.TextChoices):
    JUDGE = "judge", _("承办法官")
    CLERK = "clerk", _("书记员")
    ASSISTANT = "aide", _("法官助理")


class CaseStaff(models.Model):
    """Judge and case clerk of a case, from when to when."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="staff")
    post = models.ForeignKey(StaffPost, models.PROTECT, related_name="case_roles")
    role = models.CharField(max_length=8, choices=CaseRole)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("承办人员")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "role"], name="case_staff_one_live", condition=Q(ends_at=None)
            )
        ]
        indexes = [models.Index(fields=["post", "ends_at"], name="case_staff_post_idx")]


class JudgeDraw(models.Model):
    """随机分案 on record so that anybody can replay it: rule, seed, everyone considered with weight and why excluded.

    ``candidates`` is a list of ``{"post", "name", "load", "weight", "excluded"}``; the draw is
    ``cases.assignment.choose`` of seed and candidates. Never changed.
    """

    append_only = True

    case = models.ForeignKey(Case, models.PROTECT, related_name="draws")
    rule = models.CharField(_("规则"), max_length=20)
    seed = models.CharField(max_length=64)
    candidates = models.JSONField(_("候选法官"))
    chosen = models.ForeignKey(StaffPost, models.PROTECT, related_name="+")
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    drawn_at = models.DateTimeField()

    class Meta:
        verbose_name = _("分案记录")


class DeadlineState(models.TextChoices):
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    VOID = "void", _("不再适用")


class CaseDeadline(models.Model):
    """One legal or service period of a case with everything needed to compute it again (deadlines.md §1.10)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="deadlines")
    rule_id = models.CharField(max_length=8)
    label = models.CharField(_("事项"), max_length=80)
    party = models.ForeignKey(Party, models.PROTECT, null=True)
    starts_on = models.DateField(_("起算事实日"))
    due_on = models.DateField(_("届满日"))
    confirmed = models.BooleanField(_("日历已公布"))
    calendar_version = models.CharField(max_length=40)
    source_event = models.UUIDField(_("起算依据"), null=True)
    state = models.CharField(max_length=8, choices=DeadlineState, default=DeadlineState.RUNNING)

    class Meta:
        verbose_name = _("期限")
        ordering = ["due_on", "id"]


class WithdrawalState(models.TextChoices):
    ASKED = "asked", _("等法官决定")
    GRANTED = "granted", _("准许撤诉")
    REFUSED = "refused", _("不准许撤诉")
    TAKEN_BACK = "taken_back", _("已撤回申请")


WITHDRAWAL_FLOW = Flow(
    ("grant", {WithdrawalState.ASKED}, WithdrawalState.GRANTED),
    ("refuse", {WithdrawalState.ASKED}, WithdrawalState.REFUSED),
    ("take_back", {WithdrawalState.ASKED}, WithdrawalState.TAKEN_BACK),
    field="state",
)


class Withdrawal(models.Model):
    """撤诉申请 of a plaintiff or appellant; whether it is allowed is ruled by the judge (民诉法148, 180)."""

    public_id = PublicIdField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="withdrawals")
    party = models.ForeignKey(Party, models.PROTECT, related_name="withdrawals")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="withdrawals")
    words = models.TextField(_("撤诉的理由"))
    state = models.CharField(_("状态"), max_length=10, choices=WithdrawalState, default=WithdrawalState.ASKED)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("courts.StaffPost", models.PROTECT, null=True)
    reasons = models.TextField(_("决定的理由"), blank=True)

    class Meta:
        verbose_name = _("撤诉申请")
        constraints = [
            models.UniqueConstraint(
                fields=["party"], name="withdrawal_one_open_per_party", condition=Q(state="asked")
            ),
            models.CheckConstraint(
                name="withdrawal_decided_with_reasons",
                condition=Q(state__in=["asked", "taken_back"])
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(reasons=""),
            ),
        ]


class Outcome(models.TextChoices):
    """How a case ends (民诉法 结案方式), as far as fees follow from it."""

    WITHDRAWN = "withdrawn", _("准许撤诉")
    DEEMED_WITHDRAWN = "deemed_withdrawn", _("按撤诉处理")
    MEDIATED = "mediated", _("调解结案")
    JUDGED = "judged", _("判决结案")
    DISMISSED = "dismissed", _("驳回起诉")
    CRIMINAL = "criminal", _("移送刑事，民事不再审理")
    TERMINATED = "terminated", _("终结诉讼")
    EXECUTED = "executed", _("执行完毕")
    UNEXECUTED = "unexecuted", _("终结执行")


class Closing(models.Model):
    """How a case ended, once, and at which ``stage``. ``fee_borne`` is the part of the acceptance fee that the prepayer bears by the judgment or
    agreement, yuan, None where the law itself says it; ``obtained`` what an enforcement or bankruptcy brought in.
    ``effective_on`` stays empty until the paper has legal effect, and is the one column that is filled later."""

    public_id = PublicIdField()
    case = models.OneToOneField(Case, models.PROTECT, related_name="closing")
    outcome = models.CharField(_("结案方式"), max_length=16, choices=Outcome)
    stage = models.CharField(_("结案前的阶段"), max_length=10, choices=Stage, default=Stage.ACCEPTED)
    decided_on = models.DateField(_("裁判日期"))
    effective_on = models.DateField(_("生效日期"), null=True)
    fee_borne = yuan_field(_("原告方负担的诉讼费"), null=True)
    obtained = yuan_field(_("执行到位或清算的金额"), null=True)
    words = models.TextField(_("说明"), blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("courts.StaffPost", models.PROTECT)

    class Meta:
        verbose_name = _("结案")
        constraints = [
            models.CheckConstraint(
                name="closing_fee_borne_not_negative", condition=Q(fee_borne=None) | Q(fee_borne__gte=0)
            ),
            models.CheckConstraint(
                name="closing_effective_after_decision",
                condition=Q(effective_on=None) | Q(effective_on__gte=models.F("decided_on")),
            ),
        ]


class TrackChange(models.Model):
    """A change between simplified and ordinary procedure (民诉法170; 解释258). Never changed."""

    append_only = True

    public_id = PublicIdField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="track_changes")
    old = models.CharField(max_length=12, choices=Track)
    new = models.CharField(max_length=12, choices=Track)
    reasons = models.TextField(_("理由"))
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("courts.StaffPost", models.PROTECT)

    class Meta:
        verbose_name = _("程序转换")


class ClaimChange(models.Model):
    """A change of the amount in dispute; ``before_end`` says whether court investigation was still going on (办法21).
    Never changed."""

    append_only = True

    public_id = PublicIdField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="claim_changes")
    old = yuan_field(_("原标的额"))
    new = yuan_field(_("新标的额"))
    before_end = models.BooleanField(_("在法庭调查终结前"))
    reasons = models.TextField(_("理由"))
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("courts.StaffPost", models.PROTECT)

    class Meta:
        verbose_name = _("诉讼请求变更")


SHORTEST_REASON = 10
"""Characters of a typed reason (SEC-18)."""


class ReasonedRead(models.Model):
    """A supervisor read a case that is not his to work on, and said why (SEC-18): open until ``until_at``, kept for good.

    Shown to those who hold the case, with the reason, and to its parties without it. Never changed.
    """

    append_only = True

    public_id = PublicIdField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="reasoned_reads")
    post = models.ForeignKey(StaffPost, models.PROTECT)
    reason = models.CharField(_("查阅理由"), max_length=200)
    opened_at = models.DateTimeField(_("查阅时间"))
    until_at = models.DateTimeField(_("可以看到"))

    class Meta:
        verbose_name = _("凭理由查阅")
        constraints = [
            models.CheckConstraint(
                name="reasonedread_ends_after_start", condition=Q(until_at__gt=models.F("opened_at"))
            ),
            models.CheckConstraint(
                name="reasonedread_says_why", condition=GreaterThanOrEqual(Length("reason"), SHORTEST_REASON)
            ),
        ]
        indexes = [
            # what this post may read now
            models.Index(fields=["post", "-until_at"], name="reasonedread_post_idx"),
            # the list of the week
            models.Index(fields=["-opened_at"], name="reasonedread_time_idx"),
        ]
