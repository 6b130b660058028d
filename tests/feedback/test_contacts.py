"""接触记录 is the messages themselves: the same count, each with who and when, never with its text."""

from __future__ import annotations

import csv
import io
from datetime import time, timedelta

import pytest
from openpyxl import load_workbook

from cases.assignment import reassign_judge
from cases.models import JudgeDraw
from common import clock
from feedback import services
from feedback.contacts import all_contacts, cells, contacts, contacts_of_post, totals, visible_contacts
from feedback.models import AuthorKind, Message, Topic
from filing.models import VisitKind, VisitSlot
from filing.services import visits
from portal.demo.cast import LI, as_staff
from qrlinks.services import Shown, enter_with_pass, identify
from tests.feedback.test_threads_depth import second_judge
from tests.support.scans import Told

SECRET = "我还在外地打工"


@pytest.fixture
def talked(told: Told) -> Told:
    """Three contacts, a note, a new judge, two contacts more."""
    cast = told.cast
    thread = services.ask(
        case_id=told.case.pk, party_id=told.plaintiff.pk, topic=Topic.OTHER, text=SECRET, actor=cast.zhang
    )
    services.add_internal_note(thread_id=thread.pk, text="内部", actor=cast.judge)
    services.answer(thread_id=thread.pk, text="进展", settles=False, actor=cast.caseclerk)
    services.write_more(thread_id=thread.pk, text="补充", actor=cast.zhang)
    second_judge(cast)
    draw = JudgeDraw.objects.get(case=told.case)
    with clock.at(clock.now() + timedelta(minutes=5)):
        new = reassign_judge(case_id=told.case.pk, seen_draw_id=draw.pk, reason="回避", actor=cast.head)
    with clock.at(clock.now() + timedelta(minutes=10)):
        services.write_more(thread_id=thread.pk, text="再补充", actor=cast.zhang)
        services.answer(thread_id=thread.pk, text="答复", actor=as_staff(new))
    cast.actors["new"] = as_staff(new)
    return told


def test_the_ledger_counts_what_the_messages_count(talked: Told) -> None:
    messages = Message.objects.filter(is_internal=False).exclude(author_kind=AuthorKind.COURT)
    counted = totals(all_contacts())
    assert counted["all"] == messages.count() == 5
    assert (counted["from_party"], counted["from_court"]) == (3, 2)
    supervisor = visible_contacts(talked.cast.supervisor)
    assert supervisor.count() == visible_contacts(talked.cast.head).count() == messages.count()
    today = clock.today()
    rows = contacts(talked.cast.supervisor, first=today, last=today + timedelta(days=1))
    assert {row[7] for row in cells(rows)} == {str(message.public_id) for message in messages}
    by_number = contacts(
        talked.cast.head, first=today, last=today + timedelta(days=1), number=talked.case.number
    )
    assert by_number.count() == 5
    assert not contacts(talked.cast.head, first=today, last=today, number="（2026）某1234民初99号").exists()


def test_each_judge_has_what_was_said_while_he_held_the_case(talked: Told) -> None:
    cast = talked.cast
    old, new = visible_contacts(cast.judge), visible_contacts(cast.actors["new"])
    assert sorted(old.values_list("text", flat=True)) == ["我还在外地打工", "补充"]
    assert sorted(new.values_list("text", flat=True)) == ["再补充", "答复"]
    assert set(visible_contacts(cast.caseclerk).values_list("author_kind", flat=True)) == {"clerk", "party"}
    assert not visible_contacts(cast.judge_b).exists()
    for who in ("clerk", "zhang", "finance1", "discipline", "admin"):
        assert not visible_contacts(cast.actors[who]).exists()
    mine = contacts_of_post(all_contacts(), cast.posts["judge"].pk)
    assert mine.count() == old.count()


def test_page_and_files_name_people_and_times_and_no_words(talked: Told) -> None:
    today = clock.today()
    period = f"?first={today}&last={today + timedelta(days=1)}"
    judge, supervisor = talked.cast.client("judge"), talked.cast.client("supervisor")
    page = judge.get(f"/bench/contacts/{period}").content.decode()
    assert (
        "共2次" in page
        and 'data-label="当事人">原告 张某<' in page
        and SECRET not in page
        and 'name="who"' not in page
    )
    page = supervisor.get(f"/bench/contacts/{period}").content.decode()
    assert "共5次" in page and 'name="who"' in page
    own = talked.cast.posts["judge"].public_id
    assert "共2次" in supervisor.get(f"/bench/contacts/{period}&who={own}").content.decode()
    assert "共5次" in supervisor.get(f"/bench/contacts/{period}&who=nonsense&page=9").content.decode()
    taken = supervisor.get(f"/bench/contacts/file/csv/{period}")
    lines = list(csv.reader(io.StringIO(b"".join(taken.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert lines[0][0] == "时间" and len(lines) == 6 and SECRET not in str(lines)
    assert {"承办法官 赵明", "书记员 郑书"} <= {line[4] for line in lines}
    sheet = supervisor.get(f"/bench/contacts/file/xlsx/{period}")
    book = load_workbook(io.BytesIO(b"".join(sheet.streaming_content)))  # type: ignore[attr-defined]
    assert book.worksheets[0].max_row == 6
    assert supervisor.get(f"/bench/contacts/file/exe/{period}").status_code == 404


@pytest.mark.req("SEC-35")
def test_counters_are_no_contacts_and_leave_no_trace_in_the_ledger(talked: Told) -> None:
    """Who stood at a counter to be identified, to file or for help is nobody's to read there (docs/adr/0014)."""
    cast, today = talked.cast, clock.today()
    period = f"?first={today}&last={today + timedelta(days=1)}"

    def read() -> dict[str, list[list[str]]]:
        seen = {
            who: list(cells(contacts(cast.actors[who], first=today, last=today + timedelta(days=1))))
            for who in ("judge", "caseclerk", "head", "supervisor")
        }
        assert len(seen["supervisor"]) == all_contacts().count()
        return seen

    before, sheet = read(), talked.cast.client("supervisor").get(f"/bench/contacts/file/csv/{period}")
    lines = b"".join(sheet.streaming_content)  # type: ignore[attr-defined]
    copy = talked.copy(talked.defendant)
    for name in ("caseclerk", "clerk"):
        shown = Shown(copy.serial, copy.check_code, LI.name, LI.id_number)
        given = identify(shown=shown, actor=cast.actors[name])
    assert enter_with_pass(text=given.code, address="10.60.0.1") is not None
    hours = visits.Hours(today + timedelta(days=1), time(9), time(10), 30, 1)
    visits.open_slots(kind=VisitKind.COUNTER, hours=hours, actor=cast.clerk)
    slot = VisitSlot.objects.order_by("starts_at")[0]
    wish = visits.Wish(name=LI.name, phone=LI.phone, purpose="问一问案子")
    visits.book_visit(slot_id=slot.pk, wish=wish, actor=cast.li)
    assert read() == before
    again = talked.cast.client("supervisor").get(f"/bench/contacts/file/csv/{period}")
    assert b"".join(again.streaming_content) == lines  # type: ignore[attr-defined]
