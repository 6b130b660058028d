"""Every registered task, on a state in which it has work, leaves the same database after one run, after two, after two at once,
and when it was killed in the middle and ran again (REL-40, F-11). Three tasks that do things twice show that this would be
seen."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection

from accounts.models import IdempotencyKey, OneTimeCode
from cases.models import Case, Party, Side
from common import clock
from feedback.models import Topic
from feedback.services import ask
from filing.models import Batch, BatchState, Visit, VisitSlot
from notifications.models import Channel, HookState, Message, MessageState, WebhookDelivery
from payments.models import Order, RefundPart
from payments.services.recon import reconcile_days_left
from portal.celery import app
from portal.timetable import JOBS, RUN_JOB
from qrlinks.models import CodeReport, ReportKind
from qrlinks.services.reports import write_report
from tests.concurrency.together import Gate, at_once
from tests.consistency.world import World, world_of
from tests.faults.states import State, States, difference
from tests.support.database import Cleaner, Kept, process_environment
from tests.support.servers import Live

app.loader.import_default_modules()
TASKS = sorted(name for name in app.tasks if not name.startswith("celery."))
IDS = {"public_id", "key", "is_paper", "first", "last", "only_missed"}
"""What a task may be told: which thing, which pages of it, which job."""
ALONE = {
    "eventlog.anchor": "the signer outside remembers each anchor, so its state cannot be put back: test_anchors, F-13"
}
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


@dataclass(frozen=True)
class Work:
    """What a task finds to do: so long after the world was made, after something more was put there."""

    ahead: timedelta = timedelta()
    prepare: Callable[[World], object] = lambda _world: None
    arguments: tuple[Any, ...] = ()
    later: timedelta = timedelta(minutes=15)
    """When it runs again after it was killed: every lease is over."""


WORK = {
    "documents.check_fixity": Work(),
    "eventlog.run_outbox": Work(prepare=_ask_something),
    "feedback.escalate": Work(timedelta(days=40)),
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
    "portal.clear_sessions": Work(prepare=_leave_an_old_session),
    "portal.retention": Work(timedelta(days=80), prepare=_leave_codes_and_repeats),
    "portal.heartbeat": Work(later=timedelta(minutes=1)),
    RUN_JOB: Work(arguments=("digests",)),
}
"""Everything else finds nothing to do in the world; what it does has tests of its own."""


@pytest.fixture(scope="module")
def kept_world(made_once: Kept, django_db_blocker: Any) -> Iterator[World]:
    yield from world_of(made_once, django_db_blocker)


@dataclass
class Attempt:
    """A function on a state that is put back before each try."""

    cleaner: Cleaner
    run: Callable[[], object]
    moment: datetime
    stamp: str = ""
    until_later: timedelta = timedelta(minutes=15)

    def __post_init__(self) -> None:
        self.rows = self.cleaner.take()
        self.states = States(self.cleaner)

    def at(self, moment: datetime) -> object:
        """One run."""
        with clock.at(moment):
            return self.run()

    def after(self, *steps: Callable[[], object]) -> State:
        """What the database holds when these steps were done on the first state."""
        self.cleaner.put(self.rows)
        for step in steps:
            step()
        found = self.states.read()
        found.pop(self.stamp, None)
        return found

    def once(self) -> object:
        return self.at(self.moment)

    def later(self) -> object:
        return self.at(self.moment + self.until_later)

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
from django.db import connection
from common import clock
from portal.celery import app
app.loader.import_default_modules()
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if not child:
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

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.CODE],
            env=process_environment()
            | {"DJANGO_SETTINGS_MODULE": "portal.settings", "PROBE_URL": settings.PROBE_URL},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def kill(self, task: str, arguments: tuple[Any, ...], moment: datetime, statement: int) -> None:
        """Run a task until it has made so many statements."""
        assert self.process.stdin and self.process.stdout
        asked = {"task": task, "arguments": arguments, "moment": moment.isoformat(), "statement": statement}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        assert int(self.process.stdout.readline()) == 9, f"{task} was not killed at statement {statement}"

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


def _statements(run: Callable[[], object]) -> int:
    number = count()

    def noted(execute: Callable[..., Any], *told: Any) -> Any:
        next(number)
        return execute(*told)

    with connection.execute_wrapper(noted):
        run()
    return next(number)


@pytest.mark.req("REL-40", "F-11")
@pytest.mark.parametrize("name", [name for name in TASKS if name not in ALONE])
def test_twice_at_once_and_killed_is_as_once(
    name: str, world: World, django_db_setup: Cleaner, killers: list[Killer]
) -> None:
    work = WORK.get(name, Work())
    work.prepare(world)
    task = app.tasks[name]
    if name not in WORK and inspect.signature(task.run).parameters:
        return
    moment, stamp = clock.now() + work.ahead, STAMPS.get(name, "")
    attempt = Attempt(django_db_setup, lambda: task(*work.arguments), moment, stamp, work.later)
    once = attempt.after(attempt.once)
    assert bool(difference(attempt.states.first, once)) == (name in WORK), "whether it had something to do"
    assert difference(once, attempt.after(attempt.once, attempt.once)) == {}, "twice"
    assert difference(once, attempt.after(attempt.at_once)) == {}, "at once"
    if name not in WORK:
        return
    finished = attempt.after(attempt.once, attempt.later)
    if not killers:
        killers.append(Killer())
    django_db_setup.put(attempt.rows)
    half = _statements(attempt.once) // 2

    def killed() -> None:
        killers[0].kill(name, work.arguments, attempt.moment, half)

    assert difference(finished, attempt.after(killed, attempt.later)) == {}, "killed in the middle"


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


def test_every_table_here_is_of_tasks_that_exist() -> None:
    assert WORK.keys() | ALONE.keys() | STAMPS.keys() <= set(TASKS)
    assert {job.task for job in JOBS.values()} <= set(TASKS)
