"""What was erased stays erased after a restore: closings are told outside, and closed again from there (SEC-68)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import User
from common import clock
from common.errors import GatewayUnavailable
from eventlog import anchors
from eventlog.models import Event, Outbox, OutboxState
from eventlog.offline import Verdict
from eventlog.relay import run_due
from eventlog.verify import verify
from filing.models import Filing
from portal import closing_services as closings
from portal.closed_list import Closed, listed, note, still_open, tell_outside
from portal.demo.cast import ZHANG
from portal.models import AccountClosing, ClosingState, HeldKind
from portal.retention.holds import lift_hold, place_hold
from tests.eventlog.test_anchors import many
from tests.infra.test_drill import operator, said
from tests.support.court import Cast, draft

__all__ = ["operator"]
pytestmark = [pytest.mark.req("SEC-68"), pytest.mark.django_db(transaction=True)]
THEN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def outside(tmp_path: Path, settings: Any) -> Path:
    """The place that is written once."""
    settings.ANCHORS_DIR = str(tmp_path / "anchors")
    return tmp_path / "anchors"


def closed(cast: Cast) -> User:
    """The account of 张某, closed by two."""
    row = closings.ask_closing(actor=cast.zhang)
    closings.propose(public_id=row.public_id, actor=cast.admin)
    closings.decide(public_id=row.public_id, move="agree", actor=cast.supervisor)
    return User.objects.get(pk=row.user_id)


def again(*arguments: str) -> tuple[str, str]:
    """What the command prints, and the sentence it fails with."""
    told = StringIO()
    try:
        call_command("close_again", *arguments, stdout=told)
    except CommandError as error:
        return told.getvalue(), str(error)
    return told.getvalue(), ""


def test_each_closing_is_told_outside_by_nothing_but_its_id(cast: Cast, outside: Path) -> None:
    user = closed(cast)
    while run_due():
        pass
    event = Event.objects.get(name="portal.account_closed")
    (told,) = listed(str(outside))
    assert (told.account, told.at) == (user.public_id, event.happened_at.replace(microsecond=0))
    (path,) = outside.iterdir()
    assert path.read_text() == f"{path.name}\n" == f"{told.name}\n"
    tell_outside(event)
    assert list(outside.iterdir()) == [path], "the same once more"
    assert still_open(str(outside)) == [], "here it is closed"


def test_while_the_place_is_away_it_is_told_later(cast: Cast, outside: Path) -> None:
    outside.write_text("no folder")
    closed(cast)
    while run_due():
        pass
    waiting = Outbox.objects.get(handler="portal.closed_list.tell_outside")
    assert waiting.state == OutboxState.PENDING
    with pytest.raises(GatewayUnavailable):
        tell_outside(Event.objects.get(pk=waiting.event_id))
    outside.unlink()
    with clock.at(clock.now() + timedelta(days=1)):
        while run_due():
            pass
    assert len(listed(str(outside))) == 1


def test_a_database_from_before_closes_again_what_it_holds_open(cast: Cast, outside: Path) -> None:
    user, filing = cast.users["zhang"], draft(cast)
    row = closings.ask_closing(actor=cast.zhang)  # the backup is of this moment
    # the decision, somebody whom this backup does not know, and one of the court
    for account in (user.public_id, uuid4(), cast.posts["clerk"].user.public_id):
        note(Closed(account, THEN))
    outside.joinpath("anchor-000000001.jsonl").write_text("{}")
    shown, _none = again()
    assert f"{user.public_id} closed 2026-03-02 08:00 UTC: would go: " in shown and "1 open here" in shown
    assert "没有提交过的草稿 1" in shown and ZHANG.name not in shown
    user.refresh_from_db()
    assert user.phone == ZHANG.phone and Filing.objects.filter(pk=filing.pk).exists(), "a dry run"
    assert again("--do")[1] == "--as names no member of staff."
    done, failed = again("--do", "--as", "admin")
    assert "1 closed again" in done and failed == ""
    user.refresh_from_db()
    row.refresh_from_db()
    assert closings.is_closed(user) and not Filing.objects.filter(pk=filing.pk).exists()
    assert row.state == ClosingState.WITHDRAWN, "nothing waits for an answer any more"
    event = Event.objects.get(name="portal.account_closed_again")
    assert (
        event.actor_id == cast.posts["admin"].user_id
        and event.payload["decided_at"] == "2026-03-02T08:00:00Z"
    )
    assert event.payload["gone"]["drafts"] == 1
    assert "0 closed again" in again("--do", "--as", "admin")[0], "again does no harm"
    assert Event.objects.filter(name="portal.account_closed_again").count() == 1
    assert [one for one in verify() if one.verdict == Verdict.BROKEN] == []
    while run_due():
        pass
    assert len(listed(str(outside))) == 3, "what is on the list is not told once more"


def test_a_legal_hold_wins_here_too(cast: Cast, outside: Path) -> None:
    user = cast.users["zhang"]
    note(Closed(user.public_id, THEN))
    hold = place_hold(
        kind=HeldKind.PERSON, thing=user.public_id, reason="法院要求保全", actor=cast.supervisor
    )
    for arguments in ((), ("--do", "--as", "admin")):
        shown, failed = again(*arguments)
        assert "waits: 依法保全" in shown and failed.startswith("1 wait")
    user.refresh_from_db()
    assert user.phone == ZHANG.phone
    lift_hold(public_id=hold.public_id, reason="保全已经解除", actor=cast.supervisor)
    assert again("--do", "--as", "admin")[1] == ""
    user.refresh_from_db()
    assert closings.is_closed(user) and not AccountClosing.objects.exists()


def test_without_a_list_it_says_so(outside: Path, settings: Any) -> None:
    assert again() == ("0 open here\n", "")
    many("case:a")
    assert anchors.cut(now_at_once=True) is not None
    assert "is it mounted?" in again()[1], "a restored portal whose folder is not there"
    settings.ANCHORS_DIR = ""
    note(Closed(uuid4(), THEN))
    assert "ANCHORS_DIR is not set" in again()[1]


def test_nothing_leaves_before_they_are_closed_again(cast: Cast, operator: Path, settings: Any) -> None:
    staff = ("--as", "admin", "--reason", "已经核对完毕")
    note(Closed(cast.users["zhang"].public_id, THEN))
    said("outgoing", "hold", *staff)
    assert "nothing is held" in said("outgoing", "release", *staff), "no restore, no list"
    said("outgoing", "hold", *staff, "--restored")
    with pytest.raises(CommandError, match="还有1个开着"):
        said("outgoing", "release", *staff)
    assert "1 closed again" in said("close_again", "--do", "--as", "admin")
    assert "nothing is held" in said("outgoing", "release", *staff)
