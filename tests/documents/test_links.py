"""Links to stored bytes: for a minute, one session, one person, one purpose; the right is asked for each time (SEC-54)."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from freezegun import freeze_time

from accounts.models import User
from common import clock
from common.actor import Actor
from courts.models import Court
from documents import access, links
from documents.models import StoredFile
from documents.services import receive_file
from tests.documents import craft

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("SEC-54")]
SignedIn = Callable[[tuple[User, Actor]], Client]
DATA = craft.pdf(pages=2)
SIZE = len(DATA)


@pytest.fixture
def file(
    court: Court, clerk: tuple[User, Actor], owners: dict[str, Any], litigant: tuple[User, Actor]
) -> StoredFile:
    """Belongs to an owner whose papers clerk and litigant may open."""
    access.register("filing.filing", lambda actor, owner: actor.user_id in (clerk[0].pk, litigant[0].pk))
    return receive_file(
        upload=SimpleUploadedFile("证据.pdf", DATA, content_type="application/pdf"),
        court_id=court.pk,
        owner_kind="filing.filing",
        owner_public_id=uuid.UUID(int=5),
        actor=clerk[1],
    )


@pytest.fixture
def browser(signed_in: SignedIn, litigant: tuple[User, Actor]) -> Client:
    return signed_in(litigant)


@pytest.fixture
def link(browser: Client, file: StoredFile) -> str:
    return str(browser.get(f"/files/{file.public_id}/")["Location"])


def body(response: Any) -> bytes:
    data = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    return bytes(data)


def test_a_link_answers_its_own_browser(browser: Client, link: str) -> None:
    answer = browser.get(link)
    assert answer.status_code == 200 and body(answer) == DATA
    assert answer["Accept-Ranges"] == "bytes" and answer["ETag"]


def test_another_session_gets_nothing(
    link: str, signed_in: SignedIn, litigant: tuple[User, Actor], clerk: tuple[User, Actor]
) -> None:
    """Neither another person with the same right, nor the same person elsewhere, nor nobody."""
    unknown = Client().get("/files/links/unknown/")
    for other in (signed_in(litigant), signed_in(clerk), Client()):
        answer = other.get(link)
        assert answer.status_code == unknown.status_code == 404
        assert other.head(link).status_code == 404


def test_it_ends_with_the_session(browser: Client, link: str) -> None:
    browser.logout()
    assert browser.get(link).status_code == 404


@pytest.mark.parametrize(("seconds", "status"), [(links.SECONDS - 5, 200), (links.SECONDS + 1, 404)])
def test_it_lives_for_a_minute(browser: Client, link: str, seconds: int, status: int) -> None:
    with freeze_time(clock.process_now() + timedelta(seconds=seconds)):
        answer = browser.get(link)
    assert answer.status_code == status
    answer.close()


def test_a_forged_link_is_no_link(browser: Client, link: str) -> None:
    token = link.rstrip("/").rpartition("/")[2]
    body_part, stamp, signature = token.split(":")
    for forged in (
        token[:-1],
        f"{body_part}x:{stamp}:{signature}",
        f"{body_part}:{stamp}x:{signature}",
        "a",
        "::",
    ):
        assert browser.get(f"/files/links/{forged}/").status_code == 404


def test_a_link_is_for_one_purpose(browser: Client, file: StoredFile) -> None:
    """The one for the cleaned copy shows the cleaned copy."""
    shown = browser.get(browser.get(f"/files/{file.public_id}/preview/")["Location"])
    assert shown["Content-Disposition"].startswith("inline") and body(shown) != DATA
    saved = browser.get(browser.get(f"/files/{file.public_id}/")["Location"])
    assert saved["Content-Disposition"].startswith("attachment")
    assert saved["ETag"] != shown["ETag"]
    saved.close()


@pytest.mark.req("SEC-54", "B-90")
@pytest.mark.parametrize("method", ["get", "head", "range"])
def test_the_right_is_asked_for_each_time(
    method: str, browser: Client, link: str, monkeypatch: pytest.MonkeyPatch, owners: dict[str, Any]
) -> None:
    owners["filing.filing"] = lambda actor, owner: False
    headers = {"range": "bytes=0-3"} if method == "range" else {}
    answer = getattr(browser, "head" if method == "head" else "get")(link, headers=headers)
    assert answer.status_code == 404


RANGES = {
    # what is asked for: status, content range, bytes
    "bytes=0-3": (206, f"bytes 0-3/{SIZE}", DATA[:4]),
    "bytes=10-": (206, f"bytes 10-{SIZE - 1}/{SIZE}", DATA[10:]),
    "bytes=-5": (206, f"bytes {SIZE - 5}-{SIZE - 1}/{SIZE}", DATA[-5:]),
    f"bytes=-{SIZE + 9}": (206, f"bytes 0-{SIZE - 1}/{SIZE}", DATA),
    f"bytes=5-{SIZE + 99}": (206, f"bytes 5-{SIZE - 1}/{SIZE}", DATA[5:]),
    "lines=0-3": (200, None, DATA),
    "bytes": (200, None, DATA),
    f"bytes={SIZE}-": (416, f"bytes */{SIZE}", b""),
    f"bytes={SIZE + 5}-{SIZE + 9}": (416, f"bytes */{SIZE}", b""),
    "bytes=-0": (416, f"bytes */{SIZE}", b""),
    "bytes=5-2": (416, f"bytes */{SIZE}", b""),
    "bytes=--5": (416, f"bytes */{SIZE}", b""),
    "bytes=-": (416, f"bytes */{SIZE}", b""),
    "bytes=a-b": (416, f"bytes */{SIZE}", b""),
    "bytes=0-,0-": (416, f"bytes */{SIZE}", b""),
    "bytes=" + "9" * 400 + "-": (416, f"bytes */{SIZE}", b""),
    "bytes=" + ",".join(f"{n}-{n}" for n in range(6)): (416, f"bytes */{SIZE}", b""),
    "bytes=" + ",".join(f"{n}-{n}" for n in range(1000)): (416, f"bytes */{SIZE}", b""),
}


@pytest.mark.req("B-52")
@pytest.mark.parametrize("wanted", RANGES, ids=lambda wanted: str(wanted)[:30])
def test_ranges(wanted: str, browser: Client, link: str) -> None:
    """Bad input 52: a thousand ranges, negative ones, past the end."""
    status, content_range, data = RANGES[wanted]
    answer = browser.get(link, headers={"range": wanted})
    assert (answer.status_code, answer.get("Content-Range")) == (status, content_range)
    assert body(answer) == data
    if status != 416:
        assert int(answer["Content-Length"]) == len(data)
    head = browser.head(link, headers={"range": wanted})
    assert (head.status_code, head.get("Content-Length")) == (status, answer.get("Content-Length"))
    assert body(head) == b""


@pytest.mark.req("F-25")
def test_a_broken_download_goes_on_where_it_broke_off(browser: Client, link: str, file: StoredFile) -> None:
    """The rest by a range, by the same link and by a new one, together the bytes that were received."""
    first = body(browser.get(link, headers={"range": f"bytes=0-{SIZE // 2}"}))
    again = str(browser.get(f"/files/{file.public_id}/")["Location"])
    rest = body(browser.get(again, headers={"range": f"bytes={len(first)}-"}))
    assert len(first) < SIZE and hashlib.sha256(first + rest).hexdigest() == file.sha256


def test_up_to_five_ranges_come_in_one_answer(browser: Client, link: str) -> None:
    answer = browser.get(link, headers={"range": "bytes=0-3,10-19,-4"})
    data = body(answer)
    assert answer.status_code == 206 and len(data) == int(answer["Content-Length"])
    boundary = answer["Content-Type"].partition("boundary=")[2].encode()
    parts = [
        part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in data.split(b"--" + boundary)[1:-1]
    ]
    assert parts == [DATA[:4], DATA[10:20], DATA[-4:]]
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.req("B-53")
def test_tags_tell_nothing_and_cache_nothing(
    browser: Client, link: str, signed_in: SignedIn, file: StoredFile
) -> None:
    """Bad input 53: whoever knows the hash of a file does not learn from it whether the court has it."""
    tag = f'"{file.sha256}"'
    stranger = Client()
    for headers in ({"if-none-match": tag}, {"if-match": tag}, {"if-range": tag, "range": "bytes=0-0"}):
        assert stranger.get(link, headers=headers).status_code == 404
        assert browser.get(f"/files/{uuid.uuid4()}/", headers=headers).status_code == 404
    for headers, status in (
        ({"if-none-match": tag}, 200),
        ({"if-range": tag, "range": "bytes=0-3"}, 206),
        ({"if-range": '"other"', "range": "bytes=0-3"}, 200),
        ({"if-range": "Wed, 21 Oct 2015 07:28:00 GMT", "range": "bytes=0-3"}, 200),
    ):
        answer = browser.get(link, headers=headers)
        assert answer.status_code == status, headers
        answer.close()


@pytest.mark.req("B-51")
@pytest.mark.parametrize(
    "path",
    [
        "/files/..%2f..%2fetc%2fpasswd/",
        "/files/links/..%2f..%2fetc%2fpasswd/",
        "/files/links/%2e%2e/%2e%2e/etc/passwd",
        "/files/%00/",
        "/files/links/a%00b/",
        "//files//",
        "/files/∕etc∕passwd/",
        "/files/links/．．／etc/",
    ],
)
def test_no_path_reaches_the_disk(path: str, browser: Client, file: StoredFile) -> None:
    """Bad input 51."""
    assert browser.get(path).status_code == 404


@pytest.mark.req("SEC-52")
def test_the_files_have_a_host_of_their_own(
    file: StoredFile, signed_in: SignedIn, litigant: tuple[User, Actor], settings: Any
) -> None:
    """There the session's cookie is not known: a pass for links, of one minute, stands for it."""
    settings.FILES_URL, settings.FILES_HOST = "http://files.testserver", "files.testserver"
    settings.SITE_HOST, settings.ALLOWED_HOSTS = "testserver", ["testserver", "files.testserver"]
    browser = signed_in(litigant)
    led = browser.get(f"/files/{file.public_id}/")
    link = led["Location"]
    given = led.cookies["files"]
    assert link.startswith("http://files.testserver/files/links/")
    assert (given["domain"], given["path"], given["max-age"]) == ("testserver", "/files/links/", 60)
    assert given["httponly"] and given["samesite"] == "Lax"
    session_key = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert session_key not in given.value

    there = Client(headers={"host": "files.testserver"})
    path = link.removeprefix("http://files.testserver")
    assert there.get(path).status_code == 404, "without the pass"
    there.cookies[settings.SESSION_COOKIE_NAME] = session_key
    assert there.get(path).status_code == 404, "the session's own cookie is not looked at"
    there.cookies["files"] = given.value + "x"
    assert there.get(path).status_code == 404, "a changed pass"
    there.cookies["files"] = given.value
    answer = there.get(path)
    assert answer.status_code == 200 and body(answer) == DATA
    assert not answer.cookies and answer["Content-Security-Policy"].startswith("sandbox")
    assert there.get("/").status_code == there.get(f"/files/{file.public_id}/").status_code == 404
    assert browser.get(path).status_code == 404, "and no bytes of strangers from the portal's own host"
