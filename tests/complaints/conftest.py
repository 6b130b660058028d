"""The zone as a test meets it: a closed box through the public page, and the zone's own role and key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from common.actor import Actor
from courts.models import Court
from portal.demo import cast as people
from tests.support.court import Cast


@contextmanager
def inside(settings: Any) -> Iterator[None]:
    """As the zone's process: its role in the database, its key, its addresses."""
    before = settings.ZONE_PRIVATE_KEY_FILE, settings.ROOT_URLCONF
    settings.ZONE_PRIVATE_KEY_FILE = django_settings.ZONE_PUBLIC_KEY_FILE.with_name("zone.key.pem")
    settings.ROOT_URLCONF = "portal.zone.urls"
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {django_settings.ZONE_ROLE}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {django_settings.APP_ROLE}")
        settings.ZONE_PRIVATE_KEY_FILE, settings.ROOT_URLCONF = before


@pytest.fixture
def zone(settings: Any) -> Any:
    """`with zone():` – inside the wall."""
    return lambda: inside(settings)


@pytest.fixture
def high(cast: Cast) -> dict[str, Actor]:
    """The offices of the court above."""
    court = Court.objects.get(code="某12")
    posts = people.hire(court, [row for row in people.ABOVE_STAFF if row[0].endswith(("line-c", "visor-c"))])
    return {name: people.as_staff(post) for name, post in posts.items()}
