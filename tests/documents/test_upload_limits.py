"""Limits of uploads beside those of one file: an account's day, a request that takes too long (SEC-50; bad inputs 61 and 62)."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from accounts.models import User
from common import clock
from common.actor import Actor
from common.errors import InvalidInput
from courts.models import Court, CourtSetting
from documents.models import StoredFile
from documents.services import receive_file
from documents.upload_handler import LimitedUploadHandler, UploadTooSlow
from launcher.paths import ROOT
from tests.documents import craft

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-50")]
PHOTO = craft.photo()
Receive = Callable[..., StoredFile]


@pytest.fixture
def receive(court: Court) -> Receive:
    def take(actor: Actor, name: str = "借条.jpg", counts_for: tuple[uuid.UUID, ...] = ()) -> StoredFile:
        return receive_file(
            upload=SimpleUploadedFile(name, PHOTO, content_type="image/jpeg"),
            court_id=court.pk,
            owner_kind="filing.filing",
            owner_public_id=uuid.uuid4(),
            actor=actor,
            counts_for=counts_for,
        )

    return take


def test_an_account_has_so_much_a_day_over_all_its_cases(
    receive: Receive, litigant: tuple[User, Actor], clerk: tuple[User, Actor], settings: Any
) -> None:
    """The court's own people have no such limit: they file what comes over the counter."""
    settings.MAX_DAY_BYTES = 2 * len(PHOTO)
    receive(litigant[1])
    receive(litigant[1])
    with pytest.raises(InvalidInput, match="今天上传的文件太多") as refused:
        receive(litigant[1])
    assert list(refused.value.fields) == ["file"]
    assert StoredFile.objects.count() == 2 and len(default_storage.listdir("files")[1]) == 2
    for _ in range(3):
        receive(clerk[1])
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        receive(litigant[1])


def test_a_case_holds_so_much_whoever_sends_it(
    receive: Receive, court: Court, litigant: tuple[User, Actor], clerk: tuple[User, Actor]
) -> None:
    """Over all owners: the application, messages of both sides, what the court puts in. Another case has room of its own."""
    CourtSetting.objects.create(court=court, key="case_files_mb", value=200)
    case, application, other = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    receive(litigant[1], counts_for=(application,))
    full = receive(clerk[1], counts_for=(case, application))
    StoredFile.objects.filter(pk=full.pk).update(size_bytes=200 * (1 << 20) - 2 * len(PHOTO))
    receive(litigant[1], counts_for=(case, application))
    with pytest.raises(InvalidInput, match="这个案件网上已经收了200MB材料，最多200MB") as refused:
        receive(litigant[1], counts_for=(case, application))
    assert list(refused.value.fields) == ["file"] and refused.value.code == "case_full"
    assert StoredFile.objects.count() == len(default_storage.listdir("files")[1]) == 3, (
        "nothing is left behind"
    )
    receive(litigant[1], counts_for=(other,))
    receive(clerk[1], counts_for=(case, application))


class Dripping(io.RawIOBase):
    """A request body that comes in small pieces and lets time pass before each."""

    def __init__(self, body: bytes, tick: Callable[[], None]) -> None:
        self.body, self.tick = io.BytesIO(body), tick

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self.tick()
        return self.body.read(min(size, 1000) if size > 0 else 1000)


def multipart(data: bytes) -> tuple[bytes, str]:
    boundary = "b0undary"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n'
    lines = (f"{head}Content-Type: image/jpeg\r\n\r\n").encode() + data + f"\r\n--{boundary}--\r\n".encode()
    return lines, f"multipart/form-data; boundary={boundary}"


def request_with(body: bytes, kind: str, stream: Any) -> Any:
    request = RequestFactory().generic("POST", "/x/", data=body, content_type=kind)
    request._stream = stream
    request._read_started = False
    return request


@pytest.fixture
def minutes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The time of this machine as the handler sees it."""
    passed = [0.0]
    monkeypatch.setattr("documents.upload_handler.time.monotonic", lambda: passed[0])
    yield passed


@pytest.mark.parametrize(("seconds", "ends"), [(1.0, False), (400.0, True)])
def test_a_request_that_drips_on_ends(seconds: float, ends: bool, minutes: list[float]) -> None:
    body, kind = multipart(os.urandom(300_000))

    def tick() -> None:
        minutes[0] += seconds

    request = request_with(body, kind, Dripping(body, tick))
    if ends:
        with pytest.raises(UploadTooSlow):
            _ = request.FILES
    else:
        assert request.FILES["files"].size == 300_000
    request.close()


def test_of_a_file_that_is_too_large_only_so_much_is_written(settings: Any) -> None:
    """61: the limit and one byte more; what comes after that never reaches the disk."""
    settings.MAX_FILE_BYTES = 100_000
    body, kind = multipart(bytes(900_000))
    request = request_with(body, kind, io.BytesIO(body))
    upload = request.FILES["files"]
    assert settings.FILE_UPLOAD_HANDLERS == ["documents.upload_handler.LimitedUploadHandler"]
    assert isinstance(request.upload_handlers[0], LimitedUploadHandler)
    assert settings.MAX_FILE_BYTES < os.stat(upload.temporary_file_path()).st_size < 200_000
    request.close()


TRIES = """
from documents.inspect import limits
limits.apply()
import socket, subprocess
for what in (lambda: socket.create_connection(("127.0.0.1", PORT), 2), lambda: subprocess.run(["true"])):
    try:
        what()
    except PermissionError:
        print("refused")
"""


@pytest.mark.req("SEC-51")
def test_the_inspecting_process_has_no_network_and_starts_nothing() -> None:
    """With a server that would answer; the control shows that without the limits it does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        script = TRIES.replace("PORT", str(server.getsockname()[1]))
        outcomes = []
        for program in (script, script.replace("limits.apply()", "")):
            command = [sys.executable, "-c", program]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
            outcomes.append(done.stdout.split())
    assert outcomes == [["refused", "refused"], []]
