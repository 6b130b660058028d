"""All addresses of the portal: what the resolver knows, what middleware answers, what may be listened to."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from portal import live, live_channels
from tests.consistency.access_table import PARTS, QUERIES, Row
from tests.consistency.world import World

OUTSIDE = ("/healthz", "/readyz", "/metrics")
"""Answered by ``portal.health.HealthMiddleware``, before the resolver."""


def of_resolver(
    resolver: URLResolver | None = None, route: str = "", space: str = ""
) -> Iterator[tuple[str, str]]:
    """Every address as its name with namespace, or its route when it has no name, and the route."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield (f"{space}:{entry.name}".lstrip(":") if entry.name else here), here
        else:
            inner = f"{space}:{entry.namespace}".strip(":") if entry.namespace else space
            yield from of_resolver(entry, here, inner)


def all_addresses() -> set[str]:
    """Everything that must have a row."""
    assert live_channels.register is live.register
    streams = {f"/live/{kind}" for kind in live._may_listen}
    return {name for name, _route in of_resolver()} | set(OUTSIDE) | streams


def parts_of(world: World, row: Row, *, unknown: bool = False) -> dict[str, Any]:
    """The variable parts of a row's address; with ``unknown`` every id is one that does not exist."""
    known = (world.things[row.about] if row.about != "-" else {}) | PARTS.get(row.address, {})
    if not unknown:
        return known
    return {name: uuid.uuid4() if isinstance(value, uuid.UUID) else value for name, value in known.items()}


def path_of(world: World, row: Row, *, unknown: bool = False) -> str:
    """The address of a row, with its query."""
    parts = parts_of(world, row, unknown=unknown)
    if row.address in OUTSIDE:
        return row.address
    if row.address.startswith("/live/"):
        return f"{row.address}/{parts['public_id']}/"
    if row.address == "demo/sms":
        return "/demo/sms"
    wanted = _names(row.address)
    path = reverse(row.address, kwargs={name: value for name, value in parts.items() if name in wanted})
    query = QUERIES.get(row.address)
    return f"{path}?{urlencode(query)}" if query else path


def _names(address: str) -> set[str]:
    """Names of the variable parts of a named address."""
    space, _colon, name = address.rpartition(":")
    resolver: Any = get_resolver()
    for part in space.split(":") if space else []:
        resolver = resolver.namespace_dict[part][1]
    return {
        key
        for possibility in resolver.reverse_dict.getlist(name)
        for form in possibility[0]
        for key in form[1]
    }
