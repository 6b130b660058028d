"""Security events have a stream of their own in the logs, without personal data, and leave the host (REL-53)."""

from __future__ import annotations

import json
import logging
import socket
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.guessing import ACCOUNT, WINDOW_SECONDS
from accounts.services.limits import count
from accounts.services.people import record_step_up
from cases.models import Case, Side
from common import clock, security
from common.actor import Actor, Kind, Role
from common.errors import TooManyRequests
from eventlog.models import Event, Receipt
from eventlog.registry import NAMES
from eventlog.relay import run_due
from eventlog.services import act
from feedback.models import Topic
from feedback.services import ask
from portal.logging import JsonFormatter
from tests.infra.test_database_roles import run_python
from tests.support.court import Cast
from tests.support.database import process_environment

STREAM = "portal.security"


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What the stream holds, as it is written."""
    found = [JsonFormatter().format(record) for record in caplog.records if record.name == STREAM]
    caplog.clear()
    return [json.loads(line) for line in found]


@pytest.mark.req("REL-53")
def test_a_failed_sign_in_is_in_the_stream(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    client = Client(REMOTE_ADDR="10.7.7.7")
    clerk: User = cast.posts["clerk"].user
    for _try in range(2):
        client.post("/staff/login/", {"username": clerk.username, "password": "wrong-password"})
    failed = [line for line in lines(caplog) if line["event"] == "sign_in_failed"]
    assert [line["door"] for line in failed] == ["staff", "staff"]
    assert failed[0]["tried"] == failed[1]["tried"] != failed[0]["network"]


@pytest.mark.req("REL-53")
def test_each_lock_that_closes_is_in_the_stream(
    cast: Cast, case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    """By the acts themselves: too many passwords, codes, guesses from outside, downloads."""
    caplog.set_level(logging.INFO)
    now, client = clock.now().replace(minute=5, second=0), Client(REMOTE_ADDR="10.7.7.7")
    zhang, clerk = cast.client("zhang"), cast.posts["clerk"].user.username

    def staff(client: Client) -> int:
        sent = {"username": clerk, "password": "wrong-password"}
        return client.post("/staff/login/", sent).status_code

    def phone() -> int:
        sent = {"phone": "13900000099", "password": "wrong-password"}
        return client.post("/login/password/", sent).status_code

    with clock.at(now):
        assert [staff(client) for _try in range(11)][-1] == 429
        closed = lines(caplog)
        assert [line["counter"] for line in closed if line["event"] == "limit_reached"] == ["staff"]
        for _try in range(ACCOUNT):
            count(f"staff-account:{clerk}", WINDOW_SECONDS)
        assert staff(Client(REMOTE_ADDR="10.7.7.8")) == 429
        (line,) = [line for line in lines(caplog) if line["event"] == "sign_in_closed"]
        assert line["counter"] == "staff-account" and clerk not in str(line)
        assert [phone(), phone()] == [422, 429]
        (line,) = [line for line in lines(caplog) if line["event"] == "sign_in_waits"]
        assert "13900000099" not in str(line) and "10.7.7.7" not in str(line)
        count("otp:60:13900000099", 60)
        assert Client().post("/login/", {"phone": "13900000099"}).status_code == 429
        assert [line["counter"] for line in lines(caplog) if line["event"] == "limit_reached"] == ["otp"]
        receipt = Receipt.objects.get(event_id=Event.objects.get(name="filing.submitted").pk)
        asked = [zhang.get(f"/receipts/{receipt.public_id}/proof/").status_code for _try in range(11)]
        assert asked[-2:] == [200, 429]
        assert [line["counter"] for line in lines(caplog) if line["event"] == "limit_reached"] == ["proof"]


@pytest.mark.req("REL-53")
def test_what_is_taken_out_is_in_the_stream(cast: Cast, case: Case, caplog: pytest.LogCaptureFixture) -> None:
    """One's own file, a thread, one's own data: each by its page, under the stand-in of who took it."""
    while run_due():
        pass
    party = case.parties.get(side=Side.PLAINTIFF)
    asked = ask(case_id=case.pk, party_id=party.pk, topic=Topic.OTHER, text="何时开庭？", actor=cast.zhang)
    caplog.set_level(logging.INFO)
    caplog.clear()
    zhang = cast.client("zhang")
    home = f"/my/cases/{case.public_id}"
    taken: Any = zhang.post(f"{home}/file/download/")
    assert b"".join(taken.streaming_content)
    taken.close()
    assert zhang.get(f"{home}/messages/{asked.public_id}/record/").status_code == 200
    assert zhang.post("/my/data/", {}).status_code == 302
    told = {line["event"]: line for line in lines(caplog)}
    assert {"casefiles.exported", "feedback.exported", "portal.data_asked"} <= told.keys()
    who = {told[name]["actor"] for name in ("casefiles.exported", "feedback.exported", "portal.data_asked")}
    assert who == {security.pseudonym(cast.users["zhang"].pk)}
    assert not [word for word in (case.number, "张某", "何时开庭") if word in str(told)]


@pytest.mark.req("REL-53")
def test_an_event_of_the_trail_is_in_the_stream_when_it_is_true(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    zhang: User = cast.users["zhang"]
    actor = Actor(kind=Kind.PUBLIC, role=Role.LITIGANT, user_id=zhang.pk)
    with pytest.raises(TooManyRequests), act():
        record_step_up(zhang, actor=actor)
        raise TooManyRequests("undone", retry_after_seconds=1)
    assert lines(caplog) == []
    record_step_up(zhang, actor=actor)
    (line,) = lines(caplog)
    assert (line["event"], line["actor"]) == ("accounts.stepped_up", security.pseudonym(zhang.pk))
    assert line["event_id"] and zhang.name not in str(line)


@pytest.mark.req("REL-53")
def test_the_kinds_that_belong_there() -> None:
    """Sign-ins, second proofs, resets, exports and brakes."""
    kinds = {name for name, event in NAMES.items() if event.security}
    assert {
        "accounts.signed_in",
        "accounts.stepped_up",
        "accounts.factors_reset",
        "accounts.phone_changed",
        "feedback.exported",
        "casefiles.exported",
        "documents.read_much",
        "portal.outgoing_held",
        "cases.read_with_reason",
    } <= kinds
    assert not [name for name in kinds if name.startswith(("complaints.", "zone."))]


@pytest.mark.req("REL-53")
def test_the_stream_leaves_the_host() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as keeper:
        keeper.bind(("127.0.0.1", 0))
        keeper.settimeout(60)
        address = f"127.0.0.1:{keeper.getsockname()[1]}"
        said = run_python(
            "import django; django.setup()\n"
            "import logging; from common import security\n"
            "logging.getLogger('portal.access').warning('not this one')\n"
            "security.note('sign_in_failed', user_id=7, door='staff')",
            process_environment()
            | {"SECURITY_LOG_ADDRESS": address, "DJANGO_SETTINGS_MODULE": "portal.settings"},
        )
        assert said.returncode == 0, said.stderr
        sent = keeper.recv(4096).decode()
    told = json.loads(sent[sent.index("{") : sent.rindex("}") + 1])
    assert (told["logger"], told["event"], told["door"]) == (STREAM, "sign_in_failed", "staff")
    assert "sign_in_failed" in said.stderr, "the log of the host has it too"
