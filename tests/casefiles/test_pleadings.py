"""What was filled in online lies in the file of the case as a PDF, once, without anybody's private data."""

from __future__ import annotations

import re
from hashlib import sha256
from io import BytesIO

import pypdfium2
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from pypdf import PdfReader

from casefiles.models import Entry, Section
from casefiles.policies import visible_entries
from cases.models import Case, Side
from common.actor import system
from documents.models import ScanState, StoredFile
from documents.rendering.pleadings import as_pdf
from documents.rendering.samples import NAMES, names
from documents.services.made import made_file
from eventlog.models import Event
from filing import services
from filing.elements.values import opened_answers
from filing.handlers import keep_pleading as handle
from filing.models import Filing
from filing.pleading import shared_answers, shared_pleading_of
from filing.selectors import draft_of
from filing.services.kept_pleadings import OWNER_KIND, keep_pleading
from portal.demo import cast as people
from tests.casefiles.conftest import Book, work_off
from tests.filing.test_defence import send, sued, written
from tests.support.court import Cast, accepted, claimed, draft

SYSTEM = system("test")
FOOTER = re.compile(r"第\d+页，共\d+页")


def squeezed(text: str) -> str:
    return "".join(text.split())


def texts_of(file: StoredFile) -> list[str]:
    """The text of all pages as two libraries read it, without blanks and page numbers."""
    with default_storage.open(file.storage_key) as kept:
        pdf = kept.read()
    assert sha256(pdf).hexdigest() == file.sha256
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == file.pages
    by_pdfium = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    document.close()
    by_pypdf = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    return ["".join(FOOTER.sub("", squeezed(page)) for page in pages) for pages in (by_pypdf, by_pdfium)]


def pleading_in(case: Case, section: Section = Section.COMPLAINT) -> Entry:
    return Entry.objects.get(case=case, section=section, file__owner_kind=OWNER_KIND)


def typed(filing: Filing) -> list[str]:
    """Every label and answer that both sides read; of a table each cell."""
    pleading = shared_pleading_of(filing)
    assert pleading is not None
    told = []
    for section in pleading.sections[1:]:
        for row in section.rows:
            told += [row.label, row.text, *row.columns, *(cell for line in row.cells for cell in line)]
    labels = [label for rows in shared_answers(draft_of(filing)).values() for label, _value in rows]
    assert labels and set(labels) <= set(told), "the page of the papers says the same"
    return [squeezed(words) for words in told if words]


def claims(case: Case) -> Filing:
    return Filing.objects.get(public_id=case.filing_public_id)


def test_both_sides_read_the_complaint_in_the_file(book: Book) -> None:
    entry = pleading_in(book.case)
    assert entry.title == "民事起诉状" and entry.file is not None
    assert entry.file.scan_state == ScanState.CLEAN
    for text in texts_of(entry.file):
        assert not [words for words in typed(claims(book.case)) if words not in text]
        assert 0 < text.index(people.ZHANG.name) < text.index(people.LI.name) and book.cast.court.name in text
        for person in (people.ZHANG, people.LI):
            for private in (person.id_number, person.phone, person.address):
                assert squeezed(private) not in text
    book.draw(entry)
    for name in ("zhang", "li"):
        assert entry in visible_entries(book.cast.actors[name])
        assert book.client(name).get(book.page(entry, image=True)).status_code == 200
    assert book.client("li").get(f"/files/{entry.file.public_id}/").status_code == 404
    assert book.client("chen").get(book.page(entry)).status_code == 404


def test_the_defence_lies_there_too(cast: Cast) -> None:
    case, _party = sued(cast)
    client: Client = cast.client("li")
    filing = written(client, case)
    send(client, filing)
    work_off()
    entry = pleading_in(case, Section.DEFENCE)
    assert entry.title == "民事答辩状" and entry.file is not None
    filing.refresh_from_db()
    for text in texts_of(entry.file):
        assert not [words for words in typed(filing) if words not in text]
        assert people.LI.phone not in text and people.LI.id_number not in text
    assert entry in visible_entries(cast.zhang)


def test_it_is_made_once_however_often_it_is_told(cast: Cast) -> None:
    """Bytes without a row are what a process leaves that dies before the short act: the next try does not see them."""
    case = accepted(cast)
    filing = claims(case)
    where = {"court_id": case.court_id, "owner_kind": OWNER_KIND, "owner_public_id": filing.public_id}
    left = made_file(
        pdf=as_pdf(shared_pleading_of(filing), moment=filing.submitted_at), name="x.pdf", **where
    )
    assert not StoredFile.objects.filter(owner_kind=OWNER_KIND).exists()
    work_off()
    kept = StoredFile.objects.get(owner_kind=OWNER_KIND)
    assert kept.storage_key != left.storage_key and kept.sha256 == left.sha256, "the same bytes each time"
    handle(Event.objects.get(name="filing.accepted", subject_id=filing.pk))
    assert keep_pleading(filing_id=filing.pk, actor=SYSTEM) == kept
    work_off()
    assert StoredFile.objects.filter(owner_kind=OWNER_KIND).count() == 1
    assert Event.objects.filter(name="filing.pleading_kept").count() == 1
    assert pleading_in(case).file == kept


def test_thirty_people_with_rare_names_and_nothing_optional(cast: Cast) -> None:
    filing = draft(cast)
    words = "#panic(1) $x$ *粗* <b>&amp;</b> 𠅤𬭎"
    form = draft_of(filing).form
    known = opened_answers(form, filing.answers)
    values = {item.key: known.get(item.key) for item in form.pages["extras"].fields} | {"other_claims": words}
    services.save_page(filing_id=filing.pk, page="extras", values=values, actor=cast.zhang)
    filing = services.submit_filing(filing_id=filing.pk, actor=cast.zhang)
    case = services.accept_filing(filing_id=filing.pk, fence=claimed(cast, filing).fence, actor=cast.clerk)
    for order, name in enumerate(names(29), start=2):
        filing.parties.create(side=Side.DEFENDANT, order=order, name=name)
    work_off()
    entry = pleading_in(case)
    assert entry.file is not None
    for text in texts_of(entry.file):
        assert squeezed(words) in text
        assert all(name in text for name in names(29)[1:])
        assert NAMES[0][1:] in text and "U+31350" in text


def test_without_anything_filled_in_there_is_none(cast: Cast) -> None:
    filing = claims(accepted(cast))
    Filing.objects.filter(pk=filing.pk).update(answers={})
    filing.refresh_from_db()
    assert shared_pleading_of(filing) is None
    assert keep_pleading(filing_id=filing.pk, actor=SYSTEM) is None
    assert not StoredFile.objects.filter(owner_kind=OWNER_KIND).exists()


@pytest.mark.parametrize("name", ["li", "chen", "clerk-b", "judge-b"])
def test_the_file_itself_is_for_who_handed_it_in_and_the_court(book: Book, name: str) -> None:
    file = pleading_in(book.case).file
    assert file is not None
    assert book.client(name).get(f"/files/{file.public_id}/").status_code == 404
