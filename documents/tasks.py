"""Celery entry points: publications that are over."""

from __future__ import annotations

from celery import shared_task
from django.utils.translation import gettext as _

from common.actor import system
from documents.services import end_publications


@shared_task(name="documents.end_publications")
def end() -> int:
    """Papers whose publication is over count as delivered. Safe to run twice."""
    return end_publications(system(str(_("文书系统"))))
