"""The scanner hook: who opens a file before, after and without a verdict; a scanner that hangs, lies about sizes or is away (SEC-53)."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from common.actor import ANONYMOUS, Actor
from courts.models import Court
from documents import access, policies, scanner
from documents.models import StoredFile
from documents.services import receive_file
from documents.tasks import scan_files
from eventlog.models import Event
from standins.clamd import EICAR, MARKER, Clamd
from tests.documents import craft

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("SEC-53")]
SignedIn = Callable[[tuple[User, Actor]], Client]
Receive = Callable[..., StoredFile]


@pytest.fixture
def clamd(settings: Any) -> Iterator[Clamd]:
    """A running stand-in that the portal asks."""
    server = Clamd()
    server.start()
    settings.SCANNER, settings.CLAMD_ADDRESS = "clamd", server.address
    yield server
    server.stop()


@pytest.fixture
def receive(court: Court, litigant: tuple[User, Actor], owners: dict[str, Any]) -> Receive:
    access.register("filing.filing", lambda actor, owner: True)

    def take(data: bytes = b"") -> StoredFile:
        return receive_file(
            upload=SimpleUploadedFile("证据.pdf", craft.pdf() + data, content_type="application/pdf"),
            court_id=court.pk,
            owner_kind="filing.filing",
            owner_public_id=uuid.UUID(int=5),
            actor=litigant[1],
        )

    return take


def doors(file: StoredFile) -> list[str]:
    return [f"/files/{file.public_id}/{door}" for door in ("", "preview/", "pages/1/")]


def opens(browser: Client, file: StoredFile) -> set[bool]:
    found = set()
    for door in doors(file):
        answer = browser.get(door)
        answer.close()
        found.add(answer.status_code in (200, 202, 302))
    return found


def test_until_the_verdict_only_the_sender_opens_it(
    clamd: Clamd,
    receive: Receive,
    signed_in: SignedIn,
    litigant: tuple[User, Actor],
    clerk: tuple[User, Actor],
) -> None:
    file = receive()
    assert file.scan_state == "checking" and file.scan_note == "（检查中）"
    assert opens(signed_in(litigant), file) == {True}
    assert opens(signed_in(clerk), file) == {False}
    assert not policies.can_open_file(ANONYMOUS, file)
    received_at = file.received_at
    assert scan_files() == 1 and scan_files() == 0
    file.refresh_from_db()
    assert (file.scan_state, file.received_at, file.scan_note) == ("clean", received_at, "")
    assert clamd.seen_bytes == file.size_bytes
    assert opens(signed_in(clerk), file) == {True}


@pytest.mark.req("B-64")
@pytest.mark.parametrize("mark", [MARKER, EICAR], ids=["marker", "eicar"])
def test_an_infected_file_stays_closed_and_its_sender_is_told(
    mark: bytes,
    clamd: Clamd,
    receive: Receive,
    signed_in: SignedIn,
    litigant: tuple[User, Actor],
    clerk: tuple[User, Actor],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Bad input 64: EICAR. The time of receipt stands, the bytes stay as evidence, nobody gets them."""
    file = receive(b"\n% " + mark + b"\n%%EOF\n")
    link = signed_in(litigant).get(doors(file)[0])["Location"]
    received_at = file.received_at
    assert scan_files() == 1
    file.refresh_from_db()
    assert (file.scan_state, file.received_at) == ("infected", received_at)
    for person in (litigant, clerk):
        assert opens(signed_in(person), file) == {False}
        assert signed_in(person).get(link).status_code == 404
    assert Event.objects.get(name="documents.infected").payload["public_id"] == str(file.public_id)
    assert "infected" in caplog.text


@pytest.mark.req("REL-50", "F-28")
@pytest.mark.parametrize("trouble", ["hang", "error"])
def test_without_a_verdict_it_waits_and_is_asked_about_again(
    trouble: str, clamd: Clamd, receive: Receive, caplog: pytest.LogCaptureFixture
) -> None:
    """One file the scanner stumbles over does not keep the others waiting."""
    stubborn, other = receive(), receive()
    clamd.answers = [trouble]
    assert scan_files() == 1
    stubborn.refresh_from_db()
    other.refresh_from_db()
    assert (stubborn.scan_state, stubborn.scan_tries, other.scan_state) == ("checking", 1, "clean")
    assert "no verdict" in caplog.text
    assert scan_files() == 1
    stubborn.refresh_from_db()
    assert stubborn.scan_state == "clean"


@pytest.mark.req("REL-50", "F-28")
def test_a_scanner_that_is_away_stops_no_upload(clamd: Clamd, receive: Receive, settings: Any) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.CLAMD_ADDRESS = f"127.0.0.1:{nobody.getsockname()[1]}"
        file = receive()
        assert scan_files() == 0
    file.refresh_from_db()
    assert file.scan_state == "checking"
    settings.CLAMD_ADDRESS = clamd.address
    assert scan_files() == 1


def test_a_second_verdict_changes_nothing(
    clamd: Clamd, receive: Receive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs at a time: the one that comes second finds the file decided."""
    from documents.services import scanning

    file, original = receive(b"\n% " + MARKER + b"\n%%EOF\n"), scanning._decide

    def late(row: StoredFile, state: Any) -> int:
        return original(row, state) + original(row, "clean")

    monkeypatch.setattr(scanning, "_decide", late)
    assert scan_files() == 1
    file.refresh_from_db()
    assert file.scan_state == "infected"


def test_without_a_scanner_files_say_so(
    receive: Receive, signed_in: SignedIn, clerk: tuple[User, Actor]
) -> None:
    file = receive()
    assert file.scan_state == "unscanned" and file.scan_note == "（未扫描）"
    assert scan_files() == 0
    assert opens(signed_in(clerk), file) == {True}


def test_a_large_stream_and_a_socket_of_this_machine(clamd: Clamd, tmp_path: Path) -> None:
    """Marks across the border of two pieces are found; a path that is no socket is a scanner that is away."""
    piece = bytes(256 * 1024)
    assert not scanner.is_infected(clamd.address, (piece for _ in range(80)))
    split = [piece + MARKER[:9], MARKER[9:] + piece]
    assert scanner.is_infected(clamd.address, split)
    with pytest.raises(scanner.ScannerAway):
        scanner.is_infected(str(tmp_path / "clamd.sock"), [piece])


def test_a_scanner_that_talks_without_end_gives_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall(b"x" * (scanner.LONGEST_ANSWER * 2 + 1))
    monkeypatch.setattr(scanner, "_connected", lambda address: ours)
    with theirs, pytest.raises(scanner.ScannerAway):
        scanner.is_infected("anywhere:1", [b"x"])
