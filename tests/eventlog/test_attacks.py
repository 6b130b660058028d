"""What a superuser of the database can do to the trail, and who finds it: the portal's own check, and a stranger with an export,
the anchors and keys he noted down, a receipt, and one Python file (SEC-45, SEC-46, F-31, F-32).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import call_command
from django.db import connection, transaction

from common.actor import system
from courts.models import Court
from eventlog import anchors, offline
from eventlog.models import Anchor, AnchorProof, Event, Receipt, StreamHead
from eventlog.offline import Finding, Verdict
from eventlog.receipts import key_id, public_pem
from eventlog.services import act, emit
from eventlog.verify import export, verify
from tests.eventlog import keys

pytestmark = pytest.mark.django_db(transaction=True)
A = "case:a"
BROKEN, GAP, ANCHOR, SHORT = Verdict.BROKEN, Verdict.GAP, Verdict.ANCHOR, Verdict.SHORT


def write(stream: str, count: int = 1, receipt: str | None = None) -> None:
    court = Court.objects.get(code="某1234")
    for number in range(count):
        with act():
            emit(
                "courts.setting_changed", subject=court, actor=system("test"), stream=stream, court_id=court.pk,
                receipt=receipt, key=f"k{number}",
            )  # fmt: skip


@dataclass
class World:
    """Two anchors over three streams, a tail behind them with a receipt for its last entry; what a stranger noted down."""

    home: Path

    def build(self) -> None:
        write(A, 3)
        write("case:b", 2)
        self._anchor()
        export(self.home / "backup")
        write(A, 3)
        write("case:c", 1)
        self._anchor()
        write(A, 2)
        write(A, 1, receipt="试-1")
        export(self.home / "good")
        (self.home / "keys.pem").write_text((self.home / "good" / "keys.pem").read_text() + public_pem())
        (self.home / "roots").mkdir()
        (self.home / "roots" / "all.jsonl").write_text((self.home / "good" / "anchors.jsonl").read_text())
        receipt = Receipt.objects.get()
        self.receipt = self.home / "receipt.txt"
        self.receipt.write_text(offline.receipt_file(receipt.text, receipt.signature))

    def _anchor(self) -> None:
        anchor = anchors.cut(now_at_once=True)
        assert anchor is not None
        keys.sign(anchor)

    @property
    def claim(self) -> offline.Claim:
        claim = offline.claim_of(Receipt.objects.get().text)
        assert claim is not None
        return claim

    def inside(self, receipts: list[offline.Claim] | None = None) -> list[Finding]:
        """The portal's check, with what was noted down outside."""
        claims = [self.claim] if receipts is None else receipts
        return verify(anchors=self.home / "roots", keys=self.home / "keys.pem", receipts=claims)

    def outside(self, place: Path | None = None, **changes: Any) -> list[Finding]:
        """The stranger's, over an export that is made now."""
        if place is None:
            place = self.home / "now"
            export(place)
        asked = {"anchors": self.home / "roots", "keys": self.home / "keys.pem", "receipts": [self.receipt]}
        return offline.check_directory(place, **(asked | changes))


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.build()
    return made


@contextmanager
def as_superuser() -> Iterator[Callable[..., None]]:
    """Past all triggers and rights; everything is undone afterwards."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE; SET LOCAL session_replication_role = replica")
        yield lambda statement, *values: cursor.execute(statement, list(values))
        transaction.set_rollback(True)


def chain_anew(run: Callable[..., None], stream: str = A) -> None:
    """All later hashes and the head, as somebody does who knows how they are made."""
    previous = offline.FIRST_PREVIOUS
    seq = 0
    for seq, event in enumerate(Event.objects.filter(stream=stream).order_by("seq"), start=1):
        event.seq, event.previous_hash = seq, previous
        event.payload_hash = offline.payload_hash(event.payload, event.payload_salt, event.algorithm)
        previous = offline.entry_hash(event.entry())
        run(
            "UPDATE eventlog_event SET seq = %s, previous_hash = %s, payload_hash = %s, hash = %s WHERE id = %s",
            seq, event.previous_hash, event.payload_hash, previous, event.pk,
        )  # fmt: skip
    run("UPDATE eventlog_streamhead SET seq = %s, hash = %s WHERE stream = %s", seq, previous, stream)


def marks_anew(run: Callable[..., None]) -> None:
    run(
        "UPDATE eventlog_anchormark m SET hash = e.hash FROM eventlog_event e WHERE e.stream = m.stream AND e.seq = m.last"
    )


def anchors_anew(run: Callable[..., None], key: ec.EllipticCurvePrivateKey) -> None:
    """Own roots, own texts, own signatures, and the own key among the known ones."""
    pem = keys.public_pem(key)
    run(
        "INSERT INTO eventlog_trailkey (kind, key_id, public_pem, since) VALUES ('anchor', %s, %s, now())",
        offline.key_id_of(pem.encode()), pem,
    )  # fmt: skip
    previous = offline.FIRST_PREVIOUS
    from hashlib import sha256

    from eventlog.models import AnchorMark

    for anchor in Anchor.objects.order_by("number"):
        tree = offline.Tree()
        for leaf in anchors.leaves(
            list(AnchorMark.objects.filter(anchor_number=anchor.number).order_by("stream"))
        ):
            tree.add(leaf)
        text = anchor.text.replace(anchor.root, tree.root()).replace(anchor.previous_hash, previous)
        previous = sha256(text.encode()).hexdigest()
        run("UPDATE eventlog_anchor SET text = %s WHERE id = %s", text, anchor.pk)
        run(
            "UPDATE eventlog_anchorproof SET value = %s, key_id = %s WHERE anchor_number = %s AND kind = 'signature'",
            keys.signature(text, key), offline.key_id_of(pem.encode()), anchor.number,
        )  # fmt: skip


FLIPS = {
    "algorithm": "'sm3'", "version": "version + 1", "previous_hash": "repeat('a', 64)", "public_id": "gen_random_uuid()",
    "name": "'courts.other'", "happened_at": "happened_at - interval '1 second'", "court_id": "court_id + 1",
    "subject_kind": "'x'", "subject_id": "subject_id + 1", "actor_kind": "'staff'", "actor_id": "7",
    "actor_role": "'judge'", "actor_name": "'x'", "actor_court_id": "7", "actor_post_id": "7", "acting_for": "7",
    "channel": "'x'", "request_id": "'x'", "payload_hash": "repeat('a', 64)", "hash": "repeat('a', 64)",
}  # fmt: skip
WHERE = "WHERE stream = 'case:a' AND seq"


def _flipped_and_chained(run: Callable[..., None]) -> None:
    run(f"UPDATE eventlog_event SET actor_name = 'x' {WHERE} = 2")
    chain_anew(run)


def _marked_too(run: Callable[..., None]) -> None:
    _flipped_and_chained(run)
    marks_anew(run)


def _signed_too(run: Callable[..., None]) -> None:
    _marked_too(run)
    anchors_anew(run, ec.generate_private_key(ec.SECP256R1()))


def _insert(run: Callable[..., None], *, at: int) -> None:
    columns = [field.column for field in Event._meta.fields if field.column not in ("id", "public_id", "seq")]
    run(
        f"INSERT INTO eventlog_event (public_id, seq, {', '.join(columns)})"
        f" SELECT gen_random_uuid(), {at}, {', '.join(columns)} FROM eventlog_event {WHERE} = 2"
    )


def _inserted(run: Callable[..., None]) -> None:
    run(f"UPDATE eventlog_event SET seq = seq + 100 {WHERE} >= 3")
    run(f"UPDATE eventlog_event SET seq = seq - 99 {WHERE} >= 100")
    _insert(run, at=3)


def _inserted_and_chained(run: Callable[..., None]) -> None:
    _inserted(run)
    chain_anew(run)


def _forked(run: Callable[..., None]) -> None:
    run("ALTER TABLE eventlog_event DROP CONSTRAINT event_stream_seq_unique")
    _insert(run, at=3)


def _swapped(run: Callable[..., None]) -> None:
    for before, after in ((2, 200), (3, 2), (200, 3)):
        run(f"UPDATE eventlog_event SET seq = {after} {WHERE} = {before}")


def _cut_back(run: Callable[..., None], *, to: int) -> None:
    run(f"DELETE FROM eventlog_event {WHERE} > {to}")
    chain_anew(run)


def _cut_back_and_unmarked(run: Callable[..., None]) -> None:
    _cut_back(run, to=3)
    run("DELETE FROM eventlog_anchormark WHERE stream = 'case:a' AND first > 3")


def _stream_gone(run: Callable[..., None]) -> None:
    for table in ("event", "anchormark", "streamhead"):
        run(f"DELETE FROM eventlog_{table} WHERE stream = 'case:c'")


def _old_backup(run: Callable[..., None]) -> None:
    """Everything as it was at the first anchor, its own heads and anchors included."""
    _cut_back_and_unmarked(run)
    _stream_gone(run)
    for table, number in (
        ("anchor", "number"),
        ("anchorproof", "anchor_number"),
        ("anchormark", "anchor_number"),
    ):
        run(f"DELETE FROM eventlog_{table} WHERE {number} > 1")


ATTACKS: dict[str, tuple[Callable[[Callable[..., None]], None], tuple[Verdict, str, int]]] = {
    **{
        f"flip {column}": (
            lambda run, column=column, value=value: run(
                f"UPDATE eventlog_event SET {column} = {value} {WHERE} = 2"
            ),
            (BROKEN, A, 2),
        )
        for column, value in FLIPS.items()
    },
    "flip seq": (lambda run: run(f"UPDATE eventlog_event SET seq = 200 {WHERE} = 2"), (GAP, A, 2)),
    "flip stream": (lambda run: run(f"UPDATE eventlog_event SET stream = 'case:z' {WHERE} = 2"), (GAP, A, 2)),
    "drop the first": (lambda run: run(f"DELETE FROM eventlog_event {WHERE} = 1"), (GAP, A, 1)),
    "drop one in the middle": (lambda run: run(f"DELETE FROM eventlog_event {WHERE} = 4"), (GAP, A, 4)),
    "drop the last anchored": (lambda run: _cut_back(run, to=5), (SHORT, A, 6)),
    "drop back to the anchor before": (_cut_back_and_unmarked, (SHORT, "anchor", 2)),
    "drop a stream with all its traces": (_stream_gone, (SHORT, "anchor", 2)),
    "swap": (_swapped, (BROKEN, A, 2)),
    "insert": (_inserted, (BROKEN, A, 3)),
    "insert and chain anew": (_inserted_and_chained, (ANCHOR, A, 3)),
    "fork": (_forked, (BROKEN, A, 3)),
    "chain anew": (_flipped_and_chained, (ANCHOR, A, 3)),
    "chain and marks anew": (_marked_too, (ANCHOR, "anchor", 1)),
    "chain, marks, roots and signatures anew": (_signed_too, (ANCHOR, "anchor", 1)),
    "restore an old backup": (_old_backup, (SHORT, "anchor", 2)),
}
LAST_RECEIPTED = 9


def told(finding: Finding) -> tuple[Verdict, str, int]:
    return finding.verdict, finding.stream, finding.seq


def first(findings: list[Finding]) -> tuple[Verdict, str, int] | None:
    return told(findings[0]) if findings else None


@pytest.mark.req("SEC-45", "SEC-46", "F-31")
def test_portal_and_stranger_find_every_attack_at_its_place(world: World) -> None:
    """Without any receipt: what was noted down of roots and keys is enough."""
    assert (world.inside(), world.outside()) == ([], []), "the control: untouched, nothing is found"
    inside, outside = {}, {}
    for name, (attack, _expected) in ATTACKS.items():
        with as_superuser() as run:
            attack(run)
            inside[name], outside[name] = first(world.inside(receipts=[])), first(world.outside(receipts=[]))
    expected = {name: place for name, (_attack, place) in ATTACKS.items()}
    assert outside == expected
    assert inside == expected
    assert (world.inside(), world.outside()) == ([], []), "and nothing stayed behind"


@pytest.mark.req("SEC-46")
def test_only_the_database_shows_what_an_export_leaves_out(world: World) -> None:
    """What an entry says, and the heads: an export holds neither."""
    old_head = Event.objects.get(stream=A, seq=4).hash
    for statement, place in {
        f"UPDATE eventlog_event SET payload = '{{}}' {WHERE} = 2": (BROKEN, A, 2),
        f"UPDATE eventlog_event SET payload_salt = 'x' {WHERE} = 2": (BROKEN, A, 2),
        f"UPDATE eventlog_streamhead SET seq = 4, hash = '{old_head}' WHERE stream = 'case:a'": (
            BROKEN,
            A,
            9,
        ),
        "UPDATE eventlog_streamhead SET hash = repeat('a', 64) WHERE stream = 'case:a'": (BROKEN, A, 9),
        "DELETE FROM eventlog_streamhead WHERE stream = 'case:b'": (BROKEN, "case:b", 2),
        "INSERT INTO eventlog_streamhead (stream, seq, hash) VALUES ('case:aa', 2, 'x'), ('case:zz', 1, 'x'), ('x', 0, '')": (
            SHORT,
            "case:aa",
            1,
        ),
        f"DELETE FROM eventlog_event {WHERE} > 6": (SHORT, A, 7),
    }.items():
        with as_superuser() as run:
            run(statement)
            assert told(world.inside()[0]) == place, statement
    assert world.inside() == []


@pytest.mark.req("SEC-45", "SEC-46")
def test_a_tail_that_no_anchor_holds_yet_is_missed_by_a_receipt(world: World) -> None:
    with as_superuser() as run:
        _cut_back(run, to=8)
        expected = (GAP, f"receipt {world.claim.event}", LAST_RECEIPTED)
        assert told(world.inside()[0]) == told(world.outside()[0]) == expected
        assert world.outside(receipts=[]) == [], "who holds nothing misses nothing"
    with as_superuser() as run:
        run(f"UPDATE eventlog_event SET actor_name = 'x' {WHERE} = 9")
        chain_anew(run)
        assert told(world.inside()[0]) == told(world.outside()[0]) == (BROKEN, A, 9)


@pytest.mark.req("SEC-45", "SEC-46")
def test_a_changed_receipt_or_root_or_another_key_is_found(world: World) -> None:
    good = world.home / "good"
    assert world.outside(good) == []
    forged = world.home / "forged.txt"
    written = world.receipt.read_text()
    for text in (
        written.replace("试-1", "试-2"),
        written.replace(offline.SIGNATURE_LINE, ""),
        "",
        written[:-9],
    ):
        forged.write_text(text)
        assert told(world.outside(good, receipts=[world.receipt, forged])[0]) == (BROKEN, "receipt", 2)
    roots = world.home / "roots" / "all.jsonl"
    lines = [json.loads(line) for line in roots.read_text().splitlines()]
    assert len(lines) == 2
    other = ec.generate_private_key(ec.SECP256R1())
    text = lines[0]["text"].replace("streams: 2", "streams: 3")
    for changed, number in (
        ([lines[0] | {"text": text}, lines[1]], 1),
        ([lines[0] | {"text": text, "signature": keys.signature(text, other)}, lines[1]], 1),
        ([lines[0], lines[1] | {"signature": "x"}], 2),
        ([lines[0], lines[1] | {"key_id": "0" * 16}], 2),
        ([lines[0], lines[0]], 2),
        ([lines[1]], 1),
    ):
        roots.write_text("".join(f"{json.dumps(line)}\n" for line in changed))
        assert told(world.outside(good)[0]) == (ANCHOR, "anchor", number)
        assert told(world.inside()[0]) == (ANCHOR, "anchor", number)
    assert world.outside(good, anchors=None) == [], "the export's own anchors were not touched"
    # an old backup with everything in it agrees with itself, and not with the roots that are known outside
    assert world.outside(world.home / "backup", anchors=None, receipts=[]) == []


@pytest.mark.req("SEC-45")
def test_the_one_file_runs_alone_and_answers_by_its_exit_code(world: World) -> None:
    good = world.home / "good"

    def run(place: Path, *arguments: str | Path) -> tuple[int, str]:
        command = [sys.executable, "-I", str(good / "offline.py"), str(place), *map(str, arguments)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=world.home, timeout=60
        )
        assert not done.stderr
        return done.returncode, done.stdout.strip()

    own = ("--anchors", world.home / "roots", "--keys", world.home / "keys.pem")
    assert run(good, *own, "--receipt", world.receipt) == (0, "good")
    assert run(world.home / "backup", *own) == (5, "short anchor 2")
    assert run(good, "--stream", A, "--from", "3", "--to", "7") == (0, "good")
    entries = good / "entries.jsonl"
    lines = entries.read_text().splitlines(keepends=True)
    assert "payload_salt" not in lines[0] and '"payload"' not in lines[0]
    entries.write_text("".join([*lines[:3], *lines[4:]]))
    assert run(good, *own) == (3, "gap case:a 4\nshort anchor 2")
    assert run(good, "--stream", A, "--from", "5") == (0, "good")
    assert run(good, "--stream", A, "--from", "3") == (3, "gap case:a 4")


@pytest.mark.req("SEC-45")
def test_the_command_answers_by_its_exit_code(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    def code(*arguments: str) -> int:
        try:
            call_command("audit", *arguments)
        except SystemExit as ended:
            return int(str(ended.code))
        return 0

    own = ("--anchors", str(world.home / "roots"), "--keys", str(world.home / "keys.pem"))
    receipt = ("--receipt", str(world.receipt))
    assert code("verify", *own, *receipt) == 0
    assert code("verify", "--stream", A, *own) == 0
    assert code("verify", "--stream", A, "--from", "2", "--to", "4") == 0
    assert code("verify", "--stream", A, "--from", "2", "--to", "40") == 5
    assert code("verify", "--stream", A, "--to", "4") == 0
    forged = world.home / "forged.txt"
    forged.write_text("x")
    assert code("verify", *own, "--receipt", str(forged)) == 2
    with as_superuser() as run:
        run(f"DELETE FROM eventlog_event {WHERE} = 4")
        assert code("verify") == 3
        assert code("verify", "--stream", A, "--from", "2") == 3
    with as_superuser() as run:
        _marked_too(run)
        assert code("verify") == 4
    with as_superuser() as run:
        run(f"UPDATE eventlog_event SET channel = 'x' {WHERE} = 4")
        assert code("verify", "--stream", A, "--from", "2") == 2
    assert code("export", str(world.home / "again")) == 0
    assert "anchors 2" in capsys.readouterr().out
    assert world.outside(world.home / "again") == []


@pytest.mark.req("SEC-46")
def test_a_stream_that_is_hidden_from_the_anchors_is_found(world: World) -> None:
    """The number in the head is only a hint; whoever raises it keeps a stream out of the anchors, until one is cut later."""
    from datetime import timedelta

    from common import clock

    write("case:hidden")
    with as_superuser() as run:
        run("UPDATE eventlog_streamhead SET anchored_seq = 99 WHERE stream = 'case:hidden'")
        with clock.at(clock.now() + timedelta(hours=2)):
            anchor = anchors.cut()
        assert anchor is not None
        keys.sign(anchor)
        assert [told(finding) for finding in verify()] == [(ANCHOR, "case:hidden", 1)]


VECTORS = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
)]  # fmt: skip
"""The test data of RFC 6962's first implementation, and its root over all eight."""
VECTOR_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.req("SEC-44")
def test_trees_and_their_paths_are_those_of_rfc_6962() -> None:
    for count in range(1, 20):
        leaves = [bytes([number]) for number in range(count)]
        tree = offline.Tree()
        for leaf in leaves:
            tree.add(leaf)
        for place, leaf in enumerate(leaves):
            path = offline.path_of(leaves, place)
            assert offline.root_by_path(leaf, place, count, path) == tree.root()
            assert offline.root_by_path(b"other", place, count, path) != tree.root()
            with pytest.raises(ValueError, match="too long"):
                offline.root_by_path(leaf, place, count, [*path, "00" * 32])
            if path:
                with pytest.raises(ValueError, match="too short"):
                    offline.root_by_path(leaf, place, count, path[:-1])
    tree = offline.Tree()
    for leaf in VECTORS:
        tree.add(leaf)
    assert tree.root() == VECTOR_ROOT


@pytest.mark.req("SEC-43")
def test_one_chain_may_hold_both_algorithms(settings: Any, tmp_path: Path) -> None:
    write(A, 2)
    settings.TRAIL_HASH = "sm3"
    write(A, 2)
    settings.TRAIL_HASH = "sha256"
    write(A, 1)
    assert list(Event.objects.order_by("seq").values_list("algorithm", flat=True)) == [
        "sha256", "sha256", "sm3", "sm3", "sha256",
    ]  # fmt: skip
    assert verify() == []
    export(tmp_path)
    assert offline.check_directory(tmp_path) == []
    for value in ("'sha256'", "'md5'"):
        with as_superuser() as run:
            run(f"UPDATE eventlog_event SET algorithm = {value} {WHERE} = 3")
            assert told(verify()[0]) == (BROKEN, A, 3)
    # GB/T 32905-2016, appendix A.1
    assert offline.digest("sm3", b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    with pytest.raises(ValueError, match="unknown"):
        offline.digest("md5", b"abc")


def test_receipts_name_their_key(world: World) -> None:
    assert world.claim.key_id == key_id() == offline.key_id_of(public_pem().encode())
    assert offline.claim_of("x") is None
    assert AnchorProof.objects.count() == 2 and StreamHead.objects.count() == 3
