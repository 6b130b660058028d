"""A supervisor reads a case that is not his to work on only with a typed reason, for an hour, on record (SEC-18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from cases.models import AccessBasis, ReasonedRead
from cases.policies import visible_cases, visible_reads
from cases.services import grant_access, read_with_reason
from cases.services.reasons import list_reads
from common import clock
from common.errors import InvalidInput, NotVisible
from eventlog.models import Event
from feedback import services as feedback
from feedback.models import Attachment, Thread, Topic
from feedback.policies import can_answer, may_open_attachment, visible_threads
from feedback.services.clocks import escalate_due
from notifications.models import Message
from tests.feedback.exchanges import picture, send
from tests.support.scans import Told

pytestmark = pytest.mark.req("SEC-18")

WHY = "当事人来信说一直没有答复，核对情况"
QUESTION, NOTE = "请问什么时候开庭？", "内部先看一下"


@pytest.fixture
def thread(told: Told) -> Thread:
    """张 asked the judge, who left a note for the court's own people."""
    cast = told.cast
    found = feedback.ask(
        case_id=told.case.pk, party_id=told.plaintiff.pk, topic=Topic.OTHER, text=QUESTION, actor=cast.zhang
    )
    feedback.add_internal_note(thread_id=found.pk, text=NOTE, actor=cast.judge)
    return found


def address(told: Told) -> str:
    return f"/oversight/reads/{told.case.public_id}/"


def test_without_a_reason_nothing_is_read(told: Told, thread: Thread) -> None:
    supervisor = told.cast.client("supervisor")
    assert supervisor.get(f"/bench/messages/{thread.public_id}/").status_code == 404
    page = supervisor.get(address(told)).content.decode()
    assert told.case.number in page and QUESTION not in page and "张某" not in page
    for reason in ("", "看看", "   看看案子      "):
        answer = supervisor.post(address(told), {"reason": reason})
        assert answer.status_code == 422 and QUESTION not in answer.content.decode()
    assert not ReasonedRead.objects.exists()
    assert not Event.objects.filter(name="cases.read_with_reason").exists()


@pytest.mark.req("SEC-07")
def test_a_reason_opens_the_case_for_an_hour_to_read_only(told: Told, thread: Thread) -> None:
    cast, supervisor = told.cast, told.cast.client("supervisor")
    assert supervisor.post(address(told), {"reason": WHY}).status_code == 302
    page = supervisor.get(address(told)).content.decode()
    assert QUESTION in page and WHY in page and "张某" in page
    assert NOTE not in page, "what the court notes for itself is no part of it"
    assert f"/bench/messages/{thread.public_id}/" not in page
    assert supervisor.get(f"/bench/messages/{thread.public_id}/").status_code == 404
    assert not visible_threads(cast.supervisor).exists() and not visible_cases(cast.supervisor).exists()
    assert not can_answer(cast.supervisor, thread)
    read = ReasonedRead.objects.get()
    assert read.until_at - read.opened_at == timedelta(hours=1)
    with clock.at(read.until_at):
        later = supervisor.get(address(told)).content.decode()
    assert QUESTION not in later and "写明理由" in later


def test_files_of_messages_open_with_the_reason(told: Told) -> None:
    """What came with a message is read like the message; without the reason the file is not there."""
    path = f"/my/cases/{told.case.public_id}/messages/new/?topic=other"
    assert send(told.cast.client("zhang"), path, text="见附件", files=[picture()]).status_code == 302
    file = Attachment.objects.get().file
    assert not may_open_attachment(told.cast.supervisor, file.owner_public_id)
    read_with_reason(case_public_id=told.case.public_id, reason=WHY, actor=told.cast.supervisor)
    assert may_open_attachment(told.cast.supervisor, file.owner_public_id)


def test_who_holds_the_case_and_the_party_learn_of_it(told: Told, thread: Thread) -> None:
    """The judge sees name and reason, the party the name, the discipline office the list; the trail of the case nothing."""
    read_with_reason(case_public_id=told.case.public_id, reason=WHY, actor=told.cast.supervisor)
    for who in ("judge", "caseclerk"):
        page = told.cast.client(who).get(f"/desk/cases/{told.case.public_id}/").content.decode()
        assert "魏平" in page and WHY in page
    zhang = told.cast.client("zhang").get(f"/my/cases/{told.case.public_id}/people/").content.decode()
    assert "法院院领导 魏平" in zhang and "写明理由查阅了本案和留言" in zhang and WHY not in zhang
    listed = told.cast.client("discipline").get("/oversight/reads/").content.decode()
    assert told.case.number in listed and WHY in listed and QUESTION not in listed
    assert not visible_reads(told.cast.judge_b).exists() and not visible_reads(told.cast.zhang).exists()
    event = Event.objects.get(name="cases.read_with_reason")
    assert event.stream.startswith("access:某1234:") and WHY not in str(event.payload)


def test_the_list_leads_to_a_case_by_its_number(told: Told) -> None:
    supervisor = told.cast.client("supervisor")
    assert supervisor.get("/oversight/reads/", {"q": told.case.number}).headers["Location"] == address(told)
    missing = supervisor.get("/oversight/reads/", {"q": "（2026）某1234民初99号"}).content.decode()
    assert "本院没有这个案号的案件" in missing
    office = told.cast.client("discipline").get("/oversight/reads/", {"q": told.case.number})
    assert office.status_code == 200, "the office reads the list, not the cases"


def test_only_supervisors_of_the_court_and_never_in_an_own_case(told: Told) -> None:
    cast = told.cast
    for name in ("head", "judge_b", "discipline", "clerk", "admin", "zhang"):
        with pytest.raises(NotVisible):
            read_with_reason(case_public_id=told.case.public_id, reason=WHY, actor=getattr(cast, name))
    with pytest.raises(InvalidInput):
        read_with_reason(case_public_id=told.case.public_id, reason="看看案子", actor=cast.supervisor)
    me = cast.posts["supervisor"].user
    grant_access(party=told.defendant, user=me, basis=AccessBasis.COUNTER, actor=cast.clerk)
    with pytest.raises(NotVisible):
        read_with_reason(case_public_id=told.case.public_id, reason=WHY, actor=cast.supervisor)
    assert told.cast.client("supervisor").get(address(told)).status_code == 404


def test_a_reading_is_kept(told: Told) -> None:
    """No update, no delete, no reason under ten characters (SEC-40)."""
    read = read_with_reason(case_public_id=told.case.public_id, reason=WHY, actor=told.cast.supervisor)
    for statement in (
        "UPDATE cases_reasonedread SET reason = reason || 'x'",
        "DELETE FROM cases_reasonedread",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReasonedRead.objects.create(
            case=told.case, post=read.post, reason="太短", opened_at=read.opened_at, until_at=read.until_at
        )


def test_the_list_of_what_is_late_leads_to_the_reason(told: Told, thread: Thread) -> None:
    """A supervisor comes from a late question to the page that asks why; the head, who is no supervisor, gets no link."""
    with clock.at(thread.reply_due_at + timedelta(days=14)):
        escalate_due(told.cast.admin)
        supervisor = told.cast.client("supervisor")
        assert address(told) in supervisor.get("/oversight/threads/").content.decode()
        head = told.cast.client("head").get("/bench/division/").content.decode()
    assert address(told) not in head


def test_once_a_week_the_discipline_office_is_told(told: Told, run_outbox: Callable[..., int]) -> None:
    """Of the readings from Monday to Sunday, once, and nobody else; a week without any is no news."""
    office = {post.user_id for name, post in told.cast.posts.items() if name.startswith("discipline")}
    monday = date(2026, 3, 2)
    for day in (monday - timedelta(days=1), monday, monday + timedelta(days=6)):
        with clock.at(datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=clock.BEIJING)):
            read_with_reason(case_public_id=told.case.public_id, reason=WHY, actor=told.cast.supervisor)
    assert list_reads(monday + timedelta(days=7)) == 1
    assert list_reads(monday + timedelta(days=9)) == 0, "the same week"
    run_outbox()
    notices = Message.objects.filter(kind="reads_listed")
    assert {notice.user_id for notice in notices} == office and len(office) == 2
    assert all("2次" in notice.body for notice in notices)
    assert list_reads(monday + timedelta(days=14)) == 0, "nobody read"
    officer = told.cast.client("discipline")
    assert officer.get(notices[0].link).status_code == 200
