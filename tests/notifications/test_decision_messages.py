"""Messages about decisions on an application: one table says who hears what."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from filing import services
from notifications.decision_handlers import NEWS, News
from notifications.models import Message
from tests.support.court import Cast, submitted


def test_who_is_given_an_application_hears_of_it_and_nobody_else(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    filing = submitted(cast)
    services.assign_filings(public_ids=[filing.public_id], post_id=cast.posts["clerk2"].pk, actor=cast.clerk)
    run_outbox()
    told = Message.objects.get(kind="filing_assigned")
    assert (told.user, told.link) == (cast.posts["clerk2"].user, f"/desk/filings/{filing.public_id}/")
    assert told.body == f"申请编号{filing.number}。"


@pytest.mark.parametrize("news", NEWS, ids=lambda news: f"{news.kind}-{news.approved}")
def test_every_text_names_only_what_there_is(news: News) -> None:
    words = {"number": "1", "court": "某法院", "day": "3月21日"}
    texts = [str(news.title) % words, str(news.body) % words, news.link % {"id": "0"}]
    assert all(text and "%" not in text for text in texts)
