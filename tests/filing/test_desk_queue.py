"""The queue: views with counts, filters in the address, saved views, bulk assignment, hints on the review page."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import Side
from common import clock
from eventlog.models import Event
from filing import desk_queue, services
from filing.defects import library_for
from filing.hints import machine_hints
from filing.models import Filing, FilingStatus, SavedView
from filing.selectors import draft_of
from portal.demo.loan import photo
from tests.filing.pages import text_of
from tests.support.court import Cast, claimed, draft, submitted, twins


def listed(client: Client, address: str) -> set[str]:
    page = text_of(client.get(f"/desk/filings/{address}"))
    return {f.number or "" for f in Filing.objects.all() if f">{f.number}<" in page}


def test_each_view_shows_its_own_and_says_how_many(cast: Cast) -> None:
    first = submitted(cast)
    due, mine, free, given_away, refusal = twins(first, 5)
    Filing.objects.exclude(pk=due.pk).update(due_on=clock.today() + timedelta(days=5))
    Filing.objects.filter(pk=due.pk).update(due_on=clock.today())
    claimed(cast, mine)
    services.assign_filings(
        public_ids=[given_away.public_id], post_id=cast.posts["clerk2"].pk, actor=cast.clerk
    )
    held = claimed(cast, refusal)
    services.propose_refusal(
        filing_id=refusal.pk, fence=held.fence, ground="arbitration", words="有仲裁条款", actor=cast.clerk
    )
    client = cast.client("clerk")
    views = {
        "due": {due},
        "mine": {mine},
        "unassigned": {first, due, free},
        "open": {first, due, mine, free, given_away},
        "refusal": {refusal},
        "returned": set(),
        "decided": set(),
    }
    for view, rows in views.items():
        assert listed(client, f"?view={view}") == {row.number for row in rows}, view
    counts = desk_queue.queue_counts(cast.clerk)
    assert counts == {
        "due": "1",
        "mine": "1",
        "unassigned": "3",
        "open": "5",
        "returned": "0",
        "refusal": "1",
        "mediating": "0",
        "moved": "0",
    }


def test_filters_live_in_the_address_and_nonsense_filters_nothing(cast: Cast) -> None:
    first = submitted(cast)
    (other,) = twins(first, 1)
    other.parties.filter(side=Side.PLAINTIFF).update(name="欧阳某某")
    Filing.objects.filter(pk=other.pk).update(channel="counter", due_on=clock.today() - timedelta(days=1))
    client = cast.client("clerk")
    one, two = {first.number}, {other.number}
    for query, found in (
        (f"q={first.number}", one | two),  # the twin's number begins with it
        (f"q={other.number}", two),
        ("q=欧阳", two),
        ("applicant=张某", one),
        ("applicant=李某", set()),
        ("channel=counter", two),
        ("cause=借贷", one | two),
        ("cause=离婚", set()),
        ("procedure=CIVIL_LOAN", one | two),
        ("procedure=APPEAL", set()),
        ("due=late", two),
        ("round=again", set()),
        ("round=first", one | two),
        ("procedure=x&channel=y&due=z&round=w&sort=password&page=-1&size=99999", one | two),
        ("q=%00%25_'--&sort=claimed_by__user__password", set()),
    ):
        assert listed(client, f"?{query}") == found, query
    page = text_of(client.get("/desk/filings/?sort=-due"))
    assert page.index(f">{first.number}<") < page.index(f">{other.number}<")
    page = text_of(client.get("/desk/filings/"))
    assert page.index(f">{other.number}<") < page.index(f">{first.number}<"), "earliest due on top"


def assign(client: Client, cast: Cast, key: str, *rows: Filing, **change: Any) -> Any:
    body = {"form_key": key, "post": str(cast.posts["clerk2"].pk)} | change
    return client.post("/desk/filings/?view=open", body | {"picked": [str(row.public_id) for row in rows]})


def test_ten_clicks_assign_once_and_who_is_at_work_keeps_his(cast: Cast) -> None:
    first = submitted(cast)
    free, busy = twins(first, 2)
    services.claim_filing(filing_id=busy.pk, actor=cast.clerk2)
    services.assign_filings(public_ids=[free.public_id], post_id=cast.posts["clerk"].pk, actor=cast.clerk2)
    client, key = cast.client("clerk"), str(uuid.uuid4())
    answers = [assign(client, cast, key, first, free, busy) for _click in range(10)]
    assert {(a.status_code, a["Location"]) for a in answers} == {(302, "/desk/filings/?view=open")}
    assert Event.objects.filter(name="filing.assigned", actor_name="钱立").count() == 2
    for row in (first, free, busy):
        row.refresh_from_db()
        assert row.claimed_by == cast.posts["clerk2"]
    answer = assign(cast.client("clerk"), cast, str(uuid.uuid4()), busy, post=str(cast.posts["clerk"].pk))
    assert answer.status_code == 302
    busy.refresh_from_db()
    assert busy.claimed_by == cast.posts["clerk2"], "冯 has it open"


def test_what_is_wrong_with_an_assignment_is_said_and_ticks_are_kept(cast: Cast) -> None:
    filing = submitted(cast)
    client = cast.client("clerk")
    for rows, post, sentence in (
        ((), str(cast.posts["clerk2"].pk), "请先勾选要分派的申请"),
        ((filing,), "", "请选择分派给谁"),
        ((filing,), str(cast.posts["clerk-b"].pk), "请从列出的选项里选"),
        ((filing,), "9" * 30, "请从列出的选项里选"),
    ):
        answer = assign(client, cast, str(uuid.uuid4()), *rows, post=post)
        page = text_of(answer)
        assert answer.status_code == 422 and sentence in page, sentence
        assert page.count("checked") == len(rows)
    filing.refresh_from_db()
    assert filing.claimed_by is None


def test_another_courts_applications_are_not_assigned(cast: Cast) -> None:
    filing = submitted(cast, court=cast.other_court)
    answer = assign(cast.client("clerk"), cast, str(uuid.uuid4()), filing)
    assert answer.status_code == 302
    filing.refresh_from_db()
    assert filing.claimed_by is None


def test_views_are_saved_replaced_shared_and_removed_by_their_owner(cast: Cast) -> None:
    client, colleague = cast.client("clerk"), cast.client("clerk2")
    where = "/desk/filings/views/?view=due&cause=借贷"
    for shared in ("", "on"):
        client.post(where, {"name": "今天的借贷", "shared": shared})
    view = SavedView.objects.get()
    assert view.shared and "view=due" in view.query
    assert "今天的借贷" in text_of(colleague.get("/desk/filings/"))
    assert "今天的借贷" not in text_of(cast.client("clerk-b").get("/desk/filings/"))
    assert colleague.post(f"/desk/filings/views/{view.public_id}/remove/").status_code == 404
    assert client.post(where, {"name": ""}).status_code == 422
    assert client.post(f"/desk/filings/views/{view.public_id}/remove/").status_code == 302
    assert not SavedView.objects.exists()


def test_workload_counts_what_is_in_hand_and_done_this_week(cast: Cast) -> None:
    first = submitted(cast)
    (second,) = twins(first, 1)
    claimed(cast, first)
    held = claimed(cast, second, by="clerk2")
    services.accept_filing(filing_id=held.pk, fence=held.fence, actor=cast.clerk2)
    loads = {
        load.name: (load.open, load.done)
        for load in desk_queue.workload(cast.clerk, desk_queue.colleagues(cast.clerk))
    }
    assert loads == {"钱立": (1, 0), "冯宁": (0, 1)}


def test_the_queue_counts_no_further_than_a_thousand(cast: Cast) -> None:
    """Whatever waits, nothing counts it all; what lies deeper is found by filters."""
    first = submitted(cast)
    columns = [
        f.attname for f in Filing._meta.concrete_fields if f.attname not in ("id", "public_id", "number")
    ]
    values = {name: getattr(first, name) for name in columns}
    Filing.objects.bulk_create(Filing(number=f"{first.number}-{n}", **values) for n in range(1005))
    with CaptureQueriesContext(connection) as queries:
        page = text_of(cast.client("clerk").get("/desk/filings/?size=100"))
    assert "共 1000+ 件" in page
    counting = [q["sql"] for q in queries if "COUNT(*)" in q["sql"] and "filing_filing" in q["sql"]]
    assert counting and all("LIMIT 1001" in sql or "GROUP BY" in sql for sql in counting), counting


def test_hints_name_what_a_machine_can_see(cast: Cast) -> None:
    filing = draft(cast)
    li = filing.parties.get(side=Side.DEFENDANT)
    li.name, li.id_number, li.address = "张某", "130102198503140019", "外省外市甲区1号"
    li.save()
    content = photo(["同一张"], "同一张.jpg").read()
    for slot, name in (("IOU", "甲.jpg"), ("TRANSFER", "乙.jpg")):
        upload = SimpleUploadedFile(name, content, content_type="image/jpeg")
        services.add_material(filing_id=filing.pk, slot=slot, upload=upload, actor=cast.zhang)
    filing.deciding_court.city = "某市"
    said = " ".join(hint.text for hint in machine_hints(draft_of(filing)) if not hint.fine)
    for words in ("既是原告又是被告", "最后一位", "同一个文件", "不在某市", "正反两面"):
        assert words in said, said


@pytest.mark.parametrize("procedure", ["CIVIL_LOAN", "CIVIL_LABOUR", "EXEC_FIRST"])
def test_the_defect_library_knows_the_procedure(cast: Cast, procedure: str) -> None:
    """Special defects come with why and how; each unlocks a place that exists."""
    filing = submitted(cast)
    filing.procedure = procedure
    found = {defect.code: defect for defect in library_for(draft_of(filing))}
    special = {
        "CIVIL_LOAN": "iou_original",
        "CIVIL_LABOUR": "arbitration_award",
        "EXEC_FIRST": "effective_proof",
    }
    assert special[procedure] in found
    assert not (set(special.values()) - {special[procedure]}) & set(found)
    slots = {slot.key for slot, _files in draft_of(filing).slots()}
    for defect in found.values():
        assert defect.title and defect.why and defect.how and defect.slot in slots | {""}


def test_past_the_seven_days_the_page_says_accept_first(cast: Cast) -> None:
    """R-16: 先行立案."""
    filing = submitted(cast)
    client = cast.client("clerk")
    address = f"/desk/filings/{filing.public_id}/"
    assert "先行立案" not in text_of(client.get(address))
    Filing.objects.filter(pk=filing.pk).update(due_on=clock.today() - timedelta(days=1))
    assert "先行立案" in text_of(client.get(address))
    assert Filing.objects.get(pk=filing.pk).status == FilingStatus.SUBMITTED


def test_queue_and_review_cost_at_most_thirty_queries(cast: Cast) -> None:
    """Whatever the number of rows; the session is read in them, too."""
    first = submitted(cast)
    twins(first, 24)
    client = cast.client("clerk")
    for address in ("", "?view=decided", "?view=moved&size=100", f"{first.public_id}/"):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/desk/filings/{address}").status_code == 200
        assert len(queries) <= 30, (address, [q["sql"][:120] for q in queries])
