"""Celery entry points: clocks that run out, the digest of the day, divisions with low ratings."""

from __future__ import annotations

from celery import shared_task
from django.utils.translation import gettext as _

from common.actor import system
from feedback.services.clocks import escalate_due
from feedback.services.digests import send_digests
from feedback.services.reworks import open_reworks


@shared_task(name="feedback.escalate")
def escalate() -> int:
    """Steps of clocks that have fallen; safe to run twice and in parallel."""
    return escalate_due(system(str(_("答复时限"))))


@shared_task(name="feedback.send_digests")
def digests() -> int:
    """The evening's digests, each person once; safe to run twice and in parallel."""
    return send_digests(system(str(_("每日汇总"))))


@shared_task(name="feedback.open_reworks")
def reworks() -> int:
    """Divisions whose ratings of last month were low; safe to run twice and in parallel."""
    return open_reworks(system(str(_("满意度"))))
