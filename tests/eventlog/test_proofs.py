"""A receipt with its way into an anchor: checked by a stranger with one file and the keys he noted down (SEC-45)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eventlog import anchors, offline
from eventlog.models import Event, KeyKind, Receipt, TrailKey
from eventlog.offline import Finding, Verdict
from eventlog.proofs import proof_of
from filing.models import Filing
from portal.demo.cast import ZHANG
from tests.eventlog import keys
from tests.eventlog.test_attacks import A, write
from tests.support.court import Cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def known() -> dict[str, Any]:
    return offline.read_keys("\n".join(TrailKey.objects.values_list("public_pem", flat=True)))


def anchored(*, others: int = 6) -> Receipt:
    write("case:before", others)
    write(A, receipt="试-1")
    write("case:z", others)
    anchors.note_key(KeyKind.RECEIPT, anchors.receipts.public_pem())
    anchor = anchors.cut()
    assert anchor is not None
    keys.sign(anchor)
    return Receipt.objects.get()


@pytest.mark.req("SEC-45")
@pytest.mark.parametrize("others", [0, 1, 6, 7])
def test_a_receipt_leads_to_the_published_root(others: int) -> None:
    proof = json.loads(json.dumps(proof_of(anchored(others=others))))
    assert proof["count"] == 2 * others + 1
    assert offline.check_proof(proof, known()) is None


def changed(proof: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    return proof | {name: value}


@pytest.mark.req("SEC-45")
def test_whatever_is_changed_in_it_is_found() -> None:
    proof = proof_of(anchored())
    elsewhere = [
        offline.Signed(proof["anchor"]["text"], proof["anchor"]["signature"], proof["anchor"]["key_id"])
    ]
    assert offline.check_proof(proof, known(), elsewhere) is None, "the control"
    other = proof["anchor"] | {"text": proof["anchor"]["text"].replace("number: 1", "number: 2")}
    cases = {
        "receipt": (changed(proof, "text", proof["text"].replace("试-1", "试-2")), Verdict.BROKEN),
        "signature": (changed(proof, "signature", "AAAA"), Verdict.BROKEN),
        "stream": (changed(proof, "stream", "case:b"), Verdict.ANCHOR),
        "place": (changed(proof, "place", proof["place"] - 1), Verdict.ANCHOR),
        "count": (changed(proof, "count", proof["count"] + 1), Verdict.ANCHOR),
        "path": (changed(proof, "path", ["0" * 64, *proof["path"][1:]]), Verdict.ANCHOR),
        "short path": (changed(proof, "path", proof["path"][:-1]), Verdict.BROKEN),
        "anchor": (changed(proof, "anchor", other), Verdict.ANCHOR),
        "nothing": ({}, Verdict.BROKEN),
    }
    found = {
        name: getattr(offline.check_proof(one, known(), elsewhere), "verdict", None)
        for name, (one, _v) in cases.items()
    }
    assert found == {name: verdict for name, (_one, verdict) in cases.items()}
    foreign = [offline.Signed(other["text"], "x", "x")]
    assert offline.check_proof(proof, known(), foreign) == Finding(Verdict.ANCHOR, "anchor", 1), (
        "not one he noted down"
    )
    assert offline.check_proof(proof, {}) == Finding(Verdict.BROKEN, "receipt", 1), (
        "without the court's key nothing holds"
    )


@pytest.mark.req("SEC-45")
def test_by_command_line_from_the_file_that_the_page_gives(cast: Cast, tmp_path: Path, capsys: Any) -> None:
    filing: Filing = submitted(cast)
    receipt = Receipt.objects.get(event_id=Event.objects.get(name="filing.submitted").pk)
    zhang = cast.client("zhang")
    page = zhang.get(f"/my/filings/{filing.public_id}/sent/").content.decode()
    address = f"/receipts/{receipt.public_id}/proof/"
    assert address in page
    file, key_file = tmp_path / "proof.json", tmp_path / "keys.pem"

    def verdict() -> tuple[int, str]:
        file.write_bytes(zhang.get(address).content)
        anchors.note_key(KeyKind.RECEIPT, anchors.receipts.public_pem())
        key_file.write_text("\n".join(TrailKey.objects.values_list("public_pem", flat=True)))
        return offline.main(["--proof", str(file), "--keys", str(key_file)]), capsys.readouterr().out.strip()

    assert verdict() == (5, f"short receipt {Event.objects.get(pk=receipt.event_id).seq}"), (
        "it waits for an anchor"
    )
    anchor = anchors.cut(now_at_once=True)
    assert anchor is not None
    keys.sign(anchor)
    assert verdict() == (0, "good")
    assert ZHANG.name not in file.read_text()
