"""`/live/<kind>/<public id>/`: server-sent events fed by PostgreSQL LISTEN/NOTIFY, one LISTEN connection a process.

An event says only *that* something changed; the page fetches itself again. Services announce changes with
``common.live`` inside their transaction, so that nothing is announced that was not committed. Raw ASGI passes
Django's middleware by, so host, origin, session and permission are checked here, and the connection to the database is
given back before the stream begins: an open stream costs no thread.
"""

import asyncio
import json
import logging
import uuid
import weakref
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import psycopg2
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.utils.module_loading import import_string

from common.actor import Actor
from common.live import CHANNEL

log = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
MayListen = Callable[[Actor, uuid.UUID], bool]

PING_SECONDS = 15
STREAM_SECONDS = 600
"""A stream ends after this; the browser connects again and is checked again."""
RECONNECT_SECONDS = 2
QUEUE_SIZE = 32

AUTHENTICATING = (
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ActorMiddleware",
)

_may_listen: dict[str, MayListen] = {}


def register(kind: str, may_listen: MayListen) -> None:
    """Open a kind of channel; `may_listen(actor, public_id)` decides, and False looks like an unknown id."""
    if kind in _may_listen:
        raise ValueError(f"live channel {kind} is registered twice")
    _may_listen[kind] = may_listen


class Hub:
    """Hands notifications of one LISTEN connection to the streams of one event loop."""

    def __init__(self) -> None:
        self.queues: dict[str, set[asyncio.Queue[str]]] = {}
        self.task: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()

    async def subscribe(self, channel: str) -> asyncio.Queue[str]:
        """A bounded queue that receives the channel's notifications from now on (as soon as the database answers)."""
        queue: asyncio.Queue[str] = asyncio.Queue(QUEUE_SIZE)
        self.queues.setdefault(channel, set()).add(queue)
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._listen())
        with suppress(TimeoutError):
            await asyncio.wait_for(self.ready.wait(), RECONNECT_SECONDS)
        return queue

    def unsubscribe(self, channel: str, queue: asyncio.Queue[str]) -> None:
        """Forget a queue."""
        members = self.queues.get(channel, set())
        members.discard(queue)
        if not members:
            self.queues.pop(channel, None)

    async def _listen(self) -> None:
        """Keep one connection listening; after a break every stream is told to look again."""
        loop = asyncio.get_running_loop()
        first = True
        while True:
            try:
                connection = await loop.run_in_executor(None, self._connect)
            except psycopg2.Error:
                log.warning("live stream: database not reachable")
                await asyncio.sleep(RECONNECT_SECONDS)
                continue
            if not first:
                for channel in list(self.queues):
                    self._publish(channel)
            first = False
            broken = loop.create_future()
            loop.add_reader(connection.fileno(), self._read, connection, broken)
            self.ready.set()
            try:
                await broken
            finally:
                self.ready.clear()
                loop.remove_reader(connection.fileno())
                with suppress(psycopg2.Error):
                    connection.close()

    @staticmethod
    def _connect() -> Any:
        connection = psycopg2.connect(
            settings.LISTEN_DATABASE_URL, connect_timeout=3, application_name="portal live"
        )
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        return connection

    def _read(self, connection: Any, broken: asyncio.Future[None]) -> None:
        try:
            connection.poll()
        except psycopg2.Error:
            if not broken.done():
                broken.set_result(None)
            return
        while connection.notifies:
            self._publish(connection.notifies.pop(0).payload)

    def _publish(self, channel: str) -> None:
        for queue in self.queues.get(channel, set()):
            if not queue.full():  # a full queue already tells the page to look again
                queue.put_nowait(channel)


def _request_of(cookies: dict[str, str], host: str, address: str, forwarded: str) -> HttpRequest | None:
    """A request with the actor of the session cookie, found by the same middleware as for pages; runs in a thread.

    The session is read and never saved: a page left open must not keep its owner signed in.
    """
    request = HttpRequest()
    request.method, request.path = "GET", "/live/"
    request.COOKIES = cookies
    request.META = {"HTTP_HOST": host, "REMOTE_ADDR": address, "SERVER_NAME": host, "SERVER_PORT": "0"}
    request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(
        cookies.get(settings.SESSION_COOKIE_NAME)
    )
    found: list[HttpRequest] = []

    def take(inner: HttpRequest) -> HttpResponse:
        found.append(inner)
        return HttpResponse()

    chain: Any = take
    for name in reversed(AUTHENTICATING):
        chain = import_string(name)(chain)
    chain(request)
    return found[0] if found else None


def _refusal(
    kind: str,
    public_id: uuid.UUID,
    cookies: dict[str, str],
    headers: dict[str, str],
    client: str,
    counts: bool,
) -> int:
    """0 for who may listen; else 429 for who asks too often (REL-60: it counts as reading) and 404 for everybody else. What the
    stream asks itself later does not count."""
    from portal.rates import seconds_until_allowed  # this module is imported before Django is set up

    try:
        request = _request_of(cookies, headers.get("host", ""), client, headers.get("x-forwarded-for", ""))
        if request is None:
            return 404
        if counts and seconds_until_allowed(request, ""):
            return 429
        return 0 if _may_listen[kind](request.actor, public_id) else 404  # type: ignore[attr-defined]
    finally:
        connections.close_all()


class LiveApplication:
    """The ASGI application behind `/live/`."""

    def __init__(self) -> None:
        self.hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = weakref.WeakKeyDictionary()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request: a stream, or 404 for everything that is not a permitted stream."""
        headers = {name.decode("latin1").lower(): value.decode("latin1") for name, value in scope["headers"]}
        channel = self._channel(scope)
        if scope["method"] != "GET" or channel is None or not self._is_ours(headers):
            await self._refuse(send)
            return
        kind, public_id = channel
        client = (scope.get("client") or ("", 0))[0]
        cookies = self._cookies(headers)

        async def refusal(*, counts: bool) -> int:
            ask = sync_to_async(_refusal, thread_sensitive=False)
            return await ask(kind, public_id, cookies, headers, client, counts)

        async def may() -> bool:
            return await refusal(counts=False) == 0

        if status := await refusal(counts=True):
            await self._refuse(send, status)
            return
        await self._stream(f"{kind}:{public_id}", may, receive, send)

    @staticmethod
    def _channel(scope: Message) -> tuple[str, uuid.UUID] | None:
        parts = scope["path"].strip("/").split("/")
        if len(parts) != 3 or parts[1] not in _may_listen:
            return None
        try:
            return parts[1], uuid.UUID(parts[2])
        except ValueError:
            return None

    @staticmethod
    def _cookies(headers: dict[str, str]) -> dict[str, str]:
        try:
            return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
        except CookieError:
            return {}

    @staticmethod
    def _is_ours(headers: dict[str, str]) -> bool:
        host = headers.get("host", "")
        domain, _port = split_domain_port(host)
        if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
            return False
        origin = headers.get("origin")
        return origin is None or urlsplit(origin).netloc in (host, settings.SITE_HOST)

    @staticmethod
    async def _refuse(send: Send, status: int = 404) -> None:
        start = {"type": "http.response.start", "status": status, "headers": _headers("text/plain")}
        await send(start)
        await send({"type": "http.response.body", "body": b""})

    async def _stream(
        self, channel: str, may: Callable[[], Awaitable[bool]], receive: Receive, send: Send
    ) -> None:
        """News until the reader leaves, the time is over, or something happened and he may not hear of it any more (SEC-07)."""
        hub = self.hubs.setdefault(asyncio.get_running_loop(), Hub())
        queue = await hub.subscribe(channel)
        gone = asyncio.ensure_future(self._disconnected(receive))
        end = asyncio.get_running_loop().time() + STREAM_SECONDS
        try:
            await send(
                {"type": "http.response.start", "status": 200, "headers": _headers("text/event-stream")}
            )
            await self._send_text(send, f"retry: {RECONNECT_SECONDS * 1000}\n\n")
            while not gone.done() and asyncio.get_running_loop().time() < end:
                news = asyncio.ensure_future(queue.get())
                await asyncio.wait({news, gone}, timeout=PING_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if news.done():
                    if not await may():
                        break
                    kind, _, public_id = news.result().partition(":")
                    data = json.dumps({"kind": kind, "id": public_id})
                    await self._send_text(send, f"event: change\ndata: {data}\n\n")
                else:
                    news.cancel()
                    await self._send_text(send, ": ping\n\n")
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            hub.unsubscribe(channel, queue)

    @staticmethod
    async def _send_text(send: Send, text: str) -> None:
        await send({"type": "http.response.body", "body": text.encode(), "more_body": True})

    @staticmethod
    async def _disconnected(receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass


def _headers(content_type: str) -> list[tuple[bytes, bytes]]:
    headers = {
        "content-type": f"{content_type}; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    }
    if settings.SECURE_HSTS_SECONDS:
        headers["strict-transport-security"] = (
            f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
        )
    return [(name.encode(), value.encode()) for name, value in headers.items()]
