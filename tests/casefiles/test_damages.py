"""Damage of kept bytes is told to judge and parties, each of what he may read, until it is over (SEC-55)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from casefiles import services
from casefiles.damages import damaged_cases, damaged_entries
from casefiles.models import Entry, Ground
from casefiles.services import Order
from casefiles.services.exporting import MANIFEST, RECEIPT
from documents.models import Copy
from documents.services import fixity
from tests.casefiles.conftest import Book
from tests.casefiles.test_export import rows_of, taken

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("SEC-55")]
WORDS = "暂时打不开"
_harmed: dict[str, bytes] = {}


@pytest.fixture(autouse=True)
def whole_again() -> Iterator[None]:
    """The bytes of a kept world are those of the tests after."""
    yield
    while _harmed:
        put(*_harmed.popitem())


def harm(book: Book, entry: Entry, *, of: str = "") -> bytes:
    """The bytes of an entry, or of the copy of one party, are changed and the comparison finds it; what they were."""
    subject = entry.file
    if subject is None:
        owner = getattr(book, of)
        subject = Copy.objects.select_related("paper__court").get(
            paper=entry.paper, addressee_public_id=owner.public_id
        )
    key = fixity.key_of(subject)
    with default_storage.open(key) as kept:
        data = kept.read()
    _harmed[key] = data
    put(key, b"something else")
    fixity.note(subject, fixity.compare(subject), actor=book.cast.admin)
    return bytes(data)


def put(key: str, data: bytes) -> None:
    default_storage.delete(key)
    default_storage.save(key, ContentFile(data))


def told(book: Book, name: str) -> set[str]:
    return {entry.title for entry in damaged_entries(book.cast.actors[name], book.case)}


def test_judge_and_parties_are_told_until_it_is_over(book: Book) -> None:
    entry, title = book.evidence, book.evidence.title
    before = {
        name: book.client(name).get(f"/my/cases/{book.case.public_id}/").content for name in ("zhang", "li")
    }
    assert all(WORDS not in page.decode() for page in before.values())
    data = harm(book, entry)
    for name in ("zhang", "li"):
        for path in (f"/my/cases/{book.case.public_id}/", book.path()):
            page = book.client(name).get(path).content.decode()
            assert WORDS in page and "法院已经知道，正在用备份恢复" in page and book.page(entry) in page
    page = book.client("judge").get(book.path(desk=True)).content.decode()
    assert WORDS in page and title in page and "不要请当事人重新交" in page
    day = book.client("judge").get("/bench/").content.decode()
    assert WORDS in day and book.case.number in day
    assert told(book, "caseclerk") == {title, "合议庭评议笔录"}, "the same bytes lie in the side volume"
    assert not told(book, "judge-b") | told(book, "chen")
    assert (
        damaged_cases(book.cast.judge_b)
        == damaged_cases(book.cast.clerk)
        == damaged_cases(book.cast.li)
        == []
    )
    put(entry.file.storage_key, data)  # type: ignore[union-attr]
    fixity.note(entry.file, fixity.compare(entry.file), actor=book.cast.admin)  # type: ignore[arg-type]
    assert not told(book, "zhang") | told(book, "judge") and damaged_cases(book.cast.judge) == []
    assert WORDS not in book.client("li").get(book.path()).content.decode()


def test_of_a_paper_each_party_is_told_of_its_own_copy(book: Book) -> None:
    notice = book.paper("response_notice")
    harm(book, notice, of="li")
    assert told(book, "li") == {notice.title} == told(book, "judge")
    assert told(book, "zhang") == set()


@pytest.mark.req("SEC-16")
def test_what_is_kept_from_somebody_is_not_told_to_him(book: Book) -> None:
    """Side volume and proof of identity of the other side; a sealed entry as soon as it is sealed."""
    harm(book, book.identity)
    assert told(book, "zhang") == {book.identity.title} and told(book, "li") == set()
    harm(book, book.evidence)  # the same bytes lie in the side volume
    assert "合议庭评议笔录" in told(book, "judge")
    assert told(book, "li") == {book.evidence.title}
    order = Order(Ground.PRIVACY, "住址", [book.zhang.pk])
    services.seal(entry_public_id=book.evidence.public_id, order=order, actor=book.cast.judge)
    assert told(book, "li") == set() and book.evidence.title in told(book, "zhang")
    assert WORDS not in book.client("li").get(f"/my/cases/{book.case.public_id}/").content.decode()


def test_who_takes_the_file_home_is_told_what_is_not_in_it(book: Book) -> None:
    harm(book, book.evidence)
    found = taken(book, "zhang")
    rows = rows_of(found)
    row = next(row for row in rows if row[2] == book.evidence.title)
    assert row[3:6] == ["", "", "0"] and "暂时打不开" in row[7]
    assert len(found.namelist()) == len(rows) - 1 + len((MANIFEST, RECEIPT))
