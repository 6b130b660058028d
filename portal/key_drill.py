"""New keys for everything in a copy of the database, and the other cipher for its columns, while others read and write it: the drill
of SEC-66 (docs/adr/0036, 0034)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.test.utils import override_settings

from accounts.models import User, UserKind
from accounts.services import sign_in_by_phone
from cases.models import Party
from common import keyed
from portal.key_moves import lay_later_keys, left_under_older
from portal.management.commands.rotate_keys import encrypt_anew, encrypted_columns, left_as_they_were

NAME = "drill"
SAMPLE = 20
"""Rows of each column that are looked up again and again."""
BATCHES = 25
"""At least so many, however small the copy."""
ROUND_SECONDS = 60


def rotate_under_traffic() -> list[str]:
    """New keys for columns, indexes and codes of this database while threads look up, compare and sign in; what went wrong.

    Belongs on a copy: it leaves everything under keys that nobody has.
    """
    if any(keyed.later_keys(ring).get(NAME) for ring in keyed.LOCKS):
        return [f"a key has the name of the drill: {NAME}"]
    traffic = Traffic(_known_rows())
    with override_settings(**_new_keys()):
        threads = [threading.Thread(target=traffic.run, args=(work,)) for work in traffic.works]
        for thread in threads:
            thread.start()
        try:
            traffic.wait_for_rounds()
            total = sum(left_under_older(ring) for ring in keyed.LOCKS)
            lay_later_keys(max(1, min(500, total // BATCHES)))
            encrypt_anew(500)
            traffic.wait_for_rounds()
        finally:
            traffic.over.set()
            for thread in threads:
                thread.join()
        left = sum(left_under_older(ring) for ring in keyed.LOCKS) + left_as_they_were()
    return sorted(set(traffic.problems)) + ([f"{left} values left under older keys"] if left else [])


def _new_keys() -> dict[str, Any]:
    def with_new(ring: str) -> dict[str, bytes]:
        return keyed.later_keys(ring) | {NAME: os.urandom(32)}

    return {
        "FIELD_KEYS": {NAME: os.urandom(32)} | settings.FIELD_KEYS,
        "FIELD_CIPHER": "aes" if settings.FIELD_CIPHER == "sm4" else "sm4",
        "INDEX_LATER_KEYS": with_new(keyed.INDEX),
        "TOKEN_LATER_KEYS": with_new(keyed.TOKEN),
    }


Row = tuple[type[models.Model], str, int, str]
"""Model, column, key and what stood in the column before."""


def _known_rows() -> list[Row]:
    rows: list[Row] = []
    for ring in keyed.LOCKS:
        for model, field in keyed.keyed_columns(ring):
            filled = model._default_manager.filter(**{f"{field.attname}__gt": ""}).order_by("-pk")
            for key, value in filled.values_list("pk", field.attname)[:SAMPLE]:
                rows.append((model, field.attname, key, value))
    return rows


class Traffic:
    """What people do meanwhile, each kind in a thread and a connection of its own."""

    def __init__(self, known: list[Row]) -> None:
        self.known = known
        self.problems: list[str] = []
        self.over = threading.Event()
        self.works: list[Callable[[], None]] = [self._look_up, self._compare, self._read, self._sign_in]
        self.done = {work.__name__: threading.Event() for work in self.works}
        self.signed_in = 0
        self.pairs = _equal_numbers()

    def run(self, work: Callable[[], None]) -> None:
        """Again and again until it is over; an error is a problem."""
        try:
            while not self.over.is_set():
                work()
                self.done[work.__name__].set()
        except Exception as error:  # whatever a visitor would have seen
            self.problems.append(f"{work.__name__}: {type(error).__name__}: {error}")
            self.done[work.__name__].set()
        finally:
            connection.close()

    def wait_for_rounds(self) -> None:
        """Until each has gone round once more from here."""
        for _half in range(2):  # the round that runs now began before
            for event in self.done.values():
                event.clear()
            for name, event in self.done.items():
                if not event.wait(ROUND_SECONDS):
                    self.problems.append(f"{name}: no round within {ROUND_SECONDS} s")

    def _look_up(self) -> None:
        """Everybody and every code is found by what was known of it before."""
        for model, column, key, value in self.known:
            if not model._default_manager.filter(pk=key, **{column: value}).exists():
                self.problems.append(f"{model._meta.label_lower}.{column}: a row is not found")

    def _compare(self) -> None:
        """Columns that were equal are equal."""
        if _equal_numbers() < self.pairs:
            self.problems.append("people are not found among the parties")

    def _read(self) -> None:
        """Personal columns can be read."""
        for model, field in encrypted_columns():
            list(model._default_manager.order_by("-pk").values_list(field.attname, flat=True)[:3])

    def _sign_in(self) -> None:
        """A new person, and the same one again: one account, and a sign-in that goes on."""
        self.signed_in += 1
        phone = f"199{self.signed_in:08}"
        first = sign_in_by_phone(phone=phone)
        again = sign_in_by_phone(phone=phone)
        if first.pk != again.pk or User.objects.by_phone(phone).count() != 1:
            self.problems.append("somebody has two accounts")
        if first.get_session_auth_hash() != User.objects.get(pk=first.pk).get_session_auth_hash():
            self.problems.append("somebody was signed out")


def _equal_numbers() -> int:
    """Pairs of an account and a party with the same number, compared by the database."""
    mine = Party.objects.filter(id_number_index=models.OuterRef("id_number_index"))
    people = User.objects.filter(kind=UserKind.PUBLIC).exclude(id_number_index="")
    return people.filter(models.Exists(mine)).count()
