"""A party takes its file home: what is in it, what is not, and that the manifest and its receipt hold."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import StreamingHttpResponse

from casefiles import services
from casefiles.models import Ground
from casefiles.policies import visible_entries
from casefiles.services import Order
from casefiles.services.exporting import MANIFEST, RECEIPT, stream_export
from common.tables import BOM
from eventlog.models import Event
from eventlog.offline import claim_of, read_receipt
from eventlog.receipts import is_genuine
from tests.casefiles.conftest import Book
from tests.support.drawing import forget

pytestmark = pytest.mark.django_db(transaction=True)


def taken(book: Book, name: str) -> zipfile.ZipFile:
    answer: Any = book.client(name).post(book.path("download/"))
    assert isinstance(answer, StreamingHttpResponse), answer.status_code
    data = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    answer.close()
    found = zipfile.ZipFile(io.BytesIO(data))
    assert found.testzip() is None
    return found


def rows_of(found: zipfile.ZipFile) -> list[list[str]]:
    text = found.read(MANIFEST).decode().removeprefix(BOM)
    return list(csv.reader(io.StringIO(text)))[1:]


def test_everything_a_party_sees_with_hashes_that_hold(book: Book) -> None:
    found = taken(book, "zhang")
    rows = rows_of(found)
    assert len(rows) == visible_entries(book.cast.zhang).filter(case=book.case).count()
    assert {row[3] for row in rows} | {MANIFEST, RECEIPT} == set(found.namelist())
    for _serial, _section, _title, name, sha256, size, _at, _note in rows:
        data = found.read(name)
        assert hashlib.sha256(data).hexdigest() == sha256 and len(data) == int(size)
    evidence = next(row for row in rows if row[2] == book.evidence.title)
    assert evidence[4] == book.evidence.file.sha256 and evidence[7] == "与法院保存的一致"  # type: ignore[union-attr]


def test_the_receipt_signs_the_manifest(book: Book) -> None:
    found = taken(book, "zhang")
    text, signature = read_receipt(found.read(RECEIPT).decode())
    assert is_genuine(text, signature)
    claim = claim_of(text)
    assert claim and claim.hash == Event.objects.get(name="casefiles.exported").hash
    assert hashlib.sha256(found.read(MANIFEST)).hexdigest() in text
    event = Event.objects.get(name="casefiles.exported")
    assert event.stream.startswith("access:") and event.payload["files"] == len(rows_of(found))


def test_the_other_side_gets_what_was_cleaned_and_nothing_that_is_closed(book: Book) -> None:
    """Not the original bytes of a photo with its maker's data, no proof of identity, no side volume."""
    names = {row[2] for row in rows_of(taken(book, "li"))}
    assert book.evidence.title in names and book.identity.title not in names and "合议庭评议笔录" not in names
    row = next(row for row in rows_of(taken(book, "li")) if row[2] == book.evidence.title)
    assert row[4] != book.evidence.file.sha256 and row[7] == "法院制作的阅览件"  # type: ignore[union-attr]


@pytest.mark.req("SEC-16")
def test_what_is_hidden_on_a_page_comes_as_pictures(book: Book) -> None:
    order = Order(Ground.PRIVACY, "银行账号", [book.zhang.pk], page=1, box=[0, 0, 1000, 1000])
    services.seal(entry_public_id=book.evidence.public_id, order=order, actor=book.cast.judge)
    forget(book.evidence.file)  # type: ignore[arg-type]
    assert book.client("li").post(book.path("download/"))["Location"] == book.path("download/"), "not drawn"
    waits = book.client("li").get(book.path("download/"))
    assert "还差1页" in waits.content.decode() and waits["Refresh"].endswith("?try=1")
    assert "请过几分钟再打开" in book.client("li").get(book.path("download/?try=10")).content.decode()
    book.draw(book.evidence)
    row = next(row for row in rows_of(taken(book, "li")) if row[2] == book.evidence.title)
    assert row[3].endswith("/0001.jpg") and "依法不公开" in row[7]
    own = next(row for row in rows_of(taken(book, "zhang")) if row[2] == book.evidence.title)
    assert own[4] == book.evidence.file.sha256  # type: ignore[union-attr]


def test_it_is_sent_while_it_is_made(book: Book) -> None:
    """The first piece leaves before the last entry is read, and no piece is larger than a part of a file."""
    parts = services.plan_export(case=book.case, actor=book.cast.zhang)
    pieces: Iterator[bytes] = stream_export(parts, case=book.case, actor=book.cast.zhang)
    assert next(pieces)
    assert not Event.objects.filter(name="casefiles.exported").exists()
    assert max(map(len, pieces)) < 1 << 20
    assert Event.objects.filter(name="casefiles.exported").count() == 1


def test_twice_an_hour_and_never_by_scan_or_staff(book: Book) -> None:
    for _time in range(2):
        taken(book, "zhang")
    assert book.client("zhang").post(book.path("download/")).status_code == 429
    assert book.client("judge").post(book.path("download/")).status_code == 404


def test_each_entry_in_it_counts_as_opened(book: Book) -> None:
    taken(book, "li")
    text = book.client("zhang").get(book.path("opened/")).content.decode()
    assert book.evidence.title in text and "当事人或者代理人的账号" in text
