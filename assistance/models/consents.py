"""代办: a person agrees that somebody acts for him for some hours. Part of ``assistance.models``."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.fields import PublicIdField
from common.flow import Flow
from courts.models import Court, StaffPost
from documents.models import StoredFile


class ConsentWay(models.TextChoices):
    """How the person agreed."""

    CODE = "code", _("本人手机收到的验证码")
    PAPER = "paper", _("本人在窗口签的授权书")


class ActingScope(models.TextChoices):
    """What it is for; which addresses and actions belong to each stands in ``assistance.scope``."""

    FILING = "filing", _("立案：填申请、传材料、提交")
    CASES = "cases", _("案件：看进展和文书、给法官留言")
    PAY = "pay", _("交费：看账单、付款")


class ConsentState(models.TextChoices):
    LIVE = "live", _("正在代办")
    ENDED = "ended", _("已结束")


class EndedBy(models.TextChoices):
    HELPER = "helper", _("代办人结束")
    PERSON = "person", _("本人停止")
    TIME = "time", _("时间到了")


ACTING_CONSENT_FLOW = Flow(("end", {ConsentState.LIVE}, ConsentState.ENDED), field="state")


class ActingConsent(models.Model):
    """One person, one helper, what for, from when to when. Live is one that did not end and whose time is not over: the trail takes
    no event of a helper without one (trigger of migration 0003). ``post`` is the helper's where he is a member of staff.
    """

    public_id = PublicIdField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="acting_given")
    helper = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="acting_taken")
    post = models.ForeignKey(StaffPost, models.PROTECT, null=True, related_name="+")
    court = models.ForeignKey(Court, models.PROTECT, null=True, related_name="+")
    way = models.CharField(_("怎样同意的"), max_length=5, choices=ConsentWay)
    paper = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    scopes = models.JSONField(_("代办什么"), default=list)
    state = models.CharField(_("状态"), max_length=5, choices=ConsentState, default=ConsentState.LIVE)
    started_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("最晚结束"))
    ended_at = models.DateTimeField(_("结束"), null=True)
    ended_by = models.CharField(_("怎样结束的"), max_length=6, choices=EndedBy, blank=True)

    class Meta:
        verbose_name = _("代办授权")
        constraints = [
            models.UniqueConstraint(
                fields=["person"], name="actingconsent_one_live", condition=Q(state="live")
            ),
            models.CheckConstraint(name="actingconsent_another", condition=~Q(person=F("helper"))),
            models.CheckConstraint(name="actingconsent_ends_later", condition=Q(ends_at__gt=F("started_at"))),
            models.CheckConstraint(
                name="actingconsent_ended_iff_over",
                condition=Q(state="live", ended_at=None, ended_by="")
                | Q(state="ended", ended_at__isnull=False) & ~Q(ended_by=""),
            ),
            models.CheckConstraint(
                name="actingconsent_paper_with_its_scan",
                condition=Q(way="code", paper=None) | Q(way="paper", paper__isnull=False, post__isnull=False),
            ),
        ]
        indexes = [
            # those of a helper, the one he works by among them
            models.Index(fields=["helper", "-id"], name="actingconsent_helper_idx"),
            models.Index(fields=["person", "-id"], name="actingconsent_person_idx"),
        ]

    @property
    def scope_list(self) -> list[str]:
        """What it is for, one by one, in words."""
        return [str(ActingScope(name).label) for name in self.scopes]

    @property
    def scope_words(self) -> str:
        """The same on one line."""
        return "；".join(self.scope_list)
