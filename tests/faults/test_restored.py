"""Last night's database is restored in the morning (F-32): no text and no money leaves a second time, and nothing at all before
somebody reconciled it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from common import clock
from eventlog.models import Event
from eventlog.relay import run_due
from notifications.models import Channel, Message, MessageState
from notifications.recipients import Recipient
from notifications.services import notify, send_due
from standins.models import CashierRefund, SentText
from tests.faults.crash import PREAMBLE
from tests.infra.test_database_roles import run_python, scratch_database
from tests.infra.test_drill import operator
from tests.payments.refunds import ready
from tests.support.court import Cast
from tests.support.database import alone_on_server, process_environment
from tests.support.servers import Live

__all__ = ["operator"]

PATIENT = 60
"""Seconds that an answer of the stand-ins may take: what is tested here is not how fast this machine is."""
MORNING = """
from datetime import timedelta
from django.conf import settings
settings.OUTSIDE_CONNECT_SECONDS = settings.OUTSIDE_READ_SECONDS = {patient}
from django.core.management import call_command
from common import clock
from eventlog.models import Event
from eventlog.relay import run_due
from notifications.models import Channel, Message, MessageState
from notifications.services import send_due
from payments.tasks import poll_refunds, send_refunds

def work():
    for minutes in (1, 10, 30):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            print("left", run_due(), send_due(), send_refunds(), poll_refunds())

call_command("restore", "{dump}", "--identity", "{identity}")
evening = Event.objects.latest("id").happened_at
{guard}
work()
print("released")
with clock.at(evening):  # the day that the backup knows, whenever this runs
    call_command("outgoing", "release", "--as", "admin", "--reason", "已经核对完毕")
work()
print("dropped", Message.objects.filter(channel=Channel.SMS, state=MessageState.DROPPED).count())
"""
CLEAN = """
from eventlog import holding
holding.kept_by(holding.Standing)
"""


def morning(
    cast: Cast, live: Live, place: Path, settings: Any, guard: str = ""
) -> tuple[list[str], set[Any]]:
    """A refund and a text that were due at the time of the backup leave in the evening; the backup is restored in the morning.
    What a worker says there, and the texts that left once more."""
    settings.OUTSIDE_CONNECT_SECONDS = settings.OUTSIDE_READ_SECONDS = PATIENT
    refund = ready(cast, live)
    event = Event.objects.order_by("-id")[0]
    zhang = Recipient(key="zhang", user_id=cast.users["zhang"].pk, phone="13800000001")
    notify(
        event, [zhang], kind="probe", court=cast.court, title="有新进展", body="您的案件有新进展", link="/my/"
    )
    call_command("backup", "dump")
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert run_due() and send_due()
    assert CashierRefund.objects.count() == 1
    evening = list(SentText.objects.order_by("id").values_list("to", "text"))
    assert evening and not Message.objects.filter(channel=Channel.SMS, state=MessageState.QUEUED).exists()
    (dump,) = (place / "backups").glob("*.dump.age")
    code = MORNING.format(dump=dump, identity=place / "keys" / "backup.key", guard=guard, patient=PATIENT)
    with scratch_database(os.environ["DATABASE_URL"], f"restored_{os.getpid()}") as url, alone_on_server():
        there = process_environment() | {"PORTAL_DB_ROLE": "owner", "DATABASE_URL": url}
        done = run_python(PREAMBLE + code, there)
    assert done.returncode == 0, done.stderr[-3000:]
    assert refund.parts.get().out_no == CashierRefund.objects.get().refund_no, "one number, one refund"
    later = SentText.objects.order_by("id")[len(evening) :].values_list("to", "text")
    return done.stdout.splitlines(), set(evening) & set(later)


@pytest.mark.req("F-32", "REL-56")
def test_nothing_leaves_a_second_time(cast: Cast, live: Live, operator: Path, settings: Any) -> None:
    lines, again = morning(cast, live, operator, settings)
    begun = lines.index("released")
    assert [line for line in lines[:begun] if line.startswith("left")] == ["left 0 0 0 0"] * 3
    assert again == set()
    assert int(lines[-1].split()[1]), "those were dropped on record"


def test_control_without_the_hold_a_text_leaves_again(
    cast: Cast, live: Live, operator: Path, settings: Any
) -> None:
    lines, again = morning(cast, live, operator, settings, guard=CLEAN)
    assert "left 0 0 0 0" not in lines[: lines.index("released")]
    assert again
