"""Issuing papers: rows and number now, pages after commit; nothing is lost or doubled whatever is repeated or killed."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from common import clock, crypto
from common.actor import Actor, system
from common.errors import InvalidTransition, NotVisible
from courts.models import Court
from documents import selectors, services
from documents.models import Copy, Delivery, DeliveryFact, Paper
from documents.rendering import codes
from documents.services import copies
from eventlog.models import Event, Outbox
from eventlog.relay import run_due
from eventlog.selectors import receipt_of
from eventlog.services import act
from tests.documents.conftest import LI, ZHANG, later

pytestmark = pytest.mark.django_db(transaction=True)
Issue = Callable[..., Paper]
Run = Callable[..., int]


def kept_pdf(copy: Copy) -> bytes:
    with default_storage.open(copy.file_key) as kept:
        return bytes(kept.read())


def token_on(copy: Copy) -> str:
    """The token as a phone reads it from the printed page."""
    document = pypdfium2.PdfDocument(kept_pdf(copy))
    picture = document[0].render(scale=200 / 72).to_pil()
    document.close()
    (found,) = zxingcpp.read_barcodes(picture)
    address = re.fullmatch(r"HTTPS?://[A-Z0-9.:-]+/M/([0-9A-Z]{26})/", found.text)
    assert address
    return address[1]


def service_code_on(copy: Copy) -> str:
    document = pypdfium2.PdfDocument(kept_pdf(copy))
    text = document[0].get_textpage().get_text_range()
    document.close()
    found = re.search(rf"服务码 ([{codes.READABLE}]{{10}})", text)
    assert found
    return found[1]


def test_numbers_are_counted_per_court_and_year(court: Court, issue_paper: Issue) -> None:
    year = clock.today().year
    assert [issue_paper().number for _ in range(3)] == [f"{court.code}-{year}-{n:06d}" for n in (1, 2, 3)]
    with clock.at(clock.now().replace(year=year + 1)):
        assert issue_paper().number == f"{court.code}-{year + 1}-000001"


def test_a_rolled_back_paper_leaves_no_gap(court: Court, issue_paper: Issue) -> None:
    with pytest.raises(KeyError), act():
        issue_paper()
        raise KeyError
    assert issue_paper().number.endswith("-000001")
    assert not Copy.objects.exclude(paper__number__endswith="-000001").exists()


def test_the_same_key_returns_the_same_paper(issue_paper: Issue) -> None:
    first, second = issue_paper(key="x"), issue_paper(key="x")
    assert first.pk == second.pk
    assert Paper.objects.count() == Copy.objects.count() == Delivery.objects.count() == 1
    assert Event.objects.filter(name="documents.copy_requested").count() == 1
    assert issue_paper(key="y").number.endswith("-000002")


def test_every_addressee_gets_an_own_copy(issue_paper: Issue, run_outbox: Run) -> None:
    paper = issue_paper("response_notice", LI, later(LI, party_public_id=uuid.UUID(int=3), name="王某"))
    run_outbox()
    first, second = paper.copies.order_by("id")
    assert (first.serial, second.serial) == (f"{paper.number}-1", f"{paper.number}-2")
    assert token_on(first) != token_on(second)
    assert first.check_code != second.check_code


def test_wrong_requests_are_refused_before_anything_is_written(issue_paper: Issue) -> None:
    with pytest.raises(ValueError, match="accepted_on"):
        issue_paper(accepted_on="")
    assert not Paper.objects.exists()


def test_an_issued_copy_keeps_hashes_only(issue_paper: Issue, run_outbox: Run) -> None:
    copy = issue_paper().copies.get()
    assert (copy.state, copy.token_hash, copy.file_key) == ("requested", None, "")
    run_outbox()
    copy.refresh_from_db()
    token, service_code = token_on(copy), service_code_on(copy)
    assert copy.state == "issued" and copy.expires_at and copy.issued_at
    assert copy.token_hash == crypto.keyed_hash("token", token)
    assert copy.service_code_hash == crypto.keyed_hash("service_code", service_code)
    assert copy.sha256 == hashlib.sha256(kept_pdf(copy)).hexdigest()
    everything = "".join(str(value) for value in Copy.objects.values_list().get())
    everything += "".join(str(event.payload) for event in Event.objects.all())
    assert token not in everything and service_code not in everything


def test_the_issued_event_says_ids_only(issue_paper: Issue, run_outbox: Run) -> None:
    paper = issue_paper()
    run_outbox()
    event = Event.objects.get(name="documents.issued")
    assert event.stream == paper.stream
    assert event.payload == {
        "copy": str(paper.copies.get().public_id),
        "paper": str(paper.public_id),
        "template": "response_notice",
        "subject_kind": "cases.case",
        "subject_public_id": str(paper.subject_public_id),
        "addressee_public_id": str(LI.party_public_id),
        "method": "post",
    }


def test_nobody_is_delivered_to_by_default(issue_paper: Issue, run_outbox: Run) -> None:
    delivery = issue_paper("response_notice", LI).copies.get().delivery
    run_outbox()
    delivery.refresh_from_db()
    assert (delivery.method, delivery.state, delivery.delivered_at) == ("post", "waiting", None)
    assert [fact.kind for fact in delivery.facts.all()] == ["created"]
    assert not Event.objects.filter(name="documents.delivered").exists()


def test_the_inbox_delivers_at_once(issue_paper: Issue, run_outbox: Run) -> None:
    copy = issue_paper("acceptance_notice", ZHANG).copies.get()
    run_outbox()
    copy.refresh_from_db()
    delivery = copy.delivery
    assert (delivery.method, delivery.state) == ("inbox", "delivered")
    assert [fact.kind for fact in delivery.facts.order_by("id")] == ["created", "sent", "arrived"]
    arrived = delivery.facts.get(kind="arrived")
    assert delivery.delivered_at == arrived.happened_at == copy.issued_at
    receipt = receipt_of(delivery, "documents.delivered")
    assert receipt is not None and copy.serial in receipt.text


def test_delivery_time_is_the_database_clock(issue_paper: Issue, run_outbox: Run) -> None:
    copy = issue_paper("acceptance_notice", ZHANG).copies.get()
    moment = clock.now().replace(hour=1, minute=2, second=3, microsecond=0)
    with clock.at(moment):
        services.issue_copy(copy_id=copy.pk)
    copy.refresh_from_db()
    assert copy.delivery.delivered_at == moment


def test_making_the_pages_twice_changes_nothing(
    issue_paper: Issue, run_outbox: Run, stored: Callable[[str], list[str]]
) -> None:
    copy = issue_paper().copies.get()
    run_outbox()
    before = Copy.objects.values().get()
    services.issue_copy(copy_id=copy.pk)
    assert Copy.objects.values().get() == before
    assert Event.objects.filter(name="documents.issued").count() == 1
    assert len(stored("papers")) == 1


def test_two_workers_make_one_copy(
    issue_paper: Issue, stored: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second worker finishes while the first still typesets; the first then drops its own file."""
    copy = issue_paper().copies.get()
    original, calls = copies.render, []

    def slow(*args: Any, **kwargs: Any) -> bytes:
        calls.append(1)
        if len(calls) == 1:
            services.issue_copy(copy_id=copy.pk)
        return original(*args, **kwargs)

    monkeypatch.setattr(copies, "render", slow)
    services.issue_copy(copy_id=copy.pk)
    copy.refresh_from_db()
    assert stored("papers") == [copy.file_key.removeprefix("papers/")]
    assert Event.objects.filter(name="documents.issued").count() == 1
    assert hashlib.sha256(kept_pdf(copy)).hexdigest() == copy.sha256


class Killed(BaseException):
    """Not an Exception: like a kill it passes every handler."""


def test_killed_between_storing_and_committing(
    issue_paper: Issue, run_outbox: Run, stored: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = issue_paper().copies.get()

    def die(*args: Any) -> bool:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(copies, "_make_valid", die)
        with pytest.raises(Killed):
            run_due()
    copy.refresh_from_db()
    assert copy.state == "requested" and len(stored("papers")) == 1
    with transaction.atomic():
        Outbox.objects.update(next_at=clock.now())
    run_outbox()
    copy.refresh_from_db()
    assert copy.state == "issued" and len(stored("papers")) == 2
    call_command("sweep_files", hours=-1, verbosity=0)
    assert stored("papers") == [copy.file_key.removeprefix("papers/")]
    assert token_on(copy)


def test_sweeping_leaves_young_and_used_files(
    issue_paper: Issue, run_outbox: Run, stored: Callable[[str], list[str]]
) -> None:
    issue_paper()
    run_outbox()
    default_storage.save("papers/orphan", ContentFile(b"%PDF-"))
    call_command("sweep_files", verbosity=0)
    assert len(stored("papers")) == 2


def test_codes_find_their_live_copy_only(issue_paper: Issue, run_outbox: Run) -> None:
    copy = issue_paper().copies.get()
    run_outbox()
    copy.refresh_from_db()
    token, code = token_on(copy), service_code_on(copy)
    assert selectors.copy_by_token(token) == selectors.copy_by_token(token.lower()) == copy
    assert selectors.copy_by_service_code(f"{code[:5].lower()} {code[5:]}") == copy
    other = "0" if token[5] != "0" else "1"
    for wrong in (token[:-1], token[:5] + other + token[6:], token + "A", "", "A" * 10_000, "\x00"):
        assert selectors.copy_by_token(wrong) is None
    with clock.at(copy.expires_at):
        assert selectors.copy_by_token(token) is None and selectors.copy_by_service_code(code) is None


def test_unknown_codes_cost_the_same(
    issue_paper: Issue, run_outbox: Run, django_assert_num_queries: Any
) -> None:
    copy = issue_paper().copies.get()
    run_outbox()
    copy.refresh_from_db()
    for text in (token_on(copy), "0" * 26, "nonsense", ""):
        with django_assert_num_queries(1):
            selectors.copy_by_token(text)
        with django_assert_num_queries(1):
            selectors.copy_by_service_code(text)


def test_revoking_switches_the_code_off_at_once(
    issue_paper: Issue, run_outbox: Run, clerk: tuple[User, Actor]
) -> None:
    copy = issue_paper().copies.get()
    run_outbox()
    copy.refresh_from_db()
    token = token_on(copy)
    services.revoke_copy(copy_public_id=copy.public_id, actor=clerk[1], reason="lost")
    services.revoke_copy(copy_public_id=copy.public_id, actor=clerk[1], reason="lost")
    assert selectors.copy_by_token(token) is None
    assert Event.objects.filter(name="documents.copy_revoked").count() == 1


def test_reprinting_kills_the_old_code_and_keeps_the_place_in_the_queue(
    issue_paper: Issue, run_outbox: Run, clerk: tuple[User, Actor]
) -> None:
    paper = issue_paper()
    run_outbox()
    old = paper.copies.get()
    old_token, old_code = token_on(old), service_code_on(old)
    new = services.reprint(copy_public_id=old.public_id, actor=clerk[1])
    run_outbox()
    new.refresh_from_db()
    assert new.serial == f"{paper.number}-2"
    assert selectors.copy_by_token(old_token) is None and selectors.copy_by_service_code(old_code) is None
    assert selectors.copy_by_token(token_on(new)) == new
    states = dict(Delivery.objects.values_list("copy__serial", "state"))
    assert states == {old.serial: "replaced", new.serial: "waiting"}
    assert new.delivery.due_on == LI.due_on
    with pytest.raises(InvalidTransition):
        services.reprint(copy_public_id=old.public_id, actor=clerk[1])


def test_an_old_copy_kept_on_purpose_goes_on_living(
    issue_paper: Issue, run_outbox: Run, clerk: tuple[User, Actor]
) -> None:
    old = issue_paper().copies.get()
    run_outbox()
    old.refresh_from_db()
    services.reprint(copy_public_id=old.public_id, actor=clerk[1], keep_old=True)
    assert selectors.copy_by_token(token_on(old)) == old


def test_other_courts_and_roles_can_neither_revoke_nor_reprint(
    issue_paper: Issue, run_outbox: Run, foreign_clerk: tuple[User, Actor], litigant: tuple[User, Actor]
) -> None:
    copy = issue_paper().copies.get()
    run_outbox()
    for actor in (foreign_clerk[1], litigant[1], system("anything")):
        with pytest.raises(NotVisible):
            services.revoke_copy(copy_public_id=copy.public_id, actor=actor, reason="lost")
        with pytest.raises(NotVisible):
            services.reprint(copy_public_id=copy.public_id, actor=actor)


def test_facts_cannot_be_changed_by_the_running_portal(issue_paper: Issue) -> None:
    from django.db import DatabaseError

    issue_paper()
    fact = DeliveryFact.objects.get()
    for change in (
        lambda: DeliveryFact.objects.update(note="x"),
        lambda: DeliveryFact.objects.all().delete(),
        lambda: fact.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert DeliveryFact.objects.get().note == ""


def test_facts_cannot_be_changed_by_the_owner_either(issue_paper: Issue, owner_connection: Any) -> None:
    issue_paper()
    for statement in (
        "UPDATE documents_deliveryfact SET note = 'x'",
        "DELETE FROM documents_deliveryfact",
        "TRUNCATE documents_deliveryfact",
    ):
        with pytest.raises(Exception, match="append-only"), owner_connection.cursor() as cursor:
            cursor.execute(statement)


def test_papers_and_inbox_show_true_facts(
    issue_paper: Issue, run_outbox: Run, django_assert_num_queries: Any
) -> None:
    paper = issue_paper("response_notice", LI, later(LI, party_public_id=uuid.UUID(int=3)))
    issue_paper("acceptance_notice", ZHANG)
    run_outbox()
    with django_assert_num_queries(3):
        papers = selectors.papers_of("cases.case", paper.subject_public_id)
        shown = [(p.template, [c.delivery.facts.all()[0].kind for c in p.copies.all()]) for p in papers]
    assert shown == [("acceptance_notice", ["created"]), ("response_notice", ["created", "created"])]
    with django_assert_num_queries(2):
        (copy,) = selectors.copies_for([ZHANG.party_public_id])
        assert {fact.kind for fact in copy.delivery.facts.all()} == {"created", "sent", "arrived"}
