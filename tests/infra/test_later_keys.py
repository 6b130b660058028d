"""Later keys over indexes and hashes of codes, beside the traffic (SEC-66, docs/adr/0036)."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models, transaction
from django.test import Client
from psycopg2 import sql

from accounts.models import User
from accounts.services import sign_in_by_phone
from cases.models import Case, Party
from common import crypto, keyed
from common.keyed import KeyedField
from launcher import postgres
from portal import key_drill
from portal.env import ConfigurationError, Env
from portal.key_moves import left_under_older
from portal.startup import refuse_wrong_database
from tests.concurrency.together import at_once
from tests.infra.test_database_roles import run_python
from tests.support.database import process_environment

SECOND, THIRD = os.urandom(32), os.urandom(32)
PHONE = "13900009999"


def ring(**keys: bytes) -> str:
    return ",".join(f"{name}={base64.b64encode(key).decode()}" for name, key in keys.items())


@pytest.fixture
def second(transactional_db: None, settings: Any) -> Iterator[None]:
    """This process was restarted with a second key in both rings."""
    settings.INDEX_LATER_KEYS, settings.TOKEN_LATER_KEYS = {"k2": SECOND}, {"k2": SECOND}
    settings.DATABASE_ROLE = "owner"  # what a command asks; who writes here has the rights of the portal
    yield
    keyed._settled.clear()


def rotated(*arguments: str) -> str:
    """What the owner's command says, on a connection of its own."""
    told = StringIO()

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT session_user")
            cursor.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(cursor.fetchone()[0])))
        call_command("rotate_keys", *arguments, stdout=told)

    (failed,) = at_once(run)
    return f"{failed or ''}{told.getvalue()}"


def stored(phone: str) -> str:
    return str(User.objects.by_phone(phone).values_list("phone_index", flat=True).get())


@pytest.mark.req("SEC-66")
def test_the_drill_gives_new_keys_to_everything_under_traffic(case: Case) -> None:
    owner = {"PORTAL_DB_ROLE": "owner", "PG_BINDIR": str(postgres.binaries())}
    done = run_python("manage.py", process_environment() | owner, "drill", "keys")
    assert done.returncode == 0, done.stderr
    assert "drill keys: nothing differs" in done.stdout
    assert stored_forms() == {""}, "it was a copy"


def stored_forms() -> set[str]:
    """Under which keys the indexes of parties are."""
    return {index.rpartition(":")[0] for index in Party.objects.values_list("phone_index", flat=True)}


@pytest.mark.req("SEC-66")
def test_without_looking_under_every_key_the_drill_sees_people_lost(
    case: Case, second: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    traffic = key_drill.Traffic(key_drill._known_rows())
    assert len({(model, column) for model, column, _key, _value in traffic.known}) >= 5 and traffic.pairs
    assert "under the last key, 0 not yet" in rotated("--batch", "1")
    for work in (traffic._look_up, traffic._compare, traffic._sign_in):
        work()
    assert traffic.problems == []
    monkeypatch.setattr(keyed, "forms", lambda _ring, value: [value])  # control
    traffic._look_up()
    assert "accounts.user.phone_index: a row is not found" in traffic.problems


@pytest.mark.req("SEC-66")
def test_one_key_after_another_and_people_stay_signed_in(case: Case, second: None, settings: Any) -> None:
    user = sign_in_by_phone(phone=PHONE)
    user.username = f"p-{user.phone_index[:40]}"  # as an earlier release named him
    user.save(update_fields=["username"])
    client, before = Client(), stored(PHONE)
    client.force_login(user)
    assert "older keys are still needed" in rotated("--check")
    assert "under the last key, 0 not yet" in rotated()
    assert stored(PHONE) == keyed.lay_over("k2", SECOND, before)
    assert sign_in_by_phone(phone=PHONE).pk == user.pk
    late = sign_in_by_phone(phone="13900009998")
    assert stored("13900009998").startswith("k2:"), "a new one is under the last key at once"
    user.phone_index = before  # read before its batch, written after it
    user.save(update_fields=["phone_index"])
    assert stored(PHONE) == keyed.lay_over("k2", SECOND, before)
    settings.INDEX_LATER_KEYS = settings.TOKEN_LATER_KEYS = {"k2": SECOND, "k3": THIRD}
    assert stored(PHONE).startswith("k2:") and sign_in_by_phone(phone=PHONE).pk == user.pk
    assert "under the last key, 0 not yet" in rotated() and "needed" not in rotated("--check")
    assert stored(PHONE).startswith("k3:") and stored_forms() <= {"", "k3"}
    assert {late.pk, user.pk} == {sign_in_by_phone(phone=phone).pk for phone in ("13900009998", PHONE)}
    assert client.get("/my/").context["request"].user == user
    assert not re.fullmatch("p-[0-9a-f]{40}", User.objects.get(pk=user.pk).username)
    settings.INDEX_LATER_KEYS = {"k3": THIRD}
    assert "under keys that are not set: k2" in rotated()
    settings.INDEX_LATER_KEYS = {}
    with pytest.raises(SystemExit, match="keys that are not set: index:k2, index:k3"):
        refuse_wrong_database()


@pytest.mark.req("SEC-66")
def test_a_batch_waits_for_who_is_writing(
    case: Case, second: None, owner_connection: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def free() -> bool:
        with owner_connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [keyed.LOCKS[keyed.INDEX]])
            got = bool(cursor.fetchone()[0])
            cursor.execute("SELECT pg_advisory_unlock_all()")
        return got

    assert free()
    with transaction.atomic():
        sign_in_by_phone(phone=PHONE)
        assert not free()
    assert free()
    with monkeypatch.context() as off, transaction.atomic():  # control: nobody says that he is writing
        off.setattr(keyed, "_moved", lambda _ring, _using: {})
        sign_in_by_phone(phone="13900009998")
        assert "under the last key, 0 not yet" in rotated()
    assert left_under_older(keyed.INDEX) == 1, "it stays under the older key"
    assert stored(PHONE).startswith("k2:")


def test_a_value_is_known_under_every_key(second: None) -> None:
    first = crypto.blind_index("phone", PHONE)
    then = keyed.lay_over("k2", SECOND, first)
    assert keyed.forms(keyed.INDEX, first) == [first, then] and keyed.forms(keyed.INDEX, then) == [then]
    assert keyed.alike(keyed.INDEX, first, then) and keyed.alike(keyed.INDEX, then, first)
    assert not keyed.alike(keyed.INDEX, then, crypto.blind_index("phone", "13900009998"))
    assert len(then) == keyed.LENGTH and keyed.forms(keyed.INDEX, "") == [""]
    assert keyed.forms(keyed.INDEX, "gone:AAAA") == ["gone:AAAA"]
    assert crypto.passing_hash("rate", "a") != crypto.keyed_hash("rate", "a")


def test_names_of_later_keys_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    env = Env()
    monkeypatch.setenv("INDEX_LATER_KEYS", ring(muchtoolong=SECOND))
    with pytest.raises(ConfigurationError, match="at most eight"):
        env.later_keys("INDEX_LATER_KEYS")
    monkeypatch.setenv("INDEX_LATER_KEYS", "")
    assert env.later_keys("INDEX_LATER_KEYS") == {}


NOT_KEYED = {"eventlog", "complaints", "standins"}
"""Chains; the zone has keys of its own; and the outside world."""
PLAIN = {"accounts.idempotencykey.request_hash"}
"""A digest without a key."""


@pytest.mark.req("SEC-66")
def test_no_keyed_hash_is_forgotten() -> None:
    found = {
        f"{model._meta.label_lower}.{field.attname}"
        for model in apps.get_models()
        if model._meta.app_label not in NOT_KEYED
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.CharField) and field.max_length == keyed.LENGTH
        if re.search("(_index|_hash|^browser|^handle)$", field.attname) and not isinstance(field, KeyedField)
    }
    assert found == PLAIN
