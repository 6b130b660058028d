"""Opening files and papers over HTTP: the owner's app decides, what is sent is what was kept, every opening is on record."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import StreamingHttpResponse
from django.test import Client

from accounts.models import User
from common import clock
from common.actor import ANONYMOUS, Actor
from courts.models import Court
from documents import access, policies
from documents.models import Copy, DeliveryFact, Paper, StoredFile
from documents.services import receive_file
from eventlog.models import Event
from tests.documents import craft
from tests.documents.conftest import LI, ZHANG
from tests.support.drawing import draw

pytestmark = pytest.mark.django_db(transaction=True)
SignedIn = Callable[[tuple[User, Actor]], Client]
Owners = dict[str, access.MayOpen]


@pytest.fixture
def file(court: Court, clerk: tuple[User, Actor]) -> StoredFile:
    made = receive_file(
        upload=SimpleUploadedFile('借条；"1".pdf', craft.pdf(pages=2), content_type="application/pdf"),
        court_id=court.pk,
        owner_kind="filing.filing",
        owner_public_id=uuid.UUID(int=5),
        actor=clerk[1],
    )
    draw(made)
    return made


@pytest.fixture
def copy(issue_paper: Callable[..., Paper], run_outbox: Callable[[], int]) -> Copy:
    found: Copy = issue_paper("response_notice", LI).copies.get()
    run_outbox()
    found.refresh_from_db()
    return found


def body(response: Any) -> bytes:
    assert isinstance(response, StreamingHttpResponse)
    data = b"".join(response.streaming_content)  # type: ignore[arg-type]
    response.close()
    return data


def addresses(file: StoredFile) -> list[str]:
    base = f"/files/{file.public_id}/"
    return [base, f"{base}preview/", f"{base}pages/1/"]


def opened() -> list[Event]:
    return list(Event.objects.filter(name="documents.opened").order_by("id"))


def test_nobody_opens_what_no_app_answers_for(
    file: StoredFile,
    owners: Owners,
    signed_in: SignedIn,
    litigant: tuple[User, Actor],
    clerk: tuple[User, Actor],
) -> None:
    assert not access.may_open(litigant[1], file.owner_kind, file.owner_public_id)
    for person in (litigant, clerk):
        for address in addresses(file):
            assert signed_in(person).get(address).status_code == 404
    assert not opened()


def test_the_owner_decides_for_each_person(
    file: StoredFile,
    owners: Owners,
    signed_in: SignedIn,
    litigant: tuple[User, Actor],
    clerk: tuple[User, Actor],
) -> None:
    asked = []

    def may_open(actor: Actor, owner: uuid.UUID) -> bool:
        asked.append(owner)
        return actor.user_id == litigant[0].pk

    access.register("filing.filing", may_open)
    for address in addresses(file):
        response = signed_in(litigant).get(address, follow=True)
        assert response.status_code == 200 and body(response)
        assert signed_in(clerk).get(address).status_code == 404
    assert set(asked) == {file.owner_public_id}


def test_two_apps_cannot_claim_one_kind(owners: Owners) -> None:
    access.register("x", lambda actor, owner: True)
    with pytest.raises(ValueError, match="twice"):
        access.register("x", lambda actor, owner: True)


def test_anonymous_visitors_sign_in_first(file: StoredFile, owners: Owners) -> None:
    access.register("filing.filing", lambda actor, owner: True)
    assert not policies.can_open_file(ANONYMOUS, file)
    response = Client().get(f"/files/{file.public_id}/")
    assert response.status_code == 302 and response["Location"].startswith("/login/")
    assert Client().get(f"/papers/{uuid.uuid4()}/").status_code == 302


@pytest.fixture
def open_to_all(owners: Owners) -> None:
    access.register("filing.filing", lambda actor, owner: True)


@pytest.mark.req("SEC-52", "SEC-55")
def test_the_original_comes_whole_and_harmless(
    file: StoredFile, open_to_all: None, signed_in: SignedIn, litigant: tuple[User, Actor]
) -> None:
    response = signed_in(litigant).get(f"/files/{file.public_id}/", follow=True)
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%80%9F%E6%9D%A1")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]
    data = body(response)
    assert hashlib.sha256(data).hexdigest() == file.sha256
    assert int(response["Content-Length"]) == len(data)


def test_openings_are_recorded_in_the_stream_of_the_day(
    file: StoredFile, court: Court, open_to_all: None, signed_in: SignedIn, litigant: tuple[User, Actor]
) -> None:
    browser = signed_in(litigant)
    for address in addresses(file):
        browser.get(address).close()
    browser.get(f"/files/{file.public_id}/pages/2/").close()
    events = opened()
    assert len(events) == 3, "pages after the first belong to the first"
    assert {event.stream for event in events} == {f"access:{court.code}:{clock.today().isoformat()}"}
    assert {event.actor_id for event in events} == {litigant[0].pk}
    assert {event.subject_id for event in events} == {file.pk}


def test_head_checks_the_right_and_records_nothing(
    file: StoredFile, owners: Owners, signed_in: SignedIn, litigant: tuple[User, Actor]
) -> None:
    browser = signed_in(litigant)
    assert browser.head(f"/files/{file.public_id}/").status_code == 404
    access.register("filing.filing", lambda actor, owner: True)
    response = browser.head(browser.head(f"/files/{file.public_id}/")["Location"])
    assert response.status_code == 200 and int(response["Content-Length"]) == file.size_bytes
    response.close()
    link = browser.head(f"/files/{file.public_id}/")["Location"]
    assert browser.get(link).status_code == 404, "who only asked for the headers does not get the bytes"
    assert not opened()


def test_ones_own_upload_is_no_opening(
    file: StoredFile, open_to_all: None, signed_in: SignedIn, clerk: tuple[User, Actor]
) -> None:
    signed_in(clerk).get(f"/files/{file.public_id}/preview/").close()
    assert not opened()


@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_a_damaged_file_is_not_sent_but_reported(
    damage: str,
    file: StoredFile,
    open_to_all: None,
    signed_in: SignedIn,
    litigant: tuple[User, Actor],
    caplog: pytest.LogCaptureFixture,
) -> None:
    default_storage.delete(file.storage_key)
    if damage == "changed":
        default_storage.save(file.storage_key, ContentFile(b"%PDF-1.7 something else"))
    response = signed_in(litigant).get(f"/files/{file.public_id}/")
    assert response.status_code == 503
    event = Event.objects.get(name="documents.damaged")
    assert event.payload["missing"] == (damage == "missing")
    assert "missing or changed" in caplog.text
    assert not opened()


@pytest.mark.parametrize("tail", ["pages/0/", "pages/3/", "pages/99999999999/", "other/"])
def test_pages_that_are_not_there(
    tail: str, file: StoredFile, open_to_all: None, signed_in: SignedIn, litigant: tuple[User, Actor]
) -> None:
    assert signed_in(litigant).get(f"/files/{file.public_id}/{tail}").status_code == 404


def test_a_paper_opens_for_its_addressee_and_the_print_desk_only(
    copy: Copy,
    issue_paper: Callable[..., Paper],
    run_outbox: Callable[[], int],
    owners: Owners,
    signed_in: SignedIn,
    litigant: tuple[User, Actor],
    clerk: tuple[User, Actor],
    foreign_clerk: tuple[User, Actor],
) -> None:
    """The plaintiff must not get hold of the defendant's code, which stands on the defendant's copy."""
    own: Copy = issue_paper("acceptance_notice", ZHANG).copies.get()
    run_outbox()
    access.register(
        access.PARTY, lambda actor, party: (actor.user_id, party) == (litigant[0].pk, ZHANG.party_public_id)
    )
    draw(own, copy)
    wanted = {litigant[0]: (200, 404), clerk[0]: (200, 200), foreign_clerk[0]: (404, 404)}
    for person in (litigant, clerk, foreign_clerk):
        browser = signed_in(person)
        for paper, status in zip((own, copy), wanted[person[0]], strict=True):
            for address in (f"/papers/{paper.public_id}/", f"/papers/{paper.public_id}/pages/1/"):
                response = browser.get(address, follow=True)
                assert response.status_code == status, (person[0].name, address)
                response.close()


def test_the_addressees_first_opening_is_a_fact(
    copy: Copy, owners: Owners, signed_in: SignedIn, litigant: tuple[User, Actor], clerk: tuple[User, Actor]
) -> None:
    access.register(access.PARTY, lambda actor, party: actor.is_public)
    signed_in(clerk).get(f"/papers/{copy.public_id}/").close()
    assert not DeliveryFact.objects.filter(kind="opened").exists()
    for _ in range(2):
        response = signed_in(litigant).get(f"/papers/{copy.public_id}/", follow=True)
        assert hashlib.sha256(body(response)).hexdigest() == copy.sha256
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"].startswith("inline")
    assert DeliveryFact.objects.filter(kind="opened", delivery__copy=copy).count() == 1
    assert len(opened()) == 3
    saved = signed_in(litigant).get(f"/papers/{copy.public_id}/?download=1", follow=True)
    assert saved["Content-Disposition"].startswith("attachment")
    saved.close()


def test_a_copy_without_pages_is_not_there(
    issue_paper: Callable[..., Paper], owners: Owners, signed_in: SignedIn, clerk: tuple[User, Actor]
) -> None:
    unmade = issue_paper().copies.get()
    assert signed_in(clerk).get(f"/papers/{unmade.public_id}/").status_code == 404
