"""The shared world of a module."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.consistency.world import World, world_of


@pytest.fixture(scope="module")
def world(django_db_setup: Any, django_db_blocker: Any) -> Iterator[World]:
    """Committed before the module's first test, deleted after its last."""
    yield from world_of(django_db_setup, django_db_blocker)
