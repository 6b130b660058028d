"""Pictures of pages are drawn by a worker, never in a request; who asks for one waits, comes back and in the end is told."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from common.actor import Actor
from courts.models import Court
from documents import access, services
from documents.models import Copy, StoredFile
from documents.services import PageState, kept_numbers, page_state
from documents.waiting import PAUSES
from eventlog.models import Event
from tests.documents import craft
from tests.documents.conftest import ZHANG
from tests.support.drawing import asked, draw, work
from tests.support.servers import Broker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("SEC-51")]
SignedIn = Callable[[tuple[User, Actor]], Client]
PAGES = 6


@pytest.fixture
def file(broker: Broker, court: Court, clerk: tuple[User, Actor], owners: dict[str, Any]) -> StoredFile:
    """A PDF of six pages that everybody may open; nobody has been asked to draw it."""
    access.register("filing.filing", lambda actor, owner: True)
    made = services.receive_file(
        upload=SimpleUploadedFile("证据.pdf", craft.pdf(pages=PAGES), content_type="application/pdf"),
        court_id=court.pk,
        owner_kind="filing.filing",
        owner_public_id=uuid.uuid4(),
        actor=clerk[1],
    )
    asked()
    cache.clear()
    return made


def path(file: StoredFile, number: int = 1) -> str:
    return f"/files/{file.public_id}/pages/{number}/"


def test_the_first_request_asks_a_worker_draws_the_second_shows(
    file: StoredFile, signed_in: SignedIn, litigant: tuple[User, Actor]
) -> None:
    browser = signed_in(litigant)
    first = browser.get(path(file))
    assert first.status_code == 202 and "正在准备这一页" in first.content.decode()
    assert first["Refresh"] == f"{PAUSES[0]}; url={path(file)}?try=1"
    assert not Event.objects.filter(name="documents.opened").exists(), "nothing was opened yet"
    tasks = asked()
    assert tasks == [[str(file.public_id), False, 1, 4]]
    assert work(tasks) == [4] and work(tasks) == [0], "a repeat draws nothing"
    assert kept_numbers(file) == {1, 2, 3, 4}
    second = browser.get(path(file))
    assert second.status_code == 200 and second["Content-Type"] == "image/jpeg"
    second.close()
    assert Event.objects.filter(name="documents.opened").count() == 1


def test_many_requests_make_one_task(
    file: StoredFile, signed_in: SignedIn, litigant: tuple[User, Actor]
) -> None:
    browser = signed_in(litigant)
    for number in (1, 1, 2, 3, 1):
        assert browser.get(path(file, number)).status_code == 202
    assert asked() == [[str(file.public_id), False, 1, 4]]
    assert browser.get(path(file, 6)).status_code == 202
    assert asked() == [[str(file.public_id), False, 6, 6]]


def test_waiting_has_an_end(file: StoredFile, signed_in: SignedIn, litigant: tuple[User, Actor]) -> None:
    browser, address, pauses = signed_in(litigant), path(file), []
    while (answer := browser.get(address)).status_code == 202:
        pause, _rest, address = answer["Refresh"].partition("; url=")
        pauses.append(int(pause))
    assert tuple(pauses) == PAUSES
    assert answer.status_code == 503 and not answer.has_header("Refresh")
    assert "这一页打不开" in answer.content.decode() and path(file) in answer.content.decode()
    for strange in ("-1", "x", "9" * 50, "٣"):
        assert browser.get(path(file), {"try": strange}).status_code == 202


def test_a_page_that_brings_the_process_down_is_told_and_the_others_are_drawn(
    file: StoredFile, signed_in: SignedIn, litigant: tuple[User, Actor]
) -> None:
    """The kept preview is replaced by a picture that needs more memory than the process has."""
    StoredFile.objects.filter(pk=file.pk).update(preview_type="image/jpeg", pages=1)
    default_storage.delete(file.preview_key)
    default_storage.save(file.preview_key, ContentFile(craft.png_bomb()))
    browser = signed_in(litigant)
    assert browser.get(path(file)).status_code == 202
    assert work(asked()) == [0]
    file.refresh_from_db()
    assert page_state(file, 1) == PageState.BROKEN
    assert browser.get(path(file)).status_code == 404 and asked() == []


def test_a_page_the_engine_cannot_read_does_not_stop_the_next(file: StoredFile) -> None:
    def spoil(made: Any) -> None:
        made.pages[0].MediaBox = made.make_indirect([0, 0, 10**9, 10**9])

    default_storage.delete(file.preview_key)
    default_storage.save(file.preview_key, ContentFile(craft.pdf(spoil, pages=2)))
    StoredFile.objects.filter(pk=file.pk).update(pages=3)
    file.refresh_from_db()
    draw(file, last=3)
    assert 2 in kept_numbers(file) and page_state(file, 3) == PageState.BROKEN


def test_a_picture_whose_source_is_missing_is_told(file: StoredFile) -> None:
    default_storage.delete(file.preview_key)
    assert draw(file) == 0 and page_state(file, 1) == PageState.BROKEN


def test_a_number_after_the_end_of_a_paper_is_found_out_by_the_worker(broker: Broker, issued: Copy) -> None:
    asked()
    assert page_state(issued, 400) == PageState.WAITING
    assert page_state(issued, 501) == PageState.MISSING
    work(asked())
    assert page_state(issued, 400) == PageState.BROKEN
    assert draw(issued, last=99) >= 1 and page_state(issued, 1) == PageState.KEPT


@pytest.fixture
def issued(broker: Broker, issue_paper: Callable[..., Any], run_outbox: Callable[[], int]) -> Copy:
    made: Copy = issue_paper("acceptance_notice", ZHANG).copies.get()
    run_outbox()
    made.refresh_from_db()
    return made


@pytest.mark.req("REL-50")
def test_without_a_broker_pictures_wait_and_nothing_fails(
    file: StoredFile, broker: Broker, signed_in: SignedIn, litigant: tuple[User, Actor]
) -> None:
    browser = signed_in(litigant)
    broker.stop()
    assert browser.get(path(file)).status_code == 202
    assert draw(file) == 1, "what needs no broker works"
    answer = browser.get(path(file))
    assert answer.status_code == 200
    answer.close()


def test_what_comes_in_is_drawn_ahead(
    broker: Broker, court: Court, clerk: tuple[User, Actor], owners: dict[str, Any]
) -> None:
    def receive(data: bytes, name: str) -> StoredFile:
        return services.receive_file(
            upload=SimpleUploadedFile(name, data, content_type=""),
            court_id=court.pk,
            owner_kind="filing.filing",
            owner_public_id=uuid.uuid4(),
            actor=clerk[1],
        )

    document, letter = receive(craft.pdf(pages=2), "a.pdf"), receive(craft.word(), "a.docx")
    assert asked() == [[str(document.public_id), False, 1, 2]]
    assert page_state(letter, 1) == PageState.MISSING and asked() == []
