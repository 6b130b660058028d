"""Stored files: original bytes under random keys, and what the virus scan said."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import PublicIdField
from courts.models import Court


class ScanState(models.TextChoices):
    CHECKING = "checking", _("检查中")
    CLEAN = "clean", _("已检查")
    UNSCANNED = "unscanned", _("未扫描")
    INFECTED = "infected", _("有病毒")


class StoredFile(models.Model):
    """Original bytes under a random key, kept as received with their SHA-256 (SEC-55).

    ``owner_kind`` and ``owner_public_id`` name the row of the app that decides who opens it. ``preview_key`` is a
    cleaned copy for the screen (photo turned upright, EXIF gone, active PDF content dropped). ``counts_for`` names the case or
    application with whose other files it is counted (SEC-50); None for files from before, which count for none.
    """

    public_id = PublicIdField()
    court = models.ForeignKey(Court, models.PROTECT)
    owner_kind = models.CharField(max_length=40)
    owner_public_id = models.UUIDField()
    counts_for = models.UUIDField(null=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    display_name = models.CharField(_("文件名"), max_length=200)
    storage_key = models.CharField(max_length=80, unique=True)
    preview_key = models.CharField(max_length=80, blank=True)
    preview_type = models.CharField(max_length=40, blank=True)
    content_type = models.CharField(max_length=100)
    size_bytes = models.BigIntegerField(_("大小"))
    pages = models.PositiveIntegerField(_("页数"), default=1)
    sha256 = models.CharField(max_length=64)
    scan_state = models.CharField(max_length=10, choices=ScanState, default=ScanState.UNSCANNED)
    scan_tries = models.PositiveIntegerField(default=0, db_default=0)
    received_at = models.DateTimeField(_("收到时间"))

    class Meta:
        verbose_name = _("文件")
        indexes = [
            models.Index(fields=["owner_kind", "owner_public_id"], name="file_owner_idx"),
            # how much a case holds
            models.Index(
                fields=["counts_for"], name="file_counted_idx", condition=Q(counts_for__isnull=False)
            ),
            # what waits for the scanner
            models.Index(
                fields=["scan_tries", "id"], name="file_checking_idx", condition=Q(scan_state="checking")
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_closed(self) -> bool:
        """Nobody but its sender opens it while the scanner has not said anything, and nobody when it is infected (SEC-53)."""
        return self.scan_state in (ScanState.CHECKING, ScanState.INFECTED)

    @property
    def scan_note(self) -> str:
        """What to say behind its name about the virus scan, in brackets; "" when it is clean."""
        return "" if self.scan_state == ScanState.CLEAN else f"（{self.get_scan_state_display()}）"
