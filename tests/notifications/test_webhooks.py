"""A person's own software is told that something happened: once confirmed, signed, with ids only, never inside the house."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from cases.models import Case, PartyAccess, Side
from common import clock
from common.errors import Conflict, InvalidInput
from common.gateways import hooks
from eventlog.models import Event, Outbox, OutboxState
from eventlog.relay import MAX_ATTEMPTS
from eventlog.wake import RUN_JOB
from feedback import services as feedback
from feedback.models import Topic
from notifications import hook_services
from notifications.models import (
    EndpointState,
    HookState,
    HookTopic,
    Message,
    WebhookDelivery,
    WebhookEndpoint,
)
from payments.gateways.breaker import FAILURES, PAUSE
from portal.timetable import JOBS
from tests.api.test_cases import represented
from tests.faults.crash import run_and_die
from tests.support.court import Cast
from tests.support.drawing import asked
from tests.support.receiver import Receiver
from tests.support.rude import Rude
from tests.support.servers import Broker


@pytest.fixture
def receiver(transactional_db: None) -> Iterator[Receiver]:
    """Software of a law firm."""
    server = Receiver()
    yield server
    server.stop()


def registered(cast: Cast, url: str, who: str = "wang", topics: Any = HookTopic.values) -> WebhookEndpoint:
    endpoint = hook_services.add_endpoint(url=url, topics=topics, actor=cast.actors[who])
    return hook_services.confirm_endpoint(public_id=endpoint.public_id, actor=cast.actors[who])


def ask(cast: Cast, case: Case) -> None:
    party = case.parties.get(side=Side.PLAINTIFF)
    feedback.ask(case_id=case.pk, party_id=party.pk, topic=Topic.OTHER, text="何时开庭", actor=cast.zhang)


def proven(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As the specification of Standard Webhooks says, written apart from our own code."""
    key = base64.b64decode(secret.split("_", 1)[1])
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body.decode()}"
    mac = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
    return headers["webhook-signature"] == f"v1,{mac}"


def test_by_the_pages_registered_shown_once_confirmed_and_told(
    cast: Cast, receiver: Receiver, run_outbox: Callable[..., int]
) -> None:
    browser: Client = cast.client("wang")
    form = {"url": receiver.url, "topics": ["cases", "messages"], "form_key": "once"}
    answers = [browser.post("/my/webhooks/", form) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    endpoint = WebhookEndpoint.objects.get()
    page = f"/my/webhooks/{endpoint.public_id}/"
    shown = re.search(r"whsec_[\w+/=]{40,}", browser.get(page).content.decode())
    assert shown is not None and not re.search(r"whsec_\S{40,}", browser.get(page).content.decode())
    case = represented(cast, run_outbox)
    assert not WebhookDelivery.objects.exists(), "nothing before it is confirmed"
    assert browser.post(f"{page}confirm/").status_code == 302
    ask(cast, case)
    run_outbox()
    assert hook_services.send_due() == 1
    headers, body = receiver.got[-1]
    assert proven(shown.group(), headers, body)
    thread = case.threads.get()
    assert json.loads(body) == {
        "type": "feedback.asked",
        "timestamp": thread.opened_at.isoformat(),
        "data": {"case": str(case.public_id), "id": str(thread.public_id)},
    }
    assert "feedback.asked" in browser.get(page).content.decode()
    assert browser.post(f"{page}end/").status_code == 302
    ask(cast, case)
    run_outbox()
    assert hook_services.send_due() == 0


def test_an_address_that_repeats_nothing_is_not_confirmed(cast: Cast, receiver: Receiver) -> None:
    receiver.repeats = False
    endpoint = hook_services.add_endpoint(url=receiver.url, topics=["cases"], actor=cast.wang)
    with pytest.raises(Conflict):
        hook_services.confirm_endpoint(public_id=endpoint.public_id, actor=cast.wang)
    endpoint.refresh_from_db()
    assert endpoint.state == EndpointState.WAITING


@pytest.mark.req("REL-20")
def test_told_at_least_once_under_one_id_and_written_once(
    cast: Cast, receiver: Receiver, run_outbox: Callable[..., int]
) -> None:
    case = represented(cast, run_outbox)
    registered(cast, receiver.url)
    ask(cast, case)
    run_outbox()
    asked = Event.objects.get(name="feedback.asked")
    Outbox.objects.filter(handler__endswith="queue_webhooks", event_id=asked.pk).update(
        state=OutboxState.PENDING, next_at=clock.now()
    )
    run_outbox()
    receiver.status = 503
    hook_services.send_due()
    receiver.status = 204
    with clock.at(clock.now() + timedelta(minutes=1)):
        hook_services.send_due()
    ids = [headers["webhook-id"] for headers, _body in receiver.got[1:]]
    delivery = WebhookDelivery.objects.get()
    assert ids == [str(delivery.public_id)] * 2
    assert (delivery.state, delivery.attempts, delivery.last_status) == (HookState.DONE, 2, 204)


KILLED_AFTER_THE_CALL = """
from common.gateways import hooks
post = hooks.post
def post_and_die(*told):
    post(*told)
    die()
hooks.post = post_and_die
from notifications.hook_services import send_due
send_due()
"""


@pytest.mark.req("REL-20", "F-10")
def test_what_a_killed_process_told_is_told_again_within_a_minute(
    cast: Cast, receiver: Receiver, run_outbox: Callable[..., int]
) -> None:
    case = represented(cast, run_outbox)
    registered(cast, receiver.url)
    ask(cast, case)
    run_outbox()
    run_and_die(KILLED_AFTER_THE_CALL)
    with clock.at(clock.now() + timedelta(seconds=50)):  # the last round that begins within a minute
        assert hook_services.send_due() == 1
    delivery = WebhookDelivery.objects.get()
    assert [headers["webhook-id"] for headers, _body in receiver.got[1:]] == [str(delivery.public_id)] * 2
    assert delivery.state == HookState.DONE


def test_of_the_other_side_nothing_but_the_courts_acts(
    cast: Cast, receiver: Receiver, run_outbox: Callable[..., int]
) -> None:
    """陈 is a party too: he hears of the case, not of what 张 asks and pays."""
    case = represented(cast, run_outbox)
    li = case.parties.get(side=Side.DEFENDANT)
    PartyAccess.objects.create(party=li, user=cast.users["chen"], basis="counter", starts_at=clock.now())
    registered(cast, receiver.url, "chen")
    ask(cast, case)
    run_outbox()
    hook_services.send_due()
    assert receiver.told() == []
    Outbox.objects.filter(handler__endswith="queue_webhooks").update(
        state=OutboxState.PENDING, next_at=clock.now()
    )
    run_outbox()
    hook_services.send_due()
    kinds = {told["type"] for told in receiver.told()}
    assert "cases.opened" in kinds
    assert not {kind for kind in kinds if kind.startswith(("feedback.", "payments."))}


def test_rights_that_ended_end_what_waits(
    cast: Cast, receiver: Receiver, run_outbox: Callable[..., int]
) -> None:
    case = represented(cast, run_outbox)
    registered(cast, receiver.url)
    ask(cast, case)
    run_outbox()
    PartyAccess.objects.filter(user=cast.users["wang"]).update(ends_at=clock.now())
    hook_services.send_due()
    assert receiver.told() == []
    assert WebhookDelivery.objects.get().state == HookState.DROPPED


def test_after_days_of_silence_it_is_switched_off_and_its_owner_told(
    cast: Cast, receiver: Receiver, run_outbox: Callable[..., int], settings: Any
) -> None:
    case = represented(cast, run_outbox)
    endpoint = registered(cast, receiver.url)
    receiver.status = 500
    start = clock.now()
    for day in range(settings.WEBHOOK_OFF_DAYS + 1):
        with clock.at(start + timedelta(days=day)):
            ask(cast, case)
            run_outbox()
            hook_services.send_due()
    endpoint.refresh_from_db()
    assert endpoint.state == EndpointState.FAILED
    assert not WebhookDelivery.objects.filter(state=HookState.QUEUED).exists()
    with clock.at(start + timedelta(days=settings.WEBHOOK_OFF_DAYS + 1)):
        run_outbox()
    notice = Message.objects.filter(kind="webhook_failed", user=cast.users["wang"], channel="inbox")
    assert notice.count() == 1
    receiver.status = 204
    hook_services.confirm_endpoint(public_id=endpoint.public_id, actor=cast.wang)
    lost = WebhookDelivery.objects.filter(state=HookState.DROPPED).latest("id")
    again = {"public_id": endpoint.public_id, "delivery_id": lost.public_id}
    hook_services.send_again(**again, actor=cast.wang)
    hook_services.send_due()
    lost.refresh_from_db()
    assert lost.state == HookState.DONE


@pytest.mark.req("REL-21")
def test_twelve_tries_then_it_waits_for_its_owner(
    cast: Cast, receiver: Receiver, run_outbox: Callable[..., int]
) -> None:
    case = represented(cast, run_outbox)
    registered(cast, receiver.url)
    ask(cast, case)
    run_outbox()
    receiver.status, moment, pauses = 500, clock.now(), []
    while WebhookDelivery.objects.get().state == HookState.QUEUED:
        with clock.at(moment):
            assert hook_services.send_due() == 1
        before, moment = moment, WebhookDelivery.objects.get().next_at
        pauses.append((moment - before).total_seconds())
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.attempts) == (HookState.FAILED, MAX_ATTEMPTS)
    assert 8 <= pauses[0] <= 12 and max(pauses) <= 6 * 3600 * 1.2
    assert all(later > sooner for sooner, later in pairwise(pauses[:11]))


@pytest.mark.req("REL-59")
@pytest.mark.parametrize("status", [500, None])
def test_an_address_that_fails_is_left_alone_and_holds_up_nobody_else(
    cast: Cast, receiver: Receiver, run_outbox: Callable[..., int], status: int | None, settings: Any
) -> None:
    """Five calls in thirty seconds, then one every thirty seconds; who was not called lost no try, and then everything arrives."""
    case, other = represented(cast, run_outbox), Receiver()
    settings.OUTSIDE_CONNECT_SECONDS, settings.OUTSIDE_READ_SECONDS = 0.2, 0.3
    endpoint, good = registered(cast, receiver.url), registered(cast, other.url)
    for _time in range(FAILURES + 3):
        ask(cast, case)
    run_outbox()
    address, start = receiver.url, clock.now()
    receiver.status = status or 204
    if status is None:
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(url="http://127.0.0.1:9/")
    try:
        with clock.at(start):
            hook_services.send_due()
            waiting = endpoint.deliveries.filter(state=HookState.QUEUED)
            assert sorted(waiting.values_list("attempts", flat=True)) == [0] * 3 + [1] * FAILURES
            assert good.deliveries.exclude(state=HookState.DONE).count() == 0
            with pytest.raises(Conflict, match="先停一会儿"):
                hook_services.confirm_endpoint(public_id=endpoint.public_id, actor=cast.wang)
        for seconds, tried in ((PAUSE.seconds - 1, FAILURES), (PAUSE.seconds, FAILURES + 1)):
            with clock.at(start + timedelta(seconds=seconds)):
                hook_services.send_due()
            assert sum(waiting.values_list("attempts", flat=True)) == tried
    finally:
        other.stop()
    receiver.status = 204
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(url=address)
    with clock.at(start + timedelta(minutes=5)):
        hook_services.send_due()
    assert set(endpoint.deliveries.values_list("state", flat=True)) == {HookState.DONE}


@pytest.mark.req("REL-59")
def test_a_slow_address_has_its_share_of_a_round(
    cast: Cast, receiver: Receiver, run_outbox: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands first and answers, only slowly: when its share is over the others have their turn, it goes on in the next round."""
    case, other = represented(cast, run_outbox), Receiver()
    endpoint, good = registered(cast, receiver.url), registered(cast, other.url)
    for _time in range(3):
        ask(cast, case)
    run_outbox()
    start = clock.now()
    endpoint.deliveries.update(next_at=start - timedelta(minutes=1))
    monkeypatch.setattr(hook_services, "SHARE_SECONDS", 0.0)  # every call is a slow one
    waiting = endpoint.deliveries.filter(state=HookState.QUEUED)
    try:
        with clock.at(start):
            assert (hook_services.send_due(), hook_services.send_due()) == (2, 0)
            assert len(receiver.told()) == len(other.told()) == 1
            assert list(waiting.values_list("attempts", flat=True)) == [0, 0], "who waits loses no try"
        for number in (1, 2):
            with clock.at(start + number * hook_services.REST):
                assert hook_services.send_due() == 2
    finally:
        other.stop()
    assert not waiting.exists() and not good.deliveries.exclude(state=HookState.DONE).exists()
    with clock.at(start):
        ask(cast, case)
        run_outbox()
        monkeypatch.setattr(hook_services, "ROUND_SECONDS", 0.0)
        assert hook_services.send_due() == 0, "a round that is over begins no call"


@pytest.mark.req("REL-59", "REL-41")
def test_workers_are_woken_for_the_job_so_that_one_of_them_sends(
    cast: Cast, receiver: Receiver, broker: Broker, run_outbox: Callable[..., int]
) -> None:
    case = represented(cast, run_outbox)
    endpoint = registered(cast, receiver.url)
    assert asked(RUN_JOB) == []
    ask(cast, case)
    run_outbox()
    assert asked(RUN_JOB) == [["webhooks"]]
    delivery = endpoint.deliveries.get()
    hook_services.send_again(
        public_id=endpoint.public_id, delivery_id=delivery.public_id, actor=cast.actors["wang"]
    )
    assert asked(RUN_JOB) == [["webhooks"]]
    assert JOBS["webhooks"].task == hook_services.SEND_WEBHOOKS


def test_an_answer_that_refuses_is_an_answer(
    cast: Cast, receiver: Receiver, run_outbox: Callable[..., int]
) -> None:
    """Control: software that says no (4xx) is there; every delivery asks it."""
    case = represented(cast, run_outbox)
    endpoint = registered(cast, receiver.url)
    for _time in range(FAILURES + 3):
        ask(cast, case)
    run_outbox()
    receiver.status = 401
    hook_services.send_due()
    assert set(endpoint.deliveries.values_list("attempts", flat=True)) == {1}


INSIDE = (
    "127.0.0.1", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
    "::1", "::", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "2002:0a00:0001::1", "64:ff9b::0a00:0001", "240.0.0.1",
)  # fmt: skip


@pytest.mark.req("SEC-65")
@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_is_called(address: str, settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = []
    assert not hooks.is_public(address)
    reply = hooks.post(f"http://[{address}]:9/" if ":" in address else f"http://{address}:9/", b"{}", {})
    assert (reply.status, reply.error) == (None, "NotPublic")


@pytest.mark.req("SEC-65")
def test_a_name_that_changes_its_mind_reaches_nothing_inside(
    receiver: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is looked up once, and the address that was looked at is the one that is called; a name with one address
    inside among public ones is refused."""
    settings.WEBHOOK_NETWORKS = []
    port = int(receiver.url.rpartition(":")[2].partition("/")[0])
    looked_up: list[str] = []
    answers = [["93.184.216.34"], ["127.0.0.1"]]

    def resolve(host: str, wanted: int, **_more: Any) -> list[Any]:
        looked_up.append(host)
        found = answers[min(len(looked_up), 2) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, wanted)) for address in found]

    called: list[str] = []

    def connect(address: tuple[str, int], *_more: Any, **_named: Any) -> socket.socket:
        called.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    url = f"http://rebinding.example:{port}/"
    assert hooks.post(url, b"{}", {}).status is None
    assert (looked_up, called) == (["rebinding.example"], ["93.184.216.34"])
    assert hooks.post(url, b"{}", {}).error == "NotPublic"
    answers[1] = ["93.184.216.34", "127.0.0.1"]
    assert hooks.post(url, b"{}", {}).error == "NotPublic"
    assert called == ["93.184.216.34"] and receiver.got == []


def test_redirects_are_not_followed_and_no_more_than_4_kb_is_read(receiver: Receiver) -> None:
    receiver.status, receiver.length = 302, 100_000
    reply = hooks.post(receiver.url, b"{}", {})
    assert (reply.status, reply.taken, len(reply.body), len(receiver.got)) == (302, False, 4096, 1)


@pytest.mark.parametrize("manner", [name for name in Rude.manners if name not in ("bad json", "unsigned", "empty", "endless")])  # fmt: skip
def test_whatever_it_does_the_call_ends(settings: Any, manner: str) -> None:
    settings.OUTSIDE_CONNECT_SECONDS, settings.OUTSIDE_READ_SECONDS = 0.2, 0.3
    server = Rude()
    server.manner = manner
    try:
        assert not hooks.post(server.url, b"{}", {}).taken
    finally:
        server.stop()


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/", "http://", "https://u:p@a.example/", "https://a.example/#x", "javascript:1", "//a.example",
     "https://a.example/" + "a" * 300, "https://例.example/", "https://a.example:0/", "https://[::1/", "https://a .example/"],
)  # fmt: skip
def test_what_is_no_address_is_refused(cast: Cast, url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        hook_services.add_endpoint(url=url, topics=["cases"], actor=cast.wang)
    assert list(refused.value.fields) == ["url"]


def test_production_takes_https_only(settings: Any) -> None:
    assert hooks.check_url("http://a.example/")
    settings.PRODUCTION = True
    with pytest.raises(InvalidInput):
        hooks.check_url("http://a.example/")
    assert hooks.check_url("https://a.example/")
