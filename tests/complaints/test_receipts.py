"""The signed receipt of a complaint: like any other, it says nothing of its kind, and leads to the zone's daily root (SEC-45, SEC-35)."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from common import clock
from complaints.models import DailyRoot, Submission, Way
from complaints.services import trail
from eventlog import anchors, offline
from eventlog.models import Event, KeyKind, Receipt
from eventlog.offline import DAY_FIRST, DAY_LEVELS, Finding, Verdict
from eventlog.verify import known_keys
from portal.day_roots import note_day_roots
from tests.complaints.test_door import WORDS, send
from tests.eventlog import keys
from tests.eventlog.test_attacks import A, as_superuser, write
from tests.support.court import Cast

pytestmark = pytest.mark.django_db(transaction=True)
Zone = Callable[[], Any]
PAGE, API = "/receipts/verify/", "/api/v1/receipts/verify"


def receipt_on(answer: Any) -> tuple[str, str]:
    """Text and signature of the form that gives the file."""
    (form,) = re.findall(
        r'<form[^>]*action="/complaints/keep/".*?</form>', answer.content.decode(), re.DOTALL
    )
    found = dict(re.findall(r'name="(\w+)"\s+value="([^"]*)"', form))
    return unescape(found["text"]), unescape(found["signature"])


def asked(text: str, signature: str) -> Any:
    body = {"text": text, "signature": signature}
    return Client().post(API, body, content_type="application/json").json()


def page_of(pasted: str) -> str:
    """What the public page says, without what was pasted and what is new in every answer."""
    page = Client().post(PAGE, {"pasted": pasted}).content.decode()
    page = re.sub(r'name="(?:pasted|csrfmiddlewaretoken)"\s+value="[^"]*"', "", page)
    page = re.sub(r"<textarea.*?</textarea>", "", page, flags=re.DOTALL)
    return re.sub(r'nonce="[^"]*"', "", page)


@contextmanager
def next_day(zone: Zone) -> Iterator[None]:
    """The day is over: its root is published, noted and anchored."""
    with clock.at(clock.now() + timedelta(days=1)):
        with zone():
            trail.close_days()
        note_day_roots()
        anchors.note_key(KeyKind.RECEIPT, anchors.receipts.public_pem())
        anchor = anchors.cut(now_at_once=True)
        assert anchor is not None
        keys.sign(anchor)
        yield


@pytest.mark.req("SEC-45")
def test_the_answer_to_the_form_holds_a_signed_receipt_of_what_lies_there(cast: Cast) -> None:
    form = str(uuid.uuid4())
    first = receipt_on(send(cast, form_key=form))
    again = receipt_on(send(cast, form_key=form, words="something else, which is not taken"))
    other = receipt_on(send(cast))
    assert first[0] == again[0] != other[0], "the receipt is of the box that lies there"
    text = first[0]
    assert not [word for word in (WORDS, "赵明", "投诉", "举报", "督察", "complaint") if word in text]
    claim = offline.claim_of(text)
    assert claim and DAY_FIRST <= claim.seq < 2 * DAY_FIRST
    client = Client()
    kept = client.post("/complaints/keep/", {"text": text, "signature": again[1]})
    assert offline.read_receipt(kept.content.decode()) == (text, again[1])
    assert "attachment" in kept["Content-Disposition"] and kept["Cache-Control"] == "no-store"
    forged = {"text": text.replace("来件", "信件"), "signature": first[1]}
    assert client.post("/complaints/keep/", forged).status_code == 404


@pytest.mark.req("SEC-45")
def test_anybody_checks_it_against_the_daily_root_and_learns_no_kind(
    cast: Cast, zone: Zone, tmp_path: Path, capsys: Any
) -> None:
    text, signature = receipt_on(send(cast))
    receipt_on(send(cast))
    write(A, receipt="试-1")
    other = Receipt.objects.get()
    assert asked(text, signature) | {"message": ""} == {"status": "waiting", "message": "", "anchor": None}
    with next_day(zone):
        answer = asked(text, signature)
        assert answer["status"] == "anchored" and set(answer["anchor"]) == {"number", "cut_at", "root"}
        sent = {"pasted": offline.receipt_file(text, signature)}
        page = page_of(sent["pasted"])
        assert "记录还在，没有改过，也已写进锚点" in page and "第 1 号" in page
        assert page == page_of(offline.receipt_file(other.text, other.signature)), "as of every other receipt"
        made = Client().post(PAGE, sent | {"proof": "1"})
        assert made["Content-Type"] == "application/json"
        proof = json.loads(made.content)
        assert proof["day"]["payload"]["root"] == DailyRoot.objects.get().root
        files = {name: tmp_path / name for name in ("proof.json", "keys.pem", "receipt.txt")}
        files["proof.json"].write_bytes(made.content)
        files["keys.pem"].write_text(known_keys())
        files["receipt.txt"].write_text(sent["pasted"])
        call_command("audit", "export", str(tmp_path / "export"))
        alone = ["--proof", str(files["proof.json"]), "--keys", str(files["keys.pem"])]
        beside = [str(tmp_path / "export"), "--receipt", str(files["proof.json"])]
        capsys.readouterr()
        assert [offline.main(alone), offline.main(beside)] == [0, 0]
        assert capsys.readouterr().out.split() == ["good", "good"]
        assert (
            offline.main([str(tmp_path / "export"), "--receipt", str(files["receipt.txt"])]) == Verdict.GAP
        ), "the text alone: its way is in the other file"
        _changes_are_found(proof, offline.read_keys(known_keys()))
    assert not [word for word in (WORDS, "赵明") if word in made.content.decode()]


def _changes_are_found(proof: dict[str, Any], known: dict[str, Any]) -> None:
    day = proof["day"]
    entry = day["entry"] | {"name": "x"}
    for name, changed in {
        "path": day | {"path": ["0" * 64, *day["path"][1:]]},
        "short": day | {"path": day["path"][1:]},
        "root": day | {"payload": day["payload"] | {"root": "0" * 64}},
        "salt": day | {"salt": "0"},
        "entry": day | {"entry": entry},
        "entry's hash": day | {"entry": entry | {"hash": offline.entry_hash(entry)}},
    }.items():
        assert offline.check_proof(proof | {"day": changed}, known), name
    assert offline.check_proof(proof, known) is None, "the control"
    assert offline.check_proof(proof, {}) == Finding(Verdict.BROKEN, "receipt", 1)


@pytest.mark.req("SEC-45")
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE zone.submission SET box = 'x'",
        "UPDATE zone.way SET path = '[]'",
        """UPDATE zone.way SET path = jsonb_set(path, '{0}', '"00"')""",
        "UPDATE complaints_dailyroot SET root = repeat('0', 64)",
        "DELETE FROM zone.way; DELETE FROM zone.submission",
    ],
)
def test_a_good_receipt_whose_box_or_root_was_changed_says_so(cast: Cast, zone: Zone, attack: str) -> None:
    text, signature = receipt_on(send(cast))
    with next_day(zone):
        assert asked(text, signature)["status"] == "anchored", "the control"
        with as_superuser() as run:
            run(attack)
            assert asked(text, signature)["status"] == "missing"


@pytest.mark.req("SEC-35", "SEC-45")
def test_neither_root_nor_way_tells_how_many_there_were(cast: Cast, zone: Zone) -> None:
    start = clock.now()
    for _number in range(3):
        send(cast)
    for days in (1, 2, 3):  # three, one, none
        with clock.at(start + timedelta(days=days)):
            with zone():
                assert trail.close_days() == 1
            assert note_day_roots() == 1 and note_day_roots() == 0
            if days == 1:
                send(cast)
    with zone():
        ways = list(Way.objects.order_by("day").values_list("day", "path"))
        assert [len(path) for _day, path in ways] == [DAY_LEVELS + 1] * 4
        assert len({day for day, _path in ways}) == 2
        assert trail.first_bad() is None
        of_first = [path for day, path in ways if day == ways[0][0]]
        last = ways[-1][1]
        assert not set(last[:-1]) & {step for path in of_first for step in path[:-1]}, "filled anew each day"
        assert not Submission.objects.filter(way=None).exists()
    noted = Event.objects.filter(name="portal.day_root_noted").order_by("id")
    assert [len(json.dumps(event.payload)) for event in noted] == [len(json.dumps(noted[0].payload))] * 3
