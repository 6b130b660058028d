"""The database gives up in the middle of an act: a deadlock, a conflict of transactions, a killed process. Nothing half stays,
the person is told to look before he does it again, and the same request works afterwards (F-12, F-20, F-21)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import OperationalError, transaction

from eventlog import services as eventlog
from eventlog.models import Event, StreamHead
from eventlog.verify import verify
from feedback.models import Message, Thread
from tests.faults.crash import run_and_die
from tests.support.court import Cast, accepted

ENDS = {
    "deadlock": "RAISE EXCEPTION 'told to' USING ERRCODE = '40P01'",
    "serialization": "RAISE EXCEPTION 'told to' USING ERRCODE = '40001'",
    "cut": "PERFORM pg_terminate_backend(pg_backend_pid())",
}
"""What happens to the act that writes an event: the server gives it up, or the line to the server is cut."""
PAGE = "/my/cases/{}/messages/new/?topic=material"


@pytest.fixture
def refusing(owner_connection: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    """Every act that writes an event ends like this, until the test takes the trigger away."""
    with owner_connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION say_no() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN"
            f" {ENDS[request.param]}; RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER say_no BEFORE INSERT ON eventlog_event FOR EACH ROW EXECUTE FUNCTION say_no()"
        )
    yield
    forget(owner_connection)


def forget(link: Any) -> None:
    with link.cursor() as cursor:
        cursor.execute("DROP FUNCTION IF EXISTS say_no() CASCADE")


@pytest.mark.req("F-20", "F-21", "SEC-42")
@pytest.mark.parametrize("refusing", ENDS, indirect=True)
def test_a_question_whose_act_is_given_up(
    cast: Cast, case: Any, refusing: None, owner_connection: Any
) -> None:
    before, zhang = Event.objects.count(), cast.client("zhang")
    zhang.raise_request_exception = False
    body = {"text": "我补交了转账记录，请查收。", "form_key": "the-key-of-this-form"}
    answer = zhang.post(PAGE.format(case.public_id), body)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "也可能没有" in answer.content.decode()
    assert not Thread.objects.exists() and Event.objects.count() == before and verify() == []
    forget(owner_connection)
    for _again in range(2):
        assert zhang.post(PAGE.format(case.public_id), body).status_code == 302
    assert Message.objects.count() == 1


@pytest.fixture
def cut_before_the_answer(owner_connection: Any) -> Iterator[None]:
    """The line to the database is cut when the session is saved after an act that is committed, until the test takes it away."""
    with owner_connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION say_no() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN"
            f" IF EXISTS (SELECT FROM feedback_thread) THEN {ENDS['cut']}; END IF; RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER say_no BEFORE UPDATE ON django_session FOR EACH ROW EXECUTE FUNCTION say_no()"
        )
    yield
    forget(owner_connection)


@pytest.mark.req("F-02", "REL-50")
def test_a_question_that_is_kept_while_its_answer_is_lost(
    cast: Cast, case: Any, cut_before_the_answer: None, owner_connection: Any
) -> None:
    zhang = cast.client("zhang")
    zhang.raise_request_exception = False
    body = {"text": "我补交了转账记录，请查收。", "form_key": "the-key-of-this-form"}
    answer = zhang.post(PAGE.format(case.public_id), body)
    words = answer.content.decode()
    assert answer.status_code == 503 and Thread.objects.count() == 1, (
        "the act is kept, only its answer is lost"
    )
    assert "可能办成了，也可能没有" in words and "先看“我的案件”" in words and "也只算一次" in words
    forget(owner_connection)
    assert zhang.post(PAGE.format(case.public_id), body).status_code == 302
    assert Message.objects.count() == 1 and verify() == []


@pytest.fixture
def deadlocks(owner_connection: Any) -> Iterator[Callable[[], int]]:
    """The first two acts that write an event end as victims of a deadlock; gives how many tried."""
    with owner_connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE tries; GRANT USAGE ON tries TO PUBLIC")
        cursor.execute(
            "CREATE FUNCTION say_no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF nextval('tries') <= 2 THEN {ENDS['deadlock']}; END IF; RETURN NULL; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER say_no BEFORE INSERT ON eventlog_event FOR EACH STATEMENT EXECUTE FUNCTION say_no()"
        )

        def tried() -> int:
            cursor.execute("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM tries")
            return int(cursor.fetchone()[0])

        yield tried
        forget(owner_connection)
        cursor.execute("DROP SEQUENCE tries")


@pytest.mark.req("REL-35", "F-21")
def test_what_is_done_once_anyway_is_tried_again_after_a_deadlock(
    cast: Cast, case: Any, deadlocks: Callable[[], int]
) -> None:
    """Three times in all; its sender hears nothing of it."""
    body = {"text": "我补交了转账记录，请查收。", "form_key": "the-key-of-this-form"}
    assert cast.client("zhang").post(PAGE.format(case.public_id), body).status_code == 302
    assert deadlocks() == 3
    assert Message.objects.count() == 1 and verify() == []


@pytest.mark.req("REL-35", "F-21")
def test_an_act_that_nobody_counts_is_not_tried_again(cast: Cast, deadlocks: Callable[[], int]) -> None:
    user = cast.users["zhang"]
    with pytest.raises(OperationalError), eventlog.act():
        eventlog.emit("accounts.signed_in", subject=user, actor=cast.zhang, stream="person:x")
    assert deadlocks() == 1


KILLED = """
from accounts.models import User
from common.actor import system
from eventlog import services
from eventlog.models import {model}
{model}.objects.bulk_create = die
with services.act():
    services.emit("accounts.signed_in", subject=User.objects.order_by("id")[0], actor=system("test"), stream="person:x")
"""


@pytest.mark.req("F-12")
@pytest.mark.parametrize("model", ["StreamHead", "Receipt"])
def test_killed_while_the_trail_is_written(cast: Cast, model: str) -> None:
    """Between the lines of one entry: nothing of it stays, and the chains are whole."""
    accepted(cast)
    before = Event.objects.count(), dict(StreamHead.objects.values_list("stream", "seq"))
    run_and_die(KILLED.format(model=model))
    assert (Event.objects.count(), dict(StreamHead.objects.values_list("stream", "seq"))) == before
    assert verify() == []


@pytest.mark.req("F-12")
def test_control_without_the_transaction_half_an_entry_stays(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry without its head: the next one has the same number, and the database refuses it."""

    class Killed(Exception):
        pass

    def die(*_args: Any, **_more: Any) -> None:
        raise Killed

    user = cast.users["zhang"]
    monkeypatch.setattr(transaction, "atomic", lambda *_args, **_more: nullcontext())
    monkeypatch.setattr(eventlog, "_locked_heads", lambda streams: {s: StreamHead(stream=s) for s in streams})
    monkeypatch.setattr(StreamHead.objects, "bulk_create", die)
    with pytest.raises(Killed), eventlog.act():
        eventlog.emit("accounts.signed_in", subject=user, actor=cast.zhang, stream="person:x")
    monkeypatch.undo()
    assert Event.objects.filter(stream="person:x").count() == 1
    assert not StreamHead.objects.filter(stream="person:x").exists()
