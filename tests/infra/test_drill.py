"""The restore drill finds nothing on a good installation and names what a bad one lost; backups are closed (REL-56)."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import ProgrammingError, connection
from psycopg2 import sql

from accounts.services import sign_in_by_phone
from common import clock
from common.write_once import Folder
from courts.models import Court
from documents.models import StoredFile
from eventlog import anchors
from eventlog.holding import Standing
from eventlog.models import Event, Outbox, OutboxState
from eventlog.relay import run_due
from eventlog.services import act
from launcher import postgres
from payments.gateways import DayBill
from payments.models import DayClose, Difference
from payments.services.recon.run import take_statement
from portal import backups, holding, keys
from portal.closed_list import Closed, note
from portal.management.commands.drill import newest_segment
from portal.models import Hold, Installation
from tests.eventlog.test_nested_acts import happen
from tests.support.court import Cast, cast
from tests.support.servers import Signer

__all__ = ["cast"]
EVIDENCE = b"evidence"


@pytest.fixture
def operator(
    transactional_db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """This process is that of an operator: owner's rights, PostgreSQL's programs, folders and the public key below this one."""
    keys.make_backup_key(tmp_path / "keys")
    monkeypatch.setenv("PG_BINDIR", str(postgres.binaries()))
    settings.DATABASE_ROLE = "owner"
    settings.ANCHORS_DIR, settings.BACKUP_DIR = str(tmp_path / "anchors"), str(tmp_path / "backups")
    settings.BACKUP_COPY_DIR = str(tmp_path / "copies")
    settings.BACKUP_KEY_FILE = str(tmp_path / "keys" / "backup.public")
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        cursor.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(cursor.fetchone()[0])))
    yield tmp_path
    connection.close()


def said(*arguments: str) -> str:
    """What a command prints."""
    told = StringIO()
    call_command(*arguments, stdout=told, stderr=told)
    return told.getvalue()


@pytest.fixture
def stored(transactional_db: None) -> Iterator[StoredFile]:
    """A kept file."""
    key = default_storage.save("drill-probe", ContentFile(EVIDENCE))
    yield StoredFile.objects.create(
        court=Court.objects.get(code="某1234"),
        owner_kind="probe",
        owner_public_id=uuid.uuid4(),
        display_name="probe.pdf",
        storage_key=key,
        content_type="application/pdf",
        size_bytes=len(EVIDENCE),
        sha256=hashlib.sha256(EVIDENCE).hexdigest(),
        received_at="2026-03-02T08:00:00Z",
    )
    default_storage.delete(key)


@pytest.mark.req("REL-56", "SEC-55")
def test_the_drill_names_a_file_that_is_not_what_it_was(stored: StoredFile, operator: Path) -> None:
    StoredFile.objects.filter(pk=stored.pk).update(sha256="0" * 64)
    told = StringIO()
    with pytest.raises(CommandError, match="1 differences"):  # everything else is as it was
        call_command("drill", "restore", stdout=told, stderr=told)
    assert f"file {stored.public_id}: bytes differ from their hash" in told.getvalue()
    assert "anchors inside" in told.getvalue()


@pytest.mark.req("REL-56", "F-31", "F-32")
def test_last_nights_backup_lacks_a_tail_that_the_anchors_outside_know(
    stored: StoredFile, operator: Path, own_signer: Signer
) -> None:
    own_signer.start()
    gone = sign_in_by_phone(phone="13800000009")
    note(Closed(gone.public_id, clock.now()))  # two decided it after this backup
    with act():
        happen("case:a", "case:b")
    assert anchors.cut() and anchors.complete_pending() == 3
    said("backup", "dump")
    (dump,) = (operator / "backups").glob("*.dump.age")
    assert (operator / "copies" / dump.name).read_bytes() == dump.read_bytes()
    with act():
        happen("case:a", "case:a", "case:c")
    assert anchors.cut(now_at_once=True) and anchors.complete_pending() == 3
    chosen = ("drill", "restore", "--backup", str(dump), "--identity", str(operator / "keys" / "backup.key"))
    restored = said(*chosen)
    assert "tail missing 3: short anchor 2\n" in restored, "it names the place"
    assert "accounts closed since: 1, closed again in the copy: 1\n" in restored
    assert "anchors 2-2 taken over in the copy\n" in restored, "the signer would sign number 3 there"
    gone.refresh_from_db()
    assert gone.phone and gone.is_active, "the drill changes nothing here"
    assert "anchors outside" in restored and "nothing differs" in restored
    assert re.search(r"back in [\d.]+ s, of it [\d.]+ s in the database \(RTO at most 4:00:00\)", restored)
    assert re.search(r"lost: \d+ s of acts \(RPO at most 0:05:00\)", restored)
    for path in (operator / "anchors").iterdir():  # control: without them nobody could know
        path.unlink()
    with clock.at(clock.now() + timedelta(minutes=6)), act():
        happen("case:a")
    told = StringIO()
    with pytest.raises(
        CommandError, match="1 differences"
    ):  # last night's dump alone: these six minutes are in no backup
        call_command(*chosen, stdout=told, stderr=told)
    assert "the list of closed accounts cannot be read" in told.getvalue()
    assert "tail missing" not in told.getvalue() and "of acts are in no backup" in told.getvalue()
    segment = operator / "backups" / "wal" / "000000010000000000000001.age"
    assert newest_segment().year == 1970
    segment.parent.mkdir()
    segment.write_bytes(b"")
    os.utime(segment, (1_900_000_000, 1_900_000_000))
    assert newest_segment().timestamp() == 1_900_000_000, "what was archived since is not lost"


@pytest.mark.req("REL-56")
def test_the_drill_finds_wrong_keys_wrong_books_and_what_is_not_held(
    cast: Cast, operator: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FIELD_KEYS = {"another": bytes(32)}
    monkeypatch.setattr(holding, "standing", Standing)
    DayClose.objects.create(
        court=cast.court, day="2026-03-02", totals=[], balances={"bank": "1.00"},
        closed_at="2026-03-03T08:00:00Z", closed_by=cast.posts["admin"],
    )  # fmt: skip
    told = StringIO()
    with pytest.raises(CommandError):
        call_command("drill", "restore", stdout=told, stderr=told)
    assert "accounts.user.phone: KeyError, wrong keys?" in told.getvalue()
    assert "the copy is not held" in told.getvalue()
    assert "ledger: balance 2026-03-02 bank" in told.getvalue(), "a day that says what its lines do not"


@pytest.mark.req("REL-56")
def test_a_backup_is_closed_whole_and_written_once(tmp_path: Path) -> None:
    keys.make_backup_key(tmp_path)
    public, private = (
        backups.recipients(tmp_path / "backup.public"),
        backups.identities(tmp_path / "backup.key"),
    )
    text = "王某的身份证号".encode() * 1000
    place = tmp_path / "one.age"
    assert backups.close_into(place, BytesIO(text), public) == hashlib.sha256(place.read_bytes()).hexdigest()
    assert "王某".encode() not in place.read_bytes()
    opened = BytesIO()
    backups.open_into(place, opened, private)
    assert opened.getvalue() == text
    with pytest.raises(FileExistsError):
        backups.close_into(place, BytesIO(b"another"), public)
    copies, copy = Folder(tmp_path / "copies"), tmp_path / "copies" / place.name
    for _again in range(2):
        backups.copy_once(place, copies)
    assert copy.read_bytes() == place.read_bytes() and not copy.stat().st_mode & 0o222
    place.chmod(0o600)
    changed = bytearray(place.read_bytes())
    changed[-1] ^= 1
    place.write_bytes(changed)
    with pytest.raises(CommandError, match=r"one\.age"):
        backups.open_into(place, BytesIO(), private)
    with pytest.raises(CommandError, match="another file"):
        backups.copy_once(place, copies)
    with pytest.raises(CommandError):
        backups.open_into(copy, BytesIO(), [pyrage.x25519.Identity.generate()])
    assert list(tmp_path.glob(".one*")) == []


@pytest.mark.req("REL-56")
def test_the_key_that_opens_is_not_kept_where_backups_are_made(tmp_path: Path) -> None:
    keys.make_backup_key(tmp_path)
    with pytest.raises(ValueError, match="belongs to where backups are restored"):
        backups.recipients(tmp_path / "backup.key")
    with pytest.raises(FileExistsError):
        keys.make_backup_key(tmp_path)


@pytest.mark.req("REL-56")
def test_archived_segments_are_closed_and_leave(operator: Path) -> None:
    segments = operator / "wal"
    segments.mkdir()
    (segments / "000000010000000000000001").write_bytes(b"what people wrote")
    (segments / "000000010000000000000002.part").write_bytes(b"half")
    said("backup", "wal", str(segments))
    assert [path.name for path in segments.iterdir()] == ["000000010000000000000002.part"]
    name = f"wal/{backups.server()}/000000010000000000000001.age"
    assert (operator / "backups" / name).read_bytes() == (operator / "copies" / name).read_bytes()
    opened = BytesIO()
    backups.open_into(
        operator / "copies" / name, opened, backups.identities(operator / "keys" / "backup.key")
    )
    assert opened.getvalue() == b"what people wrote"


@pytest.mark.req("REL-56")
def test_segments_of_an_earlier_server_take_no_name_away(operator: Path) -> None:
    segments, earlier = operator / "wal", "wal/7000000000000000001/000000010000000000000001.age"
    segments.mkdir()
    for place in ("backups", "copies"):
        (operator / place / earlier).parent.mkdir(parents=True)
        (operator / place / earlier).write_bytes(b"of the server that burned")
    (segments / "000000010000000000000001").write_bytes(b"of this one")
    said("backup", "wal", str(segments))
    for place in ("backups", "copies"):
        assert (operator / place / earlier).read_bytes() == b"of the server that burned"
        (mine,) = (operator / place).glob(f"wal/{backups.server()}/*.age")
        opened = BytesIO()
        backups.open_into(mine, opened, backups.identities(operator / "keys" / "backup.key"))
        assert opened.getvalue() == b"of this one"


@pytest.mark.req("REL-56", "SEC-47")
def test_held_and_released_by_a_name_with_a_reason(cast: Cast, operator: Path) -> None:
    assert not holding.standing().held
    staff = ("--as", "admin", "--reason")
    with pytest.raises(CommandError, match="至少5个字"):
        said("outgoing", "hold", *staff, "短")
    with pytest.raises(CommandError, match="no member of staff"):
        said("outgoing", "hold", "--reason", "查一笔错账")
    said("outgoing", "hold", *staff, "查一笔错账")
    waiting = Outbox.objects.filter(state=OutboxState.PENDING)
    before = waiting.count()
    assert before and run_due() == 0 and waiting.count() == before
    with pytest.raises(CommandError, match="已经暂停"):
        said("outgoing", "hold", *staff, "再停一次看看")
    assert "nothing is held" in said("outgoing", "release", *staff, "已经查清楚了")
    assert run_due() == before
    assert (
        list(Event.objects.filter(stream="operations").values_list("actor_name", flat=True))
        == [cast.posts["admin"].user.name] * 2
    )


@pytest.mark.req("REL-56", "REL-16")
def test_nothing_leaves_while_a_day_is_not_reconciled_or_differs(
    cast: Cast, operator: Path, settings: Any
) -> None:
    settings.PAYMENT_GATEWAYS = ["sandbox"]
    staff = ("--as", "admin", "--reason", "已经核对完毕")
    today = clock.today()
    noon = clock.start_of_day(today) + timedelta(hours=12)
    with clock.at(noon - timedelta(days=2)), act():
        happen("case:a")
    with clock.at(noon):
        said("outgoing", "hold", *staff, "--restored")
        days = [today - timedelta(days=back) for back in (2, 1)]
        with pytest.raises(CommandError, match=f"没有对账：{days[0]} sandbox、{days[1]} sandbox。"):
            said("outgoing", "release", *staff)
        for day in days:
            take_statement("sandbox", DayBill(day, f"{day.day:064}", []))
        row = Difference.objects.create(
            gateway="sandbox", day=days[0], kind="missing_here", reference="1", found_at=noon
        )
        with pytest.raises(CommandError, match="还有1条对账差异没有处理"):
            said("outgoing", "release", *staff)
        assert holding.standing().held and run_due() == 0
        Difference.objects.filter(pk=row.pk).update(state="gone")
        assert "nothing is held" in said("outgoing", "release", *staff)
        said("outgoing", "hold", *staff, "--restored")
        Difference.objects.filter(pk=row.pk).update(state="open")
        assert "nothing is held" in said("outgoing", "release", *staff, "--despite")
        note = Event.objects.filter(name="portal.outgoing_released").order_by("-id")[0]
        assert note.payload["differences"] == 1, "who lets it go all the same leaves that on record"


@pytest.mark.req("REL-56")
def test_a_database_in_another_place_is_held_whoever_forgot(operator: Path) -> None:
    before = Installation.objects.get().database_id
    assert before == holding.place()
    Installation.objects.update(database_id="1/1")
    try:
        assert holding.standing().held
        holding.note_place()
        assert holding.standing().held and holding.standing().quiet_until is not None
    finally:
        Installation.objects.update(database_id=before)


@pytest.mark.django_db
def test_the_run_time_role_releases_nothing() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        Hold.objects.update(released_at=None)
