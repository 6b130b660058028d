"""The file of a case shows no picture and gives no bytes of a file that waits for the virus scanner or is infected (SEC-53)."""

from __future__ import annotations

import pytest

from documents.models import StoredFile
from tests.casefiles.conftest import Book
from tests.casefiles.test_export import rows_of, taken

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("SEC-53")]


@pytest.mark.parametrize(("state", "words"), [("checking", "（检查中）"), ("infected", "（有病毒）")])
def test_what_has_no_good_verdict_stays_closed_in_the_file_of_a_case(
    book: Book, state: str, words: str
) -> None:
    entry = book.evidence
    book.draw(entry)
    pages = [("judge", True), ("li", False)]
    for name, desk in pages:
        answer = book.client(name).get(book.page(entry, desk=desk, image=True))
        assert answer.status_code == 200, "control: before"
        answer.close()
    StoredFile.objects.filter(pk=entry.file_id).update(scan_state=state)
    for name, desk in pages:
        assert book.client(name).get(book.page(entry, desk=desk, image=True)).status_code == 404
        assert book.client(name).get(book.page(entry, desk=desk)).status_code == 200
    for name in ("li", "zhang"):
        found = taken(book, name)
        row = next(row for row in rows_of(found) if row[2] == entry.title)
        assert row[3].endswith(".txt") and found.read(row[3]).decode() == words
