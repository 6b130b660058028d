"""Phones and ID numbers of a driven story turn up nowhere but where they belong (SEC-67, REL-53)."""

from __future__ import annotations

import base64
import binascii
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import models
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from common.fields import EncryptedTextField
from eventlog.guards import is_walled
from portal.celery import app
from portal.demo.cast import LI, OTHERS, ZHANG
from portal.logging import JsonFormatter
from standins.models import SentText
from tests.support.scans import Told, Visitor, printed_path
from tests.support.servers import Broker

NEW = "13912345678"
NEW_ID = OTHERS[1].id_number
CANARIES = (NEW, NEW_ID, ZHANG.phone, ZHANG.id_number, LI.phone, LI.id_number, OTHERS[0].phone)
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


class Watched(Client):
    """A browser that remembers where it was."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seen: list[str] = []

    def request(self, **request: Any) -> Any:
        answer = super().request(**request)
        self.seen += [f"{request['PATH_INFO']}?{request.get('QUERY_STRING', '')}", answer.get("Location", "")]
        return answer


def signed_in(browser: Watched) -> HttpResponse:
    """The way of a new person: phone, code, real name."""
    browser.post("/login/", {"phone": NEW})
    text = SentText.objects.filter(to=NEW).latest("id").text
    (code,) = re.findall(r"验证码 (\d{6})", text)
    browser.post("/login/code/", {"code": code})
    return browser.post("/my/real-name/", {"name": OTHERS[1].name, "id_kind": "id_card", "id_number": NEW_ID})


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
    for number in (0, 1):
        with redis.Redis(unix_socket_path=broker.url.removeprefix("unix://"), db=number) as client:
            for key in client.keys():
                kind = client.type(key)
                value = client.lrange(key, 0, -1) if kind == b"list" else [client.dump(key) or b""]
                found[f"redis {number} {key!r}"] = " ".join(_read(part) for part in value)
    return found


def _read(part: bytes) -> str:
    text = part.decode("latin1")
    for body in re.findall(r'"body": ?"([A-Za-z0-9+/=]+)"', text):
        try:
            text += base64.b64decode(body).decode("utf-8", "replace")
        except binascii.Error:
            continue
    return text


@pytest.mark.req("SEC-67", "REL-53")
def test_numbers_of_people_turn_up_nowhere(
    broker: Broker,
    told: Told,
    owner_connection: Any,
    run_outbox: Callable[..., int],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    browser, visitor = Watched(raise_request_exception=False), Visitor()
    visitor.client = watched = Watched(REMOTE_ADDR="10.9.9.9")
    assert signed_in(browser).status_code == 302
    assert visitor.scans(printed_path(told.copy(told.defendant)), LI).status_code == 302
    case = told.case.public_id
    for path in (f"/my/cases/{case}/", f"/my/cases/{case}/people/", "/my/"):
        watched.get(path)
    zhang = Watched()
    zhang.force_login(told.cast.users["zhang"])
    pages = [zhang.get(path).content.decode() for path in (f"/my/cases/{case}/people/", f"/my/cases/{case}/")]
    zhang.post("/my/find/", {"number": ZHANG.id_number})
    browser.post("/login/", {"phone": f"{NEW}9999"})
    Watched().post("/login/password/", {"phone": NEW, "password": NEW_ID})
    Watched().post("/staff/login/", {"username": ZHANG.phone, "password": NEW_ID})
    zhang.post("/login/code/", {"code": "000000"})
    zhang.get(f"/desk/cases/{case}/")
    app.send_task("eventlog.run_outbox")
    run_outbox()
    assert User.objects.by_phone(NEW).exists()

    places = {f"log {number}": JsonFormatter().format(record) for number, record in enumerate(caplog.records)}
    assert any('"route": "accounts:' in line for line in places.values())
    secure = {record.message for record in caplog.records if record.name == "portal.security"}
    assert {"sign_in_failed", "accounts.signed_up", "qrlinks.verified", "refused"} <= secure
    places |= stored_in(owner_connection) | kept_by(broker)
    assert "redis 0 b'celery'" in places
    places |= {f"session {row.pk}": str(row.get_decoded()) for row in Session.objects.all()}
    places |= {"metrics": Client().get("/metrics").content.decode(), "mail": str(mail.outbox)}
    places["addresses"] = " ".join(browser.seen + watched.seen + zhang.seen)
    places["pages of the other side"] = " ".join(pages).replace(ZHANG.phone, "")
    found = {(place, canary) for place, text in places.items() for canary in CANARIES if canary in text}
    assert found == set()
    # control: the same look finds one that was put there
    with owner_connection.cursor() as cursor:
        cursor.execute("UPDATE courts_court SET note = %s WHERE code = '某1234'", [NEW])
    assert NEW in stored_in(owner_connection)["table courts_court"]
