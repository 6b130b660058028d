"""Celery entry points: clocks that run out, promises a new calendar settles, the digest of the day, divisions with low
ratings, files nobody sent."""

from __future__ import annotations

from celery import shared_task
from django.utils.translation import gettext as _

from cases.services import confirm_deadlines
from common.actor import system
from feedback.services.attachments import clear_trays
from feedback.services.clocks import confirm_promises, escalate_due
from feedback.services.digests import send_digests
from feedback.services.reworks import open_reworks


@shared_task(name="feedback.escalate")
def escalate() -> int:
    """Steps of clocks that have fallen; safe to run twice and in parallel."""
    return escalate_due(system(str(_("答复时限"))))


@shared_task(name="feedback.confirm_promises")
def confirm() -> int:
    """Periods of cases and promises of answers that were 待确认 when the holidays of their year are known; safe to run twice
    and in parallel."""
    actor = system(str(_("放假安排")))
    return confirm_deadlines(actor) + confirm_promises(actor)


@shared_task(name="feedback.send_digests")
def digests() -> int:
    """The evening's digests, each person once; safe to run twice and in parallel."""
    return send_digests(system(str(_("每日汇总"))))


@shared_task(name="feedback.clear_trays")
def trays() -> int:
    """Files that were kept for a message and never sent; safe to run twice and in parallel."""
    return clear_trays()


@shared_task(name="feedback.open_reworks")
def reworks() -> int:
    """Divisions whose ratings of last month were low; safe to run twice and in parallel."""
    return open_reworks(system(str(_("满意度"))))
