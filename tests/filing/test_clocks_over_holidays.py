"""Every promised day of an application that meets spring festival or the national days (民诉法85; State Council notices).

2026: off 15-23 February, worked on 14 and 28 February. 2025: off 1-8 October, worked on 28 September and 11 October.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

import pytest

from cases.models import Case, CaseDeadline
from common import clock
from courts.models import StaffPost
from filing import services
from filing.defects import library_for
from filing.models import CorrectionNotice, Filing
from filing.selectors import draft_of
from payments.models import Bill
from tests.filing.pages import home, text_of
from tests.support.court import Cast, claimed, submitted

pytestmark = pytest.mark.req("R-16")


@contextmanager
def standing_at(day: date, hour: int = 10) -> Iterator[None]:
    """That day at that hour in Beijing."""
    with clock.at(datetime.combine(day, time(hour), tzinfo=clock.BEIJING)):
        yield


@pytest.fixture(autouse=True)
def long_in_post(cast: Cast) -> None:
    """The court's people held their posts then."""
    StaffPost.objects.update(starts_at=datetime(2025, 1, 1, tzinfo=clock.BEIJING))


def send_back(cast: Cast, filing: Filing) -> CorrectionNotice:
    held = claimed(cast, filing)
    return services.return_filing_for_correction(
        filing_id=filing.pk,
        fence=held.fence,
        defects=[defect for defect in library_for(draft_of(held)) if defect.code == "unreadable_IOU"],
        words="",
        reason_for_repeat="",
        actor=cast.clerk,
    )


def accept(cast: Cast, filing: Filing) -> Case:
    return services.accept_filing(filing_id=filing.pk, fence=claimed(cast, filing).fence, actor=cast.clerk)


def test_a_filing_through_spring_festival(cast: Cast, run_outbox: Callable[..., int]) -> None:
    with standing_at(date(2026, 2, 9)):
        filing = submitted(cast)
    assert filing.due_on == date(2026, 2, 24), (
        "the seventh day is 16 February, in the holiday: the first day after it"
    )
    with standing_at(date(2026, 2, 12)):
        assert send_back(cast, filing).due_on == date(2026, 2, 24)
    with standing_at(date(2026, 2, 20), hour=23):
        again = services.submit_filing(filing_id=filing.pk, actor=cast.zhang)
    assert again.due_on == date(2026, 2, 27), "sent in the holiday: counted from the day after, over again"
    with standing_at(date(2026, 2, 21)):
        case = accept(cast, again)
        run_outbox()
    days = dict(CaseDeadline.objects.filter(case=case).values_list("rule_id", "due_on"))
    assert days["D11"] == date(2026, 2, 26)
    bill = Bill.objects.get(case=case)
    assert bill.due_on == date(2026, 2, 28), "a Saturday that is worked on"


def test_a_filing_through_the_national_days(cast: Cast) -> None:
    with standing_at(date(2025, 9, 26)):
        before = submitted(cast)
    with standing_at(date(2025, 10, 4)):
        within = submitted(cast)
    assert (before.due_on, within.due_on) == (date(2025, 10, 9), date(2025, 10, 11))


@pytest.mark.parametrize(("sent_at", "due"), [(23, date(2026, 3, 9)), (0, date(2026, 3, 9))])
def test_the_day_is_that_of_beijing(cast: Cast, sent_at: int, due: date) -> None:
    with standing_at(date(2026, 3, 2), hour=sent_at):
        assert submitted(cast).due_on == due


def test_a_day_in_a_year_without_a_calendar_says_so(cast: Cast) -> None:
    day = date(2026, 12, 29)
    with standing_at(day):
        filing = submitted(cast)
        assert filing.due_on == date(2027, 1, 5)
        client = cast.client("zhang")
        pages = [text_of(client.get(home(filing, rest))) for rest in ("", "sent/")]
    assert all("待确认" in page for page in pages)
    with standing_at(day - timedelta(days=60)):
        earlier = submitted(cast)
        assert "待确认" not in text_of(client.get(home(earlier)))
