"""Receipts and anchors by SM2 beside those by ECDSA, in the portal and at a stranger's (SEC-43, SEC-66, docs/adr/0041)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from common import clock
from common.errors import GatewayUnavailable
from eventlog import anchors, offline
from eventlog.models import AnchorProof, Event, KeyKind, ProofKind, Receipt, StreamHead
from eventlog.receipts import is_genuine, key_id, public_pem
from eventlog.verify import export, verify
from launcher.paths import ROOT
from portal.checks import keys_are_usable
from portal.startup import refuse_useless_receipt_key
from signer.anchors import KEY
from tests.eventlog.test_attacks import A, write
from tests.eventlog.test_receipt_check import asked
from tests.support import sm2
from tests.support.database import process_environment
from tests.support.servers import Signer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return sm2.make_key(tmp_path / "receipt.key.pem")


def after_the_job() -> None:
    """What the job of anchors does each minute."""
    anchors.note_key(KeyKind.RECEIPT, public_pem())


@pytest.mark.req("SEC-43", "SEC-66")
def test_the_receipt_key_moves_and_receipts_of_both_kinds_stay_genuine(
    key: Path, settings: Any, tmp_path: Path
) -> None:
    write(A, receipt="试-1")
    after_the_job()
    older, settings.RECEIPT_KEY_FILE = settings.RECEIPT_KEY_FILE, key
    write(A, receipt="试-2")
    one, two = Receipt.objects.order_by("event_id")
    assert one.key_id != two.key_id == key_id()
    assert sm2.believes(tmp_path, public_pem(), two.text, two.signature)
    after_the_job()
    for file in (key, older):  # a process with the new key, and one that was not restarted yet
        settings.RECEIPT_KEY_FILE = file
        for receipt, number in ((one, "试-1"), (two, "试-2")):
            assert is_genuine(receipt.text, receipt.signature)
            assert asked(receipt.text, receipt.signature)["status"] == "waiting"
            forged = receipt.text.replace(number, "试-3")
            assert not is_genuine(forged, receipt.signature)
            assert asked(forged, receipt.signature)["status"] == "forged"
        passed_off = two.text.replace(two.key_id, one.key_id)
        assert not is_genuine(passed_off, two.signature)
        assert not is_genuine(one.text, two.signature)


@pytest.mark.req("SEC-43")
def test_a_stranger_checks_both_kinds_with_one_file(
    own_signer: Signer, key: Path, settings: Any, tmp_path: Path
) -> None:
    environment = dict(own_signer.child.environment)
    seals = shutil.copytree(environment["SIGNER_DIRECTORY"], tmp_path / "seals")
    own_signer.child.environment = environment | {"SIGNER_DIRECTORY": str(seals)}
    own_signer.start()
    write(A, receipt="试-1")
    assert anchors.run() is not None
    own_signer.kill()
    sm2.make_key(seals / KEY)
    settings.RECEIPT_KEY_FILE = key
    own_signer.start()
    write(A, receipt="试-2")
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert anchors.run() is not None
    signatures = AnchorProof.objects.filter(kind=ProofKind.SIGNATURE)
    assert len(set(signatures.values_list("key_id", flat=True))) == 2
    assert verify() == []
    folder = tmp_path / "export"
    export(folder)
    receipts = []
    for receipt in Receipt.objects.order_by("event_id"):
        receipts.append(tmp_path / f"{receipt.pk}.txt")
        receipts[-1].write_text(offline.receipt_file(receipt.text, receipt.signature))

    def verdict() -> tuple[int, str]:
        command = [sys.executable, "-I", folder / "offline.py", folder]
        command += [part for path in receipts for part in ("--receipt", path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=folder)
        return done.returncode, done.stdout.strip()

    assert verdict() == (0, "good")
    lines = (folder / "anchors.jsonl").read_text().splitlines()
    first, second = (json.loads(line) for line in lines)
    second["text"] = second["text"].replace("streams: 1", "streams: 2")
    (folder / "anchors.jsonl").write_text(f"{json.dumps(first)}\n{json.dumps(second)}\n")
    assert verdict() == (4, "anchor anchor 2")


@pytest.mark.req("SEC-43")
def test_what_nobody_can_sign_has_not_happened(key: Path, settings: Any) -> None:
    settings.RECEIPT_KEY_FILE = key
    write(A, receipt="试-1")
    away = key.rename(key.with_suffix(".away"))
    with pytest.raises(GatewayUnavailable) as refused:
        write(A, receipt="试-2")
    assert refused.value.code == "receipt_unavailable"
    assert StreamHead.objects.get(stream=A).seq == Event.objects.filter(stream=A).count() == 1
    write(A)  # what gives no receipt goes on
    away.rename(key)
    write(A, receipt="试-2")
    assert Receipt.objects.count() == 2 and verify() == []


@pytest.mark.req("SEC-43")
def test_a_portal_that_cannot_sign_does_not_start(
    key: Path, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_useless_receipt_key()
    settings.RECEIPT_KEY_FILE = key
    with monkeypatch.context() as patched:
        patched.setenv("PATH", str(tmp_path / "nothing"))
        with pytest.raises(SystemExit, match=r"Start refused: RECEIPT_KEY_FILE: .*program is not there"):
            refuse_useless_receipt_key()
        assert [problem.id for problem in keys_are_usable(None)] == ["portal.E001"]
    refuse_useless_receipt_key()
    assert keys_are_usable(None) == []
    alone = process_environment() | {"RECEIPT_KEY_FILE": str(key), "PATH": str(tmp_path / "nothing")}
    web = [sys.executable, "-c", "import portal.asgi"]
    started = subprocess.run(web, env=alone, capture_output=True, text=True, check=False, cwd=ROOT)
    assert started.returncode == 1 and "Start refused: RECEIPT_KEY_FILE: " in started.stderr
    other = tmp_path / "other.pem"
    other.write_bytes(
        ec.generate_private_key(ec.SECP384R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    settings.RECEIPT_KEY_FILE = other
    with pytest.raises(SystemExit, match="is no ECDSA P-256 key"):
        refuse_useless_receipt_key()
