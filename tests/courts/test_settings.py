"""Settings of a court: only values of their own kind are taken, and a wrong stored one stops nobody."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from common.actor import system
from common.errors import InvalidInput
from courts.models import Court, CourtSetting
from courts.selectors import base_fees
from courts.services import change_setting, setting
from courts.settings import SETTINGS

ADMIN = system("test")
pytestmark = pytest.mark.django_db
WRONG: list[Any] = ["", "abc", "3", 2.5, True, [], [3], {}, {"n": 3}, -1, 0, 10**30]


@pytest.fixture
def court() -> Court:
    return Court.objects.get(code="某1234")


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize("key", ["correction_days", "reply_workdays", "judge_rule"])
def test_wrong_values_are_refused(court: Court, key: str, value: Any) -> None:
    with pytest.raises(InvalidInput):
        change_setting(court_id=court.pk, key=key, value=value, actor=ADMIN)
    assert setting(court, key) == SETTINGS[key].default


@pytest.mark.parametrize("value", ["NaN", "-1", "Infinity", "1e9999", "abc", [], {}, True, "10.001", 1.5])
def test_a_fee_is_an_amount(court: Court, value: Any) -> None:
    with pytest.raises(InvalidInput):
        change_setting(court_id=court.pk, key="fee_base.divorce", value=value, actor=ADMIN)


def test_good_values_are_kept(court: Court) -> None:
    change_setting(court_id=court.pk, key="correction_days", value=10, actor=ADMIN)
    change_setting(court_id=court.pk, key="fee_base.divorce", value="200.00", actor=ADMIN)
    assert setting(court, "correction_days") == 10
    assert base_fees(court) == {"divorce": Decimal("200.00")}
    change_setting(court_id=court.pk, key="correction_days", value=None, actor=ADMIN)
    assert setting(court, "correction_days") == 7


@pytest.mark.parametrize("stored", WRONG)
def test_a_wrong_stored_value_counts_as_not_set(
    court: Court, stored: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Rows written past the service, or before a range was narrowed: the national default, and the operator is told."""
    CourtSetting.objects.create(court=court, key="reply_workdays", value=stored)
    CourtSetting.objects.create(court=court, key="fee_base.divorce", value="much")
    CourtSetting.objects.create(court=court, key="fee_base.unknown", value="10.00")
    assert setting(court, "reply_workdays") == SETTINGS["reply_workdays"].default
    assert base_fees(court) == {}
    assert {record.levelname for record in caplog.records} == {"ERROR"}
