"""The open case package: out as the court holds it, in again with full checks; traps are refused."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from filing.models import Filing, FilingStatus
from tests.filing.pages import text_of
from tests.filing.test_api import FILINGS, read, token_of
from tests.support.court import Cast, accepted, submitted


def downloaded(cast: Cast, filing: Filing, who: str = "zhang") -> bytes:
    answer: Any = cast.client(who).get(f"/my/filings/{filing.public_id}/package/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def rebuilt(package: bytes, change: Callable[[dict[str, bytes]], None], *, hashes: bool = True) -> bytes:
    """The package with other entries, its hashes made anew unless they are to be wrong."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    if hashes:
        rest = [name for name in entries if name != "hashes.txt"]
        entries["hashes.txt"] = "".join(
            f"{hashlib.sha256(entries[name]).hexdigest()}  {name}\n" for name in rest
        ).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_package_goes_out_and_comes_in_again_as_the_same_application(cast: Cast, tmp_path: Path) -> None:
    original = submitted(cast)
    package = downloaded(cast, original)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        facts = json.loads(archive.read("case.json"))
        assert archive.testzip() is None
    assert facts["filing"]["number"] == original.number and len(facts["files"]) == 3
    path = tmp_path / "one.zip"
    path.write_bytes(package)
    call_command("import_filings", str(path), "--as", "13800000001")
    call_command("import_filings", str(path), "--as", "13800000001")
    copy = Filing.objects.exclude(pk=original.pk).get()
    assert (copy.status, copy.answers, copy.amount) == (FilingStatus.DRAFT, original.answers, original.amount)
    assert sorted(copy.materials.values_list("slot", "file__sha256")) == sorted(
        original.materials.values_list("slot", "file__sha256")
    )
    people = ("side", "name", "id_number", "phone", "address", "gender")
    assert [[getattr(p, n) for n in people] for p in copy.parties.all()] == [
        [getattr(p, n) for n in people] for p in original.parties.all()
    ]


def test_a_case_is_exported_by_its_number_and_nobody_else_downloads_it(cast: Cast, tmp_path: Path) -> None:
    case = accepted(cast)
    out = tmp_path / "case.zip"
    call_command("export_case", case.number, "--out", str(out))
    with zipfile.ZipFile(out) as archive:
        assert json.loads(archive.read("case.json"))["case"]["number"] == case.number
    with pytest.raises(CommandError):
        call_command("export_case", "（2026）某1234民初999号", "--out", str(tmp_path / "none.zip"))
    address = f"/my/filings/{case.filing_public_id}/package/"
    assert address in text_of(cast.client("zhang").get(f"/my/cases/{case.public_id}/files/"))
    assert cast.client("li").get(address).status_code == 404
    assert cast.client("clerk").get(address).status_code == 404


def test_software_sends_a_package(cast: Cast) -> None:
    def sign(entries: dict[str, bytes]) -> None:
        facts = json.loads(entries["case.json"])
        facts["filing"]["statement"] = {"agree": True, "signed_name": "张某"}
        entries["case.json"] = json.dumps(facts, ensure_ascii=False).encode()

    package = rebuilt(downloaded(cast, submitted(cast)), sign)
    headers = {"Authorization": f"Bearer {token_of(cast)}", "Idempotency-Key": "p1"}
    answer = Client().post(FILINGS, {"package": SimpleUploadedFile("a.zip", package)}, headers=headers)
    assert answer.status_code == 201 and read(answer)["state"] == "submitted", answer.content.decode()


def _put(name: str, content: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda entries: entries.__setitem__(name, content)


TRAPS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "slip": (lambda p: rebuilt(p, _put("files/../../etc/passwd", b"x")), "不能用的文件"),
    "outside": (lambda p: rebuilt(p, _put("/etc/passwd", b"x")), "不能用的文件"),
    "bomb": (lambda p: rebuilt(p, _put("files/zeros.jpg", b"\0" * 80_000_000)), "太大"),
    "hash": (lambda p: rebuilt(p, _put("case.json", b"{}"), hashes=False), "不一致"),
    "json": (lambda p: rebuilt(p, _put("case.json", b"{")), "读不出来"),
    "version": (lambda p: rebuilt(p, _put("case.json", b'{"format": "x"}')), "不认识"),
    "no zip": (lambda p: b"%PDF-1.7", "打不开"),
    "cut": (lambda p: p[: len(p) // 2], "打不开"),
}


@pytest.mark.parametrize("name", TRAPS)
def test_traps_are_refused_with_a_sentence(cast: Cast, name: str) -> None:
    make, sentence = TRAPS[name]
    package = make(downloaded(cast, submitted(cast)))
    headers = {"Authorization": f"Bearer {token_of(cast)}", "Idempotency-Key": "t"}
    answer = Client().post(FILINGS, {"package": SimpleUploadedFile("a.zip", package)}, headers=headers)
    assert answer.status_code == 422 and sentence in read(answer)["message"], answer.content.decode()
    assert Filing.objects.count() == 1


def test_a_link_in_a_package_is_refused(cast: Cast) -> None:
    package = downloaded(cast, submitted(cast))
    out = io.BytesIO(package)
    with zipfile.ZipFile(out, "a") as archive:
        link = zipfile.ZipInfo("files/link.jpg")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    headers = {"Authorization": f"Bearer {token_of(cast)}", "Idempotency-Key": "t"}
    file = SimpleUploadedFile("a.zip", out.getvalue())
    answer = Client().post(FILINGS, {"package": file}, headers=headers)
    assert answer.status_code == 422 and "不能用的文件" in read(answer)["message"]
