"""Drafts that nobody sent: cleared with their files when their time is over (SEC-68)."""

from __future__ import annotations

import contextlib
from datetime import datetime
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from common.actor import system
from documents.models import StoredFile
from eventlog.services import act
from filing import events
from filing.models import BatchRow, Filing, FilingStatus, Visit
from filing.services.drafts import record

OWNER_KIND = "filing.filing"


def abandoned(before: datetime) -> QuerySet[Filing]:
    """Applications that were never sent, last saved before this moment, and on which nothing else hangs: no row of a batch, no
    appointment."""
    return Filing.objects.filter(
        ~Exists(BatchRow.objects.filter(filing=OuterRef("pk"))),
        ~Exists(Visit.objects.filter(filing=OuterRef("pk"))),
        status__in=[FilingStatus.DRAFT, FilingStatus.WITHDRAWN],
        first_submitted_at=None,
        saved_at__lt=before,
    )


def clear_draft(filing: Filing) -> None:
    """A locked draft goes with its people, its answers and its files; its trail says that and when.

    The bytes go after the commit; what cannot be reached then is found by ``sweep_files``.
    """
    with act():
        record(events.DRAFT_CLEARED, filing, system(str(_("保存期限"))))
        kept = StoredFile.objects.filter(owner_kind=OWNER_KIND, owner_public_id=filing.public_id)
        filing.delete()
        files = list(kept.filter(filing_materials=None))
        for file in files:
            file.delete()
        keys = [key for file in files for key in (file.storage_key, file.preview_key) if key]
        transaction.on_commit(partial(_drop, keys), robust=True)


def _drop(keys: list[str]) -> None:
    for key in keys:
        with contextlib.suppress(OSError):
            default_storage.delete(key)
