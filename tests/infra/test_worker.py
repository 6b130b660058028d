"""Background work: every scheduled task exists, takes no data, and a killed worker leaves nothing behind."""

import os

import pytest
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from portal.celery import app
from tests.support.servers import Broker, Worker
from tests.support.waiting import soon


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] in app.tasks, name


@pytest.mark.req("REL-40")
def test_tasks_are_acknowledged_late_and_outlive_their_worker() -> None:
    assert app.conf.task_acks_late and app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.broker_transport_options["visibility_timeout"] >= 2 * app.conf.task_time_limit
    assert app.conf.task_ignore_result and app.conf.task_serializer == "json"


def answers() -> bool:
    """Whether a worker answers; a connection that broke with its broker is no answer."""
    try:
        return bool(app.control.ping(timeout=0.5))
    except (OperationalError, RedisError):
        return False


def test_killed_worker_leaves_nothing_and_a_new_one_works(broker: Broker, worker: Worker) -> None:
    worker.start()
    assert soon(answers, 120), worker.log()
    group = worker.child.process.pid if worker.child.process else 0
    worker.kill()
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)
    assert not answers()
    worker.start()
    assert soon(answers, 120), worker.log()


def test_a_dead_broker_is_noticed_at_once(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Publishing fails after one more try, without kombu's pauses of whole seconds; later it works again."""
    pauses: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", pauses.append)
    broker.stop()
    with pytest.raises(OperationalError):
        app.send_task("eventlog.run_outbox", retry=False)
    assert sum(pauses) <= 0.2
    broker.start()
    app.send_task("eventlog.run_outbox", retry=False)


def test_worker_outlives_its_broker(broker: Broker, worker: Worker) -> None:
    worker.start()
    assert soon(answers, 120), worker.log()
    broker.stop()
    broker.start()
    assert soon(answers, 120), worker.log()
    assert worker.child.is_running
