"""A message that is being written: its words, and the tray in which its files wait until it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.services import limit
from cases.models import Case
from common.actor import Actor
from common.pages import actor_of, form_key
from documents.keeping import keep_each, tray_context
from documents.models import StoredFile
from feedback import services
from feedback.models import Thread

HOUR, MESSAGES_AN_HOUR, FILES_AN_HOUR = 3600, 20, 60


@dataclass
class Letter:
    """One message as it comes back with every click on its page; ``action`` is the button, empty for a first look."""

    letter: UUID
    tray: UUID
    files: list[StoredFile]
    errors: list[str]
    action: str

    @property
    def is_sent(self) -> bool:
        """True when the person is done with files (to send, or to read again), and every one could be kept."""
        return self.action not in ("", "upload") and not self.errors

    def context(self) -> dict[str, Any]:
        """What ``components/file_tray.html`` and the hidden fields of the form show."""
        rows = [
            {"id": file.public_id, "name": file.display_name, "size": file.size_bytes} for file in self.files
        ]
        return tray_context(rows, self.errors) | {"letter": self.letter, "letter_open": bool(self.action)}

    @property
    def hashes(self) -> list[str]:
        """What makes two tries the same message."""
        return sorted(file.sha256 for file in self.files)


def open_letter(request: HttpRequest, case: Case, thread: Thread | None = None) -> Letter:
    """The message of this form: what was uploaded with it is kept, what is to be taken out is taken out."""
    actor = actor_of(request)
    try:
        letter = UUID(request.POST.get("letter", ""))
    except ValueError:
        letter = uuid4()
    tray = services.tray_of(actor, letter)
    if request.method != "POST":
        return Letter(letter, tray, [], [], "")
    errors = _keep(request, actor, case, thread, tray)
    for taken in request.POST.getlist("remove"):
        _take_out(tray, taken)
    action = request.POST.get("action", "send")
    known = "letter" in request.POST or bool(request.FILES)
    return Letter(letter, tray, services.files_in(tray) if known else [], errors, action)


def _take_out(tray: UUID, public_id: str) -> None:
    try:
        services.drop_from_tray(tray=tray, file_public_id=UUID(public_id))
    except ValueError:
        return


def _keep(request: HttpRequest, actor: Actor, case: Case, thread: Thread | None, tray: UUID) -> list[str]:
    def keep(upload: UploadedFile[Any]) -> None:
        limit(f"message_files:{actor.key}", HOUR, FILES_AN_HOUR, _("传的文件太多了，请过一会儿再传。"))
        services.add_to_tray(
            case_id=case.pk, court_id=case.court_id, thread=thread, tray=tray, upload=upload, actor=actor
        )

    return keep_each(request.FILES.getlist("files"), keep)


def not_too_many(actor: Actor) -> None:
    """Nobody floods a judge: twenty messages an hour for one party. Raises TooManyRequests."""
    limit(f"messages:{actor.key}", HOUR, MESSAGES_AN_HOUR, _("留言太多了，请过一会儿再写。急事请拨12368。"))


def next_key(request: HttpRequest, form: Any) -> str:
    """The key of a form that comes back with an error is not used again: the next try is a new message."""
    return str(uuid4()) if form.is_bound and form.errors else form_key(request)
