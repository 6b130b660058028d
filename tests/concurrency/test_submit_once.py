"""One form sent ten times at the same moment is one filing (REL-04, REL-33); the services alone would make ten."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from common.errors import InvalidTransition
from filing import services
from filing.models import Filing, Submission
from portal.demo.loan import loan_cause
from tests.concurrency.together import at_once
from tests.filing.pages import home
from tests.filing.test_pages_precheck import ANSWERS
from tests.support.court import Cast, draft

pytestmark = pytest.mark.req("REL-04", "REL-33")
TIMES = 10


def _tabs(client: Client) -> list[Client]:
    """The same browser, once per thread."""
    tabs = []
    for _number in range(TIMES):
        tab = Client()
        tab.cookies = client.cookies
        tabs.append(tab)
    return tabs


def _send(tab: Client, address: str, values: dict[str, Any]) -> Callable[[], HttpResponse]:
    return lambda: tab.post(address, values)


def test_one_start_form_makes_one_draft(cast: Cast) -> None:
    values = ANSWERS | {"form_key": str(uuid.uuid4())}
    tabs = _tabs(cast.client("zhang"))
    answers = at_once(*(_send(tab, "/my/filings/new/", values) for tab in tabs))
    assert Filing.objects.count() == 1
    assert {answer["Location"] for answer in answers} == {home(Filing.objects.get())}


def test_control_without_the_form_key_there_are_ten(cast: Cast) -> None:
    def start() -> Filing:
        return services.start_filing(
            actor=cast.zhang, court=cast.court, cause=loan_cause(), form="private_lending", precheck=ANSWERS
        )

    at_once(*[start] * TIMES)
    assert Filing.objects.count() == TIMES


@pytest.mark.req("F-29")
def test_one_statement_sent_ten_times_is_one_submission_with_one_number(cast: Cast) -> None:
    filing = draft(cast)
    values = {"agree": "on", "signed_name": "张某", "form_key": str(uuid.uuid4())}
    tabs = _tabs(cast.client("zhang"))
    answers = at_once(*(_send(tab, home(filing, "check/"), values) for tab in tabs))
    assert {answer["Location"] for answer in answers} == {home(filing, "sent/")}
    assert Submission.objects.filter(filing=filing).count() == 1
    filing.refresh_from_db()
    assert filing.number and filing.number.endswith("-0001")


def test_control_without_the_form_key_nine_of_ten_see_an_error(cast: Cast) -> None:
    filing = draft(cast)
    results = at_once(*[lambda: services.submit_filing(filing_id=filing.pk, actor=cast.zhang)] * TIMES)
    assert sum(isinstance(result, InvalidTransition) for result in results) == TIMES - 1
