"""Tables of the walled zone. They lie in the schema ``zone``; ``portal_app`` may add to ``Submission`` and see nothing.

Rows of other schemas are named by plain ids, without foreign keys: neither a constraint nor a reverse relation of the
portal's own tables leads here (SEC-32). What people wrote is sealed with the zone's key.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import PublicIdField
from common.flow import Flow
from complaints import sealing

ZONE = 'zone"."'
"""Start of a table name in the schema ``zone``: Django puts quotes around the whole."""


class SealedField(models.TextField):
    """JSON that only the zone's process can read and write."""

    def _context(self) -> str:
        return f"{self.model._meta.label_lower}.{self.attname}"

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        return sealing.encrypt(json.dumps(value, ensure_ascii=False), context=self._context())

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else json.loads(sealing.decrypt(value, context=self._context()))

    def to_python(self, value: Any) -> Any:
        return value

    def get_lookup(self, lookup_name: str) -> Any:
        """Nothing can be asked of a sealed column."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


class Kind(models.TextChoices):
    COMPLAINT = "complaint", _("投诉举报")
    INTERFERENCE = "interference", _("过问记录")


class About(models.TextChoices):
    """What a complaint is about."""

    DELAY = "delay", _("办得太慢、不答复")
    MANNER = "manner", _("态度不好、说话难听")
    PROCEDURE = "procedure", _("没有按规定的程序办")
    INTEGRITY = "integrity", _("收钱收礼、偏袒一方")
    MEDDLING = "meddling", _("有人打招呼、插手案件")
    OTHER = "other", _("其他")


class Submission(models.Model):
    """A closed box as the public page took it. The id comes from the form's key, so a form sent twice is one box.

    ``key`` names the public key that closed it; empty for boxes from before keys were named.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, editable=False)
    box = models.BinaryField()
    key = models.CharField(max_length=16, blank=True, default="")
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("封存的投诉")
        db_table = f"{ZONE}submission"


class Way(models.Model):
    """The way of a box into the root of ``day``: hashes only, nearest first (SEC-45, ``services.days``). Never changed."""

    append_only = True

    submission = models.OneToOneField(Submission, models.PROTECT, primary_key=True, related_name="way")
    day = models.DateField(_("日期"))
    path = models.JSONField(_("到根的路径"))

    class Meta:
        verbose_name = _("到每日根的路径")
        db_table = f"{ZONE}way"


class Piece(models.Model):
    """A piece of a file, sealed with a key of that file, which lies in a box. ``portal_app`` may add pieces and see none.

    Never changed. What was laid down and never sent is removed after a day; what belongs to a matter stays (a trigger).
    """

    id = models.UUIDField(primary_key=True, editable=False)
    parcel = models.UUIDField()
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()
    laid_at = models.DateTimeField()

    class Meta:
        verbose_name = _("文件的一块")
        db_table = f"{ZONE}piece"
        constraints = [models.UniqueConstraint(fields=["parcel", "number"], name="piece_once")]
        indexes = [models.Index(fields=["laid_at"], name="piece_laid_idx")]


class Matter(models.Model):
    """A complaint or an interference record as it was made. Never changed.

    ``content`` holds who, what, when and the words. ``receipt`` and ``author`` are look-up hashes of the receipt code and
    of the account, empty when there is none.
    """

    append_only = True

    public_id = PublicIdField()
    kind = models.CharField(max_length=12, choices=Kind)
    court_id = models.BigIntegerField(_("法院"))
    case_id = models.BigIntegerField(_("案件"), null=True)
    content: models.Field[Any, Any] = SealedField(_("内容"))
    confidential = models.BooleanField(_("请为我保密"), default=True)
    receipt = models.CharField(max_length=64, blank=True)
    author = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(_("收到"))

    class Meta:
        verbose_name = _("投诉举报和过问记录")
        db_table = f"{ZONE}matter"
        constraints = [
            models.UniqueConstraint(
                fields=["receipt"], name="matter_receipt_unique", condition=~Q(receipt="")
            )
        ]
        indexes = [models.Index(fields=["author", "-id"], name="matter_author_idx")]


class Opened(models.Model):
    """The zone has opened a box; without a matter it was no box of ours. Never changed."""

    append_only = True

    submission = models.OneToOneField(Submission, models.PROTECT)
    matter = models.OneToOneField(Matter, models.PROTECT, null=True)
    opened_at = models.DateTimeField()

    class Meta:
        verbose_name = _("已拆封")
        db_table = f"{ZONE}opened"


class State(models.TextChoices):
    OPEN = "open", _("正在查")
    CLOSING = "closing", _("等第二人确认办结")
    CLOSED = "closed", _("已办结")


class Finding(models.TextChoices):
    FOUNDED = "founded", _("反映的情况属实")
    PARTLY = "partly", _("部分属实")
    UNFOUNDED = "unfounded", _("没有查实")
    ELSEWHERE = "elsewhere", _("不归这里管，已告知去处")


class Standing(models.Model):
    """How far the work on a complaint is. ``escalate_at`` is when silence or the limit takes it to the level above."""

    matter = models.OneToOneField(Matter, models.PROTECT, related_name="standing")
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.OPEN)
    due_at = models.DateTimeField(_("最晚答复"))
    escalate_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    finding = models.CharField(_("结果"), max_length=10, choices=Finding, blank=True)
    proposed_by = models.BigIntegerField(null=True)
    closed_by = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("办理情况")
        db_table = f"{ZONE}standing"
        constraints = [
            models.CheckConstraint(
                name="standing_closed_by_a_second",
                condition=~Q(state="closed")
                | Q(closed_at__isnull=False, closed_by__isnull=False, proposed_by__isnull=False)
                & ~Q(closed_by=models.F("proposed_by")),
            )
        ]
        indexes = [
            models.Index(
                fields=["escalate_at"], name="standing_escalate_idx", condition=Q(escalate_at__isnull=False)
            )
        ]

    @property
    def due_on(self) -> date:
        """The promised day; it ends at 24:00 in Beijing."""
        return clock.beijing_day(self.due_at)


STANDING_FLOW = Flow(
    ("propose_close", {State.OPEN}, State.CLOSING),
    ("refuse_close", {State.CLOSING}, State.OPEN),
    ("confirm_close", {State.CLOSING}, State.CLOSED),
    field="state",
)


class Named(models.Model):
    """A member of staff whom a matter names; found by the machine (``by`` empty) or by a handler. Never changed."""

    append_only = True

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="named")
    user_id = models.BigIntegerField(_("被反映人"))
    by = models.BigIntegerField(null=True)
    named_at = models.DateTimeField()

    class Meta:
        verbose_name = _("被反映人")
        db_table = f"{ZONE}named"
        constraints = [models.UniqueConstraint(fields=["matter", "user_id"], name="named_once")]
        indexes = [models.Index(fields=["user_id"], name="named_user_idx")]


class Why(models.TextChoices):
    """Why a matter came to an office."""

    RECEIVED = "received", _("按管辖收到")
    CONFLICT = "conflict", _("下级需要回避")
    OVERDUE = "overdue", _("到期没有答复")
    SILENCE = "silence", _("没有人接手")
    PASSED_UP = "passed_up", _("下级报请")
    SECOND = "second", _("需要第二人确认")


class Routing(models.Model):
    """An office (a role in a court) may see and work on a matter. Never changed; conflicts are checked at each read."""

    append_only = True

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="routings")
    court_id = models.BigIntegerField()
    role = models.CharField(max_length=20)
    why = models.CharField(_("原因"), max_length=10, choices=Why)
    routed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("分办")
        db_table = f"{ZONE}routing"
        constraints = [models.UniqueConstraint(fields=["matter", "court_id", "role"], name="routing_once")]
        indexes = [models.Index(fields=["court_id", "role", "-id"], name="routing_office_idx")]


class WordKind(models.TextChoices):
    AUTHOR = "author", _("反映人")
    REPLY = "reply", _("答复")
    INTERNAL = "internal", _("内部")


class Word(models.Model):
    """What the author added, an answer, or a note for the handlers. Never changed."""

    append_only = True

    public_id = PublicIdField()
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="words")
    kind = models.CharField(max_length=8, choices=WordKind)
    text: models.Field[Any, Any] = SealedField(_("内容"))
    by = models.BigIntegerField(null=True)
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("往来")
        db_table = f"{ZONE}word"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="word_of_staff_has_author",
                condition=Q(kind="author", by=None) | ~Q(kind="author") & Q(by__isnull=False),
            )
        ]


class Enclosure(models.Model):
    """A file that came with a complaint (``word`` empty) or with what its author added. Never changed.

    Handlers read the cleaned copy ``shown`` (photo without EXIF, PDF without its author, text of a Word file). The file as
    it came, its name and its hash open under a key of their own, like the identity (SEC-34).
    """

    append_only = True

    public_id = PublicIdField()
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="enclosures")
    word = models.ForeignKey(Word, models.PROTECT, null=True, related_name="enclosures")
    kind = models.CharField(max_length=5)
    facts: models.Field[Any, Any] = SealedField(_("文件"))
    original = models.UUIDField(unique=True)
    shown = models.UUIDField(unique=True, null=True)
    sealed = models.TextField()

    class Meta:
        verbose_name = _("随件文件")
        db_table = f"{ZONE}enclosure"
        ordering = ["id"]


class Identity(models.Model):
    """Who wrote it, apart from what was written and under a key of its own (SEC-33). Never changed."""

    append_only = True

    matter = models.OneToOneField(Matter, models.PROTECT, related_name="identity")
    sealed = models.TextField()

    class Meta:
        verbose_name = _("反映人身份")
        db_table = f"{ZONE}identity"


class Closed(models.TextChoices):
    """What opens only by two."""

    IDENTITY = "identity", _("反映人身份")
    ORIGINALS = "originals", _("文件原件")


class UnlockRequest(models.Model):
    """A first person of the discipline office asks to see who the author is, or the files as they came. Never changed."""

    append_only = True

    public_id = PublicIdField()
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="unlocks")
    what = models.CharField(max_length=9, choices=Closed, default=Closed.IDENTITY, db_default=Closed.IDENTITY)
    asked_by = models.BigIntegerField()
    reason: models.Field[Any, Any] = SealedField(_("理由"))
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("申请查看身份或原件")
        db_table = f"{ZONE}unlockrequest"


class Unlock(models.Model):
    """A second person agreed: both see it until ``until``; the author sees that it happened. Never changed."""

    append_only = True

    request = models.OneToOneField(UnlockRequest, models.PROTECT, related_name="unlock")
    agreed_by = models.BigIntegerField()
    agreed_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("同意查看身份或原件")
        db_table = f"{ZONE}unlock"


class NoneStatement(models.Model):
    """A member of staff states that nobody asked about a case in a month (三个规定). Never changed."""

    append_only = True

    user_id = models.BigIntegerField()
    court_id = models.BigIntegerField()
    month = models.DateField(_("月份"))
    stated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("本月无过问情况")
        db_table = f"{ZONE}nonestatement"
        constraints = [
            models.UniqueConstraint(fields=["user_id", "month"], name="none_once_a_month"),
            models.CheckConstraint(name="none_month_begins", condition=Q(month__day=1)),
        ]


class Entry(models.Model):
    """One entry of the zone's own trail, a single hash chain. Never changed."""

    append_only = True

    seq = models.BigIntegerField(unique=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    name = models.CharField(max_length=40)
    matter_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    happened_at = models.DateTimeField()
    payload = models.JSONField(default=dict)
    salt = models.CharField(max_length=32)
    payload_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("投诉区留痕")
        db_table = f"{ZONE}entry"
        indexes = [models.Index(fields=["matter_id", "id"], name="entry_matter_idx")]


class Head(models.Model):
    """Last entry of the trail; its one row is locked last in a transaction."""

    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        verbose_name = _("投诉区链头")
        db_table = f"{ZONE}head"


class DailyRoot(models.Model):
    """The only thing that leaves the zone: one hash a day, on days without any complaint too (SEC-35). Never changed.

    Lies with the portal's tables; ``portal_app`` reads it and ``portal_zone`` adds to it.
    """

    append_only = True

    day = models.DateField(_("日期"), unique=True)
    root = models.CharField(_("根哈希"), max_length=64)

    class Meta:
        verbose_name = _("投诉区每日根哈希")
        ordering = ["-day"]
