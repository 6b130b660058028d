"""Backups end: what is over its time goes, the newest whole one never; a key that is destroyed shreds what was closed for it (SEC-68)."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from common.clock import process_now
from portal import backups, keys
from tests.infra.test_drill import operator, said

__all__ = ["operator"]
pytestmark = pytest.mark.req("SEC-68")
KEEP = timedelta(days=35)


def laid(folder: Path, kind: str, days: float, *, figures: bool = True) -> str:
    """A file of this age; its name."""
    folder.mkdir(exist_ok=True)
    moment = process_now() - timedelta(days=days)
    name = f"portal-{moment:%Y%m%dT%H%M%SZ}.{kind}.age"
    (folder / name).write_bytes(b"")
    if kind == "dump" and figures:
        (folder / name.replace(".dump.", ".json.")).write_bytes(b"")
    return name


def segment(folder: Path, name: str, days: float) -> str:
    (folder / "wal" / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / "wal" / name).write_bytes(b"")
    moment = (process_now() - timedelta(days=days)).timestamp()
    os.utime(folder / "wal" / name, (moment, moment))
    return name


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_what_is_over_goes_and_what_is_not_stays(tmp_path: Path) -> None:
    dumps = {days: laid(tmp_path, "dump", days) for days in (1, 34, 36, 90)}
    bases = {days: laid(tmp_path, "tar", days) for days in (6, 34, 41)}
    parts = {days: segment(tmp_path, f"{days:024}.age", days) for days in (1, 30, 33, 36, 60)}
    of_a_server = {days: segment(tmp_path, f"7000000000000000001/{days:024}.age", days) for days in (2, 61)}
    segment(tmp_path, ".0001.age.77", 50)
    segment(tmp_path, ".0002.age.78", 1)
    (tmp_path / "README").write_text("not ours")
    gone, late = backups.clear(tmp_path, KEEP)
    assert late == [] and len(gone) == 2 * 2 + 1 + 2 + 1 + 1
    stay = {dumps[days] for days in (1, 34)}
    stay |= {name.replace(".dump.", ".json.") for name in stay}
    stay |= {
        bases[6],
        bases[34],
        parts[1],
        parts[30],
        parts[33],
        Path(of_a_server[2]).name,
        ".0002.age.78",
        "README",
    }
    assert left(tmp_path) == stay
    assert backups.clear(tmp_path, KEEP) == ([], [])
    assert backups.clear(tmp_path / "nowhere", KEEP) == ([], [])


def test_the_newest_whole_one_never_goes(tmp_path: Path) -> None:
    whole, older = laid(tmp_path, "dump", 50), laid(tmp_path, "dump", 51)
    broken_off = laid(tmp_path, "dump", 20, figures=False)
    base = laid(tmp_path, "tar", 60)
    laid(tmp_path, "tar", 70)
    since, before = segment(tmp_path, "2.age", 59), segment(tmp_path, "1.age", 61)
    _gone, late = backups.clear(tmp_path, KEEP)
    figures = whole.replace(".dump.", ".json.")
    assert {path.name for path in late} == {whole, figures, base}
    assert left(tmp_path) == {whole, figures, base, since, broken_off}
    assert older not in left(tmp_path) and before not in left(tmp_path)


def test_by_command_every_day(operator: Path) -> None:
    folder = operator / "backups"
    new, _old = laid(folder, "dump", 1), laid(folder, "dump", 36)
    assert "2 removed" in said("backup", "clear")
    for name in (new, new.replace(".dump.", ".json.")):
        (folder / name).unlink()
    alone = laid(folder, "dump", 40)
    with pytest.raises(CommandError, match=f"nothing newer is whole: {alone}"):
        said("backup", "clear")
    assert alone in left(folder)
    script = (Path(__file__).parents[2] / "deploy" / "backup.sh").read_text()
    assert "manage.py backup clear" in script


@pytest.mark.req("REL-56")
def test_what_is_due_is_told_by_what_lies_there(tmp_path: Path) -> None:
    def begun(kind: str, at: str) -> None:
        (tmp_path / f"portal-{at}.{kind}.age").write_bytes(b"")

    saturday = datetime(2026, 3, 7, 17, 59, tzinfo=UTC)
    assert backups.due(tmp_path / "nowhere", saturday) == ["dump", "base"], (
        "the first of all wait for no night"
    )
    begun("tar", "20260301T180000Z")
    begun("dump", "20260306T180030Z")
    assert backups.due(tmp_path, saturday) == ["dump"], "a dump without figures was broken off"
    begun("json", "20260306T180030Z")
    assert backups.due(tmp_path, saturday) == []
    assert backups.due(tmp_path, saturday + timedelta(minutes=1)) == ["dump"], (
        "two o'clock at night in Beijing"
    )
    sunday = saturday + timedelta(days=1)
    begun("dump", "20260307T180100Z")
    begun("json", "20260307T180100Z")
    assert backups.due(tmp_path, sunday) == []
    wednesday = sunday + timedelta(days=3)
    assert backups.due(tmp_path, wednesday) == ["dump", "base"], "what failed on Sunday is due on Wednesday"
    begun("tar", "20260311T120000Z")
    assert backups.due(tmp_path, wednesday) == ["dump"]


@pytest.mark.req("REL-56")
def test_a_place_of_copies_that_is_away_costs_one_dump_and_gets_it_later(operator: Path) -> None:
    folder, copies = operator / "backups", operator / "copies"
    base = laid(folder, "tar", -1)
    copies.write_bytes(b"no folder: the mount is away")
    with pytest.raises(CommandError):
        said("backup", "due")
    (dump,) = folder.glob("*.dump.age")
    begun = datetime.strptime(dump.name[7:23], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert backups.due(folder, begun + timedelta(seconds=1)) == [], "it lies here: none is made each minute"
    copies.unlink()
    told = said("backup", "copy")
    figures = dump.name.replace(".dump.", ".json.")
    assert {name for name in (base, dump.name, figures) if f"{name} copied" in told} == {
        base,
        dump.name,
        figures,
    }
    assert {path.name for path in copies.iterdir()} == {base, dump.name, figures}
    assert (copies / dump.name).read_bytes() == dump.read_bytes()
    assert said("backup", "copy").strip() == "nothing new"
    script = (Path(__file__).parents[2] / "deploy" / "backup.sh").read_text()
    assert "manage.py backup due" in script


def test_a_destroyed_key_shreds_what_was_closed_for_it(tmp_path: Path) -> None:
    """Copies that are locked for 400 days too: nobody can remove them, and nobody opens them any more."""
    for month in ("2026-01", "2026-02"):
        keys.make_backup_key(tmp_path / month)
        closed_for = backups.recipients(tmp_path / month / "backup.public")
        backups.close_into(tmp_path / f"{month}.age", BytesIO(b"what people wrote"), closed_for)
    both = tmp_path / "both.key"
    both.write_text("".join((tmp_path / m / "backup.key").read_text() for m in ("2026-01", "2026-02")))

    def opened(month: str, private: Path) -> bytes:
        target = BytesIO()
        backups.open_into(tmp_path / f"{month}.age", target, backups.identities(private))
        return target.getvalue()

    assert {opened(month, both) for month in ("2026-01", "2026-02")} == {b"what people wrote"}
    kept = tmp_path / "2026-02" / "backup.key"
    assert opened("2026-02", kept) == b"what people wrote"
    with pytest.raises(CommandError):
        opened("2026-01", kept)
