"""A database that a restore brought back goes on behind the anchors that were signed meanwhile (SEC-44, REL-56)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import Max

from common import clock
from common.write_once import Folder
from eventlog import anchors, offline, tasks
from eventlog.models import (
    Anchor,
    AnchorMark,
    AnchorProof,
    Event,
    Outbox,
    ProofKind,
    StreamHead,
    TrailKey,
)
from eventlog.offline import Finding, Verdict
from eventlog.selectors import lost_anchors, standing_anchor
from eventlog.verify import export, verify
from tests.eventlog import keys
from tests.eventlog.test_anchors import many
from tests.infra.test_drill import operator, said
from tests.support.court import Cast, cast
from tests.support.servers import Signer

__all__ = ["cast", "operator"]
TABLES = (Event, Outbox, Anchor, AnchorMark, AnchorProof, TrailKey)
BY = ("--as", "admin", "--reason", "服务器坏了，恢复昨晚的备份")


def backup() -> Callable[[], None]:
    """What a restore of now would bring back: the trail loses what comes later."""
    reached = {model._meta.db_table: model.objects.aggregate(id=Max("id"))["id"] or 0 for model in TABLES}
    heads = list(StreamHead.objects.all())

    def restore() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for table, last in reached.items():
                cursor.execute(f"DELETE FROM {table} WHERE id > %s", [last])
            cursor.execute("DELETE FROM eventlog_streamhead")
            StreamHead.objects.bulk_create(heads)
            cursor.execute("RESET session_replication_role")

    return restore


def anchored() -> Anchor:
    """Cut and signed by a key of the test, and a file outside."""
    anchor = anchors.cut(now_at_once=True)
    assert anchor is not None
    keys.sign(anchor)
    assert anchors.complete_pending() >= 1
    return anchor


@pytest.mark.req("SEC-44", "REL-56")
def test_the_next_anchor_is_signed_behind_those_that_the_backup_does_not_know(
    cast: Cast, operator: Path, own_signer: Signer, caplog: pytest.LogCaptureFixture
) -> None:
    own_signer.start()
    many("case:a", "case:b")
    assert anchors.cut(now_at_once=True) and anchors.complete_pending() == 3
    many("case:tail")  # in the backup, in none of its anchors
    restore = backup()
    lost = 0
    for streams in (("case:a", "case:gone"), ("case:b",)):
        many(*streams)
        anchor = anchors.cut(now_at_once=True)
        assert anchor and anchors.complete_pending() == 3
        lost += anchor.count
    restore()
    many("case:b")
    refused = anchors.cut(now_at_once=True)
    assert refused and refused.number == 2 and standing_anchor() == Anchor.objects.get(number=1)
    with clock.at(clock.now() + timedelta(hours=5)):
        tasks.anchor()
    assert "anchor 2 is not signed" in caplog.text and "out_of_turn" in caplog.text
    assert "the newest anchor is 18" in caplog.text, "the alarm goes on"

    told = said("adopt_anchors", *BY)
    assert (
        f"anchors 2-3 taken over; they held {lost} entries" in told
        and "anchor 4 waits for the signer" in told
    )
    stamps = AnchorProof.objects.filter(kind=ProofKind.TIMESTAMP).order_by("anchor_number")
    assert list(stamps.values_list("anchor_number", flat=True)) == [1, 2, 3], "those of then"
    assert anchors.complete_pending() > 0
    standing = standing_anchor()
    assert standing and standing.number == 4
    assert dict(AnchorMark.objects.filter(anchor_number__gt=1).values_list("stream", "anchor_number")) == {
        "case:b": 4, "case:tail": 4, "operations": 4,
    }  # fmt: skip
    assert verify() == [] and not StreamHead.objects.exclude(anchored_seq__gt=0).exists()
    told = said("audit", "verify")
    assert "lost in a restore: anchors 2-3" in told and BY[-1] in told and told.endswith("good\n")
    tasks.verify_trail()

    place = operator / "export"
    export(place)
    outside = operator / "anchors"
    short = [Finding(Verdict.SHORT, "anchor", number) for number in (2, 3)]
    assert offline.check_directory(place, anchors=outside) == short, "a stranger names them, and nothing else"
    entries = (place / "entries.jsonl").read_text().splitlines()
    (place / "entries.jsonl").write_text(
        "\n".join(line for line in entries if json.loads(line)["stream"] != "case:tail")
    )
    assert Finding(Verdict.SHORT, "case:tail", 1) in offline.check_directory(place, anchors=outside)
    with pytest.raises(CommandError, match="nothing lies there behind anchor 4"):
        said("adopt_anchors", *BY)


@pytest.mark.req("SEC-44")
def test_nothing_is_taken_over_that_does_not_follow_or_is_not_signed(
    cast: Cast, operator: Path, settings: Any
) -> None:
    settings.TSA_URL = f"unix:{operator}/nowhere"
    many("case:a")
    restore = backup()
    held = 0
    for _number in range(3):
        many("case:b")
        held += anchored().count
    (operator / "keys.pem").write_text(keys.public_pem())
    restore()
    folder, state = Folder(operator / "anchors"), _state()
    noted = ("--keys", str(operator / "keys.pem"))
    with pytest.raises(CommandError, match=r"anchor 1 .* not known here"):  # a key younger than the backup
        said("adopt_anchors", *BY)
    for arguments, reason in (
        (("--reason", "恢复昨晚的备份"), "no member of staff"),
        (("--as", "admin", "--reason", "短"), "why"),
        ((*BY, *noted, "--anchors", str(operator / "empty")), "nothing lies there behind anchor 0"),
    ):
        with pytest.raises(CommandError, match=reason):
            said("adopt_anchors", *arguments)
    good = folder.read("anchor-000000002.jsonl")
    row = json.loads(good)
    other = row["text"].replace("streams: 1", "streams: 2")
    for wrong, reason in (
        (b"", "anchor 2 is missing"),
        (good[:50], "cannot be read"),
        (json.dumps(row | {"text": other}).encode(), "anchor 2 "),
        (json.dumps(row | {"text": other, "signature": keys.signature(other)}).encode(), "anchor 3 "),
        (json.dumps(row | {"key_id": 7}).encode(), "cannot be read"),
    ):
        _overwrite(folder, "anchor-000000002.jsonl", wrong)
        with pytest.raises(CommandError, match=reason):
            said("adopt_anchors", *BY, *noted)
    assert _state() == state
    _overwrite(folder, "anchor-000000002.jsonl", good)
    settings.DATABASE_ROLE = "app"
    with pytest.raises(CommandError, match="must run as owner"):
        said("adopt_anchors", *BY, *noted)
    settings.DATABASE_ROLE = "owner"
    assert f"anchors 1-3 taken over; they held {held} entries" in said("adopt_anchors", *BY, *noted)
    assert TrailKey.objects.filter(public_pem=keys.public_pem()).exists()
    keys.sign(Anchor.objects.get(number=4))
    assert verify() == []


@pytest.mark.req("SEC-44")
def test_one_that_waited_for_its_signature_in_the_backup_keeps_its_entries(
    cast: Cast, operator: Path, settings: Any
) -> None:
    settings.TSA_URL = f"unix:{operator}/nowhere"
    many("case:a")
    anchored()
    many("case:b")
    waiting = anchors.cut(now_at_once=True)
    assert waiting is not None
    restore = backup()
    keys.sign(waiting)
    assert anchors.complete_pending() == 1
    restore()
    assert not AnchorProof.objects.filter(anchor_number=2).exists()
    assert "anchors 2-2 taken over; they held 0 entries" in said("adopt_anchors", *BY)
    assert AnchorProof.objects.filter(anchor_number=2, kind=ProofKind.SIGNATURE).exists()
    assert lost_anchors() == [] and AnchorMark.objects.filter(anchor_number=2).exists()
    keys.sign(Anchor.objects.get(number=3))
    assert verify() == []


def _overwrite(folder: Folder, name: str, content: bytes) -> None:
    (folder.path / name).unlink()
    (folder.path / name).write_bytes(content)


def _state() -> list[tuple[str, int]]:
    return [(model.__name__, model.objects.count()) for model in TABLES]
