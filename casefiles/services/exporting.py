"""A reader takes his file home: a ZIP that is made while it is sent, with a manifest of hashes and a signed receipt.

Nothing of it is ever whole in memory: one piece of one file, or one page, at a time.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from accounts.access import allows
from casefiles import events, images, policies, selectors
from casefiles.models import Entry, EntryKind
from casefiles.services.openings import record_reading
from cases.models import Case
from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed
from common.tables import BOM, moment, safe
from courts.services import access_stream
from documents.delivery_record import record_pdf
from documents.errors import FileDamaged, files_away
from documents.models import Copy, StoredFile
from documents.names import display_name
from documents.services import ask_for_pages, broken_numbers, kept_numbers, kept_page, read_checked, text_of
from eventlog.models import Receipt
from eventlog.offline import receipt_file
from eventlog.services import act, emit

PIECE_BYTES = 1 << 18
MOST_BYTES = 1 << 30
"""Of what is kept; pictures of pages are smaller than what they are made of."""
MOST_DRAWN_PAGES = 1_000
"""Pages that have to be drawn one by one, because something on their entry is hidden."""
MANIFEST, RECEIPT = "目录.csv", "回执.txt"
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


@dataclass(frozen=True)
class Part:
    """One entry as this reader gets it: kept bytes under ``key``, words, or pages to draw."""

    line: selectors.Line
    book: str
    source: Copy | StoredFile | None
    key: str = ""
    suffix: str = ""
    sha256: str = ""
    size: int = 0
    hidden: selectors.Hidden | None = None

    @property
    def name(self) -> str:
        """``012_借条`` as file systems take it."""
        title = _UNFIT.sub("_", display_name(self.line.entry.title))[:60]
        return f"{self.book}/{self.line.serial:03d}_{title}"


def plan_export(*, case: Case, actor: Actor) -> list[Part]:
    """What this reader would get, in the order of the catalogue.

    NotAllowed for a scan login and staff, InvalidInput when it is more than can be sent at once.
    """
    if not actor.is_public or not allows(actor, "file.export"):
        raise NotAllowed(_("请先登录，再下载案卷。"))
    lines = [(book, line) for book in selectors.books(actor, case) for line in book.lines]
    entries = {
        entry.pk: entry
        for entry in policies.visible_entries(actor)
        .filter(case=case)
        .select_related(
            "case__court", "file__court", "paper", "copy__paper__court", "copy__delivery", "receipt"
        )
    }
    hidden = selectors.hidden_from(actor, entries.values())
    own = {pk for pk, _public_id in policies.own_parties(actor)}
    parts = [_part(actor, entries[line.entry.pk], line, book.label, hidden, own) for book, line in lines]
    drawn = sum(part.line.entry.pages for part in parts if part.hidden is not None)
    if sum(part.size for part in parts) > MOST_BYTES or drawn > MOST_DRAWN_PAGES:
        raise InvalidInput(_("案卷太大，不能一次下载。请逐份查看，或者到法院复制。"), code="file_too_large")
    return parts


def pages_to_prepare(*, case: Case, actor: Actor) -> int:
    """How many pages with hidden parts wait for their picture before this reader can take the file home; a worker is asked for
    them. Pages that cannot be drawn are not waited for, nor is a file that is too large anyway. Four queries, one listing of
    the storage for each entry with a hidden part."""
    rows = policies.visible_entries(actor).filter(case=case)
    entries = list(rows.select_related("case__court", "file__court", "paper"))
    hidden = selectors.hidden_from(actor, entries)
    closed = [entry for entry in entries if entry.pk in hidden]
    if sum(entry.pages for entry in closed) > MOST_DRAWN_PAGES:
        return 0
    number = 0
    for entry in closed:
        source = selectors.copy_shown(actor, entry) if entry.kind == EntryKind.PAPER else entry.file
        if source is None or (isinstance(source, StoredFile) and source.is_closed):
            continue
        missing = set(range(1, entry.pages + 1)) - kept_numbers(source)
        missing -= broken_numbers(source, missing)
        if missing:
            ask_for_pages(source, min(missing), max(missing))
        number += len(missing)
    return number


def _part(
    actor: Actor,
    entry: Entry,
    line: selectors.Line,
    book: str,
    hidden: dict[int, selectors.Hidden],
    own: set[int],
) -> Part:
    """Originals for who handed them in, cleaned previews for others: what tells of a file's author stays here."""
    line = selectors.Line(entry, line.serial, line.first)
    source = selectors.copy_shown(actor, entry) if entry.kind == EntryKind.PAPER else entry.file
    if isinstance(source, StoredFile) and source.is_closed:
        return Part(line, book, None)
    if entry.pk in hidden:
        return Part(line, book, source, hidden=hidden[entry.pk])
    if isinstance(source, Copy):
        return Part(line, book, source, source.file_key, ".pdf", source.sha256, _size_of(source.file_key))
    if source is not None and own & set(entry.owners) and entry.kind == EntryKind.MATERIAL:
        suffix = "." + source.display_name.rpartition(".")[2]
        return Part(line, book, source, source.storage_key, suffix, source.sha256, source.size_bytes)
    if source is not None and source.preview_key:
        suffix = ".pdf" if source.preview_type == "application/pdf" else ".jpg"
        return Part(line, book, source, source.preview_key, suffix, "", _size_of(source.preview_key))
    return Part(line, book, source)


def _size_of(key: str) -> int:
    """In bytes; 0 when they are gone, which the manifest says when their turn comes."""
    try:
        return default_storage.size(key)
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise files_away() from error


class _Sink(io.RawIOBase):
    """What the archive writes, until it is taken away."""

    def __init__(self) -> None:
        self.waiting = bytearray()
        self.told = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self.waiting += piece
        self.told += len(piece)
        return len(piece)

    def take(self) -> bytes:
        """Everything written since the last time."""
        piece = bytes(self.waiting)
        self.waiting.clear()
        return piece


def stream_export(parts: list[Part], *, case: Case, actor: Actor) -> Iterator[bytes]:
    """The ZIP piece by piece, with the manifest and the receipt that signs its hash at the end. Each opening is on record when this
    returns: before a byte leaves, and while a failure can still be answered with a page."""
    for part in parts:
        record_reading(part.line.entry, part.source, actor=actor)
    return _pieces(parts, case, actor)


def _pieces(parts: list[Part], case: Case, actor: Actor) -> Iterator[bytes]:
    sink = _Sink()
    rows: list[list[str]] = []
    mark = selectors.mark_for(actor)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for part in parts:
            before = len(rows)
            for name, content in _files_of(part, mark, actor):
                digest, size = hashlib.sha256(), 0
                with archive.open(name, "w", force_zip64=True) as target:
                    for piece in content:
                        digest.update(piece)
                        size += len(piece)
                        target.write(piece)
                        yield sink.take()
                rows.append(_row(part, name, size, digest.hexdigest()))
            if len(rows) == before:
                rows.append(_row(part, "", 0, ""))
        manifest = _manifest(rows)
        archive.writestr(MANIFEST, manifest)
        archive.writestr(RECEIPT, _receipt(case, actor, hashlib.sha256(manifest).hexdigest(), len(rows)))
        yield sink.take()
    yield sink.take()


def _files_of(part: Part, mark: str, actor: Actor) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Name and content of the files an entry becomes: one, or a picture for each page that could be drawn; none when its bytes
    are gone or not those that were received (SEC-55)."""
    entry = part.line.entry
    if part.hidden is not None and part.source is not None:
        for number in range(1, entry.pages + 1):
            page = kept_page(part.source, number)
            if page is not None:
                shown = images.shown(page, hidden=part.hidden.get(number), mark=mark)
                yield f"{part.name}/{number:04d}.jpg", iter([shown])
    elif part.key:
        with suppress(FileDamaged, FileNotFoundError), _opened(part, actor) as kept:
            yield part.name + part.suffix, kept.chunks(PIECE_BYTES)
    elif entry.copy is not None:
        yield f"{part.name}.pdf", iter([record_pdf(entry.copy)])
    elif entry.receipt is not None:
        yield f"{part.name}.txt", iter([entry.receipt.text.encode()])
    elif entry.file is not None:
        words = entry.file.scan_note if entry.file.is_closed else text_of(entry.file)
        yield f"{part.name}.txt", iter([words.encode()])


def _opened(part: Part, actor: Actor) -> File[Any]:
    """Kept bytes that were just compared with their hash; a preview, which has none, as it lies there."""
    if part.sha256 and part.source is not None:
        return read_checked(part.source, actor=actor)
    return default_storage.open(part.key)


def _row(part: Part, name: str, size: int, sha256: str) -> list[str]:
    entry = part.line.entry
    if not name:
        note = _("暂时打不开，没有放进来。法院会恢复，请过几天再下载，或者拨打12368")
    elif part.hidden is not None:
        note = _("有内容依法不公开，按页提供图片")
    else:
        note = _("与法院保存的一致") if part.sha256 else _("法院制作的阅览件")
    section = str(entry.get_section_display())
    return [
        str(part.line.serial),
        section,
        entry.title,
        name,
        sha256,
        str(size),
        moment(entry.filed_at),
        note,
    ]


def _manifest(rows: list[list[str]]) -> bytes:
    heading = [_("序号"), _("类别"), _("名称"), _("文件"), "SHA-256", _("大小（字节）"), _("时间"), _("说明")]
    text = io.StringIO()
    writer = csv.writer(text)
    for row in [heading, *rows]:
        writer.writerow([safe(cell) for cell in row])
    return (BOM + text.getvalue()).encode()


def _receipt(case: Case, actor: Actor, manifest_sha256: str, files: int) -> bytes:
    """The number of the signed receipt is the SHA-256 of the manifest, so that it signs every hash in it; whoever asks finds
    that on the page where receipts are checked."""
    with act():
        event = emit(
            events.EXPORTED,
            subject=case,
            actor=actor,
            stream=access_stream(case.court.code),
            court_id=case.court_id,
            receipt=manifest_sha256,
            manifest_sha256=manifest_sha256,
            files=files,
            at=clock.now(),
        )
    receipt = Receipt.objects.get(event_id=event.pk)
    return receipt_file(receipt.text, receipt.signature).encode()
