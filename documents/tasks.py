"""Celery entry points: publications that are over, bytes that are still what they were, pictures of pages."""

from __future__ import annotations

import uuid

from celery import shared_task
from django.utils.translation import gettext as _

from common.actor import system
from documents.services import check_kept_bytes, draw_pages, end_publications, scan_waiting
from documents.services.pages import DRAW_PAGES


@shared_task(name="documents.end_publications")
def end() -> int:
    """Papers whose publication is over count as delivered. Safe to run twice."""
    return end_publications(system(str(_("文书系统"))))


@shared_task(name="documents.check_fixity")
def check_fixity() -> int:
    """Go on comparing kept bytes with their hashes (SEC-55). Safe to run twice."""
    return check_kept_bytes()


@shared_task(name="documents.scan_files")
def scan_files() -> int:
    """Ask the virus scanner about files that wait (SEC-53). Safe to run twice."""
    return scan_waiting()


@shared_task(name=DRAW_PAGES)
def draw(public_id: str, is_paper: bool, first: int, last: int) -> int:
    """Draw these pages of a file or of a copy, those that have no picture yet (SEC-51). Safe to run twice."""
    return draw_pages(public_id=uuid.UUID(public_id), is_paper=is_paper, first=first, last=last)
