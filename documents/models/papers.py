"""Issued papers 文书 and their copies, each with its own code."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import PublicIdField
from common.flow import Flow
from common.keyed import TOKEN, KeyedField
from courts.models import Court
from documents.models.seals import Seal
from documents.models.wording import Wording


class PaperState(models.TextChoices):
    REQUESTED = "requested", _("生成中")
    ISSUED = "issued", _("已生成")


class Paper(models.Model):
    """One issued paper 文书, numbered per court and year. Never changed; a corrected one supersedes it.

    ``subject_kind`` and ``subject_public_id`` name what it is about: this app knows no case. ``stream`` is the event
    stream of that subject, where everything that happens to the paper is recorded. ``wording`` is the version of the
    court's own words with which it was made.
    """

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    template = models.CharField(_("模板"), max_length=40)
    title = models.CharField(_("标题"), max_length=100)
    number = models.CharField(_("文书编号"), max_length=40, unique=True)
    subject_kind = models.CharField(max_length=40)
    subject_public_id = models.UUIDField()
    data = models.JSONField(_("内容"))
    stream = models.CharField(_("链"), max_length=80)
    requested_at = models.DateTimeField()
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True)
    wording = models.ForeignKey(Wording, models.PROTECT, null=True, related_name="papers")
    dedupe_key = models.CharField(max_length=100, unique=True)

    class Meta:
        verbose_name = _("文书")
        indexes = [models.Index(fields=["subject_kind", "subject_public_id"], name="paper_subject_idx")]

    def __str__(self) -> str:
        return self.number

    @property
    def content(self) -> dict[str, Any]:
        """What its pages are printed from: its data, and the court's words as they were when it was made."""
        return self.data | {"wording": self.wording.texts} if self.wording else self.data


class Copy(models.Model):
    """One copy of a paper for one addressee, with its own code (SEC-20). Token and service code only as keyed hashes.

    ``addressee_public_id`` is the party; only the holder of a copy addressed to a party may use a phone number that
    the other side named for that party (DESIGN §9). ``sm3`` is the national digest of the same bytes as ``sha256``;
    ``seal`` is the row it was sealed by (None: the installation's own), ``held_since`` says since when a copy waits because
    signer or time stamp do not answer.
    """

    public_id = PublicIdField()
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="copies")
    serial = models.CharField(_("份号"), max_length=50, unique=True)
    addressee_public_id = models.UUIDField()
    addressee_name = models.CharField(_("收件人"), max_length=100)
    addressee_address = models.CharField(_("地址"), max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=PaperState, default=PaperState.REQUESTED)
    token_hash = KeyedField(ring=TOKEN, unique=True, null=True)
    service_code_hash = KeyedField(ring=TOKEN, unique=True, null=True)
    check_code = models.CharField(_("校验码"), max_length=6, blank=True)
    file_key = models.CharField(max_length=80, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    sm3 = models.CharField(max_length=64, blank=True, default="", db_default="")
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, blank=True, related_name="+")
    held_since = models.DateTimeField(_("等电子签章"), null=True)
    issued_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("文书份")
        constraints = [
            models.CheckConstraint(
                name="copy_issued_has_file_and_code",
                condition=Q(state="requested", token_hash=None, issued_at=None)
                | Q(state="issued", token_hash__isnull=False, issued_at__isnull=False) & ~Q(sha256=""),
            )
        ]
        indexes = [
            # the inbox of a party
            models.Index(fields=["addressee_public_id"], name="copy_addressee_idx"),
            # is this file one of ours
            models.Index(fields=["sha256"], name="copy_sha256_idx"),
            # how many wait while sealing is away: nearly always none
            models.Index(fields=["paper"], name="copy_held_idx", condition=Q(held_since__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.serial


COPY_FLOW = Flow(("issue", {PaperState.REQUESTED}, PaperState.ISSUED), field="state")
