"""What lies in a file, who reads which part of it, and what is written on the pages."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.http import FileResponse
from PIL import Image, ImageChops

from casefiles.models import Entry, Openness, Section, Volume
from casefiles.policies import visible_entries
from casefiles.selectors import books
from common import clock
from common.actor import ANONYMOUS, Actor, Kind, Role, ScanPass
from documents.models import Copy, DeliveryFact, DeliveryFactKind
from documents.services import kept_page
from eventlog.models import Event, Outbox, OutboxState
from tests.casefiles.conftest import Book, work_off
from tests.support.court import accepted

pytestmark = pytest.mark.django_db(transaction=True)


def bytes_of(answer: Any) -> bytes:
    assert isinstance(answer, FileResponse)
    data = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    answer.close()
    return data


def titles(actor: Actor, book: Book) -> set[str]:
    return {line.entry.title for one in books(actor, book.case) for line in one.lines}


def scan_of(book: Book) -> Actor:
    copy = Copy.objects.filter(addressee_public_id=book.li.public_id).earliest("id")
    scan = ScanPass(book.case.pk, book.li.pk, copy.pk, copy.expires_at)  # type: ignore[arg-type]
    return Actor(kind=Kind.SCAN, role=Role.LITIGANT, scan=scan, channel="scan")


def test_the_file_grows_by_what_happens(book: Book) -> None:
    sections = set(Entry.objects.filter(case=book.case).values_list("section", flat=True))
    assert {Section.NOTICES, Section.EVIDENCE, Section.IDENTITY, Section.FEES} <= sections
    assert book.paper("response_notice").openness == Openness.ADDRESSEES
    assert book.identity.openness == Openness.OWNERS and book.identity.owners == [book.zhang.pk]
    numbers = list(Entry.objects.filter(case=book.case).order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_news_told_twice_makes_one_entry(book: Book) -> None:
    before = Entry.objects.count()
    for handler in ("enter_paper", "enter_filed", "enter_delivery"):
        rows = Outbox.objects.filter(handler=f"casefiles.handlers.{handler}")
        assert rows.update(state=OutboxState.PENDING, attempts=0, next_at=clock.now(), done_at=None)
    work_off()
    assert not Outbox.objects.exclude(state=OutboxState.DONE).exists()
    assert Entry.objects.count() == before


@pytest.mark.req("SEC-12")
def test_who_sees_which_part(book: Book) -> None:
    """Role × side × volume, from the matrix of RELIABILITY §2 rows 6 and 9."""
    everything = set(Entry.objects.filter(case=book.case).values_list("pk", flat=True))
    side = set(Entry.objects.filter(case=book.case, volume=Volume.SIDE).values_list("pk", flat=True))
    notice, evidence, identity = book.paper("response_notice").pk, book.evidence.pk, book.identity.pk

    def sees(actor: Actor) -> set[int]:
        return set(visible_entries(actor).filter(case=book.case).values_list("pk", flat=True))

    cast = book.cast
    assert side
    for name in ("judge", "caseclerk"):
        assert sees(cast.actors[name]) == everything
    for name in ("clerk", "clerk2"):
        assert sees(cast.actors[name]) == everything - side
    for name in (
        "chen",
        "wang",
        "clerk-b",
        "judge-b",
        "head",
        "finance1",
        "supervisor",
        "discipline",
        "admin",
    ):
        assert sees(cast.actors[name]) == set(), name
    assert sees(ANONYMOUS) == set()
    assert evidence in sees(cast.zhang) and identity in sees(cast.zhang) and notice not in sees(cast.zhang)
    assert evidence in sees(cast.li) and notice in sees(cast.li) and identity not in sees(cast.li)
    assert not side & (sees(cast.zhang) | sees(cast.li))
    assert sees(scan_of(book)) == set(
        Entry.objects.filter(
            paper__copies__addressee_public_id=book.li.public_id, case=book.case
        ).values_list("pk", flat=True)
    )


def test_what_came_in_a_secret_procedure_stays_with_who_brought_it(book: Book) -> None:
    """The court acts before the other side knows (民诉法103, 104)."""
    event = Event.objects.get(name="filing.accepted", payload__case=str(book.case.public_id))
    event.payload = event.payload | {"only_own": True, "case": str(accepted(book.cast).public_id)}
    from casefiles.handlers import enter_filed

    enter_filed(event)
    made = Entry.objects.filter(case__public_id=event.payload["case"], file__isnull=False)
    assert made and {entry.openness for entry in made} == {Openness.OWNERS}


def test_pages_are_counted_through_a_volume_as_the_reader_sees_it(book: Book) -> None:
    [main] = books(book.cast.li, book.case)
    place = 1
    for line in main.lines:
        assert line.first == place
        place = line.last + 1
    assert [line.serial for line in main.lines] == list(range(1, len(main.lines) + 1))
    assert [one.label for one in books(book.cast.judge, book.case)] == ["正卷", "副卷"]


def test_a_party_turns_every_page_without_scripts(book: Book) -> None:
    """From the first page to the last by the link of the page itself."""
    client = book.client("li")
    catalogue = client.get(book.path()).content.decode()
    first = next(iter(books(book.cast.li, book.case)[0].lines))
    assert book.page(first.entry) in catalogue
    path, seen = book.page(first.entry), []
    while path:
        html = client.get(path).content.decode()
        seen.append(path)
        marked = [part for part in html.split("<a ") if 'rel="next"' in part]
        path = marked[0].split('href="')[1].split('"')[0] if marked else ""
    assert len(seen) == len(set(seen)) == sum(one.pages for one in books(book.cast.li, book.case))


def test_the_mark_is_in_the_picture_and_the_court_reads_without(book: Book) -> None:
    entry = book.evidence
    book.draw(entry)
    plain = bytes_of(book.client("judge").get(book.page(entry, desk=True, image=True)))
    marked = bytes_of(book.client("li").get(book.page(entry, image=True)))
    original = kept_page(entry.file, 1)  # type: ignore[arg-type]
    assert original is not None

    def apart(one: bytes, other: bytes) -> int:
        pictures = [Image.open(io.BytesIO(data)).convert("L") for data in (one, other)]
        assert pictures[0].size == pictures[1].size
        return sum(ImageChops.difference(*pictures).point(lambda value: 255 * (value > 24)).histogram()[255:])

    assert apart(marked, original) > 2000 > apart(plain, original)


def test_opening_a_paper_is_on_record_and_told_to_the_parties(book: Book) -> None:
    notice, evidence = book.paper("response_notice"), book.evidence
    book.draw(notice, evidence)
    bytes_of(book.client("li").get(book.page(notice, image=True)))
    assert DeliveryFact.objects.filter(kind=DeliveryFactKind.OPENED).count() == 1
    for _again in range(2):
        bytes_of(book.client("judge").get(book.page(evidence, desk=True, image=True)))
    bytes_of(book.client("li").get(book.page(evidence, image=True)))
    opened = Event.objects.filter(name="casefiles.opened", subject_id=evidence.pk)
    assert opened.count() == 2
    assert {event.stream.split(":")[0] for event in opened} == {"access"}
    mine = book.client("zhang").get(book.path("opened/")).content.decode()
    judge = book.cast.posts["judge"].user.name
    assert f"法官 {judge}" in mine and "当事人或者代理人的账号" in mine and evidence.title in mine
    assert notice.title not in mine
    assert "您的账号" in book.client("li").get(book.path("opened/")).content.decode()
    assert book.client("judge").get(book.path("opened/")).status_code == 404


def test_a_file_that_lies_in_two_cases_tells_each_of_its_own_openings(book: Book) -> None:
    """Common papers of a batch lie in many cases: who read them in one is nobody's business in another."""
    from casefiles.services import Material, enter_materials

    other = accepted(book.cast)
    material = Material(str(book.evidence.file.public_id), "借条", "evidence")  # type: ignore[union-attr]
    [there] = enter_materials(other, [material], owners=[], actor=book.cast.judge)
    book.draw(there)
    path = f"/desk/cases/{other.public_id}/file/{there.public_id}/1/image/"
    bytes_of(book.client("judge").get(path))
    name = book.cast.posts["judge"].user.name
    assert name not in book.client("zhang").get(book.path("opened/")).content.decode()


@pytest.mark.req("SEC-35")
def test_what_the_complaint_zone_opens_is_told_nowhere(book: Book) -> None:
    from documents.services import record_opening

    record_opening(subject=book.evidence.file, actor=book.cast.discipline)  # type: ignore[arg-type]
    name = book.cast.posts["discipline"].user.name
    assert name not in book.client("zhang").get(book.path("opened/")).content.decode()


def test_own_uploads_opened_by_oneself_are_not_recorded(book: Book) -> None:
    book.draw(book.evidence)
    bytes_of(book.client("zhang").get(book.page(book.evidence, image=True)))
    assert not Event.objects.filter(name="casefiles.opened").exists()


def test_pages_that_do_not_exist(book: Book) -> None:
    client = book.client("zhang")
    entry = book.evidence
    for number in (0, entry.pages + 1, 10**9):
        assert client.get(book.page(entry, number)).status_code == 404
        assert client.get(book.page(entry, number, image=True)).status_code == 404
