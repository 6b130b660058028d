"""Page images for screens that read without a PDF viewer: drawn once by a worker, then kept. No request draws one.

A request that finds no picture asks for it; the worker draws that page first, then a few that follow. Who asked waits
(``documents.waiting``) and comes back. Without a worker or broker pictures wait and nothing fails.
"""

from __future__ import annotations

import logging
import tempfile
import uuid
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from redis.exceptions import RedisError

from common import clock
from documents.errors import files_away
from documents.models import Copy, PaperState, StoredFile
from documents.rendering.preview import page_count
from documents.services.inspection import draw_page
from documents.storage import kept_files
from eventlog.wake import wake

log = logging.getLogger(__name__)

DRAW_PAGES = "documents.draw_pages"
LONGEST_PAPER = 500
"""A number above it cannot be a page of a court paper; below it the worker says whether there is one."""
AHEAD = 3
"""So many pages after the one that was asked for are drawn with it."""
ASKED_SECONDS = 60
"""While this lasts nobody asks for the same page again; afterwards the next visitor does."""
BROKEN_SECONDS = 600
"""A page that could not be drawn is tried again after this: a damaged file may be back by then."""
DRAWING = timedelta(seconds=20)
"""A task hands what is left to the next one after this, so that other work has its turn."""


class PageState(StrEnum):
    KEPT = "kept"
    WAITING = "waiting"
    BROKEN = "broken"
    MISSING = "missing"


def kept_page(subject: StoredFile | Copy, number: int) -> bytes | None:
    """Page ``number`` (from 1) as a JPEG of about 80 KB at most; None while it is not drawn, or without such a page.

    FilesAway while the storage does not answer.
    """
    try:
        with default_storage.open(_key(subject, number)) as kept:
            return bytes(kept.read())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise files_away() from error


def page_state(subject: StoredFile | Copy, number: int) -> PageState:
    """Whether a picture is there, and a worker asked for it when it is not. Without such a page, MISSING (Word files have none)."""
    if not 1 <= number <= _last(subject):
        return PageState.MISSING
    try:
        if default_storage.exists(_key(subject, number)):
            return PageState.KEPT
    except OSError:
        log.warning("the storage does not answer, page images wait")
        return PageState.WAITING
    return PageState.WAITING if ask_for_pages(subject, number, number + AHEAD) else PageState.BROKEN


def look_ahead(subject: StoredFile | Copy, number: int, last: int) -> None:
    """Have the pages from ``number`` on drawn, before their reader gets there, unless the next one is drawn already."""
    try:
        if default_storage.exists(_key(subject, number)):
            return
    except OSError:
        return
    ask_for_pages(subject, number, min(number + AHEAD, last))


def kept_numbers(subject: StoredFile | Copy) -> set[int]:
    """The pages of which pictures are kept. One listing of the storage."""
    names = (Path(key).stem for key, _changed in kept_files().keys_under(f"pages/{subject.public_id}"))
    return {int(name) for name in names if name.isdigit()}


def ask_for_pages(subject: StoredFile | Copy, first: int, last: int) -> bool:
    """Have a worker draw these pages unless it was asked a moment ago; False when the first one cannot be drawn.

    Two visitors make one task: who sets the key of the first page asks. Redis away means that the pictures wait.
    """
    last = min(last, _last(subject))
    if first > last:
        return False
    try:
        if cache.get(_broken_key(subject.public_id, first)):
            return False
        if cache.add(_asked_key(subject.public_id, first), 1, ASKED_SECONDS):
            others = {_asked_key(subject.public_id, number): 1 for number in range(first + 1, last + 1)}
            cache.set_many(others, ASKED_SECONDS)
            _send(subject.public_id, isinstance(subject, Copy), first, last)
    except RedisError:
        log.warning("redis not reachable, page images wait")
    return True


def broken_numbers(subject: StoredFile | Copy, numbers: set[int]) -> set[int]:
    """Which of these pages could not be drawn a while ago; none while Redis does not answer."""
    keys = {_broken_key(subject.public_id, number): number for number in numbers}
    try:
        return {keys[key] for key in cache.get_many(list(keys))}
    except RedisError:
        log.warning("redis not reachable, page images wait")
        return set()


def draw_pages(*, public_id: uuid.UUID, is_paper: bool, first: int, last: int) -> int:
    """Draw the pages of a file or issued copy that have no picture yet; the worker's half. Returns how many it drew.

    Each page is drawn by the inspecting process with its limits (SEC-51); one that brings it down is known as broken for a
    while, the others are drawn all the same. Safe to kill, to repeat and to run twice at a time. Nothing happens while the
    storage does not answer: the next visitor asks again.
    """
    subject = _subject(public_id, is_paper=is_paper)
    if subject is None:
        return 0
    try:
        with tempfile.TemporaryDirectory(prefix="page-") as folder:
            return _draw(subject, first, min(last, _last(subject)), Path(folder))
    except FileNotFoundError:  # a damage, which the comparison of kept bytes tells (SEC-55)
        _note_broken(subject, list(range(first, last + 1)))
        return 0
    except OSError:
        log.exception("page images could not be drawn", extra={"subject": str(public_id)})
        return 0


def _draw(subject: StoredFile | Copy, first: int, last: int, folder: Path) -> int:
    wanted = [
        number for number in range(first, last + 1) if not default_storage.exists(_key(subject, number))
    ]
    if not wanted:
        return 0
    kind, source = _source(subject)
    original, drawn, end, made = folder / "source", folder / "page", clock.process_now() + DRAWING, 0
    with original.open("wb") as target:
        for piece in kept_files().pieces(source):
            target.write(piece)
    if isinstance(subject, Copy):  # a PDF of our own making, so it may be opened in this process
        pages = page_count(original.read_bytes())
        _note_broken(subject, [number for number in wanted if number > pages])
        wanted = [number for number in wanted if number <= pages]
    for number in wanted:
        if clock.process_now() > end:
            _send(subject.public_id, isinstance(subject, Copy), number, last)
            break
        if not draw_page(kind, original, drawn, number):
            _note_broken(subject, [number])
            continue
        key = _key(subject, number)
        stored = default_storage.save(key, ContentFile(drawn.read_bytes()))
        if stored != key:  # another task drew the same page meanwhile
            default_storage.delete(stored)
        made += 1
    return made


def _note_broken(subject: StoredFile | Copy, numbers: list[int]) -> None:
    try:
        cache.set_many({_broken_key(subject.public_id, number): 1 for number in numbers}, BROKEN_SECONDS)
    except RedisError:
        log.warning("redis not reachable, a page that cannot be drawn will be asked for again")


def _subject(public_id: uuid.UUID, *, is_paper: bool) -> StoredFile | Copy | None:
    if is_paper:
        return Copy.objects.filter(public_id=public_id, state=PaperState.ISSUED).first()
    return StoredFile.objects.filter(public_id=public_id).first()


def _send(public_id: uuid.UUID, is_paper: bool, first: int, last: int) -> None:
    wake(DRAW_PAGES, str(public_id), is_paper, first, last)


def _last(subject: StoredFile | Copy) -> int:
    """The highest number a page of it can have; 0 where there are no pictures."""
    if not _source(subject)[1]:
        return 0
    return LONGEST_PAPER if isinstance(subject, Copy) else subject.pages


def _source(subject: StoredFile | Copy) -> tuple[str, str]:
    if isinstance(subject, Copy):
        return "pdf", subject.file_key
    kind = {"application/pdf": "pdf", "image/jpeg": "jpg"}.get(subject.preview_type, "")
    return kind, subject.preview_key if kind else ""


def _key(subject: StoredFile | Copy, number: int) -> str:
    return f"pages/{subject.public_id}/{number}.jpg"


def _asked_key(public_id: uuid.UUID, number: int) -> str:
    return f"page-asked:{public_id}:{number}"


def _broken_key(public_id: uuid.UUID, number: int) -> str:
    return f"page-broken:{public_id}:{number}"
