"""An outside program that knows only API, webhooks and feeds keeps a lawyer's 我的案件 as the page shows it."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client

from cases.models import AccessBasis, Case, Representative, Side
from cases.services import end_authority, grant_access
from common import clock
from feedback import services as feedback
from feedback.models import Satisfaction, Topic
from notifications import hook_services
from notifications.models import WebhookDelivery, WebhookEndpoint
from payments.services import receive_notice
from tests.api.test_cases import token_of
from tests.payments.callbacks import callback, order_for
from tests.support.court import Cast, accepted
from tests.support.servers import Live

PROGRAM = Path(__file__).with_name("outside_program.py")


def page_rows(browser: Client) -> list[tuple[str, str]]:
    """Id and text of each case on the page, in its order."""
    page = browser.get("/my/").content.decode()
    rows = re.findall(r'<a class="task"\s+href="/my/cases/([0-9a-f-]{36})/">(.*?)</a>', page, re.DOTALL)
    return [(public_id, html.unescape(re.sub(r"<[^>]+>|\s+", " ", inner))) for public_id, inner in rows]


class Firm:
    """The program, running, with what it needs to be told."""

    def __init__(self, portal: str, browser: Client, token: str) -> None:
        self.browser = browser
        feeds = {kind: self._feed(kind) for kind in ("calendar", "events")}
        told = {"PORTAL": portal, "TOKEN": token, "CALENDAR": feeds["calendar"], "FEED": feeds["events"]}
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM)], env={"PATH": os.environ["PATH"], **told}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdin is not None and self.process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        form = {
            "url": f"{self.url}/hook",
            "topics": ["cases", "papers", "fees", "messages"],
            "form_key": "firm",
        }
        page = browser.post("/my/webhooks/", form)["Location"]
        secret = re.search(r"whsec_[\w+/=]{40,}", browser.get(page).content.decode())
        assert secret is not None
        self.process.stdin.write(f"{secret.group()}\n")
        self.process.stdin.flush()
        browser.post(f"{page}confirm/")
        assert WebhookEndpoint.objects.get().state == "on"

    def _feed(self, kind: str) -> str:
        self.browser.post("/my/feeds/", {"kind": kind, "form_key": kind})
        found = re.search(
            r"http://[\w.:]+/feeds/[\w-]{43}/[a-z.]+", self.browser.get("/my/feeds/").content.decode()
        )
        assert found is not None
        return found.group()

    def ask(self, path: str) -> Any:
        return httpx.get(f"{self.url}{path}", timeout=30, trust_env=False).raise_for_status().json()

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def firm(cast: Cast, live: Live) -> Iterator[Firm]:
    running = Firm(live.url, cast.client("wang"), token_of(cast))
    yield running
    running.stop()


def for_wang(cast: Cast, case: Case, side: Side) -> None:
    party = case.parties.get(side=side)
    access = grant_access(
        party=party, user=cast.users["wang"], basis=AccessBasis.REPRESENTATION, actor=cast.clerk
    )
    Representative.objects.create(
        party=party, name="王律师", kind="lawyer", access=access, starts_at=clock.now()
    )


def pay(case: Case) -> None:
    message = callback(order_for(case))
    receive_notice(code="sandbox", headers=message.headers, body=message.body)


@pytest.mark.req("REL-20")
def test_a_program_follows_the_story_without_reading_a_page(
    cast: Cast, firm: Firm, run_outbox: Callable[..., int]
) -> None:
    def same_as_the_page() -> list[str]:
        run_outbox()
        while hook_services.send_due():
            pass
        rows = firm.ask("/list")["rows"]
        shown = page_rows(firm.browser)
        assert [row["id"] for row in rows] == [public_id for public_id, _text in shown]
        for row, (_public_id, text) in zip(rows, shown, strict=True):
            facts = f"{row['cause']} · {row['side_words']} · {row['court']['name']}"
            for words in (row["number"], facts, row["turn"]["words"]):
                assert " ".join(words.split()) in " ".join(text.split()), (words, text)
        return [row["turn"]["words"] for row in rows]

    assert same_as_the_page() == []
    first = accepted(cast)
    for_wang(cast, first, Side.PLAINTIFF)
    assert same_as_the_page() == ["现在轮到您：交诉讼费"]
    pay(first)
    steps = [same_as_the_page()]
    party = first.parties.get(side=Side.PLAINTIFF)
    thread = feedback.ask(
        case_id=first.pk, party_id=party.pk, topic=Topic.OTHER, text="何时开庭", actor=cast.zhang
    )
    steps.append(same_as_the_page())
    news = firm.ask("/feeds")
    assert any(first.number in line for line in news["dates"]) and "法院最晚答复" in " ".join(news["dates"])
    assert all(first.number in line for line in news["news"]) and news["news"]
    assert not [
        line for line in news["dates"] + news["news"] if "张某" in line or "李某" in line or "借贷" in line
    ]
    feedback.answer(thread_id=thread.pk, text="下月四日", actor=cast.judge)
    steps.append(same_as_the_page())
    feedback.rate(
        thread_id=thread.pk, level=Satisfaction.SATISFIED, words="", wants_reopening=False, actor=cast.zhang
    )
    steps.append(same_as_the_page())
    second = accepted(cast, principal=50000)
    for_wang(cast, second, Side.DEFENDANT)
    assert len(same_as_the_page()) == 2
    for delivery in WebhookDelivery.objects.all()[:2]:  # told once more, as after a lost answer
        hook_services.send_again(
            public_id=delivery.endpoint.public_id, delivery_id=delivery.public_id, actor=cast.wang
        )
    same_as_the_page()
    assert firm.ask("/list")["doubled"] == 2
    acting = Representative.objects.get(party__case=first, name="王律师")
    end_authority(representative_public_id=acting.public_id, actor=cast.clerk)
    left = same_as_the_page()
    assert len(left) == 1
    known = firm.ask("/list")
    assert known["unchanged"] > 0, "asked for nothing when nothing on the list had changed"
    assert [row["number"] for row in known["rows"]] == [second.number]
