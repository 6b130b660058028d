"""Opening a kept file: its bytes are compared with their hash, and who opened it is recorded."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from common.actor import Actor
from common.errors import DomainError
from courts.models import Court
from courts.services import access_stream
from documents import events
from documents.models import Copy, StoredFile
from documents.services.deliveries import record_opened
from eventlog.services import act, emit

log = logging.getLogger(__name__)


class FileDamaged(DomainError):
    """The kept bytes are missing or are not those that were received."""

    status = 503
    default_code = "file_damaged"


def read_checked(subject: StoredFile | Copy, *, actor: Actor) -> File[Any]:
    """The kept bytes, opened at the start, after their SHA-256 was compared (SEC-55).

    A difference raises FileDamaged, is logged and recorded as ``documents.damaged``.
    """
    key = subject.storage_key if isinstance(subject, StoredFile) else subject.file_key
    digest = hashlib.sha256()
    try:
        kept = default_storage.open(key)
        for chunk in kept.chunks(1 << 20):
            digest.update(chunk)
    except OSError:
        kept = None
    if kept is not None and digest.hexdigest() == subject.sha256:
        kept.seek(0)
        return kept
    if kept is not None:
        kept.close()
    log.error("a kept file is missing or changed", extra={"subject": str(subject.public_id)})
    with act():
        _emit(events.DAMAGED, subject, actor, missing=kept is None)
    raise FileDamaged(_("这个文件暂时打不开，法院已经收到提醒。请稍后再试，或者拨打12368。"))


def record_opening(*, subject: StoredFile | Copy, actor: Actor) -> None:
    """Who opened what, in the access stream of the court and day. A person's own upload is not recorded: nobody else
    read it. The addressee's first opening of a paper is a fact of its delivery too (REL-23)."""
    if (
        isinstance(subject, StoredFile)
        and actor.user_id is not None
        and subject.uploaded_by_id == actor.user_id
    ):
        return
    with act():
        if isinstance(subject, Copy):
            record_opened(copy_public_id=subject.public_id, actor=actor)
        _emit(events.OPENED, subject, actor)


def _emit(name: str, subject: StoredFile | Copy, actor: Actor, **data: Any) -> None:
    court: Court = subject.court if isinstance(subject, StoredFile) else subject.paper.court
    emit(
        name,
        subject=subject,
        actor=actor,
        stream=access_stream(court.code),
        court_id=court.pk,
        public_id=subject.public_id,
        party=actor.scan.party_id if actor.scan else None,
        **data,
    )
