"""What a judge closes is not there for anybody else: no byte, no pixel, no count; and it works at once."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pytest
from PIL import Image

from casefiles import services
from casefiles.models import Entry, Ground, Restriction, Section, Volume
from casefiles.policies import visible_entries
from casefiles.services import Order, Place
from common.errors import Conflict, InvalidInput, InvalidTransition, NotAllowed, NotVisible
from documents.services import kept_page
from tests.casefiles.conftest import Book, work_off
from tests.casefiles.test_reading import bytes_of
from tests.casefiles.volumes import put_in_side_volume

pytestmark = pytest.mark.django_db(transaction=True)

NONCE = re.compile(rb'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|\d{1,2}:\d{2}(:\d{2})?')


def order(*open_to: int, **where: object) -> Order:
    return Order(Ground.PRIVACY, "涉及家庭住址", list(open_to), **where)  # type: ignore[arg-type]


def crawl(book: Book, name: str) -> dict[str, bytes]:
    """Every page of the file that links lead to, without what changes from minute to minute."""
    client, found, left = book.client(name), {}, [book.path(), book.path("opened/")]
    while left:
        path = left.pop()
        if path in found:
            continue
        answer = client.get(path)
        if answer.get("Content-Type", "").startswith("image/"):
            found[path] = str(answer.status_code).encode()
            answer.close()
            continue
        found[path] = NONCE.sub(b"", answer.content)
        links = re.findall(rf'(?:href|src)="({re.escape(book.path())}[^"]*)"', answer.content.decode())
        left += [link for link in links if link not in found]
    return found


@pytest.mark.req("SEC-12", "SEC-16")
def test_side_volume_and_sealed_entries_change_no_byte_for_a_party(book: Book) -> None:
    """Two crawls of everything a party reaches: as it is, and with more in the side volume, an entry that is sealed as it
    arrives, and another case's file."""
    evidence = book.evidence
    book.draw(*Entry.objects.filter(case=book.case, receipt=None, copy=None))
    crawl(book, "li")  # what is opened the first time stands in the list of openings afterwards
    before = crawl(book, "li")
    assert len(before) > 6
    for number in range(3):
        hidden = put_in_side_volume(book.case, evidence, key=f"more-{number}")
    assert hidden.volume == Volume.SIDE
    [sealed] = services.enter_materials(
        book.case,
        [services.Material(str(book.identity.file.public_id), "体检报告", "evidence")],  # type: ignore[union-attr]
        owners=[book.zhang.pk],
        actor=book.cast.caseclerk,
    )
    assert sealed.pk == book.identity.pk  # the same file lies in the file once
    services.seal(entry_public_id=sealed.public_id, order=order(book.zhang.pk), actor=book.cast.judge)
    bytes_of(book.client("judge").get(book.page(hidden, desk=True, image=True)))
    assert crawl(book, "li") == before
    client = book.client("li")
    unknown = client.get(book.path("7f3c0000-0000-4000-8000-000000000000/1/"))
    for entry in (hidden, sealed):
        for image in (False, True):
            refused = client.get(book.page(entry, image=image))
            assert refused.status_code == unknown.status_code == 404
            assert NONCE.sub(b"", refused.content) == NONCE.sub(b"", unknown.content)


@pytest.mark.req("SEC-17")
def test_sealing_works_on_the_next_request_and_so_does_its_end(book: Book) -> None:
    evidence, client = book.evidence, book.client("li")
    assert client.get(book.page(evidence)).status_code == 200
    made = services.seal(
        entry_public_id=evidence.public_id, order=order(book.zhang.pk), actor=book.cast.judge
    )
    assert client.get(book.page(evidence)).status_code == 404
    assert book.client("zhang").get(book.page(evidence)).status_code == 200
    assert book.client("clerk").get(book.page(evidence, desk=True)).status_code == 404
    for name in ("judge", "caseclerk"):
        assert book.client(name).get(book.page(evidence, desk=True)).status_code == 200
    services.lift(restriction_public_id=made.public_id, reason="双方同意公开", actor=book.cast.judge)
    assert client.get(book.page(evidence)).status_code == 200
    with pytest.raises(Conflict):
        services.lift(restriction_public_id=made.public_id, reason="再取消一次", actor=book.cast.judge)


def dark(picture: bytes, box: tuple[int, int, int, int]) -> int:
    """Pixels of print in a part given in thousandths."""
    with Image.open(io.BytesIO(picture)) as image:
        width, height = image.size
        left, top, right, bottom = box
        inside = (left * width // 1000, top * height // 1000, right * width // 1000, bottom * height // 1000)
        return sum(image.convert("L").crop(inside).histogram()[:60])


@pytest.mark.req("SEC-16")
def test_a_hidden_part_is_not_in_the_picture(book: Book) -> None:
    """Not covered but absent: the pixels of the part are those of an empty page with the notice."""
    entry = book.paper("response_notice")
    copy = entry.paper.copies.earliest("id")  # type: ignore[union-attr]
    book.draw(entry)
    original = kept_page(copy, 1)
    assert original is not None
    box = (0, 150, 1000, 450)
    assert dark(original, box) > 500
    services.seal(entry_public_id=entry.public_id, order=order(page=1, box=list(box)), actor=book.cast.judge)
    shown = bytes_of(book.client("li").get(book.page(entry, image=True)))
    assert dark(shown, (20, 170, 980, 270)) == 0 and dark(shown, (20, 330, 980, 430)) == 0
    assert dark(shown, (0, 460, 1000, 900)) > 200
    assert dark(bytes_of(book.client("judge").get(book.page(entry, desk=True, image=True))), box) > 500


def test_a_whole_page_that_is_hidden_shows_only_that(book: Book) -> None:
    entry = book.paper("response_notice")
    book.draw(entry)
    services.seal(entry_public_id=entry.public_id, order=order(page=1), actor=book.cast.judge)
    shown = bytes_of(book.client("li").get(book.page(entry, image=True)))
    assert dark(shown, (20, 20, 980, 400)) == 0
    services.seal(
        entry_public_id=entry.public_id, order=order(page=1, box=[0, 0, 10, 10]), actor=book.cast.judge
    )
    again = bytes_of(book.client("li").get(book.page(entry, image=True)))
    assert dark(again, (20, 20, 980, 400)) == 0


def test_only_the_judge_of_the_case_seals(book: Book) -> None:
    entry = book.evidence
    for name in ("caseclerk", "clerk"):
        with pytest.raises(NotAllowed):
            services.seal(entry_public_id=entry.public_id, order=order(), actor=book.cast.actors[name])
    for name in ("judge-b", "zhang", "head"):
        with pytest.raises((NotAllowed, NotVisible)):
            services.seal(entry_public_id=entry.public_id, order=order(), actor=book.cast.actors[name])
    assert not Restriction.objects.exists()


@pytest.mark.parametrize(
    ("where", "field"),
    [
        ({"page": 0}, "page"),
        ({"page": 999}, "page"),
        ({"page": 1, "box": [0, 500, 1000, 500]}, "bottom"),
        ({"page": 1, "box": [0, 0, 1001, 500]}, "bottom"),
        ({"page": 1, "box": [-1, 0, 10, 500]}, "bottom"),
    ],
)
def test_orders_that_cannot_be(book: Book, where: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.seal(entry_public_id=book.evidence.public_id, order=order(**where), actor=book.cast.judge)
    assert field in refused.value.fields


def test_a_party_of_another_case_cannot_be_listed(book: Book) -> None:
    with pytest.raises(InvalidInput):
        services.seal(entry_public_id=book.evidence.public_id, order=order(10**9), actor=book.cast.judge)


def test_a_correction_is_a_new_row_and_what_was_closed_stays_closed(book: Book) -> None:
    old = book.evidence
    services.seal(entry_public_id=old.public_id, order=order(), actor=book.cast.judge)
    new = services.correct_entry(
        entry_public_id=old.public_id,
        place=Place(Section.OTHER, "借条（原件照片）"),
        reason="类别放错",
        actor=book.cast.caseclerk,
    )
    assert Entry.objects.get(pk=old.pk).title == old.title and new.number == old.number
    keys = set(visible_entries(book.cast.judge).values_list("pk", flat=True))
    assert new.pk in keys and old.pk not in keys
    assert not visible_entries(book.cast.li).filter(pk=new.pk).exists()
    with pytest.raises(NotVisible):
        services.correct_entry(
            entry_public_id=old.public_id,
            place=Place(Section.OTHER, "x"),
            reason="再改",
            actor=book.cast.judge,
        )


def test_moved_to_the_side_volume_or_taken_out_nobody_of_the_parties_sees_it(book: Book) -> None:
    entry = book.evidence
    moved = services.correct_entry(
        entry_public_id=entry.public_id,
        place=Place(Section.CLOSED, entry.title),
        reason="内部材料，误放正卷",
        actor=book.cast.judge,
    )
    assert moved.volume == Volume.SIDE
    assert book.client("li").get(book.page(moved)).status_code == 404
    gone = services.correct_entry(
        entry_public_id=moved.public_id,
        place=Place(Section.CLOSED, entry.title),
        withdrawn=True,
        reason="不是本案的材料",
        actor=book.cast.judge,
    )
    assert not visible_entries(book.cast.judge).filter(pk=gone.pk).exists()


def test_a_file_is_archived_after_the_case_and_then_read_only(book: Book) -> None:
    from cases.models import Outcome
    from cases.services import close_case
    from common import clock

    with pytest.raises(InvalidTransition):
        services.archive(case_id=book.case.pk, actor=book.cast.caseclerk)
    close_case(
        case_id=book.case.pk,
        outcome=Outcome.JUDGED,
        decided_on=clock.today(),
        fee_borne=Decimal("0"),
        words="判决",
        actor=book.cast.judge,
    )
    work_off()
    made = services.archive(case_id=book.case.pk, actor=book.cast.caseclerk)
    assert services.archive(case_id=book.case.pk, actor=book.cast.judge).pk == made.pk
    live = set(visible_entries(book.cast.judge).values_list("public_id", flat=True))
    assert {row["entry"] for row in made.catalogue} == {str(public_id) for public_id in live}
    assert len(made.catalogue_sha256) == 64
    with pytest.raises(InvalidTransition):
        services.correct_entry(
            entry_public_id=book.evidence.public_id,
            place=Place(Section.OTHER, "x"),
            reason="太晚",
            actor=book.cast.judge,
        )
    late = put_in_side_volume(book.case, book.evidence, key="late")
    assert late.supplement
    answer = book.client("zhang").get(book.path())
    assert answer.status_code == 302 and answer["Location"].startswith("/my/reading/?number=")
    services.seal(entry_public_id=book.evidence.public_id, order=order(), actor=book.cast.judge)
