"""Real servers for tests: the portal on a port, a broker that can be stopped, a worker that can be killed."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from common.gateways import breaker
from documents.sealing import doors
from eventlog import wake
from launcher import valkey
from launcher.children import Child
from launcher.environment import signer_environment, zone_environment
from launcher.paths import ROOT, socket_directory
from launcher.servers import unix_socket
from portal import rates
from portal.lines import Line
from standins.vendor_seal import Keys
from tests.support.database import process_environment


def _bound(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind(("127.0.0.1", port))
    return bound


@cache
def _port_kept(kind: str) -> socket.socket:
    """Keeps one port for all `Live` portals of this process and one for all `Site`s, without listening: codes that were
    printed for one test lead to the portal of the next. Two that run at a time must not share one: each would get a part
    of the requests.
    """
    return _bound(0)


class Live:
    """The portal behind a real port of this machine; threads share the test database."""

    def __init__(self, application: Any) -> None:
        self.socket = _bound(_port_kept("live").getsockname()[1])
        self.socket.listen(64)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.started = threading.Event()
        config = uvicorn.Config(
            application,
            http=Line,
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=5,
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        async def serve() -> None:
            started = asyncio.get_running_loop().create_task(self.server.serve(sockets=[self.socket]))
            while not self.server.started and not started.done():
                await asyncio.sleep(0.01)
            self.started.set()
            await started

        asyncio.run(serve())

    def __str__(self) -> str:
        return self.url

    def start(self) -> None:
        """Serve from now on."""
        self.thread.start()
        if not self.started.wait(10) or not self.server.started:
            raise RuntimeError("the live server did not start")

    def stop(self) -> None:
        """Finish running requests and close the port."""
        self.server.should_exit = True
        self.thread.join(10)
        self.socket.close()


@pytest.fixture
def live(transactional_db: None, settings: Any) -> Iterator[Live]:
    """A `Live` portal; every address of an outside stand-in points at it. Use `live.url`."""
    from portal.asgi import application

    server = Live(application)
    settings.PUBLIC_URL = server.url
    settings.SITE_HOST = server.url.removeprefix("http://")
    settings.CSRF_TRUSTED_ORIGINS = [server.url]
    settings.SMS_URL = f"{server.url}/demo/sms/"
    settings.IDENTITY_URL = f"{server.url}/demo/register"
    settings.CASHIER_URL = f"{server.url}/demo/cashier"
    settings.WECHAT_URL = f"{server.url}/demo/wechat"
    settings.ALIPAY_URL = f"{server.url}/demo/alipay/gateway.do"
    server.start()
    yield server
    server.stop()


class Zone:
    """The complaint zone in a process of its own, the only one with its key; web processes reach it by its socket."""

    def __init__(self, home: Path) -> None:
        self.place = str(socket_directory(home) / "zone")
        self.socket = unix_socket(self.place)
        number = self.socket.fileno()
        command = [sys.executable, "-m", "portal.serve", str(number), "portal.zone.asgi:application"]
        self.child = Child("zone", command, {}, home / "zone.log", keep_open=(number,), directory=ROOT)

    def start(self) -> None:
        """Start the process; requests wait at the socket until it takes them."""
        self.child.environment = zone_environment(process_environment())
        self.child.start()

    def stop(self) -> None:
        """Stop the process."""
        self.child.stop()

    def log(self) -> str:
        """The end of its log."""
        return self.child.tail(60)


@pytest.fixture
def zone_process(transactional_db: None, tmp_path: Path, settings: Any) -> Iterator[Zone]:
    """A running `Zone`, to which the live portal of this test hands the zone's addresses on."""
    process = Zone(tmp_path)
    settings.ZONE_SOCKET = process.place
    process.start()
    yield process
    process.stop()
    process.socket.close()


class Killable:
    """A process of this test alone; its socket stays open while it is away, so that requests wait there."""

    child: Child

    def freeze(self) -> None:
        """It hangs: takes nothing and answers nothing any more, until it is killed."""
        assert self.child.process is not None
        self.child.process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """kill -9 of the whole process group."""
        assert self.child.process is not None
        self.child.process.send_signal(signal.SIGKILL)
        self.child.process.wait(10)
        self.child.sweep()


class Sealing(Killable):
    """One that takes part in sealing."""

    def start(self) -> None:
        """Start the process; requests wait at the socket until it takes them."""
        self.child.start()

    def stop(self) -> None:
        """End it as its launcher does."""
        self.child.stop()


class Signer(Sealing):
    """The signer, with the keys of the run."""

    def __init__(self, home: Path) -> None:
        self.place = str(socket_directory(home) / "signer")
        self.journal = home / "signer" / "journal.jsonl"
        self.socket = unix_socket(self.place)
        number = self.socket.fileno()
        environment = signer_environment(process_environment() | {"PORTAL_VAR": str(home)})
        command = [sys.executable, "-m", "signer.serve", str(number)]
        self.child = Child(
            "signer", command, environment, home / "signer.log", keep_open=(number,), directory=ROOT
        )


@pytest.fixture
def own_signer(tmp_path: Path, settings: Any) -> Iterator[Signer]:
    """A `Signer` that is not running yet; every paper of this test asks it."""
    process = Signer(tmp_path)
    settings.SIGNER_URL = f"unix:{process.place}"
    doors.forget_failures()
    yield process
    doors.forget_failures()
    process.child.stop()
    process.socket.close()


VENDOR_SECRET = "vendor secret of the tests only, long enough"


class VendorSeals(Sealing):
    """The stand-in of a vendor's sealing service."""

    def __init__(self, home: Path) -> None:
        self.keys = home / "vendor-keys"
        self.place = str(socket_directory(home) / "vendor")
        self.socket = unix_socket(self.place)
        number = self.socket.fileno()
        environment = process_environment() | {
            "VENDOR_SEAL_DIRECTORY": str(self.keys),
            "VENDOR_SEAL_APP": "tests",
            "VENDOR_SEAL_SECRET": VENDOR_SECRET,
        }
        command = [sys.executable, "-m", "standins.vendor_seal", str(number)]
        self.child = Child(
            "vendor", command, environment, home / "vendor.log", keep_open=(number,), directory=ROOT
        )


@pytest.fixture
def vendor_seals(tmp_path: Path, settings: Any) -> Iterator[VendorSeals]:
    """A `VendorSeals` that is not running yet; every paper of this test gets its seal there, and its root is believed."""
    process = VendorSeals(tmp_path)
    keys = Keys(process.keys)
    for name, own in (("SEAL_TRUST_FILE", "root.pem"), ("SEAL_CRL_FILE", "crl.pem")):
        both = tmp_path / f"both-{own}"
        both.write_bytes(getattr(settings, name).read_bytes() + (keys.place / own).read_bytes())
        setattr(settings, name, both)
    settings.SEALER, settings.VENDOR_SEAL_URL = "vendor", f"unix:{process.place}"
    settings.VENDOR_SEAL_APP, settings.VENDOR_SEAL_SECRET = "tests", VENDOR_SECRET
    doors.forget_failures()
    yield process
    doors.forget_failures()
    process.child.stop()
    process.socket.close()


class Broker:
    """A Redis-compatible server of this test alone."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.child = valkey.child(home)
        self.url = f"unix://{valkey.socket_of(home)}"

    def start(self) -> None:
        """Start it, with what it held before."""
        self.child.start()
        valkey.wait_ready(self.child, self.home)

    def stop(self) -> None:
        """Stop it: connections break, new ones are refused."""
        self.child.stop()


@pytest.fixture(autouse=True)
def nobody_remembers_a_dead_broker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages say for a minute that notices may be late, and services that did not answer are left alone; a test that stopped none must
    not show that of another."""
    monkeypatch.setattr(wake, "_last_failure", None)
    monkeypatch.setattr(rates.counters, "redis_again_at", 0.0)
    monkeypatch.setattr(breaker.IN_MEMORY, "states", {})
    if "broker" not in request.fixturenames:
        monkeypatch.setattr(wake, "REMEMBER", timedelta(0))


@pytest.fixture
def broker(tmp_path: Path, settings: Any) -> Iterator[Broker]:
    """The broker and cache of this test, running; `broker.stop()` and `broker.start()` at will."""
    from portal.celery import app
    from portal.env import redis_url

    server = Broker(tmp_path)
    server.start()
    before = app.conf.broker_url, settings.REDIS_URL
    settings.REDIS_URL = server.url
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": redis_url(server.url, 1)}}
    _use_broker(app, redis_url(server.url, 0, for_celery=True))
    yield server
    _use_broker(app, before[0])
    server.stop()


def _use_broker(app: Any, url: str) -> None:
    """Point Celery at another broker and forget pooled connections to the old one."""
    app.pool.force_close_all()
    app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = url
    app._pool = None
    app.amqp._producer_pool = None


class Worker(Killable):
    """A real Celery worker process on the test database."""

    def __init__(self, log: Path) -> None:
        command = [
            sys.executable, "-m", "celery", "-A", "portal", "worker", "-P", "threads", "-c", "2",
            "--without-gossip", "--without-mingle", "--loglevel", "WARNING",
        ]  # fmt: skip
        self.child = Child("worker", command, process_environment(), log, directory=ROOT)

    def start(self) -> None:
        """Start the process; it begins to work when it is up."""
        self.child.environment = process_environment()
        self.child.start()

    def log(self) -> str:
        """The end of its log."""
        return self.child.tail(40)


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[Worker]:
    """A worker that is not running yet: `worker.start()`, `worker.kill()`."""
    process = Worker(tmp_path / "worker.log")
    yield process
    process.child.stop()


class Site(Killable):
    """The portal in a web process of its own, on a port that stays open while the process is killed and started anew. With
    ``beside`` another process on the same port."""

    def __init__(self, log: Path, *, beside: Site | None = None) -> None:
        self.socket = beside.socket if beside else _bound(_port_kept("site").getsockname()[1])
        self.socket.listen(64)
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        number = self.socket.fileno()
        command = [sys.executable, "-m", "portal.serve", str(number)]
        self.child = Child("web", command, {}, log, keep_open=(number,), directory=ROOT)

    def start(self) -> None:
        """Start the process; requests wait at the port until it takes them."""
        self.child.environment = process_environment() | {"PUBLIC_URL": self.url}
        self.child.start()

    def log(self) -> str:
        """The end of its log."""
        return self.child.tail(40)


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    """A running `Site`: `site.kill()`, `site.start()`."""
    process = Site(tmp_path / "web.log")
    process.start()
    yield process
    process.child.stop()
    process.socket.close()
