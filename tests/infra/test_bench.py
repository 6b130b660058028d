"""The measuring tools: what is recorded is asked again, ratios and aims are computed from the runs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.bare import VALUE, script
from bench.capture import BEGIN, COMMIT, Sent, opened, statements
from bench.peak import MORNING, Minute, quiet_p95
from bench.peak import problems as peak_problems
from bench.peak import table as peak_table
from bench.report import Measured, problems, summary, table
from bench.rows import fill
from cases.selectors import cases_of, parties_of
from courts.models import Court, Division
from documents.models import Delivery, DeliveryFact
from eventlog.services import act
from tests.support.court import Cast, accepted


def test_reads_are_recorded_and_asked_again(cast: Cast) -> None:
    case = accepted(cast)
    with statements() as sent:
        found = [list(cases_of(cast.zhang)), parties_of(case), Court.objects.filter(code="某1234").exists()]
    assert len(sent) == 3 and all(row.query for row in sent)
    with CaptureQueriesContext(connection) as queries:
        again = [opened(row.query)(lambda value: value) for row in sent]
    assert [query["sql"] for query in queries] == [row.text for row in sent]
    assert found[2] is again[2] is True


def test_writes_are_recorded_with_their_borders_and_written_again_as_new_rows(cast: Cast) -> None:
    with statements() as sent, act():
        Division.objects.create(court=cast.court, name="执行庭", kind="other")
    assert [row.text for row in sent][::2] == [BEGIN, COMMIT]
    insert = sent[1]
    assert insert.text.startswith("INSERT")
    opened(insert.query)(lambda value: "执行二庭" if value == "执行庭" else value)
    assert Division.objects.filter(court=cast.court, name__startswith="执行").count() == 2


def test_what_differs_between_two_recordings_is_new_in_every_replay() -> None:
    case, first, second = (f"{digit * 8}-aaaa-4aaa-8aaa-{digit * 12}" for digit in "123")
    recorded = script(
        [Sent(f"INSERT {case} {first}")], [Sent(f"INSERT {case} {second} 9000000001", {0: 9_000_000_001})]
    )
    assert recorded["fresh"] == [second]
    assert recorded["steps"] == [[f"INSERT {case} {second} 9000000001", [(0, 9_000_000_001)], ""]]
    assert not VALUE.search("12 abc 2026-01-05 13800000001 6000000")


def runs(page: str, cases: int, /, **per_second: list[float]) -> list[Measured]:
    """Rounds of one page in one size."""
    return [
        Measured(page, kind, cases, number, pace, 1000 / pace)
        for kind, paces in per_second.items()
        for number, pace in enumerate(paces)
    ]


def result(**large: Any) -> dict[str, Any]:
    """A page that is good in the small system and as told in the large one."""
    small = runs("case", 10, page=[60, 50, 40], orm=[90, 75, 60], sql=[300, 200, 100])
    return summary(small + runs("case", 1000, **large), {10: {"case": 12}, 1000: {"case": 12}})


def test_ratios_are_medians_of_ratios_within_a_round() -> None:
    found = result(page=[50, 50, 40], orm=[75, 100, 60], sql=[100, 100, 100])
    small, large = found["rows"]
    assert (small["times_bare"], small["times_statements"], small["per_second"]) == (1.5, 4, 50)
    assert large["times_bare"] == 1.5 and found["growth"]["case"]["time"] == 1.0
    assert problems(found) == [] and "case" in table(found)


@pytest.mark.parametrize(
    ("large", "words"),
    [
        ({"page": [50, 50, 50], "orm": [110, 110, 90], "sql": [1, 1, 1]}, "times the bare view"),
        ({"page": [40, 30, 30], "orm": [40, 30, 30], "sql": [1, 1, 1]}, "in the large court system"),
    ],
)
def test_a_missed_aim_is_told(large: dict[str, list[float]], words: str) -> None:
    [problem] = problems(result(**large))
    assert words in problem


def test_too_many_queries_are_told() -> None:
    found = summary(runs("day", 10, page=[5], orm=[5], sql=[5]), {10: {"day": 21}})
    assert problems(found) == ["day at 10 cases: 21 queries"]


def test_p95_of_a_run() -> None:
    run = Measured.of("case", "page", 10, 1, [number / 1000 for number in range(1, 101)], 2.0)
    assert (run.per_second, round(run.p95_ms)) == (50, 96)


def test_measuring_rows_may_hold_a_percent_sign_beside_defaults(cast: Cast) -> None:
    """The kind is not named, so its default travels as a value of the statement."""
    fill(Division, "generate_series(1, 2) n", court_id=str(cast.court.pk), name="'按2.5%计' || n")
    made = Division.objects.filter(name__startswith="按2.5%").values_list("name", "kind")
    assert sorted(made) == [("按2.5%计1", ""), ("按2.5%计2", "")]


def test_measuring_rows_leave_to_the_database_what_only_it_knows(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    """The outcome of a fact has no default but the database's."""
    accepted(cast)
    run_outbox()
    delivery = Delivery.objects.order_by("id")[0]
    fill(
        DeliveryFact,
        "generate_series(1, 2) n",
        delivery_id=str(delivery.pk),
        kind="'sent'",
        happened_at="now()",
        recorded_at="now()",
        note="'measured'",
    )
    made = DeliveryFact.objects.filter(note="measured").values_list("outcome", "rule")
    assert sorted(made) == [("", ""), ("", "")]


def morning(peak: float = 0.2, after: float = 0.11, errors: int = 0) -> list[Minute]:
    """A morning with the given p95 at the peak and at its end, in seconds; a first minute that is slow to warm up."""
    rows = [("quiet", 0.9), ("quiet", 0.1), ("quiet", 0.11), ("quiet", 0.1), ("peak", peak), ("surge", 9.0), ("quiet", after)]  # fmt: skip
    return [Minute(kind, 0.1, 1000, 0.01, p95, errors if kind == "peak" else 0) for kind, p95 in rows]


def test_a_morning_is_held_against_its_quiet_minutes() -> None:
    assert quiet_p95(morning()) == 0.1
    assert peak_problems(morning()) == []
    assert [line.split(",")[0] for line in peak_problems(morning(0.31, 0.2, errors=7))] == [
        "p95 at the peak is 3.10 times the quiet one",
        "p95 after the surge is still 2.00 times",
        "0.0012 of the answers were errors",
    ]
    told = Minute.of("rise", 0.25, {"asked": 4, "latencies": [0.4, 0.1, 0.3, 0.2], "errors": ["/x: 500"]})
    assert (told.asked, told.p50, told.p95, told.errors) == (4, 0.3, 0.4, 1)
    assert "| 5 peak | 0.10 | 100.0 | 10 | 200 | 2.00 | 0 |" in peak_table(morning(), 10)
    assert Minute.of("quiet", 0.1, {"asked": 0, "latencies": [], "errors": []}).p95 == 0
    kinds = [kind for kind, _share in MORNING]
    assert kinds[0] == kinds[-1] == "quiet" and max(MORNING, key=lambda row: row[1])[0] == "surge"
