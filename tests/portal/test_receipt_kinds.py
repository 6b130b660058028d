"""Every kind of receipt that the court gives: a file for the person it belongs to, checked offline, and for nobody else (SEC-45)."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from assistance.models import HelpKind
from assistance.services import Wish, ask_help
from cases.models import Case, Party, Side
from eventlog import anchors, offline
from eventlog.models import Event, Receipt
from eventlog.relay import run_due
from eventlog.services import act, emit
from eventlog.verify import known_keys
from feedback.models import Topic
from feedback.services import ask
from launcher.paths import ROOT
from payments.models import Bill, RefundPart
from payments.services import refunds
from tests.consistency.code import APPS, sources, tree
from tests.eventlog import keys
from tests.payments.refunds import approved, paid, to_bank
from tests.support.court import Cast

WRITERS = {"emit", "_emit", "_record", "record", "emit_thread"}
KINDS = {
    "filing.submitted", "filing.received", "feedback.asked", "assistance.asked", "documents.delivered",
    "payments.paid", "payments.refund_asked", "payments.refund_completed", "casefiles.exported",
}  # fmt: skip
"""Of a complaint the zone gives a code; it leaves no event here."""


def given() -> Iterator[str]:
    """Names of the events that the code writes with a receipt."""
    for path in sources(*APPS):
        for node in ast.walk(tree(path)):
            name = getattr(
                getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", "")
            )
            if not isinstance(node, ast.Call) or name not in WRITERS:
                continue
            said = next((word.value for word in node.keywords if word.arg == "receipt"), None)
            passed_on = isinstance(said, ast.Name) and said.id == "receipt"
            if said is not None and not passed_on:
                app = path.relative_to(ROOT).parts[0]
                event = node.args[0]
                assert isinstance(event, ast.Attribute), path
                yield getattr(import_module(f"{app}.events"), event.attr)


@pytest.mark.req("SEC-45")
def test_these_are_all_kinds() -> None:
    assert set(given()) == KINDS


def plaintiff(case: Case) -> Party:
    return case.parties.get(side=Side.PLAINTIFF)


def one_of_each(cast: Cast) -> None:
    """Everything for which a person gets a receipt. The two that he who does it takes along at once are written plainly."""
    case = paid(cast)
    while run_due():
        pass
    party = plaintiff(case)
    ask(case_id=case.pk, party_id=party.pk, topic=Topic.OTHER, text="什么时候开庭？", actor=cast.zhang)
    wish = Wish(kind=HelpKind.values[0], phone="13800000001", when="", words="看不懂")
    ask_help(case_id=case.pk, party_id=party.pk, wish=wish, actor=cast.zhang)
    bill = Bill.objects.get(case=case)
    refunds.ask_refund(bill_id=bill.pk, amount=bill.amount, words="多算了", actor=cast.zhang)
    with act():
        for name in ("filing.received", "casefiles.exported"):
            emit(name, subject=case, actor=cast.zhang, stream=f"case:{case.public_id}", receipt="试-1")
    refund = approved(cast, to_bank(cast))
    refunds.make_bank_list(actor=cast.finance1)
    for part in RefundPart.objects.filter(refund=refund):
        refunds.record_bank_result(part_id=part.pk, voucher=f"V{part.pk}", actor=cast.finance1)


@pytest.mark.req("SEC-45")
@pytest.mark.django_db(transaction=True)
def test_each_gives_a_file_that_checks_offline_to_whom_it_belongs(
    cast: Cast, tmp_path: Path, capsys: Any
) -> None:
    one_of_each(cast)
    anchor = anchors.cut(now_at_once=True)
    assert anchor is not None
    keys.sign(anchor)
    anchors.note_key("receipt", anchors.receipts.public_pem())
    key_file, file = tmp_path / "keys.pem", tmp_path / "proof.json"
    key_file.write_text(known_keys())
    zhang, others = cast.client("zhang"), [cast.client("chen"), cast.client("judge")]
    left = dict.fromkeys(KINDS)
    for event in Event.objects.filter(name__in=KINDS).order_by("id"):
        if event.name not in left:  # proofs are limited by the minute
            continue
        receipt = Receipt.objects.get(event_id=event.pk)
        address = f"/receipts/{receipt.public_id}/"
        answer = zhang.get(address)
        if answer.status_code == 404:  # the other side's copy of a paper
            assert event.name == "documents.delivered"
            continue
        text, signature = offline.read_receipt(answer.content.decode())
        assert (text, signature) == (receipt.text, receipt.signature)
        file.write_bytes(zhang.get(f"{address}proof/").content)
        assert json.loads(file.read_text())["text"] == text
        assert offline.main(["--proof", str(file), "--keys", str(key_file)]) == 0, event.name
        assert capsys.readouterr().out.strip() == "good"
        assert {one.get(address).status_code for one in others} == {404}, event.name
        left.pop(event.name, None)
    assert not left, "no receipt of this kind came to its person"
