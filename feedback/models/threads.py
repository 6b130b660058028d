"""Threads between a party and the court and what hangs on their messages."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Party
from common import clock
from common.fields import PublicIdField
from common.flow import Flow
from courts.models import Court, StaffPost
from documents.models import Copy, StoredFile


class Topic(models.TextChoices):
    PROGRESS = "progress", _("问进度")
    MATERIAL = "material", _("交材料")
    STATEMENT = "statement", _("说明情况")
    APPOINTMENT = "appointment", _("约时间")
    PAPER = "paper", _("对文书有疑问")
    OTHER = "other", _("其他")


class ThreadState(models.TextChoices):
    OPEN = "open", _("等待答复")
    ANSWERED = "answered", _("已答复")


class Level(models.TextChoices):
    """Whose turn it is: the case's judge, the division head after a reopening, oversight after a second one."""

    JUDGE = "judge", _("承办法官")
    HEAD = "head", _("庭长")
    OVERSIGHT = "oversight", _("院领导")


class Thread(models.Model):
    """One question of one party in one case; part of the case record, nobody can delete it."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    case = models.ForeignKey(Case, models.PROTECT, related_name="threads")
    party = models.ForeignKey(Party, models.PROTECT, related_name="threads")
    topic = models.CharField(_("想办什么"), max_length=12, choices=Topic)
    copy = models.ForeignKey(Copy, models.PROTECT, null=True, related_name="+")
    """The paper that a doubt is about."""
    state = models.CharField(_("状态"), max_length=10, choices=ThreadState, default=ThreadState.OPEN)
    level = models.CharField(max_length=10, choices=Level, default=Level.JUDGE)
    opened_at = models.DateTimeField(_("提出时间"))
    reply_due_at = models.DateTimeField(_("最晚答复"))
    answered_at = models.DateTimeField(null=True)
    round = models.PositiveSmallIntegerField(_("第几轮"), default=1)
    paused_at = models.DateTimeField(_("等当事人的时间"), null=True)
    """Since when the clock stands still because the court waits for the party; ``services.clocks`` writes it."""

    class Meta:
        verbose_name = _("留言")
        constraints = [
            models.CheckConstraint(
                name="thread_answered_at_iff_answered",
                condition=Q(state="answered", answered_at__isnull=False) | Q(state="open", answered_at=None),
            ),
            models.CheckConstraint(name="thread_reopened_twice_at_most", condition=Q(round__lte=3)),
            models.CheckConstraint(
                name="thread_paused_only_open", condition=Q(paused_at=None) | Q(state=ThreadState.OPEN)
            ),
        ]
        indexes = [
            # the judge's day page: open threads of his cases, oldest due first
            models.Index(fields=["case", "state", "reply_due_at"], name="thread_case_due_idx"),
            # the same for a whole court: of all that was ever asked only what waits
            models.Index(
                fields=["court", "level", "reply_due_at", "id"],
                name="thread_waiting_idx",
                condition=Q(state=ThreadState.OPEN),
            ),
        ]

    @property
    def reply_due_on(self) -> date:
        """The promised day; it ends at 24:00 in Beijing."""
        return clock.beijing_day(self.reply_due_at)


THREAD_FLOW = Flow(
    ("answer", {ThreadState.OPEN}, ThreadState.ANSWERED),
    ("ask_more", {ThreadState.ANSWERED}, ThreadState.OPEN),
    ("reopen", {ThreadState.ANSWERED}, ThreadState.OPEN),
    field="state",
)


class AuthorKind(models.TextChoices):
    """In which capacity somebody wrote. COURT is nobody's word: an entry that the court's own act left behind."""

    PARTY = "party", _("当事人")
    JUDGE = "judge", _("承办法官")
    CLERK = "clerk", _("书记员")
    ASSISTANT = "assistant", _("法官助理")
    DEPUTY = "deputy", _("代班法官")
    HEAD = "head", _("庭长")
    SUPERVISOR = "supervisor", _("院领导")
    COURT = "court", _("法院")


NOBODY_WROTE = (AuthorKind.PARTY, AuthorKind.COURT)
"""Kinds of messages behind which no post of the court stands."""


class Message(models.Model):
    """One message of a thread. Never changed, never deleted: what was wrong is put right by a new one that ``corrects``
    it. ``on_merits`` messages may become known to the other side, after a check. An answer that does not ``settle``
    the question says how far it is; one that ``asks_party`` waits for the party's next message."""

    append_only = True

    public_id = PublicIdField()
    thread = models.ForeignKey(Thread, models.PROTECT, related_name="messages")
    round = models.PositiveSmallIntegerField(default=1)
    author_kind = models.CharField(max_length=10, choices=AuthorKind)
    author_post = models.ForeignKey(StaffPost, models.PROTECT, null=True)
    text = models.TextField(_("内容"))
    is_internal = models.BooleanField(_("内部"), default=False)
    on_merits = models.BooleanField(_("关系到实体"), default=False, db_default=False)
    settles = models.BooleanField(_("办完了"), default=True, db_default=True)
    asks_party = models.BooleanField(_("请当事人补充"), default=False, db_default=False)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = _("留言内容")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="message_staff_has_post",
                condition=Q(author_kind__in=["party", "court"], author_post=None)
                | ~Q(author_kind__in=["party", "court"]) & Q(author_post__isnull=False),
            ),
            models.CheckConstraint(
                name="message_merits_from_party",
                condition=Q(on_merits=False) | Q(author_kind="party", is_internal=False),
            ),
        ]
        indexes = [
            # the contacts of a month
            models.Index(fields=["sent_at"], name="message_sent_idx"),
            # what waits for the check before the other side reads it: few among millions
            models.Index(fields=["thread"], condition=Q(on_merits=True), name="message_merits_idx"),
        ]


class Attachment(models.Model):
    """A file sent with a message. Never changed."""

    append_only = True

    message = models.ForeignKey(Message, models.PROTECT, related_name="attachments")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("留言附件")
        ordering = ["id"]


class CheckOutcome(models.TextChoices):
    """What becomes of a message on the merits."""

    SHOWN = "shown", _("转给对方看")
    COURT_ONLY = "court_only", _("只留在法院")
    REFUSED = "refused", _("不接收")


class MeritsCheck(models.Model):
    """The court's check of a message on the merits, once: shown to the other side, or kept with a reason."""

    append_only = True

    message = models.OneToOneField(Message, models.PROTECT, related_name="check_result")
    outcome = models.CharField(_("处理"), max_length=10, choices=CheckOutcome)
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    checked_by = models.ForeignKey(StaffPost, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("材料核对")
        constraints = [
            models.CheckConstraint(
                name="merits_kept_with_reason", condition=Q(outcome="shown") | ~Q(reason="")
            )
        ]


class ReadMark(models.Model):
    """When the other end first read a message: the party an answer, somebody of the court (``post``) what a party
    wrote. Never changed."""

    append_only = True

    message = models.OneToOneField(Message, models.PROTECT)
    post = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        verbose_name = _("已读")


class ReplyTemplate(models.Model):
    """A prepared text that an answer of this court can start from, kept by its heads; ``{…}`` are filled in
    (:mod:`feedback.placeholders`)."""

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    title = models.CharField(_("标题"), max_length=60)
    text = models.TextField(_("内容"))
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("答复模板")
