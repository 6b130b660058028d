"""A wrong row is mended by two, only where it may be, only while the old value holds, and everybody concerned can see it (SEC-47)."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from cases.models import Case, CaseStaff, Party, Side
from cases.services import case_stream
from common import crypto
from common.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from common.two_people import ProposalState
from courts.models import CourtSetting
from eventlog.models import Event
from eventlog.offline import Finding, Verdict
from eventlog.relay import run_due
from eventlog.verify import verify
from filing.models import Filing, FilingParty
from notifications.models import Message
from portal import correction_plans
from portal import correction_services as corrections
from portal.demo.cast import hire
from portal.models import Correction
from tests.support.court import Cast, accepted, submitted

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/manage/corrections/"
WHY = "立案时录错一个字，已核对身份证"


def change(row: Any, column: str, old: Any, new: Any) -> dict[str, Any]:
    return {"table": row._meta.db_table, "key": row.pk, "column": column, "old": old, "new": new}


def plan_for(*changes: dict[str, Any], why: str = WHY) -> correction_plans.Plan:
    return correction_plans.read(json.dumps({"why": why, "changes": changes}))


def wrong_name(case: Case) -> tuple[Party, correction_plans.Plan]:
    party = case.parties.get(side=Side.DEFENDANT)
    return party, plan_for(change(party, "name", party.name, "李四"))


@pytest.mark.req("SEC-47")
def test_from_the_command_to_the_page_of_the_second_and_to_the_parties(cast: Cast, tmp_path: Path) -> None:
    case = accepted(cast)
    while run_due():
        pass
    party, plan = wrong_name(case)
    file = tmp_path / "plan.json"
    file.write_text(plan.text(), encoding="utf-8")
    old, said = party.name, StringIO()
    call_command("correct", str(file), stdout=said)
    assert f"{old} → 李四" in said.getvalue() and case_stream(case) in said.getvalue()
    assert not Correction.objects.exists()
    call_command("correct", str(file), username="admin", stdout=said)
    party.refresh_from_db()
    assert party.name == old, "proposed is not done"
    row = Correction.objects.get()
    supervisor = cast.client("supervisor")
    page = supervisor.get(PAGE).content.decode()
    assert old in page and "李四" in page and WHY in page and "同意更正" in page
    assert "同意更正" not in cast.client("admin").get(PAGE).content.decode(), "who proposed it withdraws"
    assert WHY not in cast.client("admin2").get(PAGE).content.decode(), "administrators read no cases"
    row_of_leader = ("supervisor-b", "顾某", "5999", "supervisor", "院领导")
    stranger = Client()
    stranger.force_login(hire(cast.other_court, [row_of_leader])["supervisor-b"].user)
    assert WHY not in stranger.get(PAGE).content.decode(), "nor do leaders of other courts"
    assert supervisor.post(PAGE, {"do": "agree", "proposal": str(row.public_id)}).status_code == 302
    party.refresh_from_db()
    assert party.name == "李四"
    event = Event.objects.get(name="portal.corrected")
    assert event.stream == case_stream(case) and event.actor_id == cast.posts["supervisor"].user_id
    assert "李四" not in json.dumps(event.payload, ensure_ascii=False)
    assert verify() == []
    while run_due():
        pass
    told = Message.objects.filter(kind="record_corrected")
    judge = CaseStaff.objects.filter(case=case, ends_at=None).values_list("post__user_id", flat=True)
    assert {cast.users["zhang"].pk, *judge} <= set(told.values_list("user_id", flat=True))
    shown = cast.client("zhang").get(f"/my/cases/{case.public_id}/timeline/").content.decode()
    assert "更正登记错误" in shown and "当事人：姓名或名称" in shown


@pytest.mark.req("SEC-47")
def test_refused_withdrawn_and_never_by_one(cast: Cast) -> None:
    case = accepted(cast)
    party, plan = wrong_name(case)
    admin, supervisor = cast.actors["admin"], cast.actors["supervisor"]
    for nobody in (supervisor, cast.actors["judge"], cast.zhang):
        with pytest.raises(NotAllowed):
            corrections.propose(plan, actor=nobody)
    row = corrections.propose(plan, actor=admin)
    with pytest.raises(NotAllowed):
        corrections.decide(public_id=row.public_id, move="agree", actor=admin)
    with pytest.raises(NotVisible):
        corrections.decide(public_id=row.public_id, move="agree", actor=cast.actors["admin2"])
    party.refresh_from_db()
    assert party.name != "李四"
    assert corrections.decide(public_id=row.public_id, move="refuse", actor=supervisor).state == "refused"
    again = corrections.propose(plan, actor=admin)
    assert corrections.decide(public_id=again.public_id, move="withdraw", actor=admin).state == "withdrawn"
    party.refresh_from_db()
    assert party.name != "李四" and not Event.objects.filter(name="portal.corrected").exists()
    assert verify() == []


@pytest.mark.req("SEC-47")
def test_only_while_the_old_values_hold_and_all_of_it_or_nothing(cast: Cast) -> None:
    case = accepted(cast)
    party = case.parties.get(side=Side.DEFENDANT)
    both = plan_for(
        change(party, "name", party.name, "李四"), change(party, "address", party.address, "某市某区1号")
    )
    row = corrections.propose(both, actor=cast.actors["admin"])
    Party.objects.filter(pk=party.pk).update(address="别处")
    supervisor = cast.client("supervisor")
    answer = supervisor.post(PAGE, {"do": "agree", "proposal": str(row.public_id)})
    assert answer.status_code == 422 and "已经不是更正文件里的原值" in answer.content.decode()
    party.refresh_from_db()
    row.refresh_from_db()
    assert party.name != "李四" and row.state == ProposalState.PROPOSED
    assert not Event.objects.filter(name="portal.corrected").exists()
    with pytest.raises(Conflict, match="原值"):
        corrections.dry_run(both)


@pytest.mark.req("SEC-47")
def test_nobody_agrees_to_what_concerns_himself(cast: Cast) -> None:
    case = accepted(cast)
    _party, plan = wrong_name(case)
    row = corrections.propose(plan, actor=cast.actors["admin"])
    himself = replace(cast.actors["supervisor"], user_id=cast.users["zhang"].pk)
    with pytest.raises(NotAllowed):
        corrections.decide(public_id=row.public_id, move="agree", actor=himself)


REFUSED = {
    "eventlog_event": ("name", "只能追加"),
    "payments_payment": ("amount", "只能追加"),
    "filing_submission": ("id", "只能追加"),
    "eventlog_streamhead": ("hash", "自己的办法"),
    "eventlog_outbox": ("state", "自己的办法"),
    "accounts_user": ("name", "自己的办法"),
    "portal_correction": ("reason", "自己的办法"),
    "portal_installation": ("mode", "自己的办法"),
    "courts_staffpost": ("role", "自己的办法"),
    "courts_trailrelease": ("reason", "自己的办法"),
    "django_session": ("session_data", "自己的办法"),
    "documents_paper": ("title", "自己的办法"),
    "documents_storedfile": ("sha256", "编号、证明"),
    "cases_party": ("phone", "编号、证明"),
    "cases_case": ("public_id", "编号、证明"),
    "cases_deadlines": ("id", "没有"),
    "zone.matter": ("kind", "投诉举报区"),
    "complaints.standing": ("state", "投诉举报区"),
    "complaints.dailyroot": ("root", "投诉举报区"),
}


@pytest.mark.req("SEC-47")
@pytest.mark.parametrize("table", REFUSED)
def test_what_is_not_mended_this_way(table: str) -> None:
    column, words = REFUSED[table]
    one = {"table": table, "key": 1, "column": column, "old": "", "new": "x"}
    with pytest.raises(InvalidInput, match=words):
        plan_for(one)


@pytest.mark.req("SEC-47")
def test_plans_that_make_no_sense(cast: Cast) -> None:
    case = accepted(cast)
    party = case.parties.get(side=Side.DEFENDANT)
    good = change(party, "name", party.name, "李四")
    for text in (
        "",
        "[]",
        "{}",
        '{"why": "录错了一个字", "changes": [{}]}',
        '{"why": "录错了一个字", "changes": [7]}',
    ):
        with pytest.raises(InvalidInput, match="读不懂"):
            correction_plans.read(text)
    with pytest.raises(InvalidInput, match="为什么"):
        plan_for(good, why="错")
    with pytest.raises(InvalidInput, match="1到50处"):
        plan_for()
    with pytest.raises(InvalidInput, match="写了两次"):
        plan_for(good, good)
    with pytest.raises(InvalidInput, match="没有“colour”这一列"):
        plan_for(change(party, "colour", "", "red"))
    admin = cast.actors["admin"]
    for plan, words in (
        (plan_for(good | {"key": 10**9}), "没有编号"),
        (plan_for(good | {"key": "x"}), "没有编号"),
        (plan_for(change(party, "side", party.side, "judge")), "不能写成这个值"),
        (plan_for(change(party, "order", party.order, "many")), "值不对"),
        (plan_for(good | {"new": "长" * 101}), "不能写成这个值"),
    ):
        with pytest.raises(InvalidInput, match=words):
            corrections.propose(plan, actor=admin)
    with pytest.raises(Conflict, match="数据库不接受"):
        corrections.propose(plan_for(change(party, "side", party.side, Side.PLAINTIFF)), actor=admin)
    assert not Correction.objects.exists()


@pytest.mark.req("SEC-47")
def test_a_number_is_found_again_under_its_new_value(cast: Cast) -> None:
    case = accepted(cast)
    party = case.parties.get(side=Side.DEFENDANT)
    number = "110101199003074514"
    row = corrections.propose(
        plan_for(change(party, "id_number", party.id_number, number)), actor=cast.actors["admin"]
    )
    corrections.decide(public_id=row.public_id, move="agree", actor=cast.actors["supervisor"])
    found = Party.objects.get(id_number_index=crypto.blind_index("id_number", number))
    assert (found.pk, found.id_number) == (party.pk, number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT plan FROM portal_correction")
        assert number not in cursor.fetchone()[0]


@pytest.mark.req("SEC-47")
def test_of_an_application_and_of_no_court(cast: Cast) -> None:
    filing: Filing = submitted(cast)
    person = FilingParty.objects.filter(filing=filing).first()
    assert person is not None
    plan = plan_for(change(person, "address", person.address, "某市某区1号"))
    row = corrections.propose(plan, actor=cast.actors["admin"])
    corrections.decide(public_id=row.public_id, move="agree", actor=cast.actors["supervisor"])
    assert Event.objects.get(name="portal.corrected").stream == f"filing:{filing.public_id}"
    while run_due():
        pass
    assert Message.objects.filter(kind="record_corrected", user=cast.users["zhang"]).exists()


@pytest.mark.req("SEC-47")
def test_the_audit_knows_corrections_and_finds_false_ones(cast: Cast) -> None:
    setting = CourtSetting.objects.create(court=cast.court, key="hours", value=1)
    plan = plan_for(change(setting, "value", 1, 2))
    row = corrections.propose(plan, actor=cast.actors["admin"])
    row = corrections.decide(public_id=row.public_id, move="agree", actor=cast.actors["supervisor"])
    event = Event.objects.get(name="portal.corrected")
    assert event.stream == correction_plans.STREAM and verify() == []
    rows, found = Correction.objects.filter(pk=row.pk), Finding(Verdict.BROKEN, event.stream, event.seq)
    for column, false in (
        ("reason", "别的理由"),
        ("plan", plan.text().replace("2", "3")),
        ("decided_by", cast.posts["judge"].user_id),
        ("proposed_by", cast.posts["judge"].user_id),
    ):
        right = rows.values_list(column, flat=True).get()
        rows.update(**{column: false})
        assert found in verify(), column
        rows.update(**{column: right})
    Correction.objects.create(
        plan=plan.text(), reason=WHY, salt="0", digest="0", state="agreed", proposed_at=row.proposed_at,
        proposed_by=cast.posts["admin"].user, decided_by=cast.posts["judge"].user, decided_at=row.decided_at,
    )  # fmt: skip
    assert [str(one).partition(" ")[0] for one in verify()] == ["broken"], "one that nobody put on record"
    rows.delete()
    assert found in verify(), "an event without its correction"


@pytest.mark.req("SEC-47")
def test_the_command_says_why_not(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.json"):
        call_command("correct", str(tmp_path / "none.json"))
    setting = CourtSetting.objects.create(court=cast.court, key="hours", value=1)
    file = tmp_path / "plan.json"
    file.write_text(plan_for(change(setting, "value", 1, 2)).text())
    for username in ("judge", "nobody"):
        with pytest.raises(CommandError, match="no administrator"):
            call_command("correct", str(file), username=username)
    file.write_text("{")
    with pytest.raises(CommandError, match="读不懂"):
        call_command("correct", str(file))
