"""Looking for something in the own files: only what one sees is searched."""

from __future__ import annotations

import pytest

from casefiles import services
from casefiles.models import Ground
from casefiles.selectors import found_in_files
from casefiles.services import Order
from tests.casefiles.conftest import Book

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
