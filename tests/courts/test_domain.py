"""The law's tables in the database: complete, joined up, and loading them twice changes nothing."""

import csv
import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from common import clock
from courts.calendar import calendar_for, deadline
from courts.domain import DATA, DEMO_COURTS, load
from courts.models import CaseType, Cause, Court, CourtDay, CourtSetting
from courts.selectors import (
    base_fees,
    cause_path,
    cause_version_on,
    court_by_code,
    search_causes,
    search_courts,
)

pytestmark = pytest.mark.django_db


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_loading_again_changes_nothing() -> None:
    tables = (Court, Cause, CaseType, CourtDay)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    out = StringIO()
    call_command("load_domain", stdout=out)
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before
    assert "201 courts" in out.getvalue()


def test_counts_of_the_files() -> None:
    assert load() == {"courts": 197 + 4, "causes": 1055 + 927 + 163, "case types": 165, "calendar days": 286}
    assert Court.objects.count() == 197 + len(DEMO_COURTS)


def test_the_court_tree_is_joined_up() -> None:
    ranks = {"supreme": 0, "high": 1, "intermediate": 2, "basic": 3}
    for court in Court.objects.select_related("parent"):
        assert (court.parent is None) == (court.level == "supreme")
        assert court.parent is None or ranks[court.parent.level] == ranks[court.level] - 1


def test_what_a_court_set_itself_survives() -> None:
    Court.objects.filter(code="某1234").update(phone="0000", is_open=False)
    load()
    court = Court.objects.get(code="某1234")
    assert (court.phone, court.is_open) == ("0000", False)


def test_production_has_no_invented_court(settings: object) -> None:
    settings.PORTAL_MODE = "production"  # type: ignore[attr-defined]
    assert load()["courts"] == 197


def test_a_former_code_finds_the_court() -> None:
    assert court_by_code("冀1181") == Court.objects.get(code="冀1103")
    assert court_by_code("冀9999") is None


def test_every_cause_leads_up_to_its_part() -> None:
    levels = dict(Cause.objects.values_list("pk", "level"))
    for cause in Cause.objects.all():
        assert (cause.parent_id is None) == (cause.level == 1)
        assert cause.parent_id is None or levels[cause.parent_id] < cause.level


def test_the_best_cause_comes_first() -> None:
    best = search_causes("民间借贷", version="2025")[0]
    assert best.name == "民间借贷纠纷"
    assert cause_path(best)[-1] == "民间借贷纠纷"
    assert len(cause_path(best)) == best.level
    assert search_causes(best.code)[0] == best
    assert search_causes("C20-1")[0].version == "2020"


def test_causes_follow_the_day() -> None:
    assert cause_version_on(date(2025, 12, 31)) == "2020"
    assert cause_version_on(date(2026, 1, 1)) == "2025"


def test_wildcards_are_letters() -> None:
    assert not search_courts("%").exists()
    assert not search_causes("_").exists()


def test_courts_by_name_city_and_code() -> None:
    assert search_courts("景县")[0].code == "冀1127"
    assert search_courts("冀11")[0].code == "冀11"
    assert search_courts("衡水").filter(code="冀1127").exists()
    assert set(search_courts("", level="supreme").values_list("code", flat=True)) == {"最高法"}


def test_the_calendar_of_the_table() -> None:
    calendar = calendar_for(None)
    assert sorted(calendar.years) == list(range(2019, 2027))
    assert not calendar.is_workday(date(2026, 10, 1))
    assert calendar.is_workday(date(2026, 2, 28))  # shifted working Saturday
    table = json.loads((DATA / "holidays-cn.json").read_text("utf-8"))
    assert calendar.off == frozenset(map(date.fromisoformat, table["off"]))
    assert calendar.work == frozenset(map(date.fromisoformat, table["work"]))


def test_a_court_day_overrules_the_nation_and_renews_the_version() -> None:
    here, there = Court.objects.get(code="某1234"), Court.objects.get(code="某1235")
    before = deadline("D07", date(2026, 3, 9), court=here)
    assert before.due == date(2026, 3, 16)
    CourtDay.objects.create(court=here, day=date(2026, 3, 16), is_workday=False, name="洪水")
    after = deadline("D07", date(2026, 3, 9), court=here)
    assert after.due == date(2026, 3, 17)
    assert after.calendar_version != before.calendar_version
    assert deadline("D07", date(2026, 3, 9), court=there).due == date(2026, 3, 16)


def test_a_new_year_counts_as_soon_as_it_is_announced() -> None:
    assert not deadline("D07", date(2027, 1, 4)).confirmed
    CourtDay.objects.create(day=date(2027, 1, 1), is_workday=False, name="元旦")
    assert deadline("D07", date(2027, 1, 4)).confirmed


def test_one_query_when_the_calendar_is_known(django_assert_num_queries: object) -> None:
    deadline("D07", date(2026, 3, 9))
    with django_assert_num_queries(1):  # type: ignore[operator]
        deadline("D07", date(2026, 3, 9))


def test_base_fees_a_court_has_set() -> None:
    court = Court.objects.get(code="某1234")
    assert base_fees(court) == {}
    CourtSetting.objects.create(court=court, key="fee_base.divorce", value="200")
    assert base_fees(court) == {"divorce": Decimal(200)}


def test_the_database_clock_is_todays() -> None:
    assert clock.today() == clock.beijing_day(clock.now())
