"""Anchors: what they hold while acts run, who signs and witnesses them, and what happens while those are away (SEC-44)."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from common import clock
from common.write_once import Folder
from eventlog import anchors, offline
from eventlog.models import Anchor, AnchorMark, AnchorProof, Event, KeyKind, ProofKind, StreamHead, TrailKey
from eventlog.selectors import anchor_age_seconds, standing_anchor
from eventlog.services import act
from eventlog.verify import verify
from tests.concurrency.together import at_once
from tests.eventlog.test_nested_acts import happen
from tests.support.servers import Signer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.ANCHORS_DIR = str(tmp_path / "anchors")
    return tmp_path / "anchors"


def many(*streams: str) -> None:
    with act():
        happen(*streams)


@pytest.mark.req("SEC-44", "F-13")
def test_an_anchor_is_signed_once_for_its_number_and_witnessed_outside(
    own_signer: Signer, folder: Path
) -> None:
    many("case:a", "case:b", "case:a")
    assert anchors.cut() is not None
    assert anchors.cut() is None, "the one before is not signed yet"
    assert anchors.complete_pending() == 0 and standing_anchor() is None, "the signer is away"
    many("case:a")  # entries go on
    own_signer.start()
    assert anchors.complete_pending() == 3
    anchor = Anchor.objects.get()
    assert (anchor.first, anchor.last, anchor.streams) == (1, 3, 2)
    assert standing_anchor() == anchor
    assert verify() == []
    signature = AnchorProof.objects.get(kind=ProofKind.SIGNATURE)
    (line,) = [json.loads(text) for path in folder.iterdir() for text in path.read_text().splitlines()]
    assert (line["text"], line["signature"]) == (anchor.text, signature.value)
    # killed after it signed, before the portal kept the answer: the same text is signed again, and no other
    own_signer.kill()
    own_signer.start()
    again, pem = anchors.witness.signature_of(anchor.text)
    key = offline.read_keys(pem)[signature.key_id]
    assert offline.is_signed(key, anchor.text, again)
    with pytest.raises(RuntimeError, match="out_of_turn"):
        anchors.witness.signature_of(anchor.text.replace(anchor.root, "0" * 64))
    assert TrailKey.objects.get(kind=KeyKind.ANCHOR).key_id == signature.key_id
    assert anchors.cut() is None, "neither ten minutes nor a thousand entries"
    with clock.at(clock.now() + timedelta(minutes=11)):
        second = anchors.run()
    assert second and (second.first, second.last) == (4, 4)
    assert second.previous_hash == hashlib.sha256(anchor.text.encode()).hexdigest()
    assert verify() == []


@pytest.mark.req("SEC-44")
def test_the_stamp_is_over_the_text_and_an_outside_judge_believes_it(
    own_signer: Signer, folder: Path, settings: Any, tmp_path: Path
) -> None:
    from tests.documents.openssl import _openssl

    own_signer.start()
    many("case:a")
    anchor = anchors.run()
    assert anchor
    token = AnchorProof.objects.get(kind=ProofKind.TIMESTAMP).value
    (tmp_path / "token.der").write_bytes(base64.b64decode(token))
    (tmp_path / "text").write_text(anchor.text)
    (tmp_path / "other").write_text(anchor.text + "x")
    for name, code in (("text", 0), ("other", 1)):
        checked = _openssl(
            "ts", "-verify", "-data", tmp_path / name, "-in", tmp_path / "token.der", "-token_in",
            "-CAfile", settings.SEAL_TRUST_FILE,
        )  # fmt: skip
        assert bool(checked.returncode) == bool(code), checked.stderr


@pytest.mark.req("SEC-44")
@pytest.mark.parametrize("guarded", [True, False])
def test_what_commits_while_an_anchor_is_cut_belongs_to_the_next(guarded: bool) -> None:
    """An act that began earlier, took its ids earlier and commits later; the control goes by ids and loses it."""
    many("case:a")
    written, go_on = threading.Event(), threading.Event()

    def late() -> None:
        with act():
            happen("case:late")
            real = connection.commit

            def held() -> None:
                written.set()
                go_on.wait(20)
                real()

            connection.commit = held  # type: ignore[method-assign]
        connection.commit = real  # type: ignore[method-assign]

    def cut() -> list[str]:
        written.wait(20)
        many("case:early")  # takes a higher id, commits first
        seen = (
            list(
                AnchorMark.objects.filter(anchor_number=_cut_and_sign().number).values_list(
                    "stream", flat=True
                )
            )
            if guarded
            else list(Event.objects.order_by("id").values_list("stream", flat=True))
        )
        reached = Event.objects.order_by("-id").values_list("id", flat=True)[0]
        go_on.set()
        return [*seen, str(reached)]

    _nothing, result = at_once(late, cut)
    assert not isinstance(result, BaseException), result
    *seen, reached = result
    assert seen == ["case:a", "case:early"]
    if guarded:
        second = _cut_and_sign(at_once_please=True)
        assert list(
            AnchorMark.objects.filter(anchor_number=second.number).values_list("stream", flat=True)
        ) == ["case:late"]
        assert verify() == []
    else:
        lost = Event.objects.filter(id__gt=int(reached)).values_list("stream", flat=True)
        assert list(lost) == [], (
            "the late entry lies below the id that was reached: going by ids it is in no anchor"
        )
        assert Event.objects.filter(stream="case:late").exists()


def _cut_and_sign(*, at_once_please: bool = False) -> Anchor:
    """Cut, and sign with a key of the test: the signer has its own tests."""
    from tests.eventlog.keys import sign

    anchor = anchors.cut(now_at_once=at_once_please)
    assert anchor is not None
    sign(anchor)
    return anchor


@pytest.mark.req("SEC-44")
def test_many_at_once_are_each_in_one_anchor() -> None:
    def write(name: str) -> None:
        for number in range(6):
            many(f"case:{name}", f"case:{number % 2}")

    def cut() -> None:
        for _round in range(4):
            if Anchor.objects.exists() or Event.objects.exists():
                if anchor := anchors.cut(now_at_once=True):
                    from tests.eventlog.keys import sign

                    sign(anchor)

    results = at_once(lambda: write("a"), lambda: write("b"), cut, cut)
    assert not [found for found in results if isinstance(found, BaseException)], results
    _cut_and_sign(at_once_please=True)
    assert verify() == []
    assert sum(anchor.count for anchor in Anchor.objects.all()) == Event.objects.count() == 24
    assert not StreamHead.objects.exclude(anchored_seq__gt=0).exists()


@pytest.mark.req("SEC-44")
def test_an_old_anchor_is_an_alarm(caplog: pytest.LogCaptureFixture) -> None:
    from eventlog.tasks import warn_of_old_anchor

    assert anchor_age_seconds() == 0
    many("case:a")
    inside = {"REMOTE_ADDR": "127.0.0.1"}
    assert Client().get("/readyz", **inside).json()["checks"]["anchor"] == "ok"
    with clock.at(clock.now() + timedelta(hours=5)):
        warn_of_old_anchor()
        assert "the newest anchor is 18" in caplog.text
        assert Client().get("/readyz", **inside).json()["checks"]["anchor"] == "degraded"
        assert "portal_anchor_age_seconds 18" in Client().get("/metrics", **inside).content.decode()
        assert Client().get("/readyz", **inside).status_code == 200


def test_an_empty_anchor_is_cut_every_hour() -> None:
    assert anchors.cut() is None
    many("case:a")
    _cut_and_sign()
    moment = clock.now()
    with clock.at(moment + timedelta(minutes=59)):
        assert anchors.cut() is None
    with clock.at(moment + timedelta(minutes=61)):
        anchor = _cut_and_sign()
    assert (anchor.count, anchor.root) == (0, hashlib.sha256(b"").hexdigest())
    assert verify() == []


def test_a_file_with_another_text_is_not_overwritten(folder: Path) -> None:
    many("case:a")
    anchor = _cut_and_sign()
    anchors.write_once(Folder(folder), anchor)
    anchors.write_once(Folder(folder), anchor)
    anchor.text += " "
    with pytest.raises(FileExistsError):
        anchors.write_once(Folder(folder), anchor)


@pytest.mark.req("SEC-44")
def test_a_torn_file_outside_does_not_stop_the_others(
    own_signer: Signer, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What an older version left when it was killed or the disk was full."""
    own_signer.start()
    folder.mkdir()
    (folder / "anchor-000000001.jsonl").write_text('{"key_id": "0')
    many("case:a")
    assert anchors.run()
    assert "anchor 1: another file lies at its place outside" in caplog.text
    many("case:a")
    with clock.at(clock.now() + timedelta(minutes=11)):
        second = anchors.run()
    assert second and standing_anchor() == second and verify() == []
    held = AnchorProof.objects.filter(kind=ProofKind.FOLDER).values_list("anchor_number", flat=True)
    assert list(held) == [2]
    assert (folder / "anchor-000000001.jsonl").read_text() == '{"key_id": "0', "it stays to be looked at"


@pytest.mark.req("SEC-44")
def test_anchors_are_published_to_everybody(django_assert_max_num_queries: Any) -> None:
    client = Client()
    assert "还没有锚点" in client.get("/trail/roots/").content.decode()
    many("case:a")
    first = _cut_and_sign()
    many("case:b")
    second = _cut_and_sign(at_once_please=True)
    page = client.get("/trail/roots/").content.decode()
    assert first.root in page and second.root in page and "case:" not in page
    lines = [json.loads(line) for line in client.get("/trail/roots.jsonl").content.splitlines()]
    assert [line["text"] for line in lines] == [first.text, second.text]
    (line,) = [json.loads(line) for line in client.get("/trail/roots.jsonl?after=1").content.splitlines()]
    assert line["number"] == 2
    assert len(client.get("/trail/roots.jsonl?after=-1%20x").content.splitlines()) == 2
    keys = offline.read_keys(client.get("/trail/keys.pem").content.decode())
    signed = [offline.Signed(line["text"], line["signature"], line["key_id"]) for line in lines]
    assert list(offline.check_anchors(signed, keys)) == []
    feed = client.get("/trail/roots.atom")
    assert feed["Content-Type"].startswith("application/atom+xml") and second.root in feed.content.decode()
    assert client.get("/trail/offline.py").content == Path(offline.__file__).read_bytes()
    anchor = anchors.cut(now_at_once=True)
    assert anchor and anchor.text not in feed.content.decode(), "not signed yet"
    assert len(client.get("/trail/roots.jsonl").content.splitlines()) == 2
    with django_assert_max_num_queries(6):
        assert "等待签名" in client.get("/trail/roots/").content.decode()
