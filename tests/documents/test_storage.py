"""The same questions to a directory and to a bucket that speaks S3 over HTTP (docs/adr/0020)."""

from __future__ import annotations

import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from common.actor import Actor
from courts.models import Court
from documents import access
from documents.errors import FilesAway
from documents.models import Copy, Paper, StoredFile
from documents.services import discard_file, kept_numbers, kept_page, receive_file, text_of
from documents.storage import BucketFiles, StorageAway, kept_files
from eventlog.models import Event
from launcher.paths import ROOT
from tests.documents import craft
from tests.documents.conftest import ZHANG
from tests.support.buckets import storage_entry
from tests.support.drawing import draw

SignedIn = Callable[[tuple[User, Actor]], Client]
MB = 1024 * 1024
DATA = craft.pdf(pages=2)


@pytest.fixture(params=["directory", "bucket"])
def storage(request: pytest.FixtureRequest, settings: Any) -> str:
    """Each test runs against both."""
    if request.param == "bucket":
        address = request.getfixturevalue("empty_bucket")
        settings.STORAGES = settings.STORAGES | {"default": storage_entry(address)}
        settings.FILES_STORAGE = "s3"
    return str(request.param)


def whole(pieces: Iterator[bytes]) -> bytes:
    return b"".join(pieces)


@pytest.mark.req("SEC-54")
def test_bytes_come_back_whole_and_in_parts(storage: str) -> None:
    files, data = kept_files(), bytes(range(256)) * 4096
    key = files.save("files/a1", ContentFile(data))
    assert key == "files/a1" and files.size_of(key) == len(data)
    assert whole(files.pieces(key)) == data
    for start, length in ((0, 1), (5, 300_000), (len(data) - 3, None), (len(data) - 3, 3), (7, 0)):
        end = None if length is None else start + length
        assert whole(files.pieces(key, start, length)) == data[start:end]
    with files.open(key) as kept:
        kept.seek(10)
        assert kept.read(5) == data[10:15]


def test_what_is_not_there_is_not_found(storage: str) -> None:
    files = kept_files()
    assert not files.exists("files/none")
    for ask in (lambda: whole(files.pieces("files/none")), lambda: files.size_of("files/none")):
        with pytest.raises(FileNotFoundError):
            ask()
    with pytest.raises(FileNotFoundError):
        files.open("files/none").read()
    assert list(files.keys_under("nothing")) == []
    files.delete("files/none")


def test_nothing_is_written_over(storage: str) -> None:
    files = kept_files()
    first, second = (files.save("pages/x/1.jpg", ContentFile(data)) for data in (b"one", b"two"))
    assert first != second
    assert (whole(files.pieces(first)), whole(files.pieces(second))) == (b"one", b"two")


def test_a_folder_is_read_key_by_key(storage: str) -> None:
    files, before = kept_files(), datetime.now(UTC) - timedelta(minutes=1)
    for key in ("files/a", "files/b", "pages/c/1.jpg", "files/deep/d"):
        files.save(key, ContentFile(b"x"))
    found = dict(files.keys_under("files"))
    assert sorted(found) == ["files/a", "files/b"]
    assert all(changed > before for changed in found.values())


@pytest.mark.req("SEC-54")
def test_no_address_leads_past_the_views(storage: str) -> None:
    files = kept_files()
    files.save("files/a", ContentFile(b"x"))
    with pytest.raises(TypeError):
        files.url("files/a")


HOLDING = """
import sys, tracemalloc
from pathlib import Path
from django.conf import settings
settings.configure()
from django.core.files import File
from documents.buckets import bucket_options
from documents.storage import BucketFiles, LocalFiles
place, source = sys.argv[1], Path(sys.argv[2])
if place.startswith("http"):
    options = bucket_options(endpoint=place, region="us-east-1", bucket="court-files", access_key="tests",
                             secret="tests-only-secret-key", style="path")
    files = BucketFiles(**options)
    files.exists("warm")  # what the client itself needs, once
else:
    files = LocalFiles(location=place)
tracemalloc.start()
with source.open("rb") as opened:
    key = files.save("files/large", File(opened))
number = sum(len(piece) for piece in files.pieces(key))
print(number, tracemalloc.get_traced_memory()[1])
"""


@pytest.mark.req("SEC-50", "SEC-54")
def test_a_large_file_is_never_in_memory(storage: str, tmp_path: Path, settings: Any) -> None:
    """40 MB stored and read by a process of its own: it holds less than 8 MB of it at any time."""
    source = tmp_path / "large"
    source.write_bytes(bytes(40 * MB))
    options = settings.STORAGES["default"]["OPTIONS"]
    place = options["endpoint_url"] if storage == "bucket" else str(tmp_path / "there")
    command = [sys.executable, "-c", HOLDING, place, str(source)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    number, peak = map(int, done.stdout.split())
    assert number == 40 * MB and peak < 8 * MB


@pytest.mark.req("SEC-54")
def test_requests_to_the_bucket_are_signed_and_ask_for_nothing_public(
    empty_bucket: str, settings: Any
) -> None:
    settings.STORAGES = settings.STORAGES | {"default": storage_entry(empty_bucket)}
    files = kept_files()
    sent: list[Any] = []
    assert isinstance(files, BucketFiles)
    files.connection.meta.client.meta.events.register(
        "before-send.s3", lambda request, **_: sent.append(request)
    )
    files.save("files/a", ContentFile(b"x" * 6 * MB))
    assert whole(files.pieces("files/a", 0, 1)) == b"x"
    assert {request.method for request in sent} >= {"PUT", "GET"}
    for request in sent:
        assert bytes(request.headers["Authorization"]).startswith(b"AWS4-HMAC-SHA256 Credential=tests/")
        assert "x-amz-acl" not in {name.lower() for name in request.headers}


@pytest.fixture
def file(storage: str, court: Court, clerk: tuple[User, Actor], owners: dict[str, Any]) -> StoredFile:
    access.register("filing.filing", lambda actor, owner: True)
    return receive(court, clerk[1], "证据.pdf", DATA)


def receive(court: Court, actor: Actor, name: str, data: bytes) -> StoredFile:
    return receive_file(
        upload=SimpleUploadedFile(name, data, content_type=""),
        court_id=court.pk,
        owner_kind="filing.filing",
        owner_public_id=uuid.UUID(int=5),
        actor=actor,
    )


def body(response: Any) -> bytes:
    data = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    return bytes(data)


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("SEC-52", "SEC-54")
def test_a_file_from_the_upload_to_the_sweep(
    file: StoredFile, court: Court, clerk: tuple[User, Actor], signed_in: SignedIn
) -> None:
    browser, data = signed_in(clerk), DATA
    link = browser.get(f"/files/{file.public_id}/")["Location"]
    assert body(browser.get(link)) == data
    part = browser.get(link, headers={"range": "bytes=5-9"})
    assert part.status_code == 206 and body(part) == data[5:10]
    assert browser.get(link, headers={"range": "bytes=999999-"}).status_code == 416
    assert kept_page(file, 2) is None and draw(file, last=2) == 2
    assert kept_page(file, 2) is not None and kept_numbers(file) == {1, 2}
    assert body(browser.get(f"/files/{file.public_id}/preview/", follow=True)).startswith(b"%PDF-")
    letter = receive(court, clerk[1], "诉状.docx", craft.word())
    assert isinstance(text_of(letter), str)
    kept_files().save("files/orphan", ContentFile(b"left by a killed process"))
    call_command("sweep_files", hours=-1, verbosity=0)
    assert {key for key, _ in kept_files().keys_under("files")} == {file.storage_key, letter.storage_key}
    discard_file(letter)
    assert {key for key, _ in kept_files().keys_under("files")} == {file.storage_key}


@pytest.mark.django_db(transaction=True)
def test_a_paper_is_issued_and_read(
    storage: str,
    issue_paper: Callable[..., Paper],
    run_outbox: Callable[[], int],
    owners: dict[str, Any],
    signed_in: SignedIn,
    litigant: tuple[User, Actor],
) -> None:
    access.register(access.PARTY, lambda actor, party: True)
    copy: Copy = issue_paper("acceptance_notice", ZHANG).copies.get()
    run_outbox()
    answer = signed_in(litigant).get(f"/papers/{copy.public_id}/", follow=True)
    assert body(answer).startswith(b"%PDF-") and answer["Content-Type"] == "application/pdf"


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("REL-50", "SEC-55")
def test_a_bucket_that_does_not_answer_is_no_damage(
    empty_bucket: str,
    court: Court,
    clerk: tuple[User, Actor],
    owners: dict[str, Any],
    signed_in: SignedIn,
    settings: Any,
) -> None:
    """An upload says that it can be done later and leaves nothing; a file says that nothing is lost."""
    access.register("filing.filing", lambda actor, owner: True)
    settings.STORAGES = settings.STORAGES | {"default": storage_entry(empty_bucket)}
    file = receive(court, clerk[1], "证据.pdf", craft.pdf())
    browser = signed_in(clerk)
    link = browser.get(f"/files/{file.public_id}/")["Location"]
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.STORAGES = settings.STORAGES | {
            "default": storage_entry(f"http://127.0.0.1:{nobody.getsockname()[1]}")
        }
        with pytest.raises(FilesAway, match="材料暂时不能上传"):
            receive(court, clerk[1], "借条.jpg", craft.photo())
        for address in (f"/files/{file.public_id}/", link):
            answer = browser.get(address)
            assert answer.status_code == 503 and "暂时打不开" in answer.content.decode()
        with pytest.raises(StorageAway):
            kept_files().size_of(file.storage_key)
    assert StoredFile.objects.count() == 1
    assert not Event.objects.filter(name="documents.damaged").exists()
