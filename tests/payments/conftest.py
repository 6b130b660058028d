from typing import Any

import pytest

from tests.support.court import cast
from tests.support.scans import told

__all__ = ["cast", "nobody_listens", "told"]


@pytest.fixture
def nobody_listens(settings: Any) -> None:
    """The cashier is away: what goes out stays unknown until its notice comes."""
    settings.CASHIER_URL = "http://127.0.0.1:9/cashier"
