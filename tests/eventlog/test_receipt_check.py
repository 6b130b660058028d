"""/receipts/verify/ and its API: what a receipt is worth, without what it is about (SEC-45)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from common import clock
from eventlog import anchors, offline
from eventlog.models import KeyKind, Receipt, TrailKey
from eventlog.receipts import is_genuine
from tests.eventlog import keys
from tests.eventlog.test_attacks import A, as_superuser, write

pytestmark = pytest.mark.django_db(transaction=True)
PAGE, API = "/receipts/verify/", "/api/v1/receipts/verify"


def asked(text: str, signature: str) -> Any:
    body = {"text": text, "signature": signature}
    return Client().post(API, body, content_type="application/json").json()


@pytest.mark.req("SEC-45")
def test_a_receipt_is_checked_by_anybody_and_shows_nothing_of_its_content() -> None:
    write(A, receipt="试-1")
    receipt = Receipt.objects.get()
    assert asked(receipt.text, receipt.signature) | {"message": ""} == {
        "status": "waiting", "message": "", "anchor": None,
    }  # fmt: skip
    anchor = anchors.cut()
    assert anchor is not None
    assert asked(receipt.text, receipt.signature)["status"] == "waiting", "not signed yet"
    keys.sign(anchor)
    answer = asked(receipt.text, receipt.signature)
    assert (answer["status"], answer["anchor"]["number"], answer["anchor"]["root"]) == (
        "anchored",
        1,
        anchor.root,
    )
    assert asked(receipt.text.replace("试-1", "试-2"), receipt.signature)["status"] == "forged"
    assert asked("x", "x")["status"] == "forged"
    sent = offline.receipt_file(receipt.text, receipt.signature).replace("\n", "\r\n")
    page = Client().post(PAGE, {"pasted": sent}).content.decode()
    assert "记录还在，没有改过，也已写进锚点" in page and "第 1 号" in page
    page = Client().post(PAGE, {"pasted": sent.replace("试-1", "试-2")}).content.decode()
    assert "这不是法院的回执" in page
    bad = Client().post(PAGE, {"pasted": "没有签名"})
    assert bad.status_code == 422 and "没有找到签名" in bad.content.decode()


@pytest.mark.req("SEC-45")
def test_a_good_receipt_whose_record_was_changed_or_taken_away_says_so() -> None:
    write(A, receipt="试-1")
    receipt = Receipt.objects.get()
    for statement in (
        "UPDATE eventlog_event SET actor_name = 'x'",
        "UPDATE eventlog_event SET seq = 2",
        "DELETE FROM eventlog_event",
    ):
        with as_superuser() as run:
            run(statement)
            assert asked(receipt.text, receipt.signature)["status"] == "missing", statement
    assert asked(receipt.text, receipt.signature)["status"] == "waiting"


@pytest.mark.req("SEC-45")
def test_a_receipt_of_an_older_key_stays_genuine() -> None:
    text = f"旧回执\n密钥：{offline.key_id_of(keys.public_pem().encode())}"
    signature = keys.signature(text)
    assert not is_genuine(text, signature), "the control: nobody knows this key"
    TrailKey.objects.create(
        kind=KeyKind.RECEIPT,
        key_id=offline.key_named(text),
        public_pem=keys.public_pem(),
        since=clock.now(),
    )
    assert is_genuine(text, signature) and not is_genuine(text + " ", signature[:-8])
