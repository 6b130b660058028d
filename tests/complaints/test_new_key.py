"""A new key pair of the zone: new submissions use it, everything older stays readable, nothing is lost in between."""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from common.errors import NotVisible
from complaints import sealing
from complaints.models import Closed, Kind, Matter, Submission, WordKind
from complaints.policies import may_handle, own_matters
from complaints.services import authors, handling, identities, interference, jobs, openings, words
from complaints.services.intake import take_in
from courts.models import StaffPost
from portal import keys
from portal.env import DEMO_FILE_LINE
from portal.zone.startup import refuse_foreign_keys
from tests.complaints.test_door import a_photo, code_in, send
from tests.complaints.test_zone import CONTENT, Zone, received
from tests.documents import craft
from tests.support.court import Cast

Renew = Callable[[], None]


@pytest.fixture
def renew(settings: Any, tmp_path: Path) -> Renew:
    """`renew()`: what the operator does; the process goes on as after its restart, in a directory of its own."""
    counted = iter(range(9))

    def move(source: Path) -> Path:
        place = tmp_path / f"keys{next(counted)}"
        place.mkdir()
        for name in ("zone.key.pem", "zone.public.pem"):
            shutil.copy(source / name, place / name)
        return place

    def make() -> None:
        place = move(settings.ZONE_PUBLIC_KEY_FILE.parent)
        keys.renew_zone_key(place)
        settings.ZONE_PUBLIC_KEY_FILE = place / "zone.public.pem"

    settings.ZONE_PUBLIC_KEY_FILE = move(settings.ZONE_PUBLIC_KEY_FILE.parent) / "zone.public.pem"
    return make


@pytest.mark.req("SEC-30", "SEC-33", "SEC-34")
def test_what_older_keys_sealed_stays_readable(cast: Cast, zone: Zone, renew: Renew) -> None:
    """Words, files, answers, identity; found by receipt and by account; after two new keys too."""
    photo = craft.photo_with_position()
    old, code = received(cast, zone, by="li", files=a_photo(content=photo))
    with zone():
        handling.reply(matter_id=old.pk, text="正在查", form_key="k", actor=cast.discipline)
    renew()
    renew()
    new, new_code = received(cast, zone, by="li")
    with zone():
        assert [authors.matter_of_receipt(each) for each in (code, new_code)] == [old, new]
        assert set(own_matters(cast.li).filter(kind=Kind.COMPLAINT)) == {old, new}
        found = Matter.objects.get(pk=old.pk)
        assert found.content["who"] == "赵明" and found.words.get().text == "正在查"
        for what in Closed:
            identities.ask_unlock(matter_id=old.pk, reason="需要核实", actor=cast.discipline, what=what)
            identities.agree_unlock(matter_id=old.pk, actor=cast.discipline2, what=what)
        assert identities.seen_identity(found, cast.discipline)["name"] == "李某"
        opened = openings.open_original(
            matter_id=old.pk, public_id=old.enclosures.get().public_id, actor=cast.discipline
        )
        assert b"".join(opened.content) == photo


@pytest.mark.req("SEC-30")
def test_new_submissions_use_the_new_key(cast: Cast, zone: Zone, renew: Renew, settings: Any) -> None:
    """Who has only the older private key reads nothing that came after."""
    older = settings.ZONE_PUBLIC_KEY_FILE.with_name("zone.key.pem")
    renew()
    matter, _code = received(cast, zone, by="li")
    with zone():
        boxes = [bytes(row.box) for row in Submission.objects.all()]
        sealed = matter.identity.sealed
        settings.ZONE_PRIVATE_KEY_FILE = older
        with pytest.raises(ValueError, match="not a box"):
            sealing.open_box(boxes[0])
        with pytest.raises(InvalidTag):
            sealing.decrypt(sealed, context=f"identity:{matter.public_id}", key=sealing.IDENTITY)


@pytest.mark.req("SEC-30")
def test_a_box_of_a_key_that_is_not_here_yet_waits(
    cast: Cast, zone: Zone, renew: Renew, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The public process has the new key before the zone was restarted; boxes of the older key are opened either way."""
    older = settings.ZONE_PUBLIC_KEY_FILE.with_name("zone.key.pem")
    before = code_in(send(cast))
    renew()
    after = code_in(send(cast))
    with zone():
        newest, settings.ZONE_PRIVATE_KEY_FILE = settings.ZONE_PRIVATE_KEY_FILE, older
        with caplog.at_level(logging.ERROR):
            assert jobs.run() > 0
        assert "wait for a key" in caplog.text
        assert [authors.matter_of_receipt(code) is not None for code in (before, after)] == [True, False]
        with pytest.raises(SystemExit, match="Start refused"):
            refuse_foreign_keys()
        settings.ZONE_PRIVATE_KEY_FILE = newest
        refuse_foreign_keys()
        assert take_in() == 1 and authors.matter_of_receipt(after) is not None
        assert authors.matter_of_receipt(before) is not None


@pytest.mark.req("SEC-31", "SEC-38")
def test_nothing_happens_twice_and_nobody_gets_nearer(cast: Cast, zone: Zone, renew: Renew) -> None:
    """A form sent again after the change is the same; who wrote under the older key still does not handle it."""
    cast.users["discipline"] = StaffPost.objects.get(pk=cast.posts["discipline"].pk).user
    wrote, _code = received(cast, zone, by="discipline")
    with zone():
        handling.note(matter_id=wrote.pk, text="记", form_key="k", actor=cast.discipline2)
        record = interference.record(content=CONTENT, form_key="k", actor=cast.judge)
    renew()
    with zone():
        assert interference.record(content=CONTENT, form_key="k", actor=cast.judge) == record
        kind, by = WordKind.INTERNAL, cast.discipline2.user_id
        word, is_new = words.add(matter=wrote, kind=kind, text="记", by=by, form_key="k")
        assert (word.text, is_new) == ("记", False)
        assert not may_handle(cast.discipline.user_id or 0, wrote)
        with pytest.raises(NotVisible):
            handling.reply(matter_id=wrote.pk, text="x", form_key="z", actor=cast.discipline)


def test_the_command_of_the_operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are added, never lost; the mark of a demo stays at the head; files are their owner's alone."""
    with pytest.raises(FileNotFoundError):
        keys.renew_zone_key(tmp_path)
    for demo in (False, True):
        place = tmp_path / str(demo)
        keys.make(place, demo=demo)
        private, public = place / "zone.key.pem", place / "zone.public.pem"
        first, sealing_then = private.read_bytes(), public.read_bytes()
        monkeypatch.setattr(sys, "argv", ["portal.keys", str(place), "--new-zone-key"])
        keys.main()
        text = private.read_bytes()
        assert text.count(b"BEGIN PRIVATE KEY") == 2 and text.count(DEMO_FILE_LINE.encode()) == demo
        assert text.endswith(first.removeprefix(f"{DEMO_FILE_LINE}\n".encode()))
        assert text.startswith(DEMO_FILE_LINE.encode()) == demo
        assert public.read_bytes() != sealing_then
        assert {path.stat().st_mode & 0o777 for path in (private, public)} == {0o600}
        assert not list(place.glob("*.new"))


@pytest.mark.parametrize(("content", "error"), [(b"nothing", ValueError), (b"ec", TypeError)])
def test_a_file_without_a_key_of_the_zone(
    tmp_path: Path, settings: Any, content: bytes, error: type[Exception]
) -> None:
    path = tmp_path / "zone.key.pem"
    other = settings.RECEIPT_KEY_FILE.read_bytes()
    path.write_bytes(other if content == b"ec" else content)
    settings.ZONE_PRIVATE_KEY_FILE = path
    with pytest.raises(error):
        sealing.opening_keys()
