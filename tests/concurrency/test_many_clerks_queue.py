"""Fifty clerks on one queue: none decided twice, none forgotten, what is due first goes first (REL-30, REL-32)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast as AsText
from django.db.models.functions import Concat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.services import register_staff
from common import clock
from common.actor import Actor, Role
from common.errors import Conflict
from courts.models import StaffPost
from courts.services import start_post
from filing import services
from filing.defects import library_for
from filing.models import CorrectionNotice, Filing, FilingStatus
from filing.selectors import draft_of
from filing.services import review
from filing.services.review import Defect
from portal.demo.cast import PASSWORD, SETUP, as_staff
from tests.concurrency.together import Gate, at_once
from tests.support.court import Cast, submitted, twins

CLERKS = 50


def more_clerks(cast: Cast, number: int) -> list[Actor]:
    """So many further intake clerks of the court."""
    made = []
    division = cast.posts["clerk"].division
    for n in range(number):
        user = register_staff(
            username=f"c{n}", password=PASSWORD, name=f"立案{n}", staff_no=f"88{n:02}", actor=SETUP
        )
        post = start_post(
            user_id=user.pk, court_id=cast.court.pk, role=Role.INTAKE_CLERK, division=division, actor=SETUP
        )
        made.append(as_staff(StaffPost.objects.select_related("user").get(pk=post.pk)))
    return made


def some_defect(filing: Filing) -> list[Defect]:
    return [defect for defect in library_for(draft_of(filing)) if defect.code == "unreadable_IOU"]


class Desk:
    """What clerks take and decide, in the order in which they took it."""

    def __init__(self, defects: list[Defect]) -> None:
        self.defects = defects
        self.taken: list[int] = []
        self.lock = threading.Lock()

    def work(self, actor: Actor) -> Callable[[], int]:
        """One clerk: the next one, decide, the next one, until there is no more. Returns how many he decided."""

        def run() -> int:
            done = 0
            while (filing := services.claim_next(actor=actor)) is not None:
                with self.lock:
                    self.taken.append(filing.pk)
                services.return_filing_for_correction(
                    filing_id=filing.pk,
                    fence=filing.fence,
                    defects=self.defects,
                    words="",
                    reason_for_repeat="",
                    actor=actor,
                )
                done += 1
            return done

        return run


@pytest.mark.req("REL-30", "REL-32")
def test_fifty_clerks_at_once_decide_each_application_once_and_forget_none(cast: Cast) -> None:
    first = submitted(cast)
    rows = [first, *twins(first, 149)]
    for day, row in enumerate(rows):
        Filing.objects.filter(pk=row.pk).update(due_on=clock.today() + timedelta(days=(day * 37) % 150))
    due_first = list(Filing.objects.order_by("due_on", "id").values_list("pk", flat=True))
    desk, clerks = Desk(some_defect(first)), more_clerks(cast, CLERKS)
    results = at_once(*(desk.work(actor) for actor in clerks))
    assert [r for r in results if isinstance(r, Exception)] == []
    assert sum(results) == 150
    assert Counter(desk.taken).most_common(1)[0][1] == 1, "taken twice"
    assert not Filing.objects.filter(status=FilingStatus.SUBMITTED).exists(), "forgotten"
    assert CorrectionNotice.objects.count() == 150 and not CorrectionNotice.objects.filter(round=2).exists()
    late = [place - due_first.index(pk) for place, pk in enumerate(desk.taken)]
    assert max(late) <= CLERKS, "nobody waits for more than one round of all clerks"


@pytest.mark.req("REL-30")
def test_control_without_the_lease_clerks_take_the_same_one(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the row lock all clerks stand before the same application: the defect the lease keeps away."""
    filing = submitted(cast)
    clerks = more_clerks(cast, 8)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: self)
    gate, original = Gate(len(clerks)), review.claim_filing

    def wait_then_claim(**kwargs: Any) -> Filing:
        gate.pass_through()
        return original(**kwargs)

    monkeypatch.setattr(review, "claim_filing", wait_then_claim)
    results = at_once(*(lambda actor=actor: services.claim_next(actor=actor) for actor in clerks))
    took = [result for result in results if isinstance(result, Filing)]
    assert len(took) > 1 and {row.pk for row in took} == {filing.pk}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.lists(st.integers(-20, 20), min_size=1, max_size=12),
    turns=st.lists(st.integers(0, 2), max_size=20),
)
def test_whatever_the_days_and_whoever_asks_the_earliest_due_comes_next(
    cast: Cast, days: list[int], turns: list[int]
) -> None:
    """Property: each taken one is the earliest due of all that nobody has; in the end everything is in somebody's hands."""
    first = Filing.objects.filter(status=FilingStatus.SUBMITTED).first() or submitted(cast)
    elsewhere = Concat(Value("old-"), AsText("id", CharField()))
    Filing.objects.exclude(pk=first.pk).update(deciding_court=cast.other_court, number=elsewhere)
    rows = [first, *twins(first, len(days) - 1)]
    for row, day in zip(rows, days, strict=True):
        Filing.objects.filter(pk=row.pk).update(
            due_on=clock.today() + timedelta(days=day),
            deciding_court=cast.court,
            claimed_by=None,
            claimed_until=None,
        )
    waiting = list(
        Filing.objects.filter(pk__in=[row.pk for row in rows])
        .order_by("due_on", "id")
        .values_list("pk", flat=True)
    )
    actors = [cast.clerk, cast.clerk2]
    hands: dict[int, list[int]] = {0: [], 1: []}
    for turn in [*turns, *([0, 1] * len(days))]:
        who = turn % 2
        mine = hands[who][0] if hands[who] else 0
        taken = services.claim_next(actor=actors[who], after_id=mine)
        if taken is None:
            continue
        if taken.pk in waiting:
            assert taken.pk == waiting.pop(0), "somebody was passed over"
            hands[who].append(taken.pk)
        else:
            assert taken.pk in hands[who], "another clerk's was taken"
            hands[who].remove(taken.pk)
            hands[who].insert(0, taken.pk)
    assert not set(hands[0]) & set(hands[1])


@pytest.mark.req("REL-30")
def test_assigning_and_claiming_at_once_leave_one_owner(cast: Cast) -> None:
    filing = submitted(cast)
    post_id = cast.posts["clerk2"].pk
    results = at_once(
        lambda: services.claim_filing(filing_id=filing.pk, actor=cast.clerk),
        lambda: services.assign_filings(public_ids=[filing.public_id], post_id=post_id, actor=cast.clerk2),
    )
    assert not [r for r in results if isinstance(r, Exception) and not isinstance(r, Conflict)]
    filing.refresh_from_db()
    assert filing.claimed_by in (cast.posts["clerk"], cast.posts["clerk2"])
    if filing.claimed_by == cast.posts["clerk2"]:
        return
    with pytest.raises(Conflict):
        services.claim_filing(filing_id=filing.pk, actor=cast.clerk2)
