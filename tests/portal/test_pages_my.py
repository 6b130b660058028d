"""我的: what waits first, whose turn it is, notices, receipts; nothing of anybody else."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from eventlog.models import Receipt
from feedback.models import Topic
from feedback.services import answer, ask
from filing import services as filing_services
from filing.defects import library_for
from filing.selectors import draft_of
from notifications.models import Channel, Message
from payments.models import Bill
from tests.support.court import Cast, accepted, claimed, draft, submitted
from tests.support.scans import Told


def page(client: Client, path: str = "/my/") -> str:
    answered = client.get(path)
    assert answered.status_code == 200
    return answered.content.decode()


def test_who_may_come(cast: Cast) -> None:
    assert Client().get("/my/")["Location"] == "/login/?next=/my/"
    staff = cast.client("clerk")
    assert staff.get("/my/")["Location"] == "/desk/"


def test_nothing_yet(cast: Cast) -> None:
    text = page(cast.client("chen"))
    assert "现在没有要您办的事" in text and "还没有案件" in text and "收到法院文书" in text
    assert "查找我的案件" in text and "没有办理中的立案申请" in text
    assert "还没有通知" in page(cast.client("chen"), "/my/notices/")


def test_applications_say_whose_turn_it_is(cast: Cast, run_outbox: Callable[..., int]) -> None:
    draft(cast)
    sent = submitted(cast)
    back = claimed(cast, submitted(cast))
    defects = [defect for defect in library_for(draft_of(back)) if defect.code == "unreadable_IOU"]
    notice = filing_services.return_filing_for_correction(
        filing_id=back.pk, fence=back.fence, defects=defects, words="", reason_for_repeat="", actor=cast.clerk
    )
    text = page(cast.client("zhang"))
    assert "补1项材料" in text and f"/my/filings/{back.public_id}/fix/" in text
    assert notice.due_on.strftime('datetime="%Y-%m-%d"') in text
    assert "现在轮到您：填完并提交" in text
    assert "现在轮到法院：立案庭审查中" in text and f"申请编号 {sent.number}" in text
    assert "还不是案号" in text


def test_case_with_fee_papers_and_answer(told: Told) -> None:
    cast = told.cast
    thread = ask(
        case_id=told.case.pk, party_id=told.plaintiff.pk, topic=Topic.OTHER, text="问", actor=cast.zhang
    )
    answer(thread_id=thread.pk, text="答", actor=cast.judge)
    text = page(cast.client("zhang"))
    bill = Bill.objects.get(case=told.case)
    assert f"/my/bills/{bill.public_id}/" in text and "交诉讼费" in text
    assert "看新文书：受理案件通知书" in text
    assert "看答复，并评价" in text and str(thread.public_id) in text
    assert "现在轮到您：交诉讼费" in text and told.case.number in text
    places = [text.index(words) for words in ("现在要您办的", "<h2>案件</h2>", "立案申请</h2>")]
    assert places == sorted(places)


def test_read_papers_and_rated_answers_wait_no_more(told: Told) -> None:
    zhang = told.cast.client("zhang")
    copy = told.copy(told.plaintiff, "acceptance_notice")
    zhang.get(f"/papers/{copy.public_id}/").close()
    assert "看新文书：受理案件通知书" not in page(zhang)


def test_nobody_elses_things(told: Told) -> None:
    for who in ("li", "chen", "wang"):
        text = page(told.cast.client(who))
        assert told.case.number not in text and "/my/bills/" not in text
        assert "现在没有要您办的事" in text


def test_finding_nothing_and_finding_something_say_the_same(told: Told) -> None:
    said = set()
    for who in ("zhang", "chen"):
        answered = told.cast.client(who).post("/my/find/", follow=True)
        said.add("查过了。能确认是您的案件" in answered.content.decode())
    assert said == {True}
    assert told.cast.client("zhang").get("/my/find/").status_code == 405


def test_without_real_name_the_way_there_is_shown(cast: Cast) -> None:
    from accounts.services import sign_in_by_phone

    client = Client()
    client.force_login(sign_in_by_phone(phone="13977778888"))
    assert "先实名，再查找" in page(client)
    assert client.post("/my/find/").status_code == 302


def test_notices_are_counted_and_marked(told: Told) -> None:
    zhang = told.cast.client("zhang")
    unread = Message.objects.filter(
        user=told.cast.users["zhang"], channel=Channel.INBOX, read_at=None
    ).count()
    assert unread > 0
    assert f"通知（{unread} 条未读）" in page(zhang)
    listed = page(zhang, "/my/notices/")
    assert listed.count("未读") >= unread and "全部标为已读" in listed
    zhang.post("/my/notices/read/")
    assert "条未读" not in page(zhang)
    assert "全部标为已读" not in page(zhang, "/my/notices/")


@pytest.mark.req("SEC-13", "B-72")
def test_guessed_receipt_looks_like_an_unknown_one(told: Told) -> None:
    receipt = Receipt.objects.order_by("id").first()
    assert receipt is not None
    zhang, chen = told.cast.client("zhang"), told.cast.client("chen")
    own = zhang.get(f"/receipts/{receipt.public_id}/")
    assert own.status_code == 200 and receipt.signature in own.content.decode()
    others = [chen.get(f"/receipts/{receipt.public_id}/"), chen.get(f"/receipts/{uuid.uuid4()}/")]
    others += [Client().get(f"/receipts/{receipt.public_id}/")]
    assert {answered.status_code for answered in others} == {404}
    assert receipt.signature not in "".join(answered.content.decode() for answered in others)


def test_number_of_queries_does_not_grow_with_cases(cast: Cast, run_outbox: Callable[..., int]) -> None:
    def queries() -> int:
        client = cast.client("zhang")
        client.get("/my/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/my/")
        return len(seen)

    accepted(cast)
    submitted(cast)
    one = queries()
    for _ in range(2):
        accepted(cast)
    submitted(cast)
    assert queries() == one <= 30
