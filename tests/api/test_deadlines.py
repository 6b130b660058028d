"""POST /api/v1/deadlines/compute answers every rule of the data."""

from typing import Any

import pytest

from courts.calendar import rules
from courts.models import Court, CourtDay
from tests.api.conftest import Call
from tests.common.test_periods import DATA

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("example", DATA["examples"], ids=lambda one: one["rule"])
def test_examples(post: Call, example: dict[str, str]) -> None:
    status, body = post(
        "deadlines/compute", {"rule_id": example["rule"], "start": example.get("start") or example["hearing"]}
    )
    assert (status, body["due"], body["confirmed"]) == (200, example["result"], True)
    assert set(body) == {"due", "confirmed", "explanation", "calendar_version"}


@pytest.mark.parametrize("rule", rules().values(), ids=rules())
def test_every_rule(post: Call, rule: Any) -> None:
    ask: dict[str, Any] = {"rule_id": rule.id, "start": "2026-03-02T10:20"}
    status, body = post(
        "deadlines/compute", ask | ({"n": 7} if rule.n is None else {"n": rule.n, "unit": rule.unit})
    )
    assert status == 200
    assert body["explanation"]
    if rule.n is not None:
        status, own = post("deadlines/compute", ask)
        assert (status, own) == (200, body)
    if not rule.court_sets:
        status, refusal = post("deadlines/compute", ask | {"n": rule.n + 1})
        assert (status, list(refusal["fields"])) == (422, ["n"])


def test_a_year_not_announced(post: Call) -> None:
    body = post("deadlines/compute", {"rule_id": "D32", "start": "2026-12-31"})[1]
    assert body["confirmed"] is False
    assert "待确认" in body["explanation"][-1]


def test_the_courts_own_day(post: Call) -> None:
    CourtDay.objects.create(court=Court.objects.get(code="某1234"), day="2026-03-16", is_workday=False)
    ask = {"rule_id": "D07", "start": "2026-03-09"}
    assert post("deadlines/compute", ask)[1]["due"] == "2026-03-16"
    assert post("deadlines/compute", ask | {"court": "某1234"})[1]["due"] == "2026-03-17"


def test_deducted_days(post: Call) -> None:
    ask = {"rule_id": "D22", "start": "2026-01-05", "deduct_days": 5}
    assert post("deadlines/compute", ask)[1]["due"] == "2026-07-10"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rule_id": "D99", "start": "2026-03-02"}, "rule_id"), ({"start": "2026-03-02"}, "rule_id"),
        ({"rule_id": "D32"}, "start"), ({"rule_id": "D32", "start": "2025-02-29"}, "start"),
        ({"rule_id": "D32", "start": "0000-01-01"}, "start"), ({"rule_id": "D32", "start": "9999-12-31"}, "start"),
        ({"rule_id": "D40", "start": "2026-05-01 23:59:60"}, "start"), ({"rule_id": "D40", "start": "2026-05-01"}, "start"),
        ({"rule_id": "D32", "start": 20260302}, "start"), ({"rule_id": "D32", "start": None}, "start"),
        ({"rule_id": "D32", "start": "2026-03-02", "court": "冀9999"}, "court"),
        ({"rule_id": "D32", "start": "2026-03-02", "n": "fifteen"}, "n"), ({"rule_id": "D32", "start": "2026-03-02", "n": True}, "n"),
        ({"rule_id": "D32", "start": "2026-03-02", "unit": "moon"}, "unit"), ({"rule_id": "D06", "start": "2026-03-02"}, "n"),
        ({"rule_id": "D32", "start": "2026-03-02", "role": "judge"}, "role"),
        ({"rule_id": "D40", "start": "2026-05-01 08:30", "deduct_days": 1}, "deduct_days"),
    ],
)  # fmt: skip
def test_readable_but_wrong(post: Call, body: dict[str, Any], field: str) -> None:
    status, answer = post("deadlines/compute", body)
    assert (status, list(answer["fields"])) == (422, [field])


@pytest.mark.parametrize(
    "start", ["2026-05-01 08:30", "2026-05-01T08:30:00", "2026-05-01T08:30:00+08:00", "2026-05-01T00:30:00Z"]
)
def test_moments(post: Call, start: str) -> None:
    assert post("deadlines/compute", {"rule_id": "D40", "start": start})[1]["due"] == "2026-05-03 09:00"
