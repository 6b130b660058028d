"""Opening a kept file: its bytes are compared with their hash, and who opened it is recorded."""

from __future__ import annotations

from typing import Any

from django.core.files import File
from django.utils.translation import gettext as _

from common.actor import Actor
from documents import events
from documents.errors import FileDamaged, files_away
from documents.models import Copy, StoredFile
from documents.services import fixity
from documents.services.deliveries import record_opened
from documents.services.reading_brake import brake
from documents.storage import kept_files
from eventlog.services import act


def check_kept(subject: StoredFile | Copy, *, actor: Actor) -> str:
    """The storage key of bytes whose SHA-256 was compared just now, in bounded memory (SEC-55).

    A difference raises FileDamaged, is logged and recorded as ``documents.damaged``; a damage that is over is noted too.
    FilesAway while the storage does not answer: then nothing is known of the bytes. One query.
    """
    _compared(subject, actor)
    fixity.note(subject, None, actor=actor)
    return fixity.key_of(subject)


def read_checked(subject: StoredFile | Copy, *, actor: Actor) -> File[Any]:
    """The kept bytes, opened at the start, after they were compared as in :func:`check_kept`, whose errors it raises. No
    query while all is well, so that many files can be read one after the other."""
    _compared(subject, actor)
    return kept_files().open(fixity.key_of(subject))


def _compared(subject: StoredFile | Copy, actor: Actor) -> None:
    """Raises unless the bytes are those that were received."""
    try:
        wrong = fixity.compare(subject)
    except OSError as error:
        raise files_away() from error
    if wrong is None:
        return
    fixity.note(subject, wrong, actor=actor)
    raise FileDamaged(
        _("这个文件暂时打不开，法院已经收到提醒，会用备份恢复，您不用重新交。请稍后再试，或者拨打12368。")
    )


def record_opening(*, subject: StoredFile | Copy, actor: Actor, at_print_desk: bool = False) -> None:
    """Who opened what, in the access stream of the court and day. A person's own upload is not recorded: nobody else
    read it. The addressee's first opening of a paper is a fact of its delivery too (REL-23). TooManyRequests for whoever
    reads unusually much (SEC-18); printing what waits to be sent is the work of the print desk and is not counted."""
    if (
        isinstance(subject, StoredFile)
        and actor.user_id is not None
        and subject.uploaded_by_id == actor.user_id
    ):
        return
    if not at_print_desk:
        brake(subject, actor=actor)
    with act():
        if isinstance(subject, Copy):
            record_opened(copy_public_id=subject.public_id, actor=actor)
        party = actor.scan.party_id if actor.scan else None
        fixity.record_access(events.OPENED, subject, actor, party=party)
