"""Receiving a file: counted, hashed, checked and previewed before anything is kept (SEC-50 … SEC-55)."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import tempfile
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import filetype
from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import InvalidInput
from courts.services import setting
from documents import names
from documents.errors import FilesAway
from documents.models import StoredFile
from documents.services.inspection import BROKEN, inspect
from documents.services.pages import AHEAD, ask_for_pages
from documents.services.scanning import first_state
from eventlog.services import act

log = logging.getLogger(__name__)
CHUNK_BYTES = MB = 1 << 20
PROBE_BYTES = 1 << 16
EVERY_KIND = ("jpg", "png", "heic", "pdf", "docx")


@dataclass(frozen=True)
class _Kind:
    label: str
    content_type: str
    extensions: frozenset[str]
    declared: frozenset[str]
    sniffed: frozenset[str]


TABLES = ("xlsx", "csv")
"""Kinds of tables of claims; only the forms that ask for a table take them."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
UNDECLARED = {"", "application/octet-stream"}
"""Phones often do not know the type of their own photos; then name and content decide."""


NO_MARK = "text/plain"
"""What plain text is taken for: it begins with no mark of a kind."""


def _kind(label: str, content_type: str, extensions: str, declared: str = "", sniffed: str = "") -> _Kind:
    return _Kind(
        label,
        content_type,
        frozenset(extensions.split()),
        frozenset({content_type, *declared.split()}),
        frozenset({content_type, *sniffed.split()}),
    )


KINDS = {
    "jpg": _kind("JPG", "image/jpeg", "jpg jpeg", "image/jpg image/pjpeg"),
    "png": _kind("PNG", "image/png", "png", "image/x-png"),
    "heic": _kind("HEIC", "image/heic", "heic heif", "image/heif image/heic-sequence"),
    "pdf": _kind("PDF", "application/pdf", "pdf", "application/x-pdf"),
    "docx": _kind(
        "Word（.docx）", DOCX, "docx", "application/zip application/x-zip-compressed", "application/zip"
    ),
    "xlsx": _kind("XLSX", XLSX, "xlsx", "application/zip application/x-zip-compressed", "application/zip"),
    "csv": _kind("CSV", "text/csv", "csv", "text/plain application/vnd.ms-excel application/csv", NO_MARK),
}


@dataclass(frozen=True)
class _Received:
    path: Path
    size: int
    sha256: str


@dataclass(frozen=True)
class Checked:
    """An upload that may be kept: ``original`` as it came, ``preview`` cleaned (None when its kind has none)."""

    name: str
    kind: str
    content_type: str
    original: Path
    size_bytes: int
    sha256: str
    preview: Path | None
    preview_type: str
    pages: int


def check_upload(
    upload: UploadedFile[Any],
    folder: Path,
    *,
    allowed: tuple[str, ...] = EVERY_KIND,
    silent: bool = False,
) -> Checked:
    """Copy an upload to a folder of the caller's and check it: extension, declared type, first bytes and a real
    opening must agree. Nothing else is written; with ``silent`` the log does not even hear of a file that ends the
    inspecting process. InvalidInput says, under ``file``, what the person can do.
    """
    name = names.display_name(upload.name or "")
    received = _receive(upload, folder / "original")
    kind = _agreed_kind(name, upload.content_type or "", received.path, allowed)
    preview = folder / "preview"
    inspected = inspect(kind, received.path, preview, silent=silent)
    return Checked(
        name=name,
        kind=kind,
        content_type=KINDS[kind].content_type,
        original=received.path,
        size_bytes=received.size,
        sha256=received.sha256,
        preview=preview if inspected.preview_type else None,
        preview_type=inspected.preview_type,
        pages=inspected.pages,
    )


def receive_file(
    *,
    upload: UploadedFile[Any],
    court_id: int,
    owner_kind: str,
    owner_public_id: uuid.UUID,
    actor: Actor,
    allowed: tuple[str, ...] = EVERY_KIND,
    max_files: int | None = None,
    max_total_bytes: int | None = None,
    counts_for: tuple[uuid.UUID, ...] = (),
) -> StoredFile:
    """Take one uploaded file for an owner (a filing, a message …) and keep its bytes as they came.

    Extension, declared type, first bytes and a real opening must agree; foreign bytes are opened only in a process
    with limits. All of it happens before the one short act that writes the row, so call it outside an act of your
    own: whether the actor may add a file to the owner is the caller's check. InvalidInput says, under ``file``, what
    the person can do. Quotas are per owner, by default ``MAX_FILES`` and ``MAX_FILES_BYTES`` of the settings, per account and
    day, ``MAX_DAY_BYTES``, and per case, the court's ``case_files_mb``: the file is counted with the first id of ``counts_for``, and
    what counts for the others lies in the same case.
    """
    files_left = settings.MAX_FILES if max_files is None else max_files
    bytes_left = settings.MAX_FILES_BYTES if max_total_bytes is None else max_total_bytes
    _check_quota(owner_kind, owner_public_id, 0, files_left, bytes_left)
    _check_day(actor, 0)
    _check_case(court_id, counts_for, 0, actor)
    received_at = clock.now()
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        checked = check_upload(upload, Path(folder), allowed=allowed)
        keys = _store_both(checked)
    file = StoredFile(
        court_id=court_id,
        owner_kind=owner_kind,
        owner_public_id=owner_public_id,
        counts_for=counts_for[0] if counts_for else None,
        uploaded_by_id=actor.user_id,
        display_name=checked.name,
        storage_key=keys[0],
        preview_key=keys[1] if checked.preview is not None else "",
        preview_type=checked.preview_type,
        content_type=checked.content_type,
        size_bytes=checked.size_bytes,
        pages=checked.pages,
        sha256=checked.sha256,
        scan_state=first_state(),
        received_at=received_at,
    )
    try:
        with act():
            _lock_owner(owner_kind, owner_public_id)
            _check_quota(owner_kind, owner_public_id, checked.size_bytes, files_left, bytes_left)
            _check_day(actor, checked.size_bytes)
            if counts_for:
                _lock_owner("counted", counts_for[0])
            _check_case(court_id, counts_for, checked.size_bytes, actor)
            file.save(force_insert=True)
    except Exception:
        _drop(keys)
        raise
    if not file.is_closed:  # the desk reads it soon
        ask_for_pages(file, 1, 1 + AHEAD)
    return file


def _refuse(sentence: str, code: str) -> InvalidInput:
    return InvalidInput(sentence, code=code, file=sentence)


def _receive(upload: UploadedFile[Any], path: Path) -> _Received:
    """Copy in pieces, count and hash what really came; the length a browser declares means nothing."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as target:
        for chunk in upload.chunks(CHUNK_BYTES):
            size += len(chunk)
            if size > settings.MAX_FILE_BYTES:
                limit = settings.MAX_FILE_BYTES // 1024 // 1024
                raise _refuse(_("文件超过%(limit)sMB，请分成几份") % {"limit": limit}, "file_too_large")
            digest.update(chunk)
            target.write(chunk)
    if not size:
        raise _refuse(_("文件是空的，请重新选择"), "file_empty")
    return _Received(path, size, digest.hexdigest())


def _agreed_kind(name: str, declared: str, path: Path, allowed: tuple[str, ...]) -> str:
    """The kind on which name, declared type and first bytes agree and which this form takes."""
    extension = names.extension(name)
    kind = next((key for key in allowed if extension in KINDS[key].extensions), None)
    if kind is None:
        labels = "、".join(KINDS[key].label for key in allowed)
        raise _refuse(_("这里可以上传%(kinds)s，请换一个文件") % {"kinds": labels}, "file_kind")
    declared_type = declared.split(";")[0].strip().lower()
    if declared_type not in KINDS[kind].declared | UNDECLARED:
        raise _refuse(_("文件名和文件的类型对不上，请重新选择或者重新拍照"), "file_mismatch")
    with path.open("rb") as source:
        head = source.read(8192)
    guessed = filetype.guess_mime(head) or NO_MARK
    if guessed in KINDS[kind].sniffed:
        return kind
    actual = next((entry.label for entry in KINDS.values() if guessed == entry.content_type), None)
    if actual is None:
        raise _refuse(str(BROKEN[kind]), "file_broken")
    message = _("文件名说它是%(named)s，里面其实是%(actual)s。请改用原来的文件，或者重新拍照") % {
        "named": KINDS[kind].label,
        "actual": actual,
    }
    raise _refuse(message, "file_mismatch")


def _store_both(checked: Checked) -> list[str]:
    """Random keys of the original and, where there is one, of its preview. FilesAway when they cannot be kept now."""
    keys = [f"files/{uuid.uuid4().hex}"]
    try:
        _store(checked.original, keys[0])
        if checked.preview is not None:
            keys.append(f"previews/{uuid.uuid4().hex}")
            _store(checked.preview, keys[1])
    except OSError as error:  # of a full disk half of the bytes lie there already
        _drop(keys)
        log.exception("an upload could not be stored")
        raise FilesAway(_("材料暂时不能上传，填写的内容不受影响。请过一会儿再传，或者拨打12368。")) from error
    return keys


def takes_files() -> bool:
    """Whether the storage takes bytes at this moment: some are written and taken away again. Never inside an act: a bucket is asked."""
    key = f"files/{uuid.uuid4().hex}"
    try:
        default_storage.save(key, ContentFile(bytes(PROBE_BYTES)))
    except OSError:
        log.warning("the storage takes no files", exc_info=True)
        return False
    finally:
        _drop([key])
    return True


def _drop(keys: list[str]) -> None:
    """Bytes that no row will name; what cannot be reached now is found by ``sweep_files``."""
    with contextlib.suppress(OSError):
        for key in keys:
            default_storage.delete(key)


def _store(path: Path, key: str) -> None:
    with path.open("rb") as source:
        if default_storage.save(key, File(source)) != key:
            raise FileExistsError(key)


def _lock_owner(owner_kind: str, owner_public_id: uuid.UUID) -> None:
    """Two uploads for one owner count one after the other."""
    with connection.cursor() as cursor:
        key = f"documents.owner:{owner_kind}:{owner_public_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _check_day(actor: Actor, size: int) -> None:
    """One account cannot fill the storage; staff files what comes over the counter and has no such limit."""
    if actor.user_id is None or actor.is_staff:
        return
    since = clock.now() - timedelta(days=1)
    mine = StoredFile.objects.filter(uploaded_by_id=actor.user_id, received_at__gt=since)
    used = mine.aggregate(bytes=Sum("size_bytes", default=0))["bytes"]
    if used + size > settings.MAX_DAY_BYTES:
        raise _refuse(_("您今天上传的文件太多，请明天再传，或者把材料交到窗口"), "too_much_today")


def _check_case(court_id: int, counts_for: tuple[uuid.UUID, ...], size: int, actor: Actor) -> None:
    """One case cannot fill the storage; what the court itself puts in counts and is never refused."""
    if not counts_for or actor.is_staff:
        return
    most = setting(court_id, "case_files_mb") * MB
    of_case = StoredFile.objects.filter(counts_for__in=counts_for)
    used = of_case.aggregate(bytes=Sum("size_bytes", default=0))["bytes"]
    if used + size > most or used == most:
        words = _(
            "这个案件网上已经收了%(used)sMB材料，最多%(limit)sMB，放不下这个文件。请压缩或者合并后再传，"
            "或者把材料交到窗口、寄给法院。填写的内容还在。"
        )
        raise _refuse(words % {"used": -(-used // MB), "limit": most // MB}, "case_full")


def _check_quota(
    owner_kind: str, owner_public_id: uuid.UUID, size: int, max_files: int, max_total_bytes: int
) -> None:
    used = StoredFile.objects.filter(owner_kind=owner_kind, owner_public_id=owner_public_id).aggregate(
        files=Count("id"), bytes=Sum("size_bytes", default=0)
    )
    if used["files"] >= max_files:
        raise _refuse(_("最多上传%(count)s个文件，请合并后再上传") % {"count": max_files}, "too_many_files")
    if used["bytes"] + size > max_total_bytes:
        limit = max_total_bytes // 1024 // 1024
        raise _refuse(
            _("全部文件加起来超过%(limit)sMB，请压缩或者合并后再上传") % {"limit": limit}, "files_too_large"
        )
