"""From the scan to satisfaction: counted as it happened, small groups hidden, for the supervisor alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from cases.models import Case, Party, Side
from common import clock
from common.errors import NotAllowed
from documents.models import Copy
from feedback import services
from feedback.figures import Period
from feedback.models import Satisfaction, Topic
from qrlinks.models import Verification, Visit
from stats.funnel import Funnel, funnel
from tests.support.court import Cast, accepted


def counts(found: Funnel) -> list[int]:
    return [step.count for step in found.steps]


def asked(cast: Cast, case: Case, topic: Topic, *, answered: bool, level: Satisfaction | None) -> None:
    """One message as far as it came."""
    party = Party.objects.get(case=case, side=Side.PLAINTIFF)
    thread = services.ask(case_id=case.pk, party_id=party.pk, topic=topic, text="问", actor=cast.zhang)
    if answered:
        services.answer(thread_id=thread.pk, text="答", actor=cast.judge)
    if level:
        services.rate(thread_id=thread.pk, level=level, words="", wants_reopening=False, actor=cast.zhang)


def test_steps_topics_and_divisions_as_they_happened(cast: Cast, run_outbox: Callable[..., int]) -> None:
    case, today = accepted(cast), clock.today()
    run_outbox()
    party = Party.objects.get(case=case, side=Side.PLAINTIFF)
    tried = [Copy.objects.latest("id")] * 10 + [None] * 3  # what matched nobody belongs to no court
    Verification.objects.bulk_create([Verification(copy=copy, created_at=clock.now()) for copy in tried])
    Visit.objects.bulk_create(
        [Visit(case=case, party=party, happened_at=clock.now()) for _number in range(9)]
    )
    for level in (Satisfaction.SATISFIED, Satisfaction.BASIC, Satisfaction.UNSATISFIED):
        asked(cast, case, Topic.PROGRESS, answered=True, level=level)
    asked(cast, case, Topic.PROGRESS, answered=True, level=None)
    asked(cast, case, Topic.PROGRESS, answered=False, level=None)
    asked(cast, case, Topic.PAPER, answered=False, level=None)
    found = funnel(cast.supervisor, Period(today, today))
    assert counts(found) == [10, 9, 6, 4, 3, 2]
    assert [step.of_before and step.of_before.numerator for step in found.steps] == [None, 9, 6, 4, 3, 2]
    topics = {part.label: part.counts and list(part.counts.values()) for part in found.topics}
    assert topics == {"问进度": [5, 4, 3, 2], "对文书有疑问": None}
    assert [part.counts and list(part.counts.values()) for part in found.divisions] == [[6, 4, 3, 2]]
    assert (
        counts(funnel(cast.supervisor, Period(today.replace(year=2020), today.replace(year=2020)))) == [0] * 6
    )
    elsewhere = replace(cast.supervisor, court_id=cast.other_court.pk)
    assert counts(funnel(elsewhere, Period(today, today))) == [0] * 6
    with pytest.raises(NotAllowed):
        funnel(cast.judge, Period(today, today))


def test_the_page_its_table_and_an_empty_period(cast: Cast) -> None:
    for _number in range(5):
        asked(cast, accepted(cast), Topic.OTHER, answered=True, level=Satisfaction.SATISFIED)
    client = cast.client("supervisor")
    page = client.get("/oversight/funnel/").content.decode()
    assert "100.00%（5/5）" in page and "其他" in page
    file = b"".join(client.get("/oversight/funnel.csv")).decode()
    assert "留言,5," in file and "其他,5,5,5,5" in file
    empty = client.get("/oversight/funnel/?since=2020-01-01&until=2020-01-31").content.decode()
    assert "本期没有数据" in empty
    wrong = client.get("/oversight/funnel/?since=2020-02-01&until=2020-01-31")
    assert wrong.status_code == 422 and "结束日期不能早于开始日期" in wrong.content.decode()
