"""A believable court system of any size in one empty, prepared database (measuring data, see ``bench.rows``).

Twenty-five courts of uneven size; the measured court takes a tenth of the cases. A judge has a thousand cases, 300 of
them open, whatever the size: a bigger court has more judges. Everything follows from the case's number, so that two
runs make the same rows.
"""

# ruff: noqa: S608  (statements are built from constants of this package)

from __future__ import annotations

import json

from django.conf import settings

from accounts.models import IdempotencyKey, User
from bench.rows import bulk_load, fill, run
from cases.models import Case, CaseDeadline, CaseStaff, Party, PartyAccess
from common import crypto
from courts.models import Division, StaffPost
from documents.models import Copy, Delivery, DeliveryFact, Paper
from eventlog.models import Event, Receipt, StreamHead
from feedback.models import Clock, Message, Rating, ReplyTemplate, Thread
from filing.models import Filing, FilingParty, Submission
from notifications.models import Message as Notice
from payments.models import Bill, Journal, Line, Order, Payment
from qrlinks.models import CaseCode, Visit

MEASURED_COURT = "某1234"
OTHER_COURTS = 24
CASES_OF_A_JUDGE = 1000
CLERKS_OF_A_COURT = 4
EXCHANGES = 3
"""Question and answer in turns, in an answered thread: five million messages lie in a million cases."""
HEX = "md5({0}) || md5({0} || 'b')"
"""A stand-in for a 64-digit keyed hash."""
ANSWERS = {
    "lent_on": "2024-03-01",
    "principal": "60000.00",
    "interest": "3600.00",
    "how_paid": "transfer",
    "due_on": "2025-03-01",
    "repaid": "0.00",
    "contract": "yes",
    "story": "被告因经营周转向原告借款，约定一年归还并支付利息。到期后原告多次催要，被告以各种理由推托，至今未还。"
    * 4,
    "claims": "请求判令被告归还借款本金60000元，支付利息3600元，并承担本案诉讼费用。",
}
EVENTS = [
    ("cases.opened", "staff"), ("cases.assigned", "staff"), ("cases.access_granted", "system"),
    ("qrlinks.code_made", "staff"), ("payments.bill_issued", "system"), ("documents.issued", "system"),
    ("documents.sent", "staff"), ("cases.stage_changed", "system"),
]  # fmt: skip
PAPERS = [
    ("acceptance_notice", "受理案件通知书", 0), ("fee_notice", "交费通知书", 0), ("response_notice", "应诉通知书", 1),
]  # fmt: skip


def build(cases: int, filings: int = 0) -> None:
    """Fill the database of this process with ``cases`` cases and what belongs to them, then ANALYZE.

    ``filings`` more applications lie decided in the same courts, as years of work leave them.
    """
    if settings.DATABASE_ROLE != "owner":
        raise RuntimeError("measuring data is made by the owner of a throw-away database")
    with bulk_load():
        _courts(cases)
        _people(cases)
        _cases()
        _applications(cases)
        _decided_applications(cases, filings)
        _money()
        _papers()
        _threads()
        _log()
        _notices()
    run("VACUUM ANALYZE")
    run("CHECKPOINT")


def _courts(cases: int) -> None:
    """Courts of uneven size, and which court, judge and state each case has (temporary tables)."""
    run(
        "CREATE TEMP TABLE bench_court AS SELECT id, code, row_number() OVER (ORDER BY code <> %s, code) - 1 AS place"
        " FROM courts_court WHERE code = %s OR level = 'basic' ORDER BY code <> %s, code LIMIT %s",
        MEASURED_COURT, MEASURED_COURT, MEASURED_COURT, OTHER_COURTS + 1,
    )  # fmt: skip
    run("UPDATE courts_court SET is_open = true WHERE id IN (SELECT id FROM bench_court)")
    run(
        f"""CREATE TEMP TABLE bench_place AS
        SELECT n AS id, c.id AS court_id, c.place, row_number() OVER (PARTITION BY c.id ORDER BY n) - 1 AS rank
        FROM generate_series(1, {cases}) n JOIN bench_court c ON c.place =
          CASE WHEN mod(n, 10) = 0 THEN 0
               ELSE 1 + floor({OTHER_COURTS} * power(mod(n * 7919::bigint, 1000) / 1000.0, 1.6))::int END"""
    )
    run(
        f"CREATE TEMP TABLE bench_size AS SELECT court_id, greatest(1, round(count(*) / {CASES_OF_A_JUDGE}.0))::int"
        " AS judges FROM bench_place GROUP BY court_id"
    )
    fill(Division, "bench_court", court_id="id", name="'民事审判第一庭'", kind="'civil'")


def _people(cases: int) -> None:
    """Staff with their posts, one applicant for every two cases. Sealed values are made once and used again."""
    phone, number = _sealed(User, "phone", "13800000000"), _sealed(User, "id_number", "13010219850314001X")
    common = {"password": "'!'", "created_at": "now() - interval '3 years'", "text_mode": "'standard'"}
    fill(
        User, f"generate_series(1, {cases // 2 + 1}) n", id="n", kind="'public'", username="'p' || n",
        name="'张某' || n", phone=phone, phone_index=HEX.format("'phone' || n"), id_kind="'id_card'", id_number=number,
        id_number_index=HEX.format("'id' || n"), real_name_level="'real_name'", **common,
    )  # fmt: skip
    run(
        f"""CREATE TEMP TABLE bench_post AS
        SELECT row_number() OVER (ORDER BY court_id, role DESC, place) + {cases} AS id, court_id, role, place
        FROM (SELECT court_id, 'judge' AS role, generate_series(0, judges - 1) AS place FROM bench_size
              UNION ALL SELECT court_id, 'case_clerk', 0 FROM bench_size
              UNION ALL SELECT court_id, 'intake_clerk', generate_series(0, {CLERKS_OF_A_COURT - 1}) FROM bench_size
              UNION ALL SELECT court_id, 'head', 0 FROM bench_size) posts"""
    )
    fill(
        User, "bench_post", id="id", kind="'staff'", username="'s' || id", name="'法官' || id", staff_no="id::text",
        **common,
    )  # fmt: skip
    fill(
        StaffPost, "bench_post p JOIN courts_division d ON d.court_id = p.court_id AND d.name = '民事审判第一庭'",
        id="p.id", user_id="p.id", court_id="p.court_id", division_id="d.id", role="p.role",
        starts_at="now() - interval '3 years'",
    )  # fmt: skip


def _cases() -> None:
    """Seven of ten cases are closed; the open ones are of this half-year. Two or three parties, one of them bound."""
    run(
        """CREATE TEMP TABLE bench_case AS
        SELECT p.id, p.court_id, p.rank, j.id AS judge, k.id AS clerk, d.id AS division_id, (p.id + 1) / 2 AS applicant,
          p.rank / s.judges AS judge_rank, mod(p.rank / s.judges, 10) >= 7 AS is_open,
          CASE WHEN mod(p.rank / s.judges, 10) >= 7 THEN now() - interval '1 day' * mod(p.id * 31, 180)
               ELSE now() - interval '1 day' * (200 + mod(p.id * 31, 880)) END AS accepted_at,
          md5('case' || p.id)::uuid AS public_id, md5('me' || p.id)::uuid AS me, md5('they' || p.id)::uuid AS they
        FROM bench_place p JOIN bench_size s USING (court_id)
        JOIN bench_post j ON j.court_id = p.court_id AND j.role = 'judge' AND j.place = mod(p.rank, s.judges)
        JOIN bench_post k ON k.court_id = p.court_id AND k.role = 'case_clerk'
        JOIN courts_division d ON d.court_id = p.court_id AND d.name = '民事审判第一庭'
        ORDER BY p.id"""  # rows of all courts lie mixed, as they come in
    )
    year = "extract(year FROM c.accepted_at AT TIME ZONE 'Asia/Shanghai')::int"
    fill(
        Case, "bench_case c JOIN courts_court t ON t.id = c.court_id", id="c.id", public_id="c.public_id",
        court_id="c.court_id", number=f"'（' || {year} || '）' || t.code || '民初' || c.id || '号'", year=year,
        special="''", type_code="'民初'", sequence="c.id", cause_id=_cause(), procedure="'CIVIL_LOAN'",
        amount="10000 + mod(c.id * 37, 90000)", division_id="c.division_id", filing_public_id="md5('filing' || c.id)::uuid",
        stage="CASE WHEN NOT c.is_open THEN 'closed' ELSE (ARRAY['accepted', 'paid', 'served', 'hearing'])[1 + mod(c.id, 4)]"
        " END",
        accepted_at="c.accepted_at", closed_at="CASE WHEN NOT c.is_open THEN c.accepted_at + interval '90 days' END",
    )  # fmt: skip
    phone, number = _sealed(Party, "phone", "13800000000"), _sealed(Party, "id_number", "13010219850314001X")
    parties = (
        "bench_case c CROSS JOIN LATERAL (VALUES (1, 'plaintiff', 1, c.me), (2, 'defendant', 1, c.they),"
        " (3, 'defendant', 2, md5('third' || c.id)::uuid)) s (n, side, place, public_id) WHERE s.n < 3 OR mod(c.id, 7) = 0"
    )
    fill(
        Party, parties, id="c.id * 3 + s.n", public_id="s.public_id", case_id="c.id", side="s.side", order="s.place",
        kind="'natural'", name="CASE s.n WHEN 1 THEN '张某' || c.applicant ELSE '李某' || c.id END", id_kind="'id_card'",
        id_number=number, id_number_index=HEX.format("'id' || s.n || c.applicant"), phone=phone,
        id_last_six_index=HEX.format("'six' || s.n || c.id"), phone_index=HEX.format("'phone' || s.n || c.applicant"),
        phone_origin="CASE s.n WHEN 1 THEN 'own' ELSE 'other_side' END", address="'某省某市示例区和平路1号1单元101室'",
        e_delivery_since="CASE WHEN s.n = 1 AND mod(c.id, 2) = 0 THEN c.accepted_at END",
    )  # fmt: skip
    fill(PartyAccess, "bench_case c", id="c.id", party_id="c.id * 3 + 1", user_id="c.applicant", basis="'own_filing'",
         starts_at="c.accepted_at")  # fmt: skip
    holders = "bench_case c CROSS JOIN LATERAL (VALUES (0, 'judge', c.judge), (1, 'clerk', c.clerk)) s (n, role, post)"
    fill(CaseStaff, holders, id="c.id * 2 + s.n", case_id="c.id", post_id="s.post", role="s.role",
         starts_at="c.accepted_at")  # fmt: skip
    periods = "bench_case c CROSS JOIN LATERAL (VALUES (0, 'D11', '向被告发送起诉状副本', 5), (1, 'D22', '一审审理期限', 180))"
    fill(
        CaseDeadline, f"{periods} s (n, rule, label, days)", id="c.id * 2 + s.n", case_id="c.id", rule_id="s.rule",
        label="s.label", starts_on="c.accepted_at::date", due_on="c.accepted_at::date + s.days", confirmed="true",
        calendar_version="'2026-bench'", state="CASE WHEN c.is_open THEN 'running' ELSE 'done' END",
    )  # fmt: skip
    fill(
        CaseCode,
        "bench_case c",
        court_id="c.court_id",
        case_id="c.id",
        is_on="true",
        created_at="c.accepted_at",
    )
    fill(Visit, "bench_case c WHERE mod(c.id, 3) = 0", case_id="c.id", party_id="c.id * 3 + 2",
         happened_at="c.accepted_at + interval '9 days'")  # fmt: skip


def _applications(cases: int) -> None:
    """The application behind every case; beside them one waiting for every 33 cases, one returned for every 100."""
    answers = "'" + json.dumps(ANSWERS, ensure_ascii=False) + "'::jsonb"
    shape = {"procedure": "'CIVIL_LOAN'", "form": "'private_lending'", "cause_id": _cause(), "answers": answers,
             "precheck": "'{}'::jsonb", "e_delivery": "true", "version": "3"}  # fmt: skip
    fill(
        Filing, "bench_case c", id="c.id", public_id="md5('filing' || c.id)::uuid", court_id="c.court_id",
        deciding_court_id="c.court_id", applicant_id="c.applicant", number="'A' || c.id", status="'accepted'",
        amount="10000 + mod(c.id * 37, 90000)", created_at="c.accepted_at - interval '9 days'", saved_at="c.accepted_at",
        submitted_at="c.accepted_at - interval '5 days'", first_submitted_at="c.accepted_at - interval '5 days'",
        due_on="c.accepted_at::date + 2", decided_at="c.accepted_at", fence="1", **shape,
    )  # fmt: skip
    days = "interval '1 hour' * mod(c.rank * 13, 150)"
    waiting = "bench_case c WHERE mod(c.rank, 33) = 0 OR mod(c.rank, 100) = 1"
    fill(
        Filing, waiting, id=f"c.id + {cases}", court_id="c.court_id", deciding_court_id="c.court_id",
        applicant_id="c.applicant", number="'B' || c.id",
        status="CASE WHEN mod(c.rank, 33) = 0 THEN 'submitted' ELSE 'returned' END",
        amount="20000 + mod(c.id * 41, 90000)", created_at=f"now() - {days} - interval '1 day'", saved_at=f"now() - {days}",
        submitted_at=f"now() - {days}", first_submitted_at=f"now() - {days}", due_on=f"(now() - {days})::date + 7",
        fence="0", **shape,
    )  # fmt: skip
    number, phone = (
        _sealed(FilingParty, "id_number", "13010219850314001X"),
        _sealed(FilingParty, "phone", "13800000000"),
    )
    sides = "filing_filing f CROSS JOIN LATERAL (VALUES ('plaintiff', '张某'), ('defendant', '李某')) s (side, name)"
    fill(
        FilingParty, sides, filing_id="f.id", side="s.side", kind="'natural'", name="s.name || f.applicant_id",
        id_kind="'id_card'", id_number=number, phone=phone, phone_origin="'own'", address="'某省某市示例区和平路1号'",
    )  # fmt: skip
    content = _sealed(Submission, "content", json.dumps(ANSWERS, ensure_ascii=False))
    fill(Submission, "filing_filing f", filing_id="f.id", round="1", content=content,
         content_sha256=HEX.format("'sent' || f.id"), submitted_at="f.submitted_at")  # fmt: skip


def _decided_applications(cases: int, count: int) -> None:
    """Applications without people or cases: a third each withdrawn, accepted and refused; a tenth in one court."""
    if not count:
        return
    when = "now() - interval '1 minute' * mod(n::bigint * 7919, 3000000)"
    status = "(ARRAY['withdrawn', 'accepted', 'refused'])[1 + mod(n, 3)]"
    fill(
        Filing, f"generate_series(1, {count}) n JOIN bench_court c ON c.place = CASE WHEN mod(n, 10) = 0 THEN 0"
        f" ELSE 1 + mod(n, {OTHER_COURTS}) END",
        id=f"n + {10 * cases}", court_id="c.id", deciding_court_id="c.id", applicant_id=f"1 + mod(n, {cases // 2})",
        cause_id=_cause(),
        number="'D' || n", status=status, procedure="'CIVIL_LOAN'", form="'private_lending'",
        amount="10000 + mod(n * 37, 90000)", answers="'{}'::jsonb", precheck="'{}'::jsonb", created_at=when, saved_at=when,
        submitted_at=when, first_submitted_at=when, due_on=f"({when})::date + 7", fence="1", version="2",
        decided_at=f"CASE WHEN {status} = 'withdrawn' THEN NULL ELSE {when} + interval '3 days' END",
    )  # fmt: skip


def _money() -> None:
    """One bill a case; all but the newest are paid, with order, payment and ledger."""
    paid = "NOT (c.is_open AND mod(c.id, 4) = 0)"
    fill(
        Bill, "bench_case c", id="c.id", court_id="c.court_id", case_id="c.id", party_id="c.id * 3 + 1",
        number="'F' || c.id", item="'property'", label="'案件受理费'", amount="1300", rule_version="'2007'",
        inputs="""'{"amount": "60000.00"}'::jsonb""", steps="""'["不超过1万元的部分50元", "超过1万元至10万元的部分按2.5%"]'::jsonb""",
        status=f"CASE WHEN {paid} THEN 'paid' ELSE 'open' END", issued_at="c.accepted_at",
        due_on="c.accepted_at::date + 7", paid_at=f"CASE WHEN {paid} THEN c.accepted_at + interval '2 days' END",
    )  # fmt: skip
    after = "c.accepted_at + interval '2 days'"
    fill(
        Order, f"bench_case c WHERE {paid}", id="c.id", court_id="c.court_id", bill_id="c.id", gateway="'sandbox'",
        out_no="'O' || c.id", amount="1300", payer_id="c.applicant", state="'paid'", created_at=after, finished_at=after,
    )  # fmt: skip
    fill(
        Payment, f"bench_case c WHERE {paid}", id="c.id", court_id="c.court_id", order_id="c.id", gateway="'sandbox'",
        transaction_no="'T' || c.id", amount="1300", paid_at=after, recorded_at=after, purpose="'fee'",
    )  # fmt: skip
    fill(Journal, f"bench_case c WHERE {paid}", id="c.id", court_id="c.court_id", payment_id="c.id", kind="'receipt'", note="'fee'",
         posted_at=after)  # fmt: skip
    lines = "(VALUES ('clearing', 'debit'), ('fees', 'credit')) s (account, direction)"
    fill(Line, f"payments_journal j CROSS JOIN {lines}", journal_id="j.id", account="s.account",
         direction="s.direction", amount="1300", bill_id="j.id")  # fmt: skip


def _papers() -> None:
    """Three papers a case, one copy each, with delivery and its facts."""
    kinds = ", ".join(
        f"({place}, '{kind}', '{title}', {to})" for place, (kind, title, to) in enumerate(PAPERS)
    )
    papers = f"bench_case c CROSS JOIN LATERAL (VALUES {kinds}) s (n, kind, title, addressee)"
    number = "c.id * 4 + s.n"
    fill(
        Paper, papers, id=number, court_id="c.court_id", template="s.kind", title="s.title",
        number=f"'W' || ({number})", subject_kind="'cases.case'", subject_public_id="c.public_id",
        data="""jsonb_build_object('case_number', c.id, 'cause', '民间借贷纠纷', 'amount', '60000.00')""",
        stream="'case:' || c.public_id", requested_at="c.accepted_at", dedupe_key=f"'D' || ({number})",
    )  # fmt: skip
    fill(
        Copy, papers, id=number, paper_id=number, serial=f"'W' || ({number}) || '-1'",
        addressee_public_id="CASE s.addressee WHEN 0 THEN c.me ELSE c.they END", addressee_name="'张某' || c.applicant",
        addressee_address="'某省某市示例区和平路1号'", state="'issued'", token_hash=HEX.format(f"'token' || ({number})"),
        service_code_hash=HEX.format(f"'service' || ({number})"), check_code="'ABC234'", file_key=f"'k' || ({number})",
        sha256=HEX.format(f"'file' || ({number})"), issued_at="c.accepted_at",
        expires_at="c.accepted_at + interval '5 years'",
    )  # fmt: skip
    inbox = "s.addressee = 0 AND mod(c.id, 2) = 0"
    sent = f"({inbox} OR NOT c.is_open OR mod(c.id, 5) > 0)"
    fill(
        Delivery, papers, id=number, court_id="c.court_id", copy_id=number,
        method=f"CASE WHEN {inbox} THEN 'inbox' ELSE 'post' END", state=f"CASE WHEN {sent} THEN 'delivered' ELSE 'waiting' END",
        due_on="c.accepted_at::date + 5", version="2",
        delivered_at=f"CASE WHEN {sent} THEN c.accepted_at + interval '4 days' END",
    )  # fmt: skip
    facts = "documents_delivery d CROSS JOIN LATERAL (VALUES ('created', 0), ('sent', 1), ('signed', 4)) s (kind, days)"
    at = "d.due_on + interval '1 day' * (s.days - 5)"
    fill(
        DeliveryFact, f"{facts} WHERE s.days = 0 OR d.state = 'delivered'", delivery_id="d.id", kind="s.kind",
        happened_at=at, recorded_at=at, tracking_no="CASE s.days WHEN 1 THEN 'XA' || d.id ELSE '' END", note="''",
    )  # fmt: skip


def _threads() -> None:
    """Two questions in an open case, one in every second closed one; an eighth of a judge's open cases waits."""
    threads = (
        "bench_case c CROSS JOIN generate_series(1, 2) t WHERE c.is_open OR (t = 1 AND mod(c.id, 2) = 0)"
    )
    is_open = "(c.is_open AND t = 1 AND mod(c.judge_rank, 8) = 0)"
    asked = f"CASE WHEN {is_open} THEN now() - interval '1 hour' * mod(c.id, 150) ELSE c.accepted_at + interval '1 day' END"
    fill(
        Thread, threads, id="c.id * 4 + t", public_id="md5('thread' || c.id || t)::uuid", court_id="c.court_id",
        case_id="c.id", party_id="c.id * 3 + 1", topic="(ARRAY['progress', 'material'])[t]", level="'judge'",
        state=f"CASE WHEN {is_open} THEN 'open' ELSE 'answered' END", opened_at=asked,
        reply_due_at=f"{asked} + interval '7 days'", round="1",
        answered_at=f"CASE WHEN NOT {is_open} THEN c.accepted_at + interval '3 days' END",
    )  # fmt: skip
    # working time is nobody's question here: the clocks run as long as the promise of the thread
    kinds = "feedback_thread t CROSS JOIN (VALUES ('first_answer', 1), ('resolution', 7)) k (kind, days)"
    promised = "t.opened_at + interval '1 day' * k.days"
    fill(
        Clock, kinds, court_id="t.court_id", thread_id="t.id", round="1", kind="k.kind", started_at="t.opened_at",
        promised_at=promised, due_at=promised, met_at="t.answered_at", worked_seconds="CASE WHEN t.answered_at IS NOT NULL THEN 28800 END",
        next_at=f"CASE WHEN t.answered_at IS NULL THEN {promised} END",
    )  # fmt: skip
    turns = f"feedback_thread t JOIN bench_case c ON c.id = t.case_id CROSS JOIN generate_series(1, {EXCHANGES}) k"
    number = f"(t.id * {EXCHANGES} + k) * 2"
    between = f"coalesce(t.answered_at - t.opened_at, '0') / {EXCHANGES}"
    fill(
        Message, f"{turns} WHERE k = 1 OR t.state = 'answered'", id=number, thread_id="t.id", author_kind="'party'",
        sent_at=f"t.opened_at + (k - 1) * {between}", is_internal="false", round="1",
        text="'法官您好，请问本案什么时候开庭？我在外地打工，需要提前请假买票。'",
    )  # fmt: skip
    fill(
        Message, f"{turns} WHERE t.state = 'answered'", id=f"{number} + 1", thread_id="t.id", author_kind="'judge'",
        author_post_id="c.judge", sent_at=f"t.opened_at + k * {between}", is_internal="false", round="1",
        text="'本案开庭时间确定后，法院会提前三日送达传票，请留意收件箱和短信。'",
    )  # fmt: skip
    fill(
        Rating, "feedback_thread t WHERE t.state = 'answered' AND mod(t.id, 3) = 0", court_id="t.court_id",
        thread_id="t.id", round="1", level="'satisfied'", words="''", wants_reopening="false", rated_at="t.answered_at",
    )  # fmt: skip
    texts = ", ".join(
        f"('{title}', '{title}，有新进展会通知您。')" for title in ("收到，正在办理", "开庭时间", "补充证据")
    )
    fill(ReplyTemplate, f"bench_court c CROSS JOIN (VALUES {texts}) s (title, text)", court_id="c.id", title="s.title",
         text="s.text")  # fmt: skip


def _log() -> None:
    """Linked chains: every entry names the hash before it, every chain has its head; asked questions have receipts."""
    names = ", ".join(f"({place}, '{name}', '{kind}')" for place, (name, kind) in enumerate(EVENTS, 1))
    link = "encode(sha256(convert_to(c.id || ':' || {0}, 'UTF8')), 'hex')"
    chain = {
        "stream": "'case:' || c.public_id", "court_id": "c.court_id", "channel": "'web'", "payload_salt": "md5(c.id::text)",
    }  # fmt: skip
    first = "CASE s.n WHEN 1 THEN repeat('0', 64) ELSE " + link.format("(s.n - 1)") + " END"
    fill(
        Event, f"bench_case c CROSS JOIN (VALUES {names}) s (n, name, kind)", name="s.name", seq="s.n", hash=link.format("s.n"),
        previous_hash=first, happened_at="c.accepted_at + interval '1 minute' * s.n", subject_kind="'cases.case'",
        subject_id="c.id", actor_kind="s.kind", actor_id="CASE s.kind WHEN 'staff' THEN c.judge END",
        actor_name="CASE s.kind WHEN 'staff' THEN '法官' || c.judge ELSE '' END",
        payload_hash=HEX.format("c.id || s.name"), payload="jsonb_build_object('case_id', c.id)", **chain,
    )  # fmt: skip
    place = f"({len(EVENTS)} + t.id - c.id * 4)"
    fill(
        Event, "feedback_thread t JOIN bench_case c ON c.id = t.case_id", name="'feedback.asked'", seq=place,
        previous_hash=link.format(f"({place} - 1)"), hash=link.format(place), happened_at="t.opened_at",
        subject_kind="'feedback.thread'", subject_id="t.id", actor_kind="'public'", actor_id="c.applicant",
        payload_hash=HEX.format("'asked' || t.id"), payload="jsonb_build_object('case_id', c.id)", **chain,
    )  # fmt: skip
    fill(Receipt, "eventlog_event e WHERE e.name = 'feedback.asked'", event_id="e.id", key_id="'bench'",
         text="'收到您的留言。链 ' || e.stream || ' 序号 ' || e.seq", signature=HEX.format("e.hash"))  # fmt: skip
    run(
        f"INSERT INTO {StreamHead._meta.db_table} (stream, seq, hash) SELECT DISTINCT ON (stream) stream, seq, hash"
        " FROM eventlog_event ORDER BY stream, seq DESC"
    )


def _notices() -> None:
    """Two messages in the inbox of every applicant, and the form keys of what was sent."""
    fill(
        Notice, "bench_case c CROSS JOIN generate_series(1, 2) t", event_id="c.id * 4 + t", court_id="c.court_id",
        user_id="c.applicant", recipient_key="'user:' || c.applicant", kind="'asked'", channel="'inbox'",
        title="'案件有新进展'", body="'您的案件有新进展，请登录查看。'", link="'/my/'", state="'sent'",
        created_at="c.accepted_at", next_at="c.accepted_at", sent_at="c.accepted_at",
        read_at="CASE t WHEN 1 THEN c.accepted_at END",
    )  # fmt: skip
    fill(IdempotencyKey, "bench_case c", actor_key="'user:' || c.applicant", route="'filing.submit'", key="md5('k' || c.id)",
         request_hash=HEX.format("'h' || c.id"), answer="'ok'", created_at="c.accepted_at")  # fmt: skip


def _cause() -> str:
    return "(SELECT id FROM courts_cause WHERE name = '民间借贷纠纷' AND version = '2025')"


def _sealed(model: type[User | Party | FilingParty | Submission], field: str, text: str) -> str:
    """An SQL literal with ``text`` encrypted for this column; bulk rows share it."""
    context = f"{model._meta.label_lower}.{field}"
    return "'" + crypto.encrypt(text, context=context).replace("'", "''") + "'"
