"""After an incident: the cases and people it concerns, on record, for one's eyes only (SEC-69)."""

from __future__ import annotations

import csv
import stat
from contextlib import closing
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.models import Case
from common import clock
from documents.models import StoredFile
from eventlog.models import Event
from portal.demo import cast as people
from tests.support.court import Cast, submitted

pytestmark = pytest.mark.req("SEC-69")


def listed(cast: Cast, out: Path, *more: str) -> tuple[str, list[list[str]]]:
    said = StringIO()
    by = cast.posts["admin"].user.username
    call_command("incident_list", f"--as={by}", "--reason=账号被盗用", f"--out={out}", *more, stdout=said)
    return said.getvalue(), list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines()))


def test_what_an_account_opened_names_the_people_of_those_cases_only(
    cast: Cast, case: Case, tmp_path: Path
) -> None:
    other = submitted(cast, principal=90000)
    clerk = cast.posts["clerk2"].user
    file = StoredFile.objects.filter(owner_public_id=case.filing_public_id).latest("id")
    said, _rows = listed(cast, tmp_path / "nothing.csv", f"--account={clerk.username}")
    assert said.startswith("0 cases, 0 applications, 0 lines")
    with closing(cast.client("clerk2").get(f"/files/{file.public_id}/", follow=True)) as answer:
        assert answer.status_code == 200
    said, rows = listed(cast, tmp_path / "list.csv", f"--account={clerk.username}")
    assert said.startswith("1 cases, 0 applications")
    assert {row[0] for row in rows[1:]} == {case.number} and other.number not in str(rows)
    assert {people.ZHANG.name, people.LI.name} <= {row[3] for row in rows[1:]}
    assert {people.ZHANG.phone} <= {row[5] for row in rows[1:]}
    assert str(cast.users["zhang"].public_id) in {row[4] for row in rows[1:]}
    assert stat.S_IMODE((tmp_path / "list.csv").stat().st_mode) == 0o600
    entry = Event.objects.filter(name="portal.incident_listed").latest("id")
    assert entry.payload["cases"] == [str(case.public_id)] and entry.payload["reason"] == "账号被盗用"
    assert people.ZHANG.name not in str(entry.payload)
    before = (clock.today() - timedelta(days=2)).isoformat()
    said, _rows = listed(cast, tmp_path / "before.csv", f"--account={clerk.username}", f"--until={before}")
    assert said.startswith("0 cases")


def test_an_application_and_a_case_named_by_hand(cast: Cast, case: Case, tmp_path: Path) -> None:
    waiting = submitted(cast, principal=90000)
    said, rows = listed(
        cast, tmp_path / "list.csv", f"--account={cast.users['zhang'].public_id}", f"--case={case.public_id}"
    )
    assert said.startswith("1 cases, 1 applications")
    assert {row[0] for row in rows[1:]} == {case.number, waiting.number}


def test_without_reason_name_or_question_nothing_is_written(cast: Cast, tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    by = f"--as={cast.posts['admin'].user.username}"
    account = f"--account={cast.users['zhang'].public_id}"
    for wrong in (
        [by, account, "--reason=x"],
        [by, "--reason=账号被盗用"],
        [by, "--account=nobody", "--reason=账号被盗用"],
        ["--as=nobody", account, "--reason=账号被盗用"],
    ):
        with pytest.raises(CommandError):
            call_command("incident_list", *wrong, f"--out={out}", stdout=StringIO())
    assert not out.exists() and not Event.objects.filter(name="portal.incident_listed").exists()
    out.write_text("mine")
    with pytest.raises(CommandError):
        listed(cast, out, account)
    assert out.read_text() == "mine"
