"""Inside the wall: who may see what, two people for identity and closing, time limits, the trail (SEC-31 to SEC-37)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from django.test import Client

from common import clock
from common.actor import Actor, Role
from common.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from complaints.models import DailyRoot, Entry, Finding, Kind, Matter, Opened, State, Submission, Why
from complaints.policies import handlers_of, may_handle, own_matters, visible_matters
from complaints.services import authors, handling, identities, interference, jobs, trail
from complaints.services.intake import SILENT_DAYS, take_in
from courts.models import StaffPost
from courts.services import end_post, start_post
from notifications.models import Message
from portal.demo import cast as people
from portal.zone.notices import use_inbox
from tests.complaints.test_door import WORDS, code_in, rows_outside, send
from tests.support.court import Cast, accepted

Zone = Callable[[], Any]


def received(cast: Cast, zone: Zone, *, by: str = "", **form: Any) -> tuple[Matter, str]:
    """A complaint, given at the door and opened inside; with ``by`` under that account. The matter and its code."""
    client = Client()
    if by:
        client.force_login(cast.users[by])
        form = {"account": "yes", "confidential": "yes"} | form
    code = code_in(send(cast, client, **form))
    with zone():
        take_in()
        found = authors.matter_of_receipt(code)
        assert found is not None
    return found, code


def seeing(cast: Cast, matter: Matter, *more: Actor) -> set[str]:
    """Everybody who sees the matter as a handler, by short name (inside the zone)."""
    actors = {actor.name: actor for actor in [*cast.actors.values(), *more] if actor.user_id}
    return {name for name, actor in actors.items() if visible_matters(actor).filter(pk=matter.pk).exists()}


# -- opening ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("SEC-30")
def test_the_zone_opens_what_the_door_closed(cast: Cast, zone: Zone) -> None:
    matter, code = received(cast, zone)
    with zone():
        assert matter.content["words"] == WORDS and matter.content["who"] == "赵明"
        assert matter.author == "" and code not in str(vars(matter))
        assert take_in() == 0 and Opened.objects.count() == 1
        assert authors.matter_of_receipt("00000-" * 5 + "0") is None


@pytest.mark.req("SEC-30")
def test_what_lies_in_the_tables_is_sealed(cast: Cast, zone: Zone, owner_connection: Any) -> None:
    """Whoever reads the database without the key finds no word of it, neither names nor accounts."""
    matter, code = received(cast, zone, by="li")
    with zone():
        authors.write_more(matter=matter, text="还有一件事", form_key="a")
    with owner_connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'zone'")
        rows = []
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM zone.{table} t")
            rows += [row[0] for row in cursor.fetchall()]
    text = "\n".join(rows)
    assert len(rows) > 6
    hidden = [WORDS, "赵明", "李某", "13800000002", "还有一件事", code, code.replace("-", "")]
    assert [word for word in hidden if word in text] == []


def test_garbage_in_the_door_is_put_aside(cast: Cast, zone: Zone) -> None:
    """Whoever has the right to add can add rubbish: the zone goes on, the rubbish is on record."""
    import uuid

    Submission(id=uuid.uuid4(), box=b"x" * 500, received_at=clock.now()).save(force_insert=True)
    with zone():
        assert take_in() == 1 and take_in() == 0
        assert Opened.objects.get().matter is None
        assert Entry.objects.get().name == "complaint.unreadable"


@pytest.mark.req("SEC-30")
def test_the_zone_reads_little_of_the_portal_and_changes_nothing(cast: Cast, zone: Zone) -> None:
    refused = [
        "SELECT 1 FROM feedback_message", "SELECT 1 FROM documents_storedfile", "SELECT 1 FROM payments_order",
        "SELECT 1 FROM eventlog_event", "SELECT 1 FROM notifications_message WHERE user_id = 1",
        "UPDATE accounts_user SET name = ''", "DELETE FROM cases_case", "INSERT INTO eventlog_event DEFAULT VALUES",
        "UPDATE zone.matter SET court_id = 1", "DELETE FROM zone.entry", "TRUNCATE zone.word",
        "DELETE FROM complaints_dailyroot",
    ]  # fmt: skip
    with zone():
        for statement in refused:
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(statement)


def test_even_the_owner_changes_no_row_of_the_zone(cast: Cast, zone: Zone, owner_connection: Any) -> None:
    received(cast, zone, by="li")
    with owner_connection.cursor() as cursor:
        for table in ("submission", "matter", "named", "routing", "identity", "entry", "opened"):
            for statement in (
                "UPDATE zone.{} SET id = id",
                "DELETE FROM zone.{}",
                "TRUNCATE zone.{} CASCADE",
            ):
                with pytest.raises(psycopg2.Error, match="append-only"):
                    cursor.execute(statement.format(table))


# -- routing ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("SEC-31")
def test_a_complaint_about_a_judge_comes_to_the_discipline_office(cast: Cast, zone: Zone) -> None:
    matter, _code = received(cast, zone)
    with zone():
        assert seeing(cast, matter) == {"施严", "秦廉"}


@pytest.mark.req("SEC-31", "SEC-36", "B-82")
@pytest.mark.parametrize(
    ("named", "seen_by"),
    [
        ("施严", ["魏平"]),  # DI: its office does not look into itself
        ("工号4001的人", ["魏平"]),
        ("院长", ["章衡"]),  # the court's head: the level above
        ("魏平", ["章衡"]),
        ("魏院长和施严", ["章衡"]),
        ("何清", ["施严", "秦廉"]),  # FI
        ("蒋维", ["施严", "秦廉"]),  # AD
        ("孙庭长", ["施严", "秦廉"]),
        ("不知道是谁", ["施严", "秦廉"]),
        ("章衡", ["施严", "秦廉"]),  # of the office above
    ],
)
def test_around_whoever_is_named(
    cast: Cast, zone: Zone, high: dict[str, Actor], named: str, seen_by: list[str]
) -> None:
    matter, _code = received(cast, zone, words="请查一查", who=named)
    with zone():
        assert seeing(cast, matter, *high.values()) == set(seen_by)


@pytest.mark.req("SEC-31", "SEC-36", "B-82")
def test_with_everybody_named_it_waits_at_the_highest_level(
    cast: Cast, zone: Zone, high: dict[str, Actor]
) -> None:
    """The leader above is named: everybody in the court below reports to him, and nobody is left but his successor."""
    matter, _code = received(cast, zone, words="请查一查", who="顾峰")
    with zone():
        assert seeing(cast, matter, *high.values()) == set()
        routing = matter.routings.get()
        assert (routing.why, routing.role) == (Why.RECEIVED, Role.SUPERVISOR)


@pytest.mark.req("SEC-31")
def test_named_by_surname_and_title_or_in_the_words(cast: Cast, zone: Zone) -> None:
    for form in ({"who": "赵法官", "words": "迟到"}, {"who": "承办人", "words": "是赵明办的案子"}):
        matter, _code = received(cast, zone, **form)
        with zone():
            assert [row.user_id for row in matter.named.all()] == [cast.posts["judge"].user_id]


@pytest.mark.req("SEC-31")
def test_the_panel_of_the_case_never_handles_it(cast: Cast, zone: Zone) -> None:
    """The judge of the case has become the discipline officer meanwhile: no sight of what is about that case."""
    case = accepted(cast)
    judge = case.staff.get(role="judge").post
    start_post(
        user_id=judge.user_id, court_id=cast.court.pk, role=Role.DISCIPLINE, division=None, actor=people.SETUP
    )
    about, _code = received(cast, zone, who="不知道是谁", words="有问题", case_number=case.number)
    other, _code = received(cast, zone, who="不知道是谁", words="有问题")
    with zone():
        assert about.case_id == case.pk
        assert (may_handle(judge.user_id, about), may_handle(judge.user_id, other)) == (False, True)
        assert all(judge.user_id not in users for users in handlers_of(about).values())


@pytest.mark.req("SEC-31")
def test_a_handler_who_is_named_later_loses_it_in_that_transaction(
    cast: Cast, zone: Zone, high: dict[str, Actor]
) -> None:
    matter, _code = received(cast, zone)
    with zone():
        with transaction.atomic():
            handling.name_person(matter_id=matter.pk, staff_no="4001", actor=cast.discipline2)
            assert seeing(cast, matter, *high.values()) == {"魏平"}
        for actor in (cast.discipline, cast.discipline2):
            with pytest.raises(NotVisible):
                handling.reply(matter_id=matter.pk, text="x", form_key="a", actor=actor)
        handling.name_person(matter_id=matter.pk, staff_no="0003", actor=cast.supervisor)
        assert seeing(cast, matter, *high.values()) == {"章衡"}
        assert [row.why for row in matter.routings.order_by("id")] == [
            Why.RECEIVED,
            Why.CONFLICT,
            Why.CONFLICT,
        ]


def test_an_unknown_staff_number_is_refused(cast: Cast, zone: Zone) -> None:
    matter, _code = received(cast, zone)
    with zone(), pytest.raises(InvalidInput):
        handling.name_person(matter_id=matter.pk, staff_no="99999", actor=cast.discipline)


@pytest.mark.req("SEC-31", "SEC-36")
def test_when_the_last_handler_leaves_the_level_above_gets_it(cast: Cast, zone: Zone) -> None:
    matter, _code = received(cast, zone)
    for name in ("discipline", "discipline2"):
        end_post(post_id=cast.posts[name].pk, actor=people.SETUP)
    with zone():
        assert seeing(cast, matter) == set()
        assert handling.keep_all_handled() == 1 and handling.keep_all_handled() == 0
        assert seeing(cast, matter) == {"魏平"}


@pytest.mark.req("SEC-31", "B-82")
def test_who_complains_about_himself_and_who_handles_his_own(cast: Cast, zone: Zone) -> None:
    """SJ always subtracts: a named author reads nothing by account; a handler never handles what he wrote."""
    cast.users["judge"] = StaffPost.objects.get(pk=cast.posts["judge"].pk).user
    cast.users["discipline"] = StaffPost.objects.get(pk=cast.posts["discipline"].pk).user
    _own, _code = received(cast, zone, by="judge")
    with zone():
        assert not own_matters(cast.judge).exists()
    wrote, _code = received(cast, zone, by="discipline")
    with zone():
        assert own_matters(cast.discipline).get() == wrote
        assert seeing(cast, wrote) == {"秦廉"}


# -- handling --------------------------------------------------------------------------------------------------------


@pytest.mark.req("SEC-36", "SEC-31")
def test_answered_and_closed_by_two(cast: Cast, zone: Zone) -> None:
    matter, _code = received(cast, zone)
    with zone():
        handling.take_up(matter_id=matter.pk, actor=cast.discipline)
        with pytest.raises(Conflict):
            handling.take_up(matter_id=matter.pk, actor=cast.discipline2)
        with pytest.raises(Conflict):
            handling.propose_close(matter_id=matter.pk, finding=Finding.FOUNDED, actor=cast.discipline)
        for _twice in range(2):
            handling.reply(matter_id=matter.pk, text="已经谈话提醒", form_key="k", actor=cast.discipline)
        handling.note(matter_id=matter.pk, text="只有我们看", form_key="k", actor=cast.discipline)
        handling.propose_close(matter_id=matter.pk, finding=Finding.FOUNDED, actor=cast.discipline)
        with pytest.raises(NotAllowed):
            handling.decide_close(matter_id=matter.pk, agreed=True, actor=cast.discipline)
        handling.decide_close(matter_id=matter.pk, agreed=False, actor=cast.discipline2)
        handling.propose_close(matter_id=matter.pk, finding=Finding.PARTLY, actor=cast.discipline2)
        handling.decide_close(matter_id=matter.pk, agreed=True, actor=cast.discipline)
        matter.standing.refresh_from_db()
        assert (matter.standing.state, matter.standing.escalate_at) == (State.CLOSED, None)
        assert matter.words.count() == 2
        with pytest.raises(Conflict):
            handling.reply(matter_id=matter.pk, text="x", form_key="z", actor=cast.discipline)
        with pytest.raises(Conflict):
            authors.write_more(matter=matter, text="x", form_key="z")
        assert trail.first_bad() is None


@pytest.mark.req("SEC-36")
def test_one_person_alone_gets_the_level_above_for_the_second(cast: Cast, zone: Zone) -> None:
    end_post(post_id=cast.posts["discipline2"].pk, actor=people.SETUP)
    matter, _code = received(cast, zone)
    with zone():
        handling.reply(matter_id=matter.pk, text="已查", form_key="k", actor=cast.discipline)
        handling.propose_close(matter_id=matter.pk, finding=Finding.UNFOUNDED, actor=cast.discipline)
        assert seeing(cast, matter) == {"施严", "魏平"}
        handling.decide_close(matter_id=matter.pk, agreed=True, actor=cast.supervisor)


@pytest.mark.req("SEC-36")
def test_silence_and_the_limit_take_it_upwards(cast: Cast, zone: Zone, high: dict[str, Actor]) -> None:
    matter, _code = received(cast, zone)
    start = clock.now()
    with zone():
        steps = []
        for days in range(1, 24):
            with clock.at(start + timedelta(days=days, minutes=1)):
                jobs.run()
                steps.append((days, [row.why for row in matter.routings.order_by("id")]))
        assert dict(steps)[SILENT_DAYS - 1] == [Why.RECEIVED]
        assert dict(steps)[SILENT_DAYS] == [Why.RECEIVED, Why.SILENCE]
        assert [row.why for row in matter.routings.order_by("id")].count(Why.OVERDUE) >= 1
        assert seeing(cast, matter, *high.values()) == {"施严", "秦廉", "魏平", "章衡", "顾峰"}


@pytest.mark.req("SEC-36")
def test_an_answer_stops_the_clock(cast: Cast, zone: Zone) -> None:
    matter, _code = received(cast, zone)
    with zone():
        handling.take_up(matter_id=matter.pk, actor=cast.discipline)
        with clock.at(clock.now() + timedelta(days=SILENT_DAYS + 1)):
            assert handling.escalate_due() == 0, "taken up: only the limit of the law counts now"
        handling.reply(matter_id=matter.pk, text="已查", form_key="k", actor=cast.discipline)
        with clock.at(clock.now() + timedelta(days=40)):
            assert handling.escalate_due() == 0
        assert matter.standing.due_on - clock.beijing_day(matter.received_at) >= timedelta(days=15)


def test_passed_up_on_request(cast: Cast, zone: Zone) -> None:
    matter, _code = received(cast, zone)
    with zone():
        handling.pass_up(matter_id=matter.pk, actor=cast.discipline)
        assert seeing(cast, matter) == {"施严", "秦廉", "魏平"}


# -- identity --------------------------------------------------------------------------------------------------------


@pytest.mark.req("SEC-33")
def test_identity_opens_to_two_of_the_discipline_office_with_a_reason(cast: Cast, zone: Zone) -> None:
    matter, _code = received(cast, zone, by="li")
    with zone():
        assert identities.seen_identity(matter, cast.discipline) == {}
        identities.ask_unlock(matter_id=matter.pk, reason="需要当面核实情况", actor=cast.discipline)
        with pytest.raises(NotAllowed):
            identities.agree_unlock(matter_id=matter.pk, actor=cast.discipline)
        assert identities.seen_identity(matter, cast.discipline) == {}
        assert identities.unlocks_of(matter) == []
        identities.agree_unlock(matter_id=matter.pk, actor=cast.discipline2)
        for actor in (cast.discipline, cast.discipline2):
            assert identities.seen_identity(matter, actor)["name"] == "李某"
        assert len(identities.unlocks_of(matter)) == 1, "the author sees it on the own page"
        with clock.at(clock.now() + timedelta(hours=1, seconds=1)):
            assert identities.seen_identity(matter, cast.discipline) == {}
        names = list(Entry.objects.filter(matter_id=matter.pk).values_list("name", flat=True))
        assert {"identity.asked", "identity.unlocked"} <= set(names)


@pytest.mark.req("SEC-33")
def test_leaders_unlock_nothing_and_the_anonymous_have_nothing(cast: Cast, zone: Zone) -> None:
    matter, _code = received(cast, zone, by="li")
    hidden, _code = received(cast, zone)
    with zone():
        handling.pass_up(matter_id=matter.pk, actor=cast.discipline)
        with pytest.raises(NotAllowed):
            identities.ask_unlock(matter_id=matter.pk, reason="想知道是谁写的信", actor=cast.supervisor)
        with pytest.raises(Conflict):
            identities.ask_unlock(matter_id=hidden.pk, reason="想知道是谁写的信", actor=cast.discipline)
        assert identities.seen_identity(hidden, cast.discipline) == {}


def test_who_asked_for_no_secrecy_is_shown(cast: Cast, zone: Zone) -> None:
    matter, _code = received(cast, zone, by="li", confidential="no")
    with zone():
        assert identities.seen_identity(matter, cast.discipline)["phone"] == "13800000002"


# -- notices ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("SEC-37")
def test_notices_are_neutral_and_the_anonymous_get_none(cast: Cast, zone: Zone) -> None:
    use_inbox()
    matter, _code = received(cast, zone, by="li")
    hidden, _code = received(cast, zone)
    Message.objects.all().delete()
    with zone():
        for row in (matter, hidden):
            handling.reply(matter_id=row.pk, text="已查", form_key="k", actor=cast.discipline)
    found = list(Message.objects.order_by("id"))
    assert [(row.user_id, row.channel) for row in found] == [
        (cast.users["li"].pk, "inbox"),
        (cast.users["li"].pk, "sms"),
    ]
    for row in found:
        assert "您有一条新答复" in row.body and row.kind == "thread_answered" and row.link == "/my/"
        assert not [
            word for word in ("投诉", "举报", "督察", "complaint") if word in f"{row.title}{row.body}"
        ]


# -- the trail -------------------------------------------------------------------------------------------------------


@pytest.mark.req("SEC-35")
def test_one_root_a_day_on_empty_days_too(cast: Cast, zone: Zone) -> None:
    start = clock.now()
    with zone():
        assert trail.close_days() == 1 and trail.close_days() == 0
        with clock.at(start + timedelta(days=4)):
            assert trail.close_days() == 4
        roots = list(DailyRoot.objects.values_list("root", flat=True))
        assert len(set(roots)) == 5 and {len(root) for root in roots} == {64}
        assert trail.first_bad() is None
    page = Client().get("/complaints/roots/").content.decode()
    assert all(root in page for root in roots)


@pytest.mark.req("SEC-35")
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE zone.entry SET name = 'x' WHERE seq = 2",
        "UPDATE zone.entry SET payload = '{}' WHERE seq = 2",
        "UPDATE zone.entry SET matter_id = NULL WHERE seq = 2",
        "DELETE FROM zone.entry WHERE seq = 2",
        "DELETE FROM zone.entry WHERE seq = (SELECT max(seq) FROM zone.entry)",
    ],
)
def test_whatever_is_changed_in_the_trail_is_found(
    cast: Cast, zone: Zone, owner_connection: Any, attack: str
) -> None:
    received(cast, zone)
    matter, _code = received(cast, zone, by="li")
    with zone():
        handling.take_up(matter_id=matter.pk, actor=cast.discipline)
        assert trail.first_bad() is None
    with owner_connection.cursor() as cursor:
        cursor.execute(f"SET session_replication_role = replica; {attack}")
    with zone():
        assert trail.first_bad() is not None


@pytest.mark.req("SEC-35")
def test_nothing_of_the_work_shows_in_the_portal(cast: Cast, zone: Zone, owner_connection: Any) -> None:
    """From the first word to the last: no row of the portal's tables changes when the author is anonymous."""
    before = rows_outside(owner_connection)
    matter, _code = received(cast, zone)
    with zone():
        handling.reply(matter_id=matter.pk, text="已查", form_key="k", actor=cast.discipline)
        handling.propose_close(matter_id=matter.pk, finding=Finding.FOUNDED, actor=cast.discipline)
        handling.decide_close(matter_id=matter.pk, agreed=True, actor=cast.discipline2)
    assert rows_outside(owner_connection) == before
    assert Session.objects.count() == 0


# -- 三个规定 ----------------------------------------------------------------------------------------------------------

CONTENT = {
    "who": "魏平", "office": "本院副院长", "how": "call", "day": "2026-03-02", "case_number": "（2026）某1234民初9号",
    "words": "问这个案子能不能快点判，已告知按程序办理",
}  # fmt: skip


@pytest.mark.req("SEC-38")
def test_a_record_goes_past_the_leader_it_names(cast: Cast, zone: Zone, high: dict[str, Actor]) -> None:
    with zone():
        record = interference.record(content=CONTENT, form_key="k", actor=cast.judge)
        assert interference.record(content=CONTENT, form_key="k", actor=cast.judge) == record
        assert seeing(cast, record, *high.values()) == {"章衡"}
        assert own_matters(cast.judge).get() == record
        assert not own_matters(cast.supervisor).exists()
        assert visible_matters(high["discipline-c"]).filter(kind=Kind.INTERFERENCE).get() == record
        with pytest.raises(NotVisible):
            handling.reply(matter_id=record.pk, text="x", form_key="k", actor=high["discipline-c"])


@pytest.mark.req("SEC-38")
def test_every_member_of_staff_records_and_nobody_else(cast: Cast, zone: Zone) -> None:
    content = CONTENT | {"who": "校外人员"}
    with zone():
        staff = [actor for actor in cast.actors.values() if actor.is_staff]
        for actor in staff:
            interference.record(content=content, form_key=f"k{actor.user_id}", actor=actor)
        assert Matter.objects.filter(kind=Kind.INTERFERENCE).count() == len(staff) > 12
        for actor in (cast.zhang, replace(cast.judge, role=Role.NONE)):
            with pytest.raises(NotAllowed):
                interference.record(content=content, form_key="x", actor=actor)


@pytest.mark.req("SEC-38")
def test_none_this_month_is_a_record_too(cast: Cast, zone: Zone, owner_connection: Any) -> None:
    this, last = interference.open_months()
    with zone():
        interference.state_none(month=this, actor=cast.judge)
        with pytest.raises(Conflict):
            interference.state_none(month=this, actor=cast.judge)
        interference.state_none(month=last, actor=cast.judge)
        with pytest.raises(InvalidInput):
            interference.state_none(month=last - timedelta(days=last.day), actor=cast.judge)
        assert interference.stated_months(cast.judge) == [this, last]
    with owner_connection.cursor() as cursor, pytest.raises(psycopg2.Error, match="append-only"):
        cursor.execute("DELETE FROM zone.nonestatement")
