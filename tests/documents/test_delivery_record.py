"""The record of a delivery as PDF says exactly what the database says (REL-23)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pypdf
import pytest

from accounts.models import User
from common import clock
from common.actor import Actor
from documents import services
from documents.delivery_record import record_pdf
from documents.delivery_rules import AddressOrigin
from documents.models import Copy, Paper
from documents.selectors import copy_for
from eventlog.receipts import is_genuine
from eventlog.selectors import receipt_of
from tests.documents.conftest import LI, ZHANG

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("REL-23")]


def words_of(copy: Copy) -> str:
    """The text of the record without blanks and line ends."""
    pages = pypdf.PdfReader(io.BytesIO(record_pdf(copy))).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def test_of_an_electronic_delivery(
    issue_paper: Callable[..., Paper], run_outbox: Callable[..., int], clerk: tuple[User, Actor]
) -> None:
    paper = issue_paper("acceptance_notice", ZHANG)
    run_outbox()
    copy = copy_for(clerk[1], paper.copies.get().public_id)
    assert copy is not None
    said = words_of(copy)
    receipt = receipt_of(copy.delivery, "documents.delivered")
    assert receipt is not None and is_genuine(receipt.text, receipt.signature)
    arrived = copy.delivery.facts.get(kind="arrived")
    assert arrived.rule == "e-arrived"
    for part in (
        "电子送达凭证",
        copy.serial,
        copy.sha256,
        str(receipt.public_id),
        receipt.signature,
        f"{arrived.happened_at.astimezone(clock.BEIJING):%Y-%m-%d%H:%M:%S}",
        "到达时就是送达（民诉法第90条；在线诉讼规则第31条）",
    ):
        assert part in said, part


def test_of_mail_that_came_back(
    issue_paper: Callable[..., Paper], run_outbox: Callable[..., int], clerk: tuple[User, Actor]
) -> None:
    paper = issue_paper("response_notice", replace(LI, address_origin=AddressOrigin.OWN))
    run_outbox()
    delivery = paper.copies.get().delivery
    sent = services.record_sent(
        delivery_public_id=delivery.public_id, version=1, method="post", sent_on=clock.today(), tracking_no="EA1",
        actor=clerk[1],
    )  # fmt: skip
    services.record_outcome(
        delivery_public_id=delivery.public_id, version=sent.version, outcome="moved", happened_on=clock.today(),
        note="门卫说上月搬走", actor=clerk[1],
    )  # fmt: skip
    copy = copy_for(clerk[1], paper.copies.get().public_id)
    assert copy is not None
    said = words_of(copy)
    for part in (
        "送达回证",
        "邮件号EA1",
        "已搬走没有告知，退回",
        "退回日视为送达日（专递规定第11条）",
        "门卫说上月搬走",
    ):
        assert part in said, part
