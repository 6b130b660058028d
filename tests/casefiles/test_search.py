"""Looking for something in the own files: only what one sees is searched."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from docx import Document

from casefiles import services
from casefiles.models import Entry, FileWords, Ground, Restriction
from casefiles.selectors import found_in_files
from casefiles.services import Order
from common import clock
from documents.models import StoredFile
from documents.services import receive_file
from tests.casefiles.conftest import Book, work_off
from tests.documents import craft

pytestmark = pytest.mark.django_db(transaction=True)


def titles(book: Book, name: str, words: str) -> set[str]:
    return {entry.title for entry in found_in_files(book.cast.actors[name], words)}


def test_names_and_what_papers_say(book: Book) -> None:
    assert book.evidence.title in titles(book, "li", book.evidence.title[:2])
    assert "应诉通知书" in titles(book, "li", "应诉") and "应诉通知书" not in titles(book, "zhang", "应诉")
    assert "应诉通知书" in titles(book, "li", "民间借贷")
    assert "应诉通知书" in titles(book, "li", book.case.number)
    assert titles(book, "chen", "应诉") == titles(book, "li", "评议") == set()
    assert titles(book, "li", "应") == titles(book, "li", "%_") == set()


@pytest.mark.req("SEC-16")
def test_a_hidden_part_and_a_sealed_entry_are_not_found(book: Book) -> None:
    notice = book.paper("response_notice")
    order = Order(Ground.PRIVACY, "住址", [], page=1, box=[0, 0, 1000, 500])
    services.seal(entry_public_id=notice.public_id, order=order, actor=book.cast.judge)
    assert notice.title not in titles(book, "li", "民间借贷")
    assert notice.title in titles(book, "li", "应诉")
    whole = Order(Ground.PRIVACY, "住址", [])
    services.seal(entry_public_id=notice.public_id, order=whole, actor=book.cast.judge)
    assert notice.title not in titles(book, "li", "应诉")


def test_the_page(book: Book) -> None:
    client = book.client("li")
    assert "没有找到" in client.get("/my/file-search/?q=没有这个").content.decode()
    assert (
        book.page(book.evidence) in client.get(f"/my/file-search/?q={book.evidence.title}").content.decode()
    )
    assert "应诉通知书" in client.get("/my/file-search/", {"q": book.case.number}).content.decode()
    assert client.get("/my/file-search/?q=" + "长" * 5000).status_code == 200


def sent_in(book: Book, text: str, *, name: str = "情况说明.docx") -> Entry:
    """A Word file of the plaintiff's in which this stands, in the file of the case and read."""
    letter, buffer = Document(), io.BytesIO()
    for line in text.split("|"):
        letter.add_paragraph(line)
    letter.save(buffer)
    file = receive_file(
        upload=SimpleUploadedFile(name, buffer.getvalue(), content_type=craft.WORD),
        court_id=book.case.court_id,
        owner_kind="filing.filing",
        owner_public_id=book.case.filing_public_id,
        actor=book.cast.zhang,
    )
    material = services.Material(str(file.public_id), "书面说明", "evidence")
    [entry] = services.enter_materials(
        book.case, [material], owners=[book.zhang.pk], actor=book.cast.caseclerk
    )
    work_off()
    return entry


@pytest.mark.req("SEC-51")
def test_what_stands_in_uploaded_files(book: Book) -> None:
    """Taken once by the worker; blanks and line ends do not matter; a photo says nothing."""
    entry = sent_in(book, "二〇二五年五月 李某在茶馆当面|承认欠款")
    for words in ("当面承认欠款", "五月 李某在茶馆"):
        assert titles(book, "li", words) == titles(book, "zhang", words) == {"书面说明"}
    assert titles(book, "chen", "当面承认欠款") == titles(book, "li", "当面否认") == set()
    for _again in range(2):
        services.take_words(entry.file)  # type: ignore[arg-type]
    assert FileWords.objects.filter(file=entry.file).count() == 1
    assert not FileWords.objects.filter(file__content_type__startswith="image/").exists(), (
        "photos are not read"
    )
    assert "照片和扫描件里的字查不到" in book.client("li").get("/my/file-search/").content.decode()


@pytest.mark.req("SEC-16", "SEC-53")
def test_uploaded_words_keep_to_what_is_open(book: Book) -> None:
    entry = sent_in(book, "住在滨河路八号院的证人")
    words = "滨河路八号院"
    StoredFile.objects.filter(pk=entry.file_id).update(scan_state="checking")
    assert titles(book, "li", words) == set()
    StoredFile.objects.filter(pk=entry.file_id).update(scan_state="clean")
    assert titles(book, "li", words) == {"书面说明"}
    Restriction.objects.create(
        entry=entry, ground=Ground.PRIVACY, reason="证人住址", open_to=[book.zhang.pk], page=1,
        boxes=[[0, 0, 1000, 500]], decided_by=book.cast.posts["judge"], decided_at=clock.now(),
    )  # fmt: skip
    assert titles(book, "li", words) == set() and titles(book, "zhang", words) == {"书面说明"}
    assert titles(book, "li", "书面说明") == {"书面说明"}


def test_files_from_before_are_read_by_the_command(book: Book) -> None:
    sent_in(book, "补充协议约定分三期还清")
    FileWords.objects.all().delete()
    assert titles(book, "li", "分三期还清") == set()
    call_command("fill_casefiles", verbosity=0)
    assert titles(book, "li", "分三期还清") == {"书面说明"}
