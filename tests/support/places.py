"""Every place where a number of somebody could be left behind, as text: to look for one there."""

from __future__ import annotations

import base64
import binascii
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
import redis
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from portal import figures
from portal.celery import app
from portal.logging import JsonFormatter
from tests.support.servers import Broker, Worker


class Watched(Client):
    """A browser that remembers where it was led, and how pages link on."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(raise_request_exception=False, **kwargs)
        self.seen: list[str] = []

    def request(self, **request: Any) -> Any:
        answer = super().request(**request)
        self.seen += [request["PATH_INFO"], answer.get("Location", "")]
        if not answer.streaming and "html" in answer.get("Content-Type", ""):
            self.seen += re.findall(r'(?:href|action|src)="([^"]*)"', answer.content.decode())
        return answer


def stored_in(connection: Any) -> dict[str, str]:
    """Every table of the portal's schema and of the queue, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall() if not name.startswith("standins_")]
        found = {}
        for name in tables:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM \"{name}\" t")
            found[f"table {name}"] = cursor.fetchone()[0]
    return found


def kept_by(broker: Broker) -> dict[str, str]:
    """All keys of broker and cache; bodies of tasks as the worker would read them."""
    found = {}
    for number, name in enumerate(("queue", "cache")):
        with redis.Redis(unix_socket_path=broker.url.removeprefix("unix://"), db=number) as client:
            for key in client.keys():
                kind = client.type(key)
                if kind == b"list":
                    parts = client.lrange(key, 0, -1)
                elif kind == b"hash":
                    parts = list(client.hgetall(key).values())
                else:
                    parts = [client.dump(key) or b""]
                found[f"{name} {key!r}"] = " ".join(_read(part) for part in parts)
    return found


def _read(part: bytes) -> str:
    text = part.decode("latin1")
    for body in re.findall(r'\\?"body\\?": ?\\?"([A-Za-z0-9+/=]+)\\?"', text):
        try:
            text += base64.b64decode(body).decode("utf-8", "replace")
        except binascii.Error:
            continue
    return text


@dataclass
class Places:
    """All of them at the moment they are read."""

    broker: Broker
    owner: Any
    caplog: pytest.LogCaptureFixture
    browsers: list[Watched] = field(default_factory=list)
    worker: Worker | None = None

    def browser(self, user: User | None = None, **options: Any) -> Watched:
        """A browser whose addresses count."""
        made = Watched(**options)
        if user is not None:
            made.force_login(user)
        self.browsers.append(made)
        return made

    def read(self) -> dict[str, str]:
        """Text by place; the first word of a place says its kind."""
        lines = [JsonFormatter().format(record) for record in self.caplog.records]
        found = {f"log {number}": line for number, line in enumerate(lines)}
        found |= stored_in(self.owner) | kept_by(self.broker)
        found |= {f"session {row.pk}": str(row.get_decoded()) for row in Session.objects.all()}
        found["metrics"] = Client().get("/metrics").content.decode()
        found |= {
            f"mail {number}": f"{one.subject} {one.body} {one.to} {one.message().as_string()}"
            for number, one in enumerate(mail.outbox)
        }
        found["addresses"] = " ".join(address for browser in self.browsers for address in browser.seen)
        if self.worker is not None:
            found["worker"] = self.worker.child.log.read_text(errors="replace")
        return found

    def showing(self, numbers: Iterable[str]) -> set[tuple[str, str]]:
        """Place and number, wherever one stands."""
        asked = tuple(numbers)
        return {(place, number) for place, text in self.read().items() for number in asked if number in text}

    def plant(self, number: str) -> None:
        """Leave one in each place, in the way it would get there."""
        logging.getLogger("portal.access").warning("sent to %s", number)
        User.objects.filter(pk=User.objects.earliest("pk").pk).update(name=number)
        app.send_task("portal.nobody_knows", args=(number,))
        cache.set("planted", number)
        store = SessionStore()
        store["planted"] = number
        store.create()
        figures.answers.note(number, 200, 1)
        mail.mail_admins("error", number)
        self.browser().get(f"/{number}/")
