"""Facts a clerk records at the print desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from accounts.models import User
from common import clock
from common.actor import Actor, Role, system
from common.errors import InvalidInput, InvalidTransition, NotVisible, StaleVersion
from courts.models import Court
from documents import selectors, services
from documents.delivery_rules import AddressOrigin
from documents.models import Delivery, DeliveryMethod, Paper
from eventlog.models import Event
from eventlog.selectors import receipt_of
from tests.documents.conftest import LI, ZHANG, later, make_staff

pytestmark = pytest.mark.django_db(transaction=True)
Desk = Callable[[Delivery], dict[str, Any]]
ZHANG_BY_POST = later(ZHANG, by_inbox=False)


@pytest.fixture
def waiting(issue_paper: Callable[..., Paper], run_outbox: Callable[..., int]) -> Delivery:
    """A copy asked for three days ago that lies at the print desk."""
    with clock.at(clock.now() - timedelta(days=3)):
        delivery: Delivery = issue_paper().copies.get().delivery
        services.issue_copy(copy_id=delivery.copy_id)
    run_outbox()
    delivery.refresh_from_db()
    return delivery


def send(delivery: Delivery, actor: Actor, **changes: Any) -> Delivery:
    facts: dict[str, Any] = {
        "version": delivery.version, "method": "post", "sent_on": clock.today(), "tracking_no": "EA123456789CN",
    }  # fmt: skip
    return services.record_sent(delivery_public_id=delivery.public_id, actor=actor, **facts | changes)


def deliver(delivery: Delivery, actor: Actor, **changes: Any) -> Delivery:
    facts: dict[str, Any] = {"version": delivery.version, "outcome": "self", "happened_on": clock.today()}
    return services.record_outcome(delivery_public_id=delivery.public_id, actor=actor, **facts | changes)


def test_posted_then_delivered(waiting: Delivery, clerk: tuple[User, Actor]) -> None:
    yesterday = clock.today() - timedelta(days=1)
    sent = send(waiting, clerk[1], sent_on=yesterday, tracking_no=" EA 123 456 789 CN ")
    assert (sent.state, sent.method, sent.version) == ("sent", "post", 2)
    done = deliver(sent, clerk[1], note="收件人本人签收")
    assert done.state == "delivered"
    facts = list(done.facts.order_by("id"))
    assert [fact.kind for fact in facts] == ["created", "sent", "signed"]
    assert facts[1].tracking_no == "EA123456789CN"
    assert clock.beijing_day(facts[1].happened_at) == yesterday
    assert facts[1].recorded_by_post == clerk[1].post_id
    assert done.delivered_at == facts[2].happened_at
    assert receipt_of(done, "documents.delivered") is not None
    names = list(
        Event.objects.filter(subject_kind="documents.delivery").order_by("id").values_list("name", flat=True)
    )
    assert names == ["documents.sent", "documents.delivered"]
    assert "收件人" not in str(Event.objects.filter(name="documents.delivered").get().payload)


def test_mail_returned_from_an_address_the_other_side_named_can_be_sent_again(
    waiting: Delivery, clerk: tuple[User, Actor]
) -> None:
    """What the addressee did not say himself is not held against him (专递规定11)."""
    sent = send(waiting, clerk[1])
    failed = deliver(sent, clerk[1], outcome="wrong_address", note="查无此人")
    assert (failed.state, failed.delivered_at) == ("failed", None)
    assert send(failed, clerk[1], method="in_person", tracking_no="").state == "sent"
    facts = list(failed.facts.order_by("id"))
    assert [fact.kind for fact in facts] == ["created", "sent", "returned", "sent"]
    assert (facts[2].outcome, facts[2].rule) == ("wrong_address", "post-other-address")
    assert not Event.objects.filter(name="documents.delivered").exists()


@pytest.mark.req("REL-23")
@pytest.mark.parametrize(
    ("origin", "outcome", "rule"),
    [("named", "refused", "post-refused"), ("own", "moved", "post-own-address")],
)
def test_mail_that_came_back_and_delivers(
    issue_paper: Callable[..., Paper],
    run_outbox: Callable[..., int],
    clerk: tuple[User, Actor],
    origin: str,
    outcome: str,
    rule: str,
) -> None:
    paper = issue_paper("response_notice", replace(LI, address_origin=AddressOrigin(origin)))
    run_outbox()
    sent = send(paper.copies.get().delivery, clerk[1])
    done = deliver(sent, clerk[1], outcome=outcome)
    assert done.state == "delivered"
    assert [(fact.kind, fact.rule) for fact in done.facts.order_by("id")][-1] == ("returned", rule)
    event = Event.objects.get(name="documents.delivered")
    assert event.payload["rule"] == rule


def test_an_attempt_in_vain_is_written_down_and_the_copy_waits_on(
    waiting: Delivery, clerk: tuple[User, Actor]
) -> None:
    for outcome, rule in (("nobody", "nobody"), ("not_left", "not-left")):
        tried = deliver(waiting, clerk[1], method="in_person", outcome=outcome)
        assert (tried.state, tried.method, tried.delivered_at) == ("waiting", "post", None)
        fact = tried.facts.order_by("-id")[0]
        assert (fact.kind, fact.rule) == ("tried", rule)
        waiting = tried
    left = deliver(waiting, clerk[1], method="in_person", outcome="left")
    assert (left.state, left.method) == ("delivered", "in_person")


def test_what_the_way_does_not_know_is_refused(waiting: Delivery, clerk: tuple[User, Actor]) -> None:
    for method, outcome in (
        ("counter", "left"),
        ("counter", "refused"),
        ("in_person", "pigeon"),
        ("counter", ""),
    ):
        with pytest.raises(InvalidInput) as error:
            deliver(waiting, clerk[1], method=method, outcome=outcome)
        assert list(error.value.fields) == ["outcome"], (method, outcome)


@pytest.mark.req("REL-23")
def test_a_publication_delivers_after_thirty_days_once(waiting: Delivery, clerk: tuple[User, Actor]) -> None:
    """On the thirtieth day, neither before nor twice (民诉法95; D75)."""
    today = clock.today()
    sent = send(waiting, clerk[1], method="publication", tracking_no="")
    actor = system("tests")

    def after(days: int) -> int:
        moment = datetime.combine(today + timedelta(days=days), time(7), clock.BEIJING)
        with clock.at(moment):
            return services.end_publications(actor)

    assert [after(29), after(30), after(30), after(31)] == [0, 1, 0, 0]
    sent.refresh_from_db()
    assert sent.state == "delivered" and sent.delivered_at is not None
    assert clock.beijing_day(sent.delivered_at) == today + timedelta(days=30)
    assert sent.facts.get(kind="over").rule == "published"
    assert Event.objects.filter(name="documents.delivered").count() == 1


def test_handed_over_at_the_counter(waiting: Delivery, clerk: tuple[User, Actor]) -> None:
    with pytest.raises(InvalidInput) as error:
        deliver(waiting, clerk[1])
    assert "method" in error.value.fields
    done = deliver(waiting, clerk[1], method="counter")
    assert (done.state, done.method) == ("delivered", "counter")


def test_days_that_cannot_be(waiting: Delivery, clerk: tuple[User, Actor]) -> None:
    tomorrow, long_ago = clock.today() + timedelta(days=1), clock.today() - timedelta(days=4)
    for day in (tomorrow, long_ago):
        with pytest.raises(InvalidInput) as error:
            send(waiting, clerk[1], sent_on=day)
        assert list(error.value.fields) == ["sent_on"]
    sent = send(waiting, clerk[1])
    for day in (tomorrow, clock.today() - timedelta(days=1)):
        with pytest.raises(InvalidInput) as error:
            deliver(sent, clerk[1], happened_on=day)
        assert list(error.value.fields) == ["happened_on"]
    assert sent.facts.count() == 2


def test_what_post_needs(waiting: Delivery, clerk: tuple[User, Actor]) -> None:
    for changes, field in (
        ({"tracking_no": "  "}, "tracking_no"),
        ({"method": "inbox"}, "method"),
        ({"method": "pigeon"}, "method"),
        ({"tracking_no": "1" * 50}, "tracking_no"),
        ({"note": "长" * 300}, "note"),
    ):
        with pytest.raises(InvalidInput) as error:
            send(waiting, clerk[1], **changes)
        assert list(error.value.fields) == [field]


def test_an_older_form_is_stale(waiting: Delivery, clerk: tuple[User, Actor]) -> None:
    send(waiting, clerk[1])
    with pytest.raises(StaleVersion):
        send(waiting, clerk[1])
    assert waiting.facts.filter(kind="sent").count() == 1


def test_moves_that_are_not_possible(waiting: Delivery, clerk: tuple[User, Actor]) -> None:
    sent = send(waiting, clerk[1])
    with pytest.raises(InvalidTransition):
        send(sent, clerk[1])
    done = deliver(sent, clerk[1])
    with pytest.raises(InvalidTransition):
        deliver(done, clerk[1])


def test_a_copy_without_pages_cannot_be_sent(
    issue_paper: Callable[..., Paper], clerk: tuple[User, Actor]
) -> None:
    with pytest.raises(InvalidTransition):
        send(issue_paper().copies.get().delivery, clerk[1])


def test_who_works_at_the_print_desk(
    waiting: Delivery, court: Court, foreign_clerk: tuple[User, Actor], litigant: tuple[User, Actor]
) -> None:
    """Judge and case clerk for the cases they hold, which this one is not (rows 32 and 33 of the matrix)."""
    intake = make_staff(court, Role.INTAKE_CLERK, "某人")[1]
    assert list(selectors.print_desk(intake).deliveries) == [waiting]
    others = (Role.CASE_CLERK, Role.JUDGE, Role.FINANCE, Role.SUPERVISOR, Role.ADMIN)
    outsiders = [foreign_clerk[1], litigant[1], *(make_staff(court, role, "某人")[1] for role in others)]
    for actor in outsiders:
        assert not selectors.print_desk(actor).deliveries
        with pytest.raises(NotVisible):
            send(waiting, actor)


def test_the_queue_is_sorted_counted_and_searched(
    issue_paper: Callable[..., Paper], clerk: tuple[User, Actor], run_outbox: Callable[..., int]
) -> None:
    days = [None, date(2100, 1, 3), date(2100, 1, 1), date(2000, 1, 1)]
    papers = [
        issue_paper("response_notice", later(LI, due_on=day, name=f"甲{i}")) for i, day in enumerate(days)
    ]
    issue_paper("acceptance_notice", ZHANG)
    run_outbox()
    desk = selectors.print_desk(clerk[1])
    assert [delivery.copy.addressee_name for delivery in desk.deliveries] == ["甲3", "甲2", "甲1", "甲0"]
    assert (desk.counts["waiting"], desk.counts["sent"], desk.overdue) == (4, 0, 1)
    assert [d.copy.addressee_name for d in selectors.print_desk(clerk[1], late_only=True).deliveries] == [
        "甲3"
    ]
    send(papers[0].copies.get().delivery, clerk[1], tracking_no="EA1")
    for search in ("EA1", papers[0].number, "甲0"):
        found = selectors.print_desk(clerk[1], view="sent", search=search).deliveries
        assert [delivery.copy.paper_id for delivery in found] == [papers[0].pk]
    assert selectors.print_desk(clerk[1], search="某1234民初56").deliveries.count() == 3
    assert not selectors.print_desk(clerk[1], search="100%_").deliveries


def test_a_mail_bag_goes_through_piece_by_piece(
    issue_paper: Callable[..., Paper], clerk: tuple[User, Actor], run_outbox: Callable[..., int]
) -> None:
    first, second, third = (
        issue_paper("response_notice", one).copies.get().delivery for one in (LI, ZHANG_BY_POST, LI)
    )
    run_outbox()
    sent, refused = services.mark_sent(
        deliveries=[(first.public_id, 1), (second.public_id, 1), (third.public_id, 7)],
        method=DeliveryMethod.POST,
        sent_on=clock.today(),
        tracking_nos={first.public_id: "EA1"},
        actor=clerk[1],
    )
    assert [delivery.pk for delivery in sent] == [first.pk]
    assert set(refused) == {second.public_id, third.public_id}
    assert refused[second.public_id] == "请填写邮件号"


def test_one_envelope_has_one_number(
    issue_paper: Callable[..., Paper], clerk: tuple[User, Actor], run_outbox: Callable[..., int]
) -> None:
    """Papers for one addressee at one address; what goes to another address of his is another envelope."""
    moved = later(LI, address="某市某区新村9号")
    papers = [issue_paper("response_notice", one).copies.get().delivery for one in (LI, LI, moved)]
    run_outbox()
    sent, refused = services.mark_sent(
        deliveries=[(one.public_id, 1) for one in papers],
        method=DeliveryMethod.POST,
        sent_on=clock.today(),
        tracking_nos={papers[1].public_id: "EA7"},
        actor=clerk[1],
    )
    assert [one.pk for one in sent] == [papers[0].pk, papers[1].pk] and set(refused) == {papers[2].public_id}
    assert {one.facts.get(kind="sent").tracking_no for one in papers[:2]} == {"EA7"}


def test_one_publication_for_many(
    issue_paper: Callable[..., Paper], clerk: tuple[User, Actor], run_outbox: Callable[..., int]
) -> None:
    papers = [issue_paper("response_notice", one).copies.get().delivery for one in (LI, ZHANG_BY_POST)]
    run_outbox()
    sent, refused = services.mark_sent(
        deliveries=[(one.public_id, 1) for one in papers],
        method=DeliveryMethod.PUBLICATION,
        sent_on=clock.today(),
        tracking_nos={},
        note="人民法院公告网",
        actor=clerk[1],
    )
    assert not refused and {one.state for one in sent} == {"sent"}
    facts = [one.facts.get(kind="sent") for one in sent]
    assert {(fact.note, fact.address) for fact in facts} == {("人民法院公告网", "")}


def test_another_address_says_whose_word_it_is(waiting: Delivery, clerk: tuple[User, Actor]) -> None:
    """Mail that comes back from an address that the addressee gave delivers; from one the other side named it does not."""
    new = {"address": "某市某区新村9号"}
    with pytest.raises(InvalidInput) as refused:
        send(waiting, clerk[1], **new)
    assert set(refused.value.fields) == {"address_origin"}
    sent = send(waiting, clerk[1], **new, address_origin="own")
    assert (sent.goes_to, sent.address_origin) == ("某市某区新村9号", "own")
    assert sent.facts.get(kind="sent").address == "某市某区新村9号"
    assert deliver(sent, clerk[1], outcome="moved").state == "delivered"


def test_a_return_without_fault_delivers_nothing(waiting: Delivery, clerk: tuple[User, Actor]) -> None:
    sent = send(waiting, clerk[1])
    back = deliver(sent, clerk[1], outcome="refused", without_fault=True)
    assert back.state == "failed" and "收件人证明退回不是他的原因" in back.facts.get(kind="returned").ruling


def test_the_first_opening_is_a_fact_once(
    waiting: Delivery, clerk: tuple[User, Actor], litigant: tuple[User, Actor]
) -> None:
    public_id = waiting.copy.public_id
    services.record_opened(copy_public_id=public_id, actor=clerk[1])
    assert not waiting.facts.filter(kind="opened").exists()
    for _ in range(2):
        services.record_opened(copy_public_id=public_id, actor=litigant[1])
    assert waiting.facts.filter(kind="opened").count() == 1
    waiting.refresh_from_db()
    assert waiting.state == "waiting", "opening is no delivery"
