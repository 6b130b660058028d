"""Kept bytes are compared with their hash every night, in slices, and at each download (SEC-55)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from common import clock
from common.actor import Actor, Role
from courts.models import Court
from documents import access
from documents.models import Copy, Damage, FixityRound, Paper, StoredFile
from documents.services import fixity, receive_file
from documents.tasks import check_fixity
from eventlog.models import Event
from tests.documents import craft
from tests.documents.conftest import LI, make_staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("SEC-55")]
SignedIn = Callable[[tuple[User, Actor]], Client]
PHOTO = craft.photo()


@pytest.fixture
def receive(court: Court, clerk: tuple[User, Actor], owners: dict[str, Any]) -> Callable[[], StoredFile]:
    access.register(
        "filing.filing", lambda actor, owner: actor.court_id == court.pk and actor.role != Role.ADMIN
    )

    def take() -> StoredFile:
        return receive_file(
            upload=SimpleUploadedFile("借条.jpg", PHOTO, content_type="image/jpeg"),
            court_id=court.pk,
            owner_kind="filing.filing",
            owner_public_id=uuid.UUID(int=5),
            actor=clerk[1],
        )

    return take


@pytest.fixture
def copy(issue_paper: Callable[..., Paper], run_outbox: Callable[[], int]) -> Copy:
    found: Copy = issue_paper("response_notice", LI).copies.get()
    run_outbox()
    found.refresh_from_db()
    return found


def harm(key: str, how: str) -> None:
    default_storage.delete(key)
    if how == "changed":
        default_storage.save(key, ContentFile(b"something else"))


def tomorrow() -> None:
    FixityRound.objects.update(started_at=clock.now() - timedelta(days=1))


def told(name: str) -> int:
    return Event.objects.filter(name=f"documents.{name}").count()


def test_a_sound_house_says_nothing(receive: Callable[[], StoredFile], copy: Copy) -> None:
    receive()
    assert check_fixity() == 2
    assert not Damage.objects.exists() and not told("damaged")
    assert {row.subject for row in FixityRound.objects.filter(ended_at__isnull=False)} == {"files", "papers"}


@pytest.mark.parametrize("how", ["changed", "missing"])
def test_a_damage_is_found_told_once_and_ends_when_the_bytes_are_back(
    how: str, receive: Callable[[], StoredFile], copy: Copy, caplog: pytest.LogCaptureFixture
) -> None:
    file = receive()
    with default_storage.open(copy.file_key) as kept:
        paper = kept.read()
    harm(file.storage_key, how)
    harm(copy.file_key, how)
    for _night in range(2):
        check_fixity()
        tomorrow()
    found = Damage.objects.all()
    assert {(row.public_id, row.is_paper, row.kind, row.recovered_at) for row in found} == {
        (file.public_id, False, how, None),
        (copy.public_id, True, how, None),
    }
    assert told("damaged") == 2 and "a kept file is missing or changed" in caplog.text
    for key, data in ((file.storage_key, PHOTO), (copy.file_key, paper)):
        default_storage.delete(key)
        default_storage.save(key, ContentFile(data))
    check_fixity()
    assert not Damage.objects.filter(recovered_at=None).exists() and Damage.objects.count() == 2
    assert (told("damaged"), told("recovered")) == (2, 2)


def test_a_run_goes_on_where_the_last_one_stopped(
    receive: Callable[[], StoredFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after a slice: the next run reads the rest only; the same day nothing is read twice."""
    files = [receive() for _ in range(5)]
    monkeypatch.setattr(fixity, "SLICE", 2)
    assert fixity._check_slice("files") == 2
    assert FixityRound.objects.get(subject="files").last_pk == files[1].pk
    harm(files[0].storage_key, "missing")
    assert check_fixity() == 3
    assert check_fixity() == 0
    assert not Damage.objects.exists(), "read before it was harmed"
    tomorrow()
    assert check_fixity() == 5
    assert Damage.objects.get().public_id == files[0].public_id


def test_of_two_runs_at_a_time_one_gives_way(
    receive: Callable[[], StoredFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = receive()
    harm(file.storage_key, "missing")
    original, seen = fixity._after, []

    def overtaken(subject: str, last_pk: int) -> Any:
        rows = original(subject, last_pk)
        if not seen:
            seen.append(subject)
            assert fixity._check_slice(subject) == 1
        return rows

    monkeypatch.setattr(fixity, "_after", overtaken)
    assert fixity._check_slice("files") is None
    assert (Damage.objects.count(), told("damaged")) == (1, 1)
    assert FixityRound.objects.get(subject="files").checked == 1


def test_a_download_finds_it_too_and_a_good_one_ends_it(
    receive: Callable[[], StoredFile], signed_in: SignedIn, clerk: tuple[User, Actor]
) -> None:
    file, browser = receive(), signed_in(clerk)
    harm(file.storage_key, "changed")
    for _ in range(2):
        answer = browser.get(f"/files/{file.public_id}/")
        assert answer.status_code == 503
        page = answer.content.decode()
        assert "您不用重新交" in page and "<h1>" in page and "文件暂时不能用" in page
        assert "以前保存的都在" not in page
    assert told("damaged") == 1
    default_storage.delete(file.storage_key)
    default_storage.save(file.storage_key, ContentFile(PHOTO))
    assert browser.get(f"/files/{file.public_id}/").status_code == 302
    assert Damage.objects.get().recovered_at and told("recovered") == 1


def test_the_list_names_the_cases_to_those_who_must_know(
    receive: Callable[[], StoredFile],
    copy: Copy,
    court: Court,
    clerk: tuple[User, Actor],
    foreign_clerk: tuple[User, Actor],
    signed_in: SignedIn,
    litigant: tuple[User, Actor],
) -> None:
    """The clerk with its name, the technical admin without, a clerk of another court and the public not at all."""
    file = receive()
    place = "（2026）某1234民初56号"
    admin = make_staff(court, Role.ADMIN, "管某")
    empty = signed_in(clerk).get("/desk/damaged/").content.decode()
    assert "没有损坏的文件" in empty
    for key in (file.storage_key, copy.file_key):
        harm(key, "missing")
    check_fixity()
    page = signed_in(clerk).get("/desk/damaged/").content.decode()
    assert "借条.jpg" in page and place in page and copy.serial in page and "2 个文件打不开" in page
    page = signed_in(admin).get("/desk/damaged/").content.decode()
    assert (
        str(file.public_id) in page and place in page and "借条.jpg" not in page and copy.serial not in page
    )
    page = signed_in(foreign_clerk).get("/desk/damaged/").content.decode()
    assert "没有损坏的文件" in page and place not in page
    assert signed_in(litigant).get("/desk/damaged/").status_code in (403, 302)
