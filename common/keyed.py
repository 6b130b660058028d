"""Keyed hashes that lie in rows, and the way of such rows under a later key beside the traffic (SEC-66, docs/adr/0036).

A hash does not say what it was made of, so a later key is laid over the earlier ones: ``H(k2, H(k1, value))``. What lies in a
column says by its beginning under which key it is (``k2:…``; the first key writes none), and anybody who has the keys can lay the
next one over it without knowing the value. There are two rings: ``index`` (blind indexes of personal columns, ``INDEX_KEY`` and
``INDEX_LATER_KEYS``) and ``token`` (printed codes, tokens, one-time codes, ``TOKEN_KEY`` and ``TOKEN_LATER_KEYS``).

``manage.py rotate_keys`` moves values, not rows: all rows of all tables that hold one of the values of a batch, in one
transaction. Values go in their order, and ``portal_keymove`` says up to which one they have gone. So a value lies under one key at
any moment: columns may be compared with columns, and unique stays unique. Who writes takes a lock that the batch waits for, and
asks under which key the value belongs now; who looks up asks for the value under each of the keys.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, models
from django.db.models.lookups import Exact, In

LENGTH = 64
INDEX, TOKEN = "index", "token"
LOCKS = {INDEX: 660_001, TOKEN: 660_002}
"""Advisory locks: shared by who writes a hash, alone for a batch of `rotate_keys`."""
END = "~"
"""Sorts behind every hash: all values have moved."""
_settled: set[tuple[str, str, bytes]] = set()
"""Keys under which everything is by now; that never changes again while a process lives."""


def later_keys(ring: str) -> dict[str, bytes]:
    """Keys of a ring that came after its first one, in the order in which they came."""
    found: dict[str, bytes] = settings.INDEX_LATER_KEYS if ring == INDEX else settings.TOKEN_LATER_KEYS
    return found


def lay_over(key_id: str, key: bytes, value: str) -> str:
    """The same value under the next key."""
    return f"{key_id}:{hmac.new(key, value.encode(), 'sha256').hexdigest()}"[:LENGTH]


def _above(ring: str, value: str) -> list[tuple[str, bytes]]:
    """The keys that are not laid over this value yet."""
    keys = list(later_keys(ring).items())
    under = value.partition(":")[0] if ":" in value else ""
    names = [name for name, _key in keys]
    return keys[names.index(under) + 1 :] if under in names else keys if not under else []


def forms(ring: str, value: str) -> list[str]:
    """The value as it stands, then under each later key."""
    found = [value]
    for key_id, key in _above(ring, value) if value else []:
        found.append(lay_over(key_id, key, found[-1]))
    return found


def alike(ring: str, left: str, right: str) -> bool:
    """Whether two hashes are of the same value, under whichever keys they are. In constant time for each form."""

    def among(one: str, others: list[str]) -> bool:
        return any([hmac.compare_digest(one.encode(), other.encode()) for other in others])

    return among(left, forms(ring, right)) | among(right, forms(ring, left))


def settled(ring: str, value: str, using: str = "default") -> str:
    """The value under the key under which it has to be written now. No query where a ring has one key, or its move is over;
    else two, and until the transaction ends no batch of `rotate_keys` runs."""
    above = _above(ring, value) if value else []
    moved: dict[str, str] | None = None
    for key_id, key in above:
        if (ring, key_id, key) not in _settled:
            if moved is None:
                moved = _moved(ring, using)
            if value > moved.get(key_id, ""):
                break
            if moved[key_id] == END:
                _settled.add((ring, key_id, key))
        value = lay_over(key_id, key, value)
    return value


def _moved(ring: str, using: str) -> dict[str, str]:
    """Up to which value each key of the ring has been laid over what there was. Two statements: the second must see what was
    committed while the first one waited."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCKS[ring]])
        cursor.execute("SELECT key_id, moved_to FROM portal_keymove WHERE ring = %s", [ring])
        return dict(cursor.fetchall())


class KeyedField(models.CharField):  # type: ignore[type-arg]  # Django's fields are generic for the checker only
    """A keyed hash of 64 characters. Written under the key of the moment, found under any; give it what
    :func:`common.crypto.blind_index` and :func:`common.crypto.keyed_hash` say, or a value of another such column."""

    def __init__(self, *args: Any, ring: str = INDEX, **kwargs: Any) -> None:
        self.ring = ring
        super().__init__(*args, **kwargs | {"max_length": LENGTH})

    def deconstruct(self) -> Any:
        """For migrations a plain column."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def clone(self) -> KeyedField:
        """Django copies fields by their deconstruction, which leaves the ring out."""
        _name, _path, args, kwargs = self.deconstruct()
        return self.__class__(*args, ring=self.ring, **kwargs)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Under the key of the moment."""
        ready = super().get_db_prep_save(value, connection)
        return settled(self.ring, ready, connection.alias) if isinstance(ready, str) else ready


@KeyedField.register_lookup
class _Either(Exact):
    """Equal under any key of the ring; a column is compared with a column as it stands."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        if self.rhs_is_direct_value() and isinstance(self.rhs, str):
            known = forms(self.lhs.output_field.ring, self.rhs)
            if len(known) > 1:
                return In(self.lhs, known).as_sql(compiler, connection)
        return super().as_sql(compiler, connection)


def keyed_columns(ring: str) -> Iterator[tuple[type[models.Model], KeyedField]]:
    """Every column of a ring."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, KeyedField) and field.ring == ring:
                yield model, field
