"""Is this paper genuine: by file, by hash, by what is printed; nothing of its content, nothing is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client

from accounts.models import RateCounter
from common import clock
from common.actor import Actor
from documents.models import Copy, Paper
from documents.rendering import codes
from documents.rendering.paper import CopyToPrint, render
from documents.services import authenticity, reprint, revoke_copy
from tests.documents.conftest import DATA, TITLES

pytestmark = pytest.mark.django_db(transaction=True)
PAGE, API = "/docs/verify/", "/api/v1/documents/verify"
ADDRESSES = (f"10.20.{number >> 8}.{number & 255}" for number in count(1))
Issued = Callable[..., Copy]


@pytest.fixture
def issued(issue_paper: Callable[..., Paper], run_outbox: Callable[[], int]) -> Issued:
    def make(**options: Any) -> Copy:
        copy: Copy = issue_paper(**options).copies.get()
        run_outbox()
        copy.refresh_from_db()
        return copy

    return make


def pdf_of(copy: Copy) -> bytes:
    with default_storage.open(copy.file_key) as kept:
        return bytes(kept.read())


def page(**data: Any) -> HttpResponse:
    return Client(REMOTE_ADDR=next(ADDRESSES)).post(PAGE, data)


def upload(content: bytes, name: str = "受理案件通知书.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def api(body: Any, address: str = "") -> tuple[int, Any]:
    client = Client(REMOTE_ADDR=address or next(ADDRESSES), enforce_csrf_checks=True)
    answer = client.post(API, json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def api_file(content: bytes) -> Any:
    answer = Client(REMOTE_ADDR=next(ADDRESSES)).post(API, {"file": upload(content)})
    assert answer.status_code == 200, answer.content
    return answer.json()


def verdict(copy: Copy) -> tuple[str, str, str]:
    """What is said of one paper by its file, its hash and its codes."""
    content = pdf_of(copy)
    printed = {"serial": copy.serial, "check_code": copy.check_code}
    bodies = [api_file(content), api({"sha256": hashlib.sha256(content).hexdigest()})[1], api(printed)[1]]
    return tuple(body["status"] for body in bodies)  # type: ignore[return-value]


@pytest.mark.req("SEC-24")
def test_a_paper_as_the_court_issued_it(issued: Issued) -> None:
    copy = issued()
    assert verdict(copy) == ("genuine", "genuine", "genuine")
    shown = page(file=upload(pdf_of(copy))).content.decode()
    assert "是真的，没有改动过" in shown
    typed = {"serial": f" {copy.serial.replace('-', '—')} ", "check_code": copy.check_code.lower()}
    assert "是真的，没有改动过" in page(**typed).content.decode()


def junk_at_the_end(content: bytes) -> bytes:
    return content + b"\n%junk"


def saved_again(content: bytes) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(content)) as document:
        document.save(out)
    return out.getvalue()


def with_another_title(content: bytes) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(content)) as document:
        document.docinfo["/Title"] = "判决书"
        document.save(out)
    return out.getvalue()


@pytest.mark.req("SEC-24")
@pytest.mark.parametrize("change", [junk_at_the_end, saved_again, with_another_title])
def test_a_changed_file_is_told_from_an_unknown_one(issued: Issued, change: Callable[[bytes], bytes]) -> None:
    changed = change(pdf_of(issued()))
    answer = api_file(changed)
    assert answer["status"] == "changed"
    assert answer["findings"][:2] == [{"means": "hash", "agrees": False}, {"means": "codes", "agrees": True}]
    assert "被改动过" in page(file=upload(changed)).content.decode()
    assert api({"sha256": hashlib.sha256(changed).hexdigest()})[1]["status"] == "unknown"


def test_a_forged_check_code_in_a_file_is_unknown(issued: Issued) -> None:
    """The real serial with an invented check code tells nobody that the serial exists."""
    copy = issued()
    forged = CopyToPrint(
        template="acceptance_notice", title=TITLES["acceptance_notice"], number=copy.paper.number,
        serial=copy.serial, addressee="张某", court_name="某某法院", court_address="", court_phone="",
        content=DATA["acceptance_notice"],
    )  # fmt: skip
    content = render(forged, codes.new_codes(), moment=clock.now())
    answer = api_file(content)
    assert answer["status"] == "unknown"
    found = {finding["means"]: finding["agrees"] for finding in answer["findings"]}
    assert (found["hash"], found["codes"]) == (False, False)
    assert answer["case_number"] == ""


def test_superseded_and_revoked_papers_say_so(issued: Issued, clerk: tuple[Any, Actor]) -> None:
    old, lost, replaced = issued(), issued(), issued()
    Paper.objects.filter(pk=issued().paper_id).update(supersedes=old.paper)
    revoke_copy(copy_public_id=lost.public_id, actor=clerk[1], reason="lost")
    reprint(copy_public_id=replaced.public_id, actor=clerk[1])
    assert verdict(old) == ("superseded",) * 3
    assert verdict(lost) == verdict(replaced) == ("revoked",) * 3
    assert "这一份已经停用" in page(serial=lost.serial, check_code=lost.check_code).content.decode()


@pytest.mark.req("SEC-06", "SEC-24")
def test_wrong_code_unknown_serial_and_unfinished_copy_look_the_same(
    issued: Issued, issue_paper: Callable[..., Paper]
) -> None:
    copy, waiting = issued(), issue_paper().copies.get()
    wrong = "ABCDEF" if copy.check_code != "ABCDEF" else "ABCDEG"
    tries = [
        {"serial": copy.serial, "check_code": wrong},
        {"serial": "某1234-2026-999999-1", "check_code": copy.check_code},
        {"serial": "冀01-2020-000001-1", "check_code": wrong},
        {"serial": waiting.serial, "check_code": wrong},
    ]
    answers = [api(body) for body in tries]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][1]["status"] == "unknown"
    for body in tries:  # what was typed stands in the page again; nothing else differs
        shown = page(**body).content.decode()
        assert "没有查到" in shown and "没有改动过" not in shown


def test_every_answer_has_one_shape_and_says_nothing_of_the_content(issued: Issued) -> None:
    copy = issued()
    printed = {"serial": copy.serial, "check_code": copy.check_code}
    unknown = {"serial": copy.serial, "check_code": "ABCDEF"}
    known, other = api(printed)[1], api(unknown)[1]
    assert set(known) == set(other) == {"status", "message", "findings", "case_number", "seal"}
    assert known["case_number"] == "（2026）****号", "the paper of one court about a case of another"
    assert other["case_number"] == ""
    assert known["seal"] is None is other["seal"]
    shown = page(**printed).content.decode() + json.dumps(known, ensure_ascii=False)
    for secret in (copy.addressee_name, copy.paper.title, "民初", "赵", copy.paper.data["case_number"]):
        assert secret not in shown, secret


def test_of_a_case_number_only_year_and_court_are_shown(issued: Issued) -> None:
    copy = issued()
    copy.paper.court.code = "某1234"
    assert authenticity.masked_case_number(copy) == "（2026）某1234****号"
    copy.paper.data = {}
    assert authenticity.masked_case_number(copy) == ""


def _walled(model: type[Model]) -> bool:
    """Tables of the complaint zone, which this process cannot read."""
    return model._meta.app_label == "complaints"


def everything_kept() -> tuple[dict[str, int], int]:
    """Rows of every table but the counters, and files in the storage."""
    rows = {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if issubclass(model, Model)
        and model is not RateCounter
        and model._meta.managed
        and not _walled(model)
    }
    root = Path(default_storage.location)  # type: ignore[attr-defined]
    return rows, sum(1 for path in root.rglob("*") if path.is_file())


def test_nothing_is_stored(issued: Issued, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = issued()
    content = pdf_of(copy)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    before = everything_kept()
    for sent in (content, saved_again(content), b"%PDF-1.7 nothing"):
        page(file=upload(sent))
        api_file(sent)
    api({"serial": copy.serial, "check_code": copy.check_code})
    assert everything_kept() == before
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "请填份号和校验码，或者选一个PDF"),
        ({"serial": "某1234-2026-000123-1"}, "请填写校验码"),
        ({"check_code": "ABCDEF"}, "请填写份号"),
        ({"serial": "123", "check_code": "ABCDEF"}, "份号像这样"),
        ({"serial": "某1234-2026-000123-1", "check_code": "ABC"}, "校验码是6位字母和数字"),
        ({"serial": "x" * 500, "check_code": "ABCDEF"}, "份号"),
        ({"serial": "某\x00\u202e1", "check_code": "' OR 1=1"}, "份号像这样"),
    ],
)
def test_wrong_entries_are_kept_and_explained(data: dict[str, str], words: str) -> None:
    answer = page(**data)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert words in shown and "有误：" in shown


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff photo", b"<html>", b"PK\x03\x04"])
def test_what_is_no_pdf_is_said_to_be_none(content: bytes) -> None:
    answer = page(file=upload(content, "x.pdf"))
    assert answer.status_code == 422
    assert "请选PDF文件" in answer.content.decode()


@pytest.mark.parametrize("content", [b"%PDF-", b"%PDF-1.7\n" + b"\x00" * 5000, b"%PDF-1.7 \xff\xfe" * 400])
def test_broken_pdf_is_unknown(content: bytes) -> None:
    assert api_file(content)["status"] == "unknown"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ([], 422),
        ("x", 422),
        ({"serial": "某1234-2026-000123-1"}, 422),
        ({"sha256": "x" * 64}, 422),
        ({"sha256": "0" * 64, "serial": "某1234-2026-000123-1", "check_code": "ABCDEF"}, 422),
        ({"file": "text"}, 422),
        ({"serial": 1, "check_code": None}, 422),
        ({"serial": "某1234-2026-000123-1", "check_code": "ABCDEF", "why": 1}, 422),
        ({"sha256": "0" * 64}, 200),
        ({"sha256": "F" * 64}, 200),
    ],
)
def test_the_api_takes_one_way_only(body: Any, status: int) -> None:
    found, answer = api(body)
    assert found == status
    assert set(answer) == (
        {"status", "message", "findings", "case_number", "seal"}
        if status == 200
        else {"code", "message", "fields"}
    )


@pytest.mark.req("SEC-23", "SEC-24")
def test_questions_of_one_address_and_tries_at_one_serial_are_limited(issued: Issued) -> None:
    copy = issued()
    one = [api({"sha256": "0" * 64}, "10.30.0.1")[0] for _ in range(21)]
    assert one == [200] * 20 + [429]
    right = {"serial": copy.serial, "check_code": copy.check_code}
    for serial in (copy.serial, "某1234-2026-999999-1"):  # a known and an unknown one
        tried = [api({"serial": serial, "check_code": "ABCDEF"})[0] for _ in range(31)]
        assert tried == [200] * 30 + [429]
    refused = Client(REMOTE_ADDR="10.30.0.2").post(PAGE, right)
    assert refused.status_code == 429 and copy.serial in refused.content.decode()
    content = pdf_of(copy)  # who holds the file is not held up by somebody's guessing
    assert api_file(content)["status"] == "genuine"


def test_a_file_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("documents.services.authenticity.MAX_BYTES", 100)
    answer = page(file=upload(b"%PDF-" + b"x" * 200))
    assert answer.status_code == 422 and "文件超过" in answer.content.decode()


def test_the_page_is_found_and_in_the_schema(client: Client) -> None:
    for path in ("/", "/help/", "/m/0123456789ABCDEFGHJKMNPQRS/"):
        assert f'href="{PAGE}"' in client.get(path).content.decode(), path
    schema = client.get("/api/schema/?format=json").json()
    assert schema["paths"]["/api/v1/documents/verify"]["post"]["operationId"] == "documents_verify"
