"""Two web processes, two workers, one of them killed at random every few seconds while people work: every promise that
somebody was shown is true, nothing happened twice, and nobody saw an error page. Ten minutes of it in `make drill`, one in
`make test-faults`, a few seconds in `make test`."""

from __future__ import annotations

import json
import os
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.services.tokens import issue_token
from cases.models import Case
from eventlog.receipts import is_genuine
from eventlog.verify import verify
from feedback.models import Message
from filing.models import Filing, FilingStatus
from payments.models import Bill, Payment
from payments.services.ledger_check import check_ledger
from payments.tasks import poll_orders
from tests.faults.storm import Noted, Person, at_work, new_key, strike
from tests.filing.outside import application, papers
from tests.filing.test_api import FILINGS
from tests.support.court import Cast, accepted
from tests.support.length import FULL_LENGTH
from tests.support.servers import Broker, Live, Site, Worker

SECONDS = float(os.environ.get("STORM_SECONDS", "60" if FULL_LENGTH else "8"))
PAPERS = {slot: ("a.jpg", photo.read(), "image/jpeg") for slot, photo in papers().items()}


@pytest.fixture
def house(cast: Cast, live: Live, broker: Broker, tmp_path: Path) -> Iterator[list[Any]]:
    """Two web processes on one port, two workers; the outside world (cashier, text messages) is the live server."""
    first = Site(tmp_path / "web-1.log")
    house = [first, Site(tmp_path / "web-2.log", beside=first)]
    house += [Worker(tmp_path / f"worker-{number}.log") for number in (1, 2)]
    for process in house:
        process.start()
    yield house
    for process in house:
        process.child.stop()
    first.socket.close()


class People:
    """An applicant with his software, a clerk, a party who writes and one who pays."""

    def __init__(self, cast: Cast, url: str, noted: Noted, over: threading.Event) -> None:
        self.noted, self.over = noted, over
        token = issue_token(user_id=cast.users["zhang"].pk, name="办案软件", days=1, actor=cast.zhang)[1]
        self.software = Person(url, noted, over, headers={"Authorization": f"Bearer {token}"})
        self.clerk, self.writer, self.payer = (
            self._signed_in(cast, name) for name in ("clerk", "zhang", "zhang")
        )
        self.cases = [accepted(cast, principal=60000 + number) for number in range(6)]
        self.written, self.unpaid = 0, list(Bill.objects.filter(case__in=self.cases))

    def _signed_in(self, cast: Cast, name: str) -> Person:
        cookie = cast.client(name).cookies[settings.SESSION_COOKIE_NAME].value
        person = Person(self.software.http.base_url, self.noted, self.over)
        person.http.cookies.set(settings.SESSION_COOKIE_NAME, cookie)
        return person

    def files(self) -> None:
        """Sends an application by software; the receipt is the promise."""
        body = {"filing": json.dumps(application(), ensure_ascii=False)}
        answer = self.software.ask(
            "POST", FILINGS, data=body, files=PAPERS, headers={"Idempotency-Key": new_key()}
        )
        assert answer.status_code == 201, answer.text
        told = answer.json()
        assert is_genuine(told["receipt"]["text"], told["receipt"]["signature"])
        self.noted.promise("filing", told["number"])

    def accepts(self) -> None:
        """Takes the oldest application and accepts it."""
        page = self.clerk.ask("GET", "/desk/filings/").text
        found = re.search(r"/desk/filings/([0-9a-f-]{36})/", page)
        if found is None:
            threading.Event().wait(0.2)
            return
        address = f"/desk/filings/{found[1]}/"
        page = self.clerk.ask("GET", address).text
        fence = re.search(r'name="fence" value="(\d+)"', page)
        if fence is None:
            return
        body = {"csrfmiddlewaretoken": self.clerk.token_of(page), "fence": fence[1]}
        if self.clerk.ask("POST", f"{address}accept/", data=body).status_code == 302:
            self.noted.promise("case", found[1])

    def writes(self) -> None:
        """Asks something in one of his cases; being led on to the thread is the promise."""
        case = self.cases[self.written % len(self.cases)]
        self.written += 1
        words = f"第{self.written}个问题：什么时候开庭？"
        address = f"/my/cases/{case.public_id}/messages/new/?topic=material"
        page = self.writer.ask("GET", address).text
        body = {"csrfmiddlewaretoken": self.writer.token_of(page), "text": words, "form_key": new_key()}
        answer = self.writer.ask("POST", address, data=body)
        if answer.status_code == 302:
            self.noted.promise("message", words)
        threading.Event().wait(SECONDS / 60)  # a party writes at most twenty messages an hour

    def pays(self) -> None:
        """Pays a bill at the cashier; a page that says so is the promise."""
        if not self.unpaid:
            self.over.wait(SECONDS)
            return
        bill = self.unpaid.pop()
        address = f"/my/bills/{bill.public_id}/"
        token = self.payer.token_of(self.payer.ask("GET", address).text)
        away = self.payer.ask("POST", f"{address}pay/", data={"csrfmiddlewaretoken": token})
        cashier = away.headers["Location"]
        token = self.payer.token_of(self.payer.ask("GET", cashier).text)
        self.payer.ask(
            "POST", f"{cashier.rstrip('/')}/act/", data={"csrfmiddlewaretoken": token, "action": "pay"}
        )
        if "<h1>已收到</h1>" in self.payer.ask("GET", f"{address}result/").text:
            self.noted.promise("payment", str(bill.pk))


@pytest.mark.req("F-02", "F-11", "REL-20")
def test_no_promise_is_broken(cast: Cast, house: list[Any], run_outbox: Callable[..., int]) -> None:
    noted, over = Noted(), threading.Event()
    people = People(cast, house[0].url, noted, over)
    with at_work(noted, over, people.files, people.accepts, people.writes, people.pays):
        killed = strike(house, seconds=SECONDS, seed=20261123)
    for process in house:
        process.child.stop()
    poll_orders()
    run_outbox()
    print(
        f"{killed} killed, {Counter(kind for kind, _what in noted.promises)}, {noted.waited} times tried again"
    )
    assert noted.wrong == []
    assert killed >= 2 and noted.of("filing") and noted.of("message")
    assert broken(noted) == []
    assert verify() == []
    assert check_ledger().findings == []


def broken(noted: Noted) -> list[str]:
    """Promises that are not true, and what there is too much of."""
    filings = Counter(Filing.objects.exclude(number="").values_list("number", flat=True))
    messages = Counter(Message.objects.values_list("text", flat=True))
    wrong = [f"filing {number}: {filings[number]}" for number in noted.of("filing") if filings[number] != 1]
    wrong += [f"message {words}: {messages[words]}" for words in noted.of("message") if messages[words] != 1]
    for public_id in noted.of("case"):
        cases = Case.objects.filter(filing_public_id=public_id).count()
        if cases != 1 or Filing.objects.get(public_id=public_id).status != FilingStatus.ACCEPTED:
            wrong.append(f"case of {public_id}: {cases}")
    for bill in noted.of("payment"):
        if Payment.objects.filter(order__bill_id=bill).count() != 1:
            wrong.append(f"payment of {bill}")
    wrong += [f"message {words} stands {count} times" for words, count in messages.items() if count > 1]
    numbers = sorted(
        int(number.split("民初")[1].rstrip("号")) for number in Case.objects.values_list("number", flat=True)
    )
    if numbers != list(range(1, len(numbers) + 1)):
        wrong.append(f"case numbers have gaps: {numbers}")
    bills = Counter(Bill.objects.values_list("case_id", "reason", "part"))
    return wrong + [f"bill {key}: {count}" for key, count in bills.items() if count > 1]
