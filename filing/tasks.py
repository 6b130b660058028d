"""Celery entry points: go on with tables of claims, end mediations that are over, remind of appointments."""

from __future__ import annotations

from celery import shared_task
from django.utils.translation import gettext as _

from common.actor import system
from filing.services.batch import RUN_BATCHES, due_batches
from filing.services.batch_sending import work
from filing.services.decisions import end_due_mediations
from filing.services.visits import remind_of_visits

ROUND_SECONDS = 60
"""A run ends after this, well under the task's limit; beat starts the next one."""


@shared_task(name=RUN_BATCHES)
def run_batches() -> int:
    """Check and send rows that wait. Started by a commit and by beat; safe to run twice and in parallel."""
    handled = work(budget_seconds=ROUND_SECONDS)
    if handled and due_batches():
        run_batches.apply_async(retry=False)
    return handled


@shared_task(name="filing.end_mediations")
def end_mediations() -> int:
    """Applications whose thirty days of mediation are over go back to the review; safe to run twice."""
    return end_due_mediations(system(str(_("调解到期"))))


@shared_task(name="filing.remind_of_visits")
def remind() -> int:
    """Who has an appointment within a day is reminded; safe to run twice and in parallel."""
    return remind_of_visits(system(str(_("预约提醒"))))
