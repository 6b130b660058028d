"""Files that a party sends with a message lie in the case's file once the court has checked them."""

from __future__ import annotations

import pytest
from django.test import Client

from casefiles.models import Entry, Section
from casefiles.policies import visible_entries
from common.actor import Actor
from feedback.models import CheckOutcome, Message
from tests.casefiles.conftest import Book, work_off
from tests.feedback.exchanges import picture
from tests.support.court import Cast

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "收条.jpg"


def sent(book: Book) -> tuple[Client, str]:
    """张某 sends a photo with a message; the clerk's browser and the address where it is checked."""
    zhang = book.client("zhang")
    path = f"/my/cases/{book.case.public_id}/messages/new/?topic=material"
    key = zhang.get(path).context["form_key"]
    answer = zhang.post(path, {"text": "见附件", "files": [picture(NAME)], "action": "send", "form_key": key})
    assert answer.status_code == 302
    message = Message.objects.latest("id")
    return book.client("caseclerk"), f"/bench/messages/{message.thread.public_id}/check/{message.public_id}/"


def names_for(actor: Actor, book: Book) -> set[str]:
    return set(visible_entries(actor).filter(case=book.case).values_list("title", flat=True))


@pytest.mark.parametrize(
    ("outcome", "sender", "other"),
    [
        (CheckOutcome.SHOWN, True, True),
        (CheckOutcome.COURT_ONLY, True, False),
        (CheckOutcome.REFUSED, False, False),
    ],
)
def test_what_was_checked_lies_in_the_file(
    book: Book, cast: Cast, outcome: CheckOutcome, sender: bool, other: bool
) -> None:
    clerk, address = sent(book)
    assert NAME not in names_for(cast.judge, book)
    assert clerk.post(address, {"outcome": outcome, "reason": "与本案有关"}).status_code == 302
    work_off()
    entries = Entry.objects.filter(case=book.case, title=NAME)
    assert entries.count() == int(sender)
    assert all(entry.section == Section.EVIDENCE and entry.owners == [book.zhang.pk] for entry in entries)
    assert (NAME in names_for(cast.zhang, book), NAME in names_for(cast.li, book)) == (sender, other)
