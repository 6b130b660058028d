"""The shared world of a module."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.consistency.world import World, world_of
from tests.support.database import Kept


@pytest.fixture(scope="module")
def world(made_once: Kept, django_db_blocker: Any) -> Iterator[World]:
    """Committed before the module's first test, deleted after its last."""
    yield from world_of(made_once, django_db_blocker)
