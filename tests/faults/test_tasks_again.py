"""Every registered task, on a state in which it has work, leaves the same database after one run, after two, after two at once,
and when it was killed in the middle and ran again (REL-40, F-11). Three tasks that do things twice show that this would be
seen."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection

from accounts.models import AccountPhoneChange, IdempotencyKey, IdKind, OneTimeCode, RealNameCheck
from accounts.services import sign_in_by_phone
from accounts.services.limits import count as count_one
from cases.models import Case, CaseDeadline, DeadlineState, Party, Representative, Side, Track
from cases.services.reasons import read_with_reason
from common import clock, crypto
from courts.calendar import is_announced
from courts.models import CourtDay
from courts.services import change_setting
from documents.models import Delivery, DeliveryMethod, DeliveryState, ScanState, StoredFile
from documents.services import record_sent
from eventlog.wake import RUN_JOB
from feedback.models import Clock, Topic
from feedback.services import ask
from feedback.services.attachments import OWNER_KIND
from filing.models import Batch, BatchState, Visit, VisitSlot
from notifications.models import Channel, HookState, Message, MessageState, WebhookDelivery
from payments.gateways import Request
from payments.gateways.sandbox import SandboxGateway
from payments.models import Order, Refund, RefundPart
from payments.services import refunds
from payments.services.recon import reconcile_days_left
from portal.celery import app
from portal.demo.cast import OTHERS
from portal.timetable import JOBS
from qrlinks.models import CodeReport, ReportKind
from qrlinks.services.reports import write_report
from standins.clamd import Clamd
from standins.models import CashierOrder
from tests.concurrency.together import Gate, at_once
from tests.consistency.world import World, world_of
from tests.faults.states import State, States, difference
from tests.payments.refunds import approved
from tests.support.database import Cleaner, Kept, process_environment
from tests.support.servers import Live, Signer
from tests.support.waiting import soon

app.loader.import_default_modules()
TASKS = sorted(name for name in app.tasks if not name.startswith("celery."))
IDS = {"public_id", "key", "is_paper", "first", "last", "only_missed"}
"""What a task may be told: which thing, which pages of it, which job."""
STAMPS = {"payments.check_ledger": "payments_ledgercheck"}
"""Tables in which a task notes that it ran, one row for each run."""


def _ask_something(world: World) -> None:
    case = Case.objects.get(public_id=world.things["case"]["public_id"])
    party = Party.objects.get(case=case, side=Side.PLAINTIFF)
    ask(case_id=case.pk, party_id=party.pk, topic=Topic.OTHER, text="还有一个问题。", actor=world.cast.zhang)


def _leave_three_texts(_world: World) -> None:
    texts = Message.objects.filter(channel=Channel.SMS).order_by("id")
    kept = list(texts.values_list("pk", flat=True)[:3])
    texts.exclude(pk__in=kept).update(state=MessageState.SENT)
    texts.filter(pk__in=kept).update(created_at=clock.now(), next_at=clock.now())


def _begin_visit_tomorrow(world: World) -> None:
    Visit.objects.update(booked_at=clock.now() - timedelta(days=3))
    for number, slot in enumerate(VisitSlot.objects.order_by("id")):
        slot.starts_at = clock.now() + timedelta(hours=20, minutes=10 * number)
        slot.ends_at = slot.starts_at + timedelta(minutes=30)
        slot.save(update_fields=["starts_at", "ends_at"])


def _leave_an_old_session(_world: World) -> None:
    Session.objects.create(session_key="old", expire_date=clock.now() - timedelta(days=30))


def _leave_codes_and_repeats(_world: World) -> None:
    now = clock.now()
    codes = [OneTimeCode(browser="b", created_at=now, expires_at=now) for _number in range(3)]
    OneTimeCode.objects.bulk_create(codes)
    IdempotencyKey.objects.create(actor_key="a", route="r", key="k", request_hash="h", created_at=now)


def _take_older_bills(world: World) -> None:
    with clock.at(clock.now() - timedelta(days=1)):
        reconcile_days_left()


def _publish_a_paper(world: World) -> None:
    ordinary = Case.objects.filter(track=Track.ORDINARY).values("public_id")
    waiting = Delivery.objects.filter(
        copy__paper__subject_public_id__in=ordinary, method=DeliveryMethod.POST, state=DeliveryState.WAITING
    ).earliest("id")
    record_sent(
        delivery_public_id=waiting.public_id, actor=world.cast.clerk, version=waiting.version,
        method="publication", sent_on=clock.today(), tracking_no="",
    )  # fmt: skip


def _leave_a_file_unsent(world: World) -> None:
    file = StoredFile.objects.get(public_id=world.things["file"]["public_id"])
    file.pk, file.public_id, file.owner_kind, file.owner_public_id = None, uuid4(), OWNER_KIND, uuid4()
    file.storage_key, file.preview_key, file.received_at = f"{file.storage_key}-unsent", "", clock.now()
    file._state.adding = True
    file.save(force_insert=True)


def _want_better_ratings(world: World) -> datetime:
    """A court that is hard to please looks back at this month."""
    change_setting(court_id=world.cast.court.pk, key="rework_below_percent", value=99, actor=world.cast.admin)
    next_month = (clock.today().replace(day=1) + timedelta(days=32)).replace(day=1)
    return datetime.combine(next_month, time(8), clock.BEIJING)


def _announce_holidays(_world: World) -> None:
    """Until today nobody knew them; what was promised is 待确认."""
    for year in (clock.today().year, clock.today().year + 1):
        if not is_announced(year):
            CourtDay.objects.create(day=date(year, 1, 1), is_workday=False, name="元旦", source="测试")
    Clock.objects.filter(met_at=None).update(confirmed=False)
    CaseDeadline.objects.filter(state=DeadlineState.RUNNING).update(confirmed=False)


def _let_files_wait(_world: World) -> None:
    some = StoredFile.objects.order_by("id").values_list("pk", flat=True)[:4]
    StoredFile.objects.filter(pk__in=list(some)).update(scan_state=ScanState.CHECKING)


def _approve_a_refund(world: World) -> None:
    refund = Refund.objects.get(public_id=world.things["refund"]["public_id"])
    refunds.confirm_refund(refund_id=refund.pk, route="original", actor=world.cast.zhang)
    approved(world.cast, refund)
    payment = refund.parts.get().payment
    assert payment.order
    SandboxGateway().create(Request(payment.order.out_no, payment.amount, "诉讼费", settings.PUBLIC_URL))
    told = {"state": "paid", "transaction_no": payment.transaction_no, "paid_at": payment.paid_at}
    CashierOrder.objects.filter(out_no=payment.order.out_no).update(**told)


def _guess_codes(_world: World) -> None:
    for _guess in range(settings.SCAN_UNKNOWN_ALARM + 1):
        count_one("scan-all-unknown", 3600)


def _read_with_a_reason(world: World) -> None:
    case = world.things["case"]["public_id"]
    read_with_reason(case_public_id=case, reason="有人来信反映办得太慢", actor=world.cast.supervisor)


def _name_a_licence(_world: World) -> None:
    Representative.objects.filter(kind="lawyer").update(licence="11301201310000003", licence_checked_at=None)


def _leave_a_name_unchecked(_world: World) -> None:
    person, now = OTHERS[4], clock.now()
    RealNameCheck.objects.create(
        user=sign_in_by_phone(phone=person.phone), name=person.name, id_kind=IdKind.ID_CARD,
        id_number=person.id_number, id_number_index=crypto.blind_index("id_number", person.id_number),
        asked_at=now, next_at=now,
    )  # fmt: skip


def _change_a_phone(_world: World) -> None:
    now, user, new = clock.now(), sign_in_by_phone(phone=OTHERS[4].phone), "13900000088"
    AccountPhoneChange.objects.create(
        user=user, way="self", old_phone=user.phone, old_phone_index=user.phone_index, new_phone=new,
        new_phone_index=crypto.blind_index("phone", new), asked_at=now, takes_effect_at=now,
    )  # fmt: skip


@dataclass(frozen=True)
class Work:
    """What a task finds to do: so long after the world was made, after something more was put there."""

    ahead: timedelta = timedelta()
    prepare: Callable[[World], object] = lambda _world: None
    """May give the moment at which the task runs."""
    arguments: tuple[Any, ...] = ()
    later: timedelta = timedelta(minutes=15)
    """When it runs again after it was killed: every lease is over."""
    rounds: tuple[str, ...] = ()
    """Another task of the timetable that goes on with what this one began; both run twice more."""
    needs: str = ""
    """A fixture: what it asks outside."""


WORK = {
    "accounts.check_real_names": Work(prepare=_leave_a_name_unchecked),
    "accounts.finish_phone_changes": Work(timedelta(days=2), prepare=_change_a_phone),
    "assistance.end_acting": Work(timedelta(days=1)),
    "cases.check_licences": Work(prepare=_name_a_licence),
    "cases.list_reads": Work(timedelta(days=7), prepare=_read_with_a_reason),
    "documents.check_fixity": Work(),
    "documents.end_publications": Work(timedelta(days=40), prepare=_publish_a_paper),
    "documents.scan_files": Work(prepare=_let_files_wait, needs="scanner"),
    # at the very same moment: the signer signs one text for one number, and the moment stands in it
    "eventlog.anchor": Work(later=timedelta(), needs="running_signer"),
    "eventlog.run_outbox": Work(prepare=_ask_something),
    "feedback.clear_trays": Work(timedelta(days=8), prepare=_leave_a_file_unsent),
    "feedback.confirm_promises": Work(prepare=_announce_holidays),
    "feedback.escalate": Work(timedelta(days=40)),
    "feedback.open_reworks": Work(prepare=_want_better_ratings),
    "feedback.send_digests": Work(),
    "filing.end_mediations": Work(timedelta(days=40)),
    "filing.remind_of_visits": Work(prepare=_begin_visit_tomorrow),
    "filing.run_batches": Work(prepare=lambda _world: Batch.objects.update(state=BatchState.READING)),
    "notifications.send_due": Work(prepare=_leave_three_texts, later=timedelta(minutes=1)),
    "notifications.send_webhooks": Work(
        prepare=lambda _world: WebhookDelivery.objects.update(state=HookState.QUEUED, next_at=clock.now())
    ),
    "payments.poll_orders": Work(prepare=lambda _world: Order.objects.update(next_query_at=clock.now())),
    "payments.poll_refunds": Work(
        prepare=lambda _world: RefundPart.objects.update(next_query_at=clock.now())
    ),
    "payments.propose_overdue": Work(timedelta(days=40)),
    "payments.reconcile": Work(prepare=_take_older_bills),
    "payments.remind_of_bills": Work(timedelta(days=6)),
    "payments.send_refunds": Work(prepare=_approve_a_refund, rounds=("payments.poll_refunds",)),
    "portal.clear_sessions": Work(prepare=_leave_an_old_session),
    "portal.retention": Work(timedelta(days=80), prepare=_leave_codes_and_repeats),
    "portal.heartbeat": Work(later=timedelta(minutes=1)),
    "qrlinks.raise_alarm": Work(prepare=_guess_codes),
    RUN_JOB: Work(arguments=("digests",)),
}
IDLE = {
    "documents.draw_pages": "makes pictures of pages, in the storage",
    "eventlog.verify_trail": "reads",
    "payments.check_ledger": "compares, and notes its run",
    "portal.make_up": "asks workers to run others",
}
"""What leaves nothing in the database but the stamp of a run."""


@pytest.fixture(scope="module")
def kept_world(made_once: Kept, django_db_blocker: Any) -> Iterator[World]:
    """Known to `made_once` and gone again: each test puts it back."""
    for world in world_of(made_once, django_db_blocker):
        made_once.cleaner.clean()
        yield world


@dataclass
class Attempt:
    """A function on a state that is put back before each try."""

    cleaner: Cleaner
    run: Callable[[], object]
    moment: datetime
    work: Work = field(default_factory=Work)
    stamp: str = ""

    def __post_init__(self) -> None:
        self.rows = self.cleaner.take()
        self.states = States(self.cleaner)

    def at(self, moment: datetime) -> object:
        """One run."""
        with clock.at(moment):
            return self.run()

    def begin(self) -> None:
        """Back to the first state."""
        self.cleaner.put(self.rows)

    def read(self) -> State:
        """What the database holds."""
        found = self.states.read()
        found.pop(self.stamp, None)
        return found

    def after(self, *steps: Callable[[], object]) -> State:
        """What it holds when these steps were done on the first state."""
        self.begin()
        for step in steps:
            step()
        return self.read()

    def once(self) -> object:
        return self.at(self.moment)

    def later(self) -> None:
        """Again when every lease is over, with those that go on with it."""
        self.at(self.moment + self.work.later)
        for number in range(1, 3) if self.work.rounds else ():
            with clock.at(self.moment + self.work.later * (number + 1)):
                self.run()
                for name in self.work.rounds:
                    app.tasks[name]()

    def at_once(self) -> None:
        """Two workers begin at the same moment."""
        results = at_once(self.once, self.once)
        assert [result for result in results if isinstance(result, Exception)] == []


class Killer:
    """A process that runs a function of this code and dies by SIGKILL at a chosen statement."""

    CODE = """
import json, os, signal, sys
import django
django.setup()
from datetime import datetime
from django.conf import settings
from django.db import connection
from common import clock
from portal.celery import app
app.loader.import_default_modules()
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if not child:
        for name, value in asked["settings"].items():
            setattr(settings, name, value)
        connection.settings_dict["OPTIONS"]["application_name"] = asked["name"]
        left = [asked["statement"]]
        def count(execute, *told):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(*told)
        with clock.at(datetime.fromisoformat(asked["moment"])), connection.execute_wrapper(count):
            app.tasks[asked["task"]](*asked["arguments"])
        os._exit(0)
    print(os.waitpid(child, 0)[1], flush=True)
"""

    OF_THIS_TEST = ("SCANNER", "CLAMD_ADDRESS", "SIGNER_URL")

    def __init__(self) -> None:
        self.name = f"killed by {os.getpid()}"
        own = {"DJANGO_SETTINGS_MODULE": "portal.settings", "PROBE_URL": settings.PROBE_URL}
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.CODE],
            env=process_environment() | own,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def kill(self, task: str, arguments: tuple[Any, ...], moment: datetime, statement: int) -> None:
        """Run a task until it has made so many statements."""
        assert self.process.stdin and self.process.stdout
        asked = {
            "task": task,
            "arguments": arguments,
            "moment": moment.isoformat(),
            "statement": statement,
            "name": self.name,
            "settings": {name: getattr(settings, name) for name in self.OF_THIS_TEST},
        }
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        assert int(self.process.stdout.readline()) == 9, f"{task} was not killed at statement {statement}"
        assert soon(self._is_forgotten, 60), "what it had locked is free when the server has noticed"

    def _is_forgotten(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name IN (%s, 'portal job')",
                [self.name],
            )
            return cursor.fetchone() is None

    def end(self) -> None:
        self.process.communicate()


@pytest.fixture(scope="module")
def killers() -> Iterator[list[Killer]]:
    """At most one, started by the first test that kills."""
    made: list[Killer] = []
    yield made
    for killer in made:
        killer.end()


@pytest.fixture
def world(kept_world: World, live: Live, made_once: Kept, settings: Any) -> World:
    """The world, as it was made, for one test."""
    settings.PROBE_URL = live.url
    made_once("world", lambda: kept_world)
    return kept_world


@pytest.fixture
def scanner(settings: Any) -> Iterator[None]:
    """Finds nothing in the files of the world."""
    server = Clamd()
    server.start()
    settings.SCANNER, settings.CLAMD_ADDRESS = "clamd", server.address
    yield
    server.stop()


@pytest.fixture
def running_signer(own_signer: Signer) -> None:
    """One that has signed nothing yet."""
    own_signer.start()


def _counted(run: Callable[[], object]) -> int:
    """Run it; how many statements it made."""
    number = count()

    def noted(execute: Callable[..., Any], *told: Any) -> Any:
        next(number)
        return execute(*told)

    with connection.execute_wrapper(noted):
        run()
    return next(number)


@pytest.mark.req("REL-40", "F-11")
@pytest.mark.parametrize("name", sorted(WORK))
def test_twice_at_once_and_killed_is_as_once(
    name: str,
    world: World,
    django_db_setup: Cleaner,
    killers: list[Killer],
    request: pytest.FixtureRequest,
) -> None:
    work, task, start = WORK[name], app.tasks[name], clock.now()
    if work.needs:
        request.getfixturevalue(work.needs)
    with clock.at(start):
        told = work.prepare(world)
    moment = told if isinstance(told, datetime) else start + work.ahead + timedelta(seconds=1)
    attempt = Attempt(django_db_setup, lambda: task(*work.arguments), moment, work)
    statements = _counted(attempt.once)
    once = attempt.read()
    assert difference(attempt.states.first, once), "it had something to do"
    attempt.once()
    assert difference(once, attempt.read()) == {}, "twice"
    attempt.later()
    finished = attempt.read()
    assert difference(once, attempt.after(attempt.at_once)) == {}, "at once"
    if not killers:
        killers.append(Killer())
    attempt.begin()
    killers[0].kill(name, work.arguments, moment, statements // 2)
    attempt.later()
    assert difference(finished, attempt.read()) == {}, "killed in the middle"


@pytest.mark.req("REL-40")
def test_what_only_reads_changes_nothing(world: World, django_db_setup: Cleaner) -> None:
    """Once, twice and at once: one state for all of them."""
    drawn = str(world.things["file"]["public_id"]), False, 1, 1
    for name in IDLE:
        arguments = drawn if inspect.signature(app.tasks[name].run).parameters else ()
        attempt = Attempt(django_db_setup, lambda: app.tasks[name](*arguments), clock.now())  # noqa: B023
        attempt.stamp = STAMPS.get(name, "")
        attempt.once()
        attempt.once()
        attempt.at_once()
        assert difference(attempt.states.first, attempt.read()) == {}, name


def _note() -> None:
    write_report(kind=ReportKind.ALARM, copy=None, words="有人在猜")


def test_control_a_task_that_does_its_work_again_is_seen(world: World, django_db_setup: Cleaner) -> None:
    attempt = Attempt(django_db_setup, _note, clock.now())
    once = attempt.after(attempt.once)
    assert difference(once, attempt.after(attempt.once, attempt.once)).keys() >= {"qrlinks_codereport"}


def test_control_a_task_that_looks_first_but_locks_nothing_is_seen(
    world: World, django_db_setup: Cleaner
) -> None:
    gate = Gate(2)

    def look_and_note() -> None:
        if not CodeReport.objects.filter(kind=ReportKind.ALARM).exists():
            gate.pass_through()
            _note()

    attempt = Attempt(django_db_setup, look_and_note, clock.now())
    once = attempt.after(attempt.once)
    assert difference(once, attempt.after(attempt.once, attempt.once)) == {}
    gate.barrier.reset()
    assert difference(once, attempt.after(attempt.at_once)).keys() >= {"qrlinks_codereport"}


@pytest.mark.req("REL-40")
def test_a_task_is_told_ids_only() -> None:
    for name in TASKS:
        told = inspect.signature(app.tasks[name].run, eval_str=True).parameters
        assert told.keys() <= IDS, name
        assert {parameter.annotation for parameter in told.values()} <= {str, int, bool}, name
        assert app.tasks[name].acks_late and app.tasks[name].reject_on_worker_lost, name
        assert app.conf.broker_transport_options["visibility_timeout"] >= 2 * (
            app.tasks[name].time_limit or app.conf.task_time_limit
        ), name


def test_every_task_is_here() -> None:
    assert sorted([*WORK, *IDLE]) == TASKS
    assert STAMPS.keys() <= set(TASKS)
    assert {job.task for job in JOBS.values()} <= set(TASKS)
