"""Phones, ID numbers and bank accounts of driven stories turn up nowhere but where they belong: of signing in, of money, of the worker,
of what breaks (SEC-67, REL-53). Beside them ``tests.support.canaries`` watches the lines and task calls of the whole run."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path

from accounts.models import User
from common import clock
from common.fields import EncryptedTextField
from eventlog.guards import is_walled
from eventlog.models import Outbox, OutboxState
from eventlog.wake import RUN_JOB
from notifications.models import Channel, Message, MessageState
from payments.models import Bill, BillStatus, Order, Refund, RefundState, StatementRow
from payments.services import refunds
from portal import figures, urls
from portal.celery import app
from portal.demo.cast import LI, OTHERS, ZHANG
from portal.jobs import run as run_job
from portal.logging import JsonFormatter
from standins.models import SentText
from tests.payments.desks import bank_list, credit, upload
from tests.payments.refunds import ORDINARY, closed, press
from tests.support import rude as manners
from tests.support.canaries import ACCOUNT, NEW_PHONE, Watch, numbers, shown_in
from tests.support.court import Cast, accepted
from tests.support.places import Places, Watched
from tests.support.rude import Rude
from tests.support.scans import Told, Visitor, printed_path
from tests.support.servers import Broker, Live, Worker
from tests.support.waiting import soon

app.loader.import_default_modules()  # here: it sets the logs up anew, past the eyes of a test
NEW = NEW_PHONE
NEW_ID = OTHERS[1].id_number
NUMBER = re.compile(r"phone|id_number|bank_account|card_number|account_number|^number$")
PUBLIC_NUMBERS = {
    "courts.Court.phone": "printed on its papers",
    "documents.Office.phone": "a court's office",
}
"""Columns that hold no number of a person."""


@pytest.mark.req("SEC-67")
def test_columns_called_like_a_number_of_a_person_are_encrypted() -> None:
    """By name; an index or a mark beside one is no number."""
    bare, sealed = [], []
    for model in apps.get_models():
        if is_walled(model) or model._meta.app_label == "standins":
            continue
        for field in model._meta.local_concrete_fields:
            name = f"{model._meta.label}.{field.attname}"
            if not NUMBER.search(field.attname) or field.attname.endswith(("_index", "_origin", "_id")):
                continue
            if isinstance(field, EncryptedTextField):
                sealed.append(name)
            elif isinstance(field, models.CharField | models.TextField) and field.attname != "number":
                bare.append(name)
    assert len(sealed) > 10
    assert set(bare) - PUBLIC_NUMBERS.keys() == set()


@pytest.fixture
def places(
    broker: Broker,
    owner_connection: Any,
    caplog: pytest.LogCaptureFixture,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Places:
    """With figures of this test alone, and somebody who would get error mails."""
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(figures, "answers", figures.Answers())
    settings.ADMINS = [("信息中心", "admin@court.example")]
    return Places(broker, owner_connection, caplog)


def signed_in(browser: Watched) -> HttpResponse:
    """The way of a new person: phone, code, real name."""
    browser.post("/login/", {"phone": NEW})
    text = SentText.objects.filter(to=NEW).latest("id").text
    (code,) = re.findall(r"验证码 (\d{6})", text)
    browser.post("/login/code/", {"code": code})
    return browser.post("/my/real-name/", {"name": OTHERS[1].name, "id_kind": "id_card", "id_number": NEW_ID})


def held_against_what_is_planted(places: Places, watch: Watch) -> None:
    """The control: left in each place, one is found in each kind of place, and by the watch over the run."""
    assert watch.taken() == []
    places.plant(ACCOUNT)
    kinds = {place.split()[0] for place, _number in places.showing([ACCOUNT])}
    assert kinds == {"log", "table", "queue", "cache", "session", "metrics", "mail", "addresses"}
    assert {line.partition(":")[0] for line in watch.taken()} == {"log of portal.access", "task"}


@pytest.mark.req("SEC-67", "REL-53")
def test_numbers_of_people_turn_up_nowhere(
    places: Places, told: Told, run_outbox: Callable[..., int], caplog: pytest.LogCaptureFixture, watch: Watch
) -> None:
    """Signing in by phone and by scan, search, tries that fail."""
    browser, visitor = places.browser(), Visitor()
    visitor.client = watched = places.browser(REMOTE_ADDR="10.9.9.9")
    assert signed_in(browser).status_code == 302
    assert visitor.scans(printed_path(told.copy(told.defendant)), LI).status_code == 302
    case = told.case.public_id
    for place in (f"/my/cases/{case}/", f"/my/cases/{case}/people/", "/my/"):
        watched.get(place)
    zhang = places.browser(told.cast.users["zhang"])
    pages = [
        zhang.get(place).content.decode() for place in (f"/my/cases/{case}/people/", f"/my/cases/{case}/")
    ]
    zhang.post("/my/find/", {"number": ZHANG.id_number})
    browser.post("/login/", {"phone": f"{NEW}9999"})
    places.browser().post("/login/password/", {"phone": NEW, "password": NEW_ID})
    places.browser().post("/staff/login/", {"username": ZHANG.phone, "password": NEW_ID})
    zhang.post("/login/code/", {"code": "000000"})
    zhang.get(f"/desk/cases/{case}/")
    app.send_task("eventlog.run_outbox")
    run_outbox()
    assert User.objects.by_phone(NEW).exists()

    secure = {record.message for record in caplog.records if record.name == "portal.security"}
    assert {"sign_in_failed", "accounts.signed_up", "qrlinks.verified", "refused"} <= secure
    found = places.read()
    assert "queue b'celery'" in found
    assert any('"route": "accounts:' in line for place, line in found.items() if place.startswith("log "))
    assert places.showing(numbers()) == set()
    assert shown_in(" ".join(pages).replace(ZHANG.phone, "")) == set(), "of the other side"
    held_against_what_is_planted(places, watch)


def breaks(request: HttpRequest) -> HttpResponse:
    """A defect that meets what was sent: in the body, in the form, in the address."""
    body = request.body
    raise ValueError(f"{body!r} {request.POST} {request.GET}")


breaks.login_required = False  # type: ignore[attr-defined]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """Two addresses with that defect, one for programs."""
    own = [path("breaks/", breaks), path("api/breaks/", breaks)]
    monkeypatch.setattr(urls, "urlpatterns", [*own, *urls.urlpatterns])
    clear_url_caches()
    yield "/breaks/", "/api/breaks/"
    monkeypatch.undo()
    clear_url_caches()


@pytest.fixture
def babbling(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rude]:
    """A server that tells what it was not asked for."""
    said = json.dumps({"state": NEW, "code": NEW_ID, "trade_state": ACCOUNT, "error": ZHANG.phone}).encode()
    monkeypatch.setitem(manners.ANSWERS, "babbling", manners.OK % (len(said), said))
    server = Rude()
    server.manner = "babbling"
    yield server
    server.stop()


WAYS = ("sandbox-page", "wechat-native", "alipay-precreate")
PLANTED = "18612345678"
"""A number that the worker is given on purpose."""


def money_comes_and_goes_back(places: Places, cast: Cast) -> Refund:
    """张 pays at the cashier, withdraws and wants the half that comes back on his account; finance sends it there."""
    case = accepted(cast, principal=ORDINARY)
    zhang, finance = (places.browser(user) for user in (cast.users["zhang"], cast.posts["finance1"].user))
    bill = Bill.objects.get(case=case)
    home = f"/my/bills/{bill.public_id}/"
    assert zhang.get(home).status_code == 200
    assert zhang.post(f"{home}pay/", {"way": WAYS[0]}).status_code == 302
    press(Order.objects.get(bill=bill), "pay")  # and the cashier calls back
    assert zhang.get(f"{home}result/").status_code == 200
    bill.refresh_from_db()
    assert bill.status == BillStatus.PAID
    case.refresh_from_db()
    refund = Refund.objects.get(case=closed(cast, case))
    mine, desk = f"/my/refunds/{refund.public_id}/", f"/desk/refunds/{refund.public_id}/"
    sent = {"route": "bank", "holder": ZHANG.name, "bank": "某某银行示例支行", "number": ACCOUNT}
    assert zhang.post(mine, sent | {"holder": "别人"}).status_code == 422
    assert zhang.post(mine, sent).status_code == 302
    refunds.check_refund(refund_id=refund.pk, actor=cast.finance1)
    refunds.approve_refund(refund_id=refund.pk, actor=cast.finance2)
    made = refunds.make_bank_list(actor=cast.finance1)
    file: Any = finance.get(f"/desk/refunds/bank/{made.public_id}/csv/")
    assert ACCOUNT in b"".join(file.streaming_content).decode(), "the bank gets it in full"
    for part in refund.parts.all():
        refunds.record_bank_result(part_id=part.pk, voucher=f"V{part.pk}", actor=cast.finance1)
    for page in (zhang.get(mine), finance.get(desk), finance.get("/desk/refunds/bank/")):
        assert page.status_code == 200 and not shown_in(page.content.decode()), "its end is shown, no more"
    refund.refresh_from_db()
    assert refund.state == RefundState.DONE
    return refund


def money_comes_by_bank(places: Places, cast: Cast) -> Bill:
    """Who transfers writes his phone and account into the summary; a bill that one yuan is missing of stays open."""
    bill = Bill.objects.get(case=accepted(cast))
    lines = (
        credit("1", bill.amount - 1, f"诉讼费 {bill.number} 电话{NEW}"),
        credit("2", 30, f"{NEW_ID} 账号{ACCOUNT}"),
    )
    finance = places.browser(cast.posts["finance1"].user)
    assert finance.post("/desk/recon/bank/", upload(bank_list(*lines))).status_code == 302
    assert StatementRow.objects.filter(summary__endswith="139****5678").exists(), "its end is kept"
    for address in ("/desk/recon/", "/desk/suspense/"):
        assert finance.get(address).status_code == 200
    return bill


def things_break(
    places: Places, zhang: Watched, bill: Bill, broken: tuple[str, str], babbling: Rude, settings: Any
) -> None:
    """Defects of pages and of a task; gateways, text provider and register that babble."""
    for address in broken:
        asked = f"{address}?phone={NEW}&number={NEW_ID}"
        for answer in (
            Client(raise_request_exception=False).post(asked, {"account": ACCOUNT}),
            zhang.post(address, json.dumps({"account": ACCOUNT}), content_type="application/json"),
            Client(raise_request_exception=False).get(asked),
        ):
            assert answer.status_code == 500 and not shown_in(answer.content.decode())
    assert NEW_ID in str(app.tasks[RUN_JOB].apply(args=(NEW_ID,)).result), (
        "its error quotes what it was given"
    )
    settings.CASHIER_URL = settings.WECHAT_URL = settings.ALIPAY_URL = babbling.url
    settings.SMS_URL = settings.IDENTITY_URL = babbling.url
    for way in WAYS:
        zhang.post(f"/my/bills/{bill.public_id}/pay/", {"way": way})
    assert places.browser().post("/login/", {"phone": NEW}).status_code != 302
    Message.objects.filter(channel=Channel.SMS).update(state=MessageState.QUEUED, next_at=clock.now())
    run_job("messages")
    with clock.at(clock.now() + timedelta(minutes=1)):
        run_job("orders")
    assert babbling.calls > len(WAYS)


def worked_off() -> bool:
    """The worker did what the outbox holds; what had to wait for something outside is asked for again."""
    for _round in range(6):
        app.send_task("eventlog.run_outbox")
        if soon(lambda: not Outbox.objects.filter(state=OutboxState.PENDING).exists(), 40):
            return True
    return False


def worker_works(worker: Worker) -> None:
    """The effects of all that and the texts, by the worker itself; a task that stumbles over what it was given."""
    worker.start()
    assert worked_off(), worker.log()
    assert not Outbox.objects.filter(state=OutboxState.DEAD).exists()
    app.send_task(RUN_JOB, args=("messages",))
    waiting = Message.objects.filter(channel=Channel.SMS, state=MessageState.QUEUED, attempts=0)
    assert soon(lambda: not waiting.filter(next_at__lte=clock.now()).exists(), 120), worker.log()
    app.send_task(RUN_JOB, args=(NEW_ID,))
    assert soon(lambda: "raised unexpected" in log_of(worker), 120), worker.log()


def log_of(worker: Worker) -> str:
    return worker.child.log.read_text(errors="replace")


@pytest.mark.req("SEC-67", "REL-53")
def test_numbers_turn_up_nowhere_when_money_moves_the_worker_works_and_things_break(
    places: Places,
    live: Live,
    cast: Cast,
    worker: Worker,
    broken: tuple[str, str],
    babbling: Rude,
    settings: Any,
    watch: Watch,
) -> None:
    places.worker = worker
    money_comes_and_goes_back(places, cast)
    bill = money_comes_by_bank(places, cast)
    worker_works(worker)
    assert SentText.objects.filter(to=ZHANG.phone).exists(), "the worker wrote to his phone"
    assert len(watch.taken()) == 1, "the task that was given a number by this test"
    app.send_task("portal.nobody_knows", args=(PLANTED,))
    assert soon(lambda: PLANTED in log_of(worker), 120), "the control: what is in its log is found"
    worker.child.stop()
    things_break(places, places.browser(cast.users["zhang"]), bill, broken, babbling, settings)
    found = places.read()
    kinds = ("request failed", "raised unexpected", "message not taken", '"route": "payments:notify"')
    lines = " ".join(text for place, text in found.items() if place.startswith("log "))
    assert [kind for kind in kinds if kind not in lines] == []
    assert "portal_check" in found["metrics"] and "portal_request_seconds_bucket" in found["metrics"]
    assert places.showing(numbers()) == set()
    assert not {name for name in sys.modules if name.startswith(("opentelemetry", "sentry_sdk"))}, "no traces"


def test_what_others_log_quotes_nothing(caplog: pytest.LogCaptureFixture, watch: Watch) -> None:
    """Errors in the words of a message: of Django after a commit, of asyncio about a task that nobody waited for."""
    error, loop = ValueError(NEW), asyncio.new_event_loop()
    logging.getLogger("django.db.backends.base").error("Error calling %s in on_commit() (%s).", "wake", error)
    future = loop.create_future()
    future.set_exception(error)
    message = "Task exception was never retrieved"
    loop.call_exception_handler({"message": message, "exception": future.exception(), "future": future})
    loop.close()
    lines = [JsonFormatter().format(record) for record in caplog.records]
    assert any("on_commit() (ValueError)" in line for line in lines)
    assert any("never retrieved" in line for line in lines)
    assert shown_in(" ".join(lines)) == set() and watch.taken() == []
    assert shown_in(" ".join(record.getMessage() for record in caplog.records)) == {NEW}, "the control"
