"""Security events have a stream of their own in the logs, without personal data, and leave the host (REL-53)."""

from __future__ import annotations

import json
import logging
import socket
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.people import record_step_up
from common import security
from common.actor import Actor, Kind, Role
from common.errors import TooManyRequests
from eventlog.registry import NAMES
from eventlog.services import act
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
