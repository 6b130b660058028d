"""Asking to read a file: who decides, how long it lasts, and that the answer to a wrong number tells nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casefiles import services
from casefiles.models import Capacity, Openness, ReadingRequest, RequestState
from casefiles.policies import visible_entries
from casefiles.services import Wish
from common import clock
from common.errors import Conflict, InvalidInput, InvalidTransition, NotAllowed, NotVisible
from notifications.models import Message
from tests.casefiles.conftest import Book, work_off

pytestmark = pytest.mark.django_db(transaction=True)


def asked(book: Book, number: str = "") -> ReadingRequest:
    wish = Wish(number or book.case.number, Capacity.THIRD, "我是这笔借款的保证人，要核对借条")
    return services.ask_reading(court=book.case.court, wish=wish, actor=book.cast.chen)


def test_a_grant_opens_what_is_open_to_all_parties_until_its_end(book: Book) -> None:
    request = asked(book)
    client = book.client("chen")
    assert client.get(book.path()).status_code == 404
    services.decide(request_public_id=request.public_id, grant=True, answer="同意", actor=book.cast.judge)
    work_off()
    request.refresh_from_db()
    assert client.get(book.path()).status_code == 200
    seen = visible_entries(book.cast.chen)
    assert seen and {entry.openness for entry in seen} == {Openness.PARTIES}
    assert client.get(book.page(book.evidence)).status_code == 200
    assert client.get(book.page(book.identity)).status_code == 404
    assert Message.objects.filter(user=book.cast.users["chen"], kind="reading_answered").exists()
    assert "看案卷" in client.get(f"/my/reading/{request.public_id}/").content.decode()
    with clock.at(clock.now() + timedelta(days=15, seconds=1)):
        assert book.client("chen").get(book.path()).status_code == 404


def test_a_refusal_has_words_and_opens_nothing(book: Book) -> None:
    request = asked(book)
    with pytest.raises(InvalidInput):
        services.decide(request_public_id=request.public_id, grant=False, answer="", actor=book.cast.judge)
    services.decide(
        request_public_id=request.public_id, grant=False, answer="与案件没有利害关系", actor=book.cast.head
    )
    client = book.client("chen")
    assert "与案件没有利害关系" in client.get(f"/my/reading/{request.public_id}/").content.decode()
    assert client.get(book.path()).status_code == 404
    with pytest.raises(InvalidTransition):
        services.decide(request_public_id=request.public_id, grant=True, answer="改", actor=book.cast.judge)


def test_an_unknown_number_is_taken_like_a_known_one(book: Book) -> None:
    known, unknown = asked(book), asked(book, book.case.number.replace("民初", "民终"))
    client = book.client("chen")
    pages = [client.get(f"/my/reading/{row.public_id}/").content.decode() for row in (known, unknown)]
    plain = [
        page.replace(row.number_typed, "").replace(str(row.public_id), "")
        for page, row in zip(pages, (known, unknown), strict=True)
    ]
    assert unknown.case is None and len(plain[0]) == len(plain[1])
    with pytest.raises(InvalidInput):
        services.decide(request_public_id=unknown.public_id, grant=True, answer="好", actor=book.cast.head)
    with pytest.raises(NotVisible):
        services.decide(request_public_id=unknown.public_id, grant=False, answer="无", actor=book.cast.judge)


def test_who_decides(book: Book) -> None:
    request = asked(book)
    for name in ("judge-b", "caseclerk", "clerk", "supervisor", "zhang"):
        with pytest.raises((NotVisible, NotAllowed)):
            services.decide(
                request_public_id=request.public_id, grant=True, answer="好", actor=book.cast.actors[name]
            )
    assert ReadingRequest.objects.get().state == RequestState.ASKED


def test_one_request_at_a_time_and_it_can_be_taken_back(book: Book) -> None:
    request = asked(book)
    with pytest.raises(Conflict):
        asked(book)
    services.take_back(request_public_id=request.public_id, actor=book.cast.chen)
    assert asked(book).pk != request.pk


def test_parties_need_not_ask(book: Book) -> None:
    wish = Wish(book.case.number, Capacity.PARTY, "看看")
    with pytest.raises(InvalidInput):
        services.ask_reading(court=book.case.court, wish=wish, actor=book.cast.zhang)
