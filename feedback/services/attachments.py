"""Files that go with a message: kept as they arrive, sent with the words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError
from django.db.models import Exists, OuterRef, ProtectedError
from django.utils.translation import gettext as _

from cases.models import Case
from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed
from courts.services import setting
from documents.models import StoredFile
from documents.services import discard_file, receive_file
from feedback.models import Attachment, Message, Thread
from feedback.policies import can_answer, can_write, may_ask

OWNER_KIND = "feedback.tray"
MAX_FILES, MAX_BYTES = 10, 100 * 1024 * 1024
_TRAYS = UUID("6c3f6d5e-3a4e-4a52-9a43-0a6f6b1f6d11")


def tray_of(actor: Actor, letter: UUID) -> UUID:
    """Where the files of one unsent message of this actor lie; nobody else's ``letter`` leads there."""
    return uuid5(_TRAYS, f"{actor.key}:{letter}")


def files_in(tray: UUID) -> list[StoredFile]:
    """Files of one message in the order of receipt: they wait for it or, when it is sent a second time, went with it
    already. One query."""
    return list(StoredFile.objects.filter(owner_kind=OWNER_KIND, owner_public_id=tray).order_by("id"))


def add_to_tray(
    *, case_id: int, court_id: int, thread: Thread | None, tray: UUID, upload: UploadedFile[Any], actor: Actor
) -> None:
    """Keep one file for a message that is being written; the same bytes a second time are kept once.

    Raises InvalidInput with the sentence that helps, NotAllowed for who may not write here.
    """
    allowed = may_ask(actor, case_id) if thread is None else _writes(actor, thread)
    if not allowed:
        raise NotAllowed(_("您不能在这里传文件。"))
    stored = receive_file(
        upload=upload,
        court_id=court_id,
        owner_kind=OWNER_KIND,
        owner_public_id=tray,
        actor=actor,
        max_files=MAX_FILES,
        max_total_bytes=MAX_BYTES,
        counts_for=Case.objects.get(pk=case_id).counted_files,
    )
    same = StoredFile.objects.filter(owner_kind=OWNER_KIND, owner_public_id=tray, sha256=stored.sha256)
    if same.exclude(pk=stored.pk).exists():
        discard_file(stored)


def _writes(actor: Actor, thread: Thread) -> bool:
    return can_write(actor, thread) or can_answer(actor, thread)


def drop_from_tray(*, tray: UUID, file_public_id: UUID) -> None:
    """Take a file back before it is sent; what was sent stays."""
    for file in files_in(tray):
        if file.public_id == file_public_id and not Attachment.objects.filter(file=file).exists():
            discard_file(file)


def attach(message: Message, files: list[StoredFile]) -> None:
    """The files become part of the message. Inside its act; InvalidInput when one went with another message or was cleared
    away meanwhile."""
    keys = [file.pk for file in files]
    if len(StoredFile.objects.select_for_update(no_key=True).filter(pk__in=keys)) < len(keys):
        raise InvalidInput(_("文件放了太久没有发出，已经清理。请重新传一次。"), code="files_cleared")
    if Attachment.objects.filter(file__in=files).exists():
        raise InvalidInput(_("这些文件已经随另一条留言发出，请刷新页面再试。"), code="files_sent")
    Attachment.objects.bulk_create([Attachment(message=message, file=file) for file in files])


def clear_trays(*, most: int = 500) -> int:
    """Take back files that were kept for a message and not sent within the court's ``unsent_file_days``; how many.

    What was sent is never touched: the foreign key of the message holds it, also against a message that is being sent at
    this moment. Safe to run twice and in parallel.
    """
    waiting = StoredFile.objects.filter(
        ~Exists(Attachment.objects.filter(file=OuterRef("pk"))), owner_kind=OWNER_KIND
    )
    done = 0
    for court_id in waiting.order_by("court_id").values_list("court_id", flat=True).distinct():
        before = clock.now() - timedelta(days=setting(court_id, "unsent_file_days"))
        for file in waiting.filter(court_id=court_id, received_at__lt=before).order_by("id")[:most]:
            try:
                discard_file(file)
            except (ProtectedError, IntegrityError):
                continue
            done += 1
    return done
