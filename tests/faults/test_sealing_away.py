"""Signer or time stamp are away: papers wait and say so, nothing is lost, no copy is half valid, and they go out by themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from cases.models import Case
from common import clock
from documents.models import Copy, Delivery, DeliveryState, PaperState
from documents.sealing import doors
from documents.sealing.trust import trust
from documents.selectors import held_copies
from eventlog.models import Outbox, OutboxState
from eventlog.relay import MAX_ATTEMPTS, OUTAGE_ATTEMPTS, run_due
from portal.authority import demo_authorities, public_pem
from signer.journal import first_break
from tests.documents.test_rendering import validate
from tests.faults.crash import run_and_die
from tests.support.court import Cast, accepted
from tests.support.servers import Signer

WORDS = "电子签章服务暂停，{}份文书在排队，恢复后自动发出"


def work_off(after: timedelta = timedelta(0)) -> None:
    """Everything that is due ``after`` a while."""
    doors.forget_failures()
    with clock.at(clock.now() + after):
        while run_due():
            pass


def assert_all_wait(count: int) -> None:
    copies = list(Copy.objects.all())
    assert len(copies) == count
    for copy in copies:
        assert copy.state == PaperState.REQUESTED and copy.held_since is not None
        assert (copy.sha256, copy.file_key, copy.token_hash) == ("", "", None)
    assert not Delivery.objects.filter(state=DeliveryState.DELIVERED).exists()
    rows = Outbox.objects.filter(handler="documents.handlers.make_pages")
    assert set(rows.values_list("state", "last_error")) == {(OutboxState.PENDING, "GatewayUnavailable")}


def assert_all_valid(count: int) -> None:
    copies = list(Copy.objects.all())
    assert [copy.state for copy in copies] == [PaperState.ISSUED] * count
    assert held_copies() == 0
    for copy in copies:
        with default_storage.open(copy.file_key) as stored:
            (status,) = validate(stored.read())
        assert status.bottom_line and len(copy.sm3) == 64
    assert not Outbox.objects.exclude(state=OutboxState.DONE).exists()


def page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_papers_wait_say_so_and_go_out_by_themselves(cast: Cast, own_signer: Signer) -> None:
    case = accepted(cast)
    own_signer.socket.close()  # nobody listens: refused at once
    work_off()
    count = Copy.objects.count()
    assert_all_wait(count)
    words = WORDS.format(count)
    clerk, judge = cast.client("clerk"), cast.client("judge")
    assert words in page(clerk, "/desk/print/")
    assert words in page(clerk, "/desk/filings/")
    assert words in page(judge, "/bench/")
    assert words in page(judge, f"/desk/cases/{case.public_id}/")
    own = Copy.objects.filter(addressee_name="张某").count()
    assert WORDS.format(own) in page(cast.client("zhang"), f"/my/cases/{case.public_id}/")
    assert "电子签章服务暂停" not in page(cast.client("clerk-b"), "/desk/print/"), "another court's papers"


def test_an_outage_of_a_day_uses_up_no_tries(cast: Cast, own_signer: Signer, settings: Any) -> None:
    there, settings.SIGNER_URL = settings.SIGNER_URL, "http://127.0.0.1:1"
    accepted(cast)
    for hours in range(MAX_ATTEMPTS + 1):
        work_off(timedelta(hours=hours))
    rows = Outbox.objects.filter(handler="documents.handlers.make_pages")
    assert {row.attempts for row in rows} == {OUTAGE_ATTEMPTS}
    assert_all_wait(Copy.objects.count())
    settings.SIGNER_URL = there
    own_signer.start()
    work_off(timedelta(hours=2 * MAX_ATTEMPTS))
    assert_all_valid(Copy.objects.count())
    lines = own_signer.journal.read_text().splitlines()
    assert len(lines) == Copy.objects.count() and first_break(own_signer.journal) == 0
    assert "电子签章服务暂停" not in page(cast.client("clerk"), "/desk/print/")


def test_a_signer_killed_while_it_is_asked(cast: Cast, own_signer: Signer) -> None:
    accepted(cast)
    own_signer.start()
    doors.forget_failures()
    doors.certificate_of("court")  # it answers
    own_signer.freeze()
    asked = threading.Thread(target=work_off)
    asked.start()
    own_signer.kill()
    asked.join(120)
    count = Copy.objects.count()
    assert_all_wait(count)
    own_signer.start()
    work_off(timedelta(minutes=5))
    assert_all_valid(count)
    assert first_break(own_signer.journal) == 0


def test_no_time_stamp_no_paper(cast: Cast, own_signer: Signer, settings: Any) -> None:
    own_signer.start()
    before, settings.TSA_URL = settings.TSA_URL, "http://127.0.0.1:1"
    accepted(cast)
    work_off()
    count = Copy.objects.count()
    assert_all_wait(count)
    settings.TSA_URL = before
    work_off(timedelta(minutes=5))
    assert_all_valid(count)


def _lists(settings: Any, **changes: Any) -> bytes:
    authorities = demo_authorities(settings.SEAL_CRL_FILE.parent, b"")
    return b"".join(public_pem(one.crl(**changes)) for one in authorities)


@pytest.mark.parametrize("kind", ["over", "unreadable"])
def test_a_list_that_is_over_holds_the_papers(
    cast: Cast, own_signer: Signer, settings: Any, tmp_path: Path, kind: str
) -> None:
    """Without a current revocation list nobody knows whether the seal still counts."""
    own_signer.start()
    before = settings.SEAL_CRL_FILE
    yesterday = clock.process_now() - timedelta(days=1)
    lists = _lists(settings, until=yesterday) if kind == "over" else b""
    settings.SEAL_CRL_FILE = tmp_path / "lists.pem"
    settings.SEAL_CRL_FILE.write_bytes(lists)
    accepted(cast)
    work_off()
    count = Copy.objects.count()
    assert_all_wait(count)
    settings.SEAL_CRL_FILE = before
    assert trust().crls
    work_off(timedelta(minutes=5))
    assert_all_valid(count)


KILLED_AFTER_SEALING = """
from documents.services import copies
copies._make_valid = die
from eventlog.relay import run_due
while run_due():
    pass
"""


def test_a_worker_killed_after_sealing(cast: Cast, case: Case, run_outbox: Callable[..., int]) -> None:
    run_and_die(KILLED_AFTER_SEALING)
    assert not Copy.objects.filter(state=PaperState.ISSUED).exists()
    work_off(timedelta(minutes=5))
    assert_all_valid(Copy.objects.count())
