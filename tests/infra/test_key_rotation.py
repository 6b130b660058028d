"""A new key for personal columns beside the traffic: both live, then everything is under the new one (SEC-66)."""

from __future__ import annotations

import base64
import os
import subprocess
from typing import Any

import pytest
from django.conf import settings as live_settings
from django.db import connection
from django.db.utils import DatabaseError

from cases.models import Case, Party
from common.fields import EncryptedTextField
from eventlog.guards import append_only_models
from portal.management.commands.rotate_keys import encrypted_columns
from tests.infra.test_database_roles import run_python
from tests.support.court import Cast, submitted
from tests.support.database import process_environment

NEW = os.urandom(32)


def rotate(*arguments: str, old: dict[str, bytes], cipher: str = "aes") -> subprocess.CompletedProcess[str]:
    """As owner in a process of its own, with both keys."""
    ring = {"new": NEW} | old
    keys = ",".join(f"{name}={base64.b64encode(key).decode()}" for name, key in ring.items())
    owner = process_environment() | {"PORTAL_DB_ROLE": "owner", "FIELD_KEYS": keys, "FIELD_CIPHER": cipher}
    return run_python("manage.py", owner, "rotate_keys", *arguments)


def everything() -> dict[str, list[Any]]:
    """What the encrypted columns say, read through the models."""
    return {
        f"{model._meta.label_lower}.{field.attname}": list(
            model._default_manager.order_by("pk").values_list("pk", field.attname)
        )
        for model, field in encrypted_columns()
    }


@pytest.mark.req("SEC-66")
def test_all_columns_come_under_the_new_key_while_both_are_live(
    case: Case, cast: Cast, settings: Any
) -> None:
    old = dict(live_settings.FIELD_KEYS)
    before = everything()
    assert sum(bool(value) for rows in before.values() for _pk, value in rows) > 5
    check = rotate("--check", old=old)
    assert check.returncode != 0
    assert "older keys are still needed" in check.stderr
    submitted(cast, principal=1000)  # traffic of a process that has not been restarted yet
    before = everything()
    done = rotate("--batch", "2", old=old)
    assert done.returncode == 0, done.stderr
    assert ", 0 left under older keys" in done.stdout
    settings.FIELD_KEYS = {"new": NEW}
    assert everything() == before
    with connection.cursor() as cursor, pytest.raises(DatabaseError):  # the guards stand again
        cursor.execute("UPDATE cases_servicechoice SET postal_phone = 'x'")
    assert "rotate_keys: 0 values encrypted anew" in rotate(old=old).stdout
    assert ", 0 left under older keys" in rotate(old=old, cipher="sm4").stdout
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT split_part(phone, ':', 1) FROM cases_party WHERE phone <> ''")
        assert cursor.fetchall() == [("new.sm4",)]
    assert everything() == before


@pytest.mark.req("SEC-66")
def test_a_run_that_breaks_off_is_started_again(case: Case, owner_connection: Any, settings: Any) -> None:
    old = dict(live_settings.FIELD_KEYS)
    first, last = [party for party in Party.objects.order_by("pk") if party.phone][:2]
    with owner_connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM cases_party WHERE id = %s", [last.pk])
        (good,) = cursor.fetchone()
        cursor.execute("UPDATE cases_party SET phone = 'gone:AAAA' WHERE id = %s", [last.pk])
        broken = rotate("--batch", "1", old=old)
        assert broken.returncode != 0
        assert f"cases.party.phone of row {last.pk} cannot be read (KeyError)" in broken.stderr
        cursor.execute("SELECT phone FROM cases_party WHERE id = %s", [first.pk])
        assert cursor.fetchone()[0].startswith("new:")
        cursor.execute("UPDATE cases_party SET phone = %s WHERE id = %s", [good, last.pk])
    assert rotate(old=old).returncode == 0
    settings.FIELD_KEYS = {"new": NEW}
    assert Party.objects.get(pk=last.pk).phone == last.phone


@pytest.mark.req("SEC-66")
def test_rows_that_are_never_changed_are_among_them() -> None:
    guarded = {model for model, _field in encrypted_columns()} & set(append_only_models())
    assert guarded
    assert all(isinstance(field, EncryptedTextField) for _model, field in encrypted_columns())
