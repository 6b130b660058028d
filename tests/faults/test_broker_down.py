"""Without worker and broker people still sign in, file and ask; nothing is lost and pages tell the truth (REL-50, F-19)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from eventlog.models import Outbox, OutboxState
from feedback.models import Thread
from filing.models import FilingStatus
from filing.services import accept_filing
from notifications.models import Message
from portal.demo.cast import OTHERS
from tests.support.court import Cast, accepted, claimed, draft, submitted
from tests.support.servers import Broker, Live

pytestmark = pytest.mark.req("REL-50")
FIELD = re.compile(r'name="(csrfmiddlewaretoken|form_key)" value="([^"]+)"')


class Visitor:
    """A browser without scripts: cookies, hidden fields, forms."""

    def __init__(self, base: str) -> None:
        self.client = httpx.Client(base_url=base, trust_env=False, follow_redirects=True, timeout=20)

    def send(self, path: str, **values: Any) -> httpx.Response:
        """Open a page and send its form."""
        hidden = dict(FIELD.findall(self.client.get(path).text))
        return self.client.post(
            path, data=hidden | values, headers={"Referer": str(self.client.base_url) + path}
        )

    def sign_in(self, phone: str) -> httpx.Response:
        """By phone and code."""
        self.send("/login/", phone=phone)
        shown = self.client.get("/demo/outbox/", params={"to": phone}).text
        code = re.search(r"验证码 (\d{6})", shown)
        assert code is not None
        return self.send("/login/code/", code=code.group(1))


@pytest.fixture
def dead_broker(broker: Broker) -> Broker:
    """A broker that ran and is gone."""
    broker.stop()
    return broker


@pytest.mark.req("F-19")
def test_sign_in_file_and_ask_without_broker_and_worker(
    cast: Cast, live: Live, dead_broker: Broker, run_outbox: Callable[..., int]
) -> None:
    filing, case = draft(cast), accepted(cast)
    run_outbox()
    visitor = Visitor(live.url)
    assert visitor.sign_in("13800000001").status_code == 200
    sent = visitor.send(f"/my/filings/{filing.public_id}/check/", agree="on", signed_name="张某")
    assert sent.url.path.endswith("/sent/")
    asked = visitor.send(f"/my/cases/{case.public_id}/messages/new/?topic=other", text="请问还要补什么？")
    assert asked.status_code == 200
    assert "通知可能延迟" in asked.text
    filing.refresh_from_db()
    assert filing.status == FilingStatus.SUBMITTED
    assert Thread.objects.filter(case=case).count() == 1
    waiting = Outbox.objects.filter(state=OutboxState.PENDING).count()
    assert waiting
    dead_broker.start()
    assert run_outbox() >= waiting
    assert Message.objects.filter(kind="filing_submitted").exists()


def test_new_people_sign_up_while_the_broker_is_gone(cast: Cast, live: Live, dead_broker: Broker) -> None:
    answer = Visitor(live.url).sign_in(OTHERS[3].phone)
    assert answer.url.path == "/my/"


def test_acceptance_without_broker_is_complete(cast: Cast, dead_broker: Broker) -> None:
    """The clerk's act commits; its effects wait in the outbox."""
    filing = claimed(cast, submitted(cast))
    case = accept_filing(filing_id=filing.pk, fence=filing.fence, actor=cast.clerk)
    assert case.sequence == 1
    assert Outbox.objects.filter(state=OutboxState.PENDING).exists()
