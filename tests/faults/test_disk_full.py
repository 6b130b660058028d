"""No room on the disk (F-23): an upload is refused in plain words, no torn file stays, a full log holds nobody up, and everything works
again when there is room."""

from __future__ import annotations

import io
import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from documents.errors import FilesAway
from documents.models import StoredFile
from documents.services import uploads
from filing.models import FilingMaterial
from portal.logging import JsonFormatter
from tests.filing.pages import home
from tests.support.court import Cast, draft
from tests.support.disk import no_room_beyond

ROOM = 400_000
"""Bytes that a file may still have."""


def picture() -> bytes:
    """A photo that is larger."""
    made = io.BytesIO()
    Image.frombytes("RGB", (900, 900), os.urandom(900 * 900 * 3)).save(made, "JPEG", quality=90)
    assert made.tell() > ROOM
    return made.getvalue()


def lying_there() -> set[str]:
    place = Path(default_storage.path(""))
    return {str(path) for path in place.rglob("*") if path.is_file()}


@pytest.mark.req("F-23")
def test_an_upload_is_refused_whole_and_works_again(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    address = home(draft(cast, without=("IOU",)), "evidence/")
    zhang, content = cast.client("zhang"), picture()
    zhang.raise_request_exception = False
    before = FilingMaterial.objects.count(), StoredFile.objects.count(), lying_there()

    def send() -> int:
        file = SimpleUploadedFile("借条.jpg", content, content_type="image/jpeg")
        answer = zhang.post(address, {"slot": "IOU", "files": file})
        if answer.status_code == 503:
            assert "也可能没有" in answer.content.decode() and answer["Retry-After"]
        return answer.status_code

    with no_room_beyond(ROOM):
        assert send() == 503
    assert (FilingMaterial.objects.count(), StoredFile.objects.count(), lying_there()) == before
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []
    assert send() == 302
    assert StoredFile.objects.count() == before[1] + 1


@pytest.mark.req("F-23")
def test_no_torn_file_stays_in_the_storage(transactional_db: None, tmp_path: Path) -> None:
    before = lying_there()
    with no_room_beyond(ROOM), suppress(OSError):  # control: the storage alone leaves one
        default_storage.save("files/torn", ContentFile(bytes(2 * ROOM)))
    assert len(lying_there() - before) == 1
    default_storage.delete("files/torn")
    original = tmp_path / "original"
    original.write_bytes(bytes(2 * ROOM))
    checked = uploads.Checked.__new__(uploads.Checked)
    object.__setattr__(checked, "original", original)
    object.__setattr__(checked, "preview", None)
    with no_room_beyond(ROOM), pytest.raises(FilesAway, match="材料暂时不能上传"):
        uploads._store_both(checked)
    assert lying_there() == before


@pytest.mark.req("F-23")
@pytest.mark.django_db
def test_a_full_log_holds_nobody_up(client: Client) -> None:
    full = open("/dev/full", "w")
    handler = logging.StreamHandler(full)
    handler.setFormatter(JsonFormatter())
    access = logging.getLogger("portal.access")
    access.addHandler(handler)
    try:
        with pytest.raises(OSError):  # control: nothing can be written there
            os.write(full.fileno(), b"x")
        assert client.get("/").status_code == 200
    finally:
        access.removeHandler(handler)
        with suppress(OSError):
            full.close()
