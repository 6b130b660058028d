"""The eight cases of a sealed paper, through the page and the API; and a paper whose clock was moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from documents.inspect import seals
from documents.rendering import paper
from documents.sealing import doors
from documents.services.authenticity import SealState
from portal.authority import demo_authorities, make_demo, public_pem
from tests.documents import test_rendering
from tests.documents.tampering import CHANGES
from tests.support.servers import Signer

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESSES = (f"10.30.{number >> 8}.{number & 255}" for number in count(1))
SEALED_BY = "某省某市示例区人民法院电子签章(演示)"


def ask(content: bytes) -> Any:
    upload = SimpleUploadedFile("文书.pdf", content, content_type="application/pdf")
    answer = Client(REMOTE_ADDR=next(ADDRESSES)).post("/api/v1/documents/verify", {"file": upload})
    assert answer.status_code == 200, answer.content
    return answer.json()


def page(content: bytes) -> str:
    upload = SimpleUploadedFile("文书.pdf", content, content_type="application/pdf")
    return Client(REMOTE_ADDR=next(ADDRESSES)).post("/docs/verify/", {"file": upload}).content.decode()


@pytest.mark.req("SEC-24")
@pytest.mark.parametrize("case", CHANGES)
def test_what_is_said_of_a_seal(case: str) -> None:
    change, state = CHANGES[case]
    content = change(test_rendering.make("fee_notice"))
    answer = ask(content)
    assert answer["seal"]["state"] == state
    known = state in ("valid", "changed_later", "followed")
    assert answer["seal"]["signer"] == (SEALED_BY if known else "")
    assert bool(answer["seal"]["stamped_at"]) == known
    found = {row["means"]: row["agrees"] for row in answer["findings"]}
    assert found.get("signature") == {"none": None, "valid": True}.get(state, False)
    assert found.get("certificate") == (True if known else None)
    assert str(SealState(state).label) in page(content)


@pytest.fixture
def other_authority(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A signer whose certificates have the very same names, from an authority of its own."""
    other = tmp_path / "other"
    make_demo(other, b"")
    signer = Signer(tmp_path)
    signer.child.environment = dict(signer.child.environment) | {"SIGNER_DIRECTORY": str(other / "seals")}
    signer.start()
    settings.SIGNER_URL = f"unix:{signer.place}"
    doors.forget_failures()
    yield other
    signer.stop()
    signer.socket.close()
    doors.forget_failures()


@pytest.mark.req("SEC-24")
def test_the_same_names_from_another_authority(other_authority: Path, settings: Any, tmp_path: Path) -> None:
    ours = settings.SEAL_TRUST_FILE, settings.SEAL_CRL_FILE
    for name, own in zip(("SEAL_TRUST_FILE", "SEAL_CRL_FILE"), ours, strict=True):
        both = tmp_path / own.name
        both.write_bytes(own.read_bytes() + (other_authority / own.name).read_bytes())
        setattr(settings, name, both)
    content = test_rendering.make("fee_notice")
    assert ask(content)["seal"]["state"] == "valid", "control: believed, it holds"
    settings.SEAL_TRUST_FILE, settings.SEAL_CRL_FILE = ours
    answer = ask(content)
    assert answer["seal"] == {"state": "untrusted", "signer": "", "stamped_at": None}
    assert {"means": "certificate", "agrees": False} in answer["findings"]
    assert "签章不受信任" in page(content)


@pytest.mark.req("SEC-24")
def test_a_revoked_seal(settings: Any, tmp_path: Path) -> None:
    content = test_rendering.make("fee_notice")
    ours, stamps = demo_authorities(settings.SEAL_CRL_FILE.parent, b"")
    revoked = ours.crl([doors.certificate_of("court").serial_number])
    settings.SEAL_CRL_FILE = tmp_path / "lists.pem"
    settings.SEAL_CRL_FILE.write_bytes(public_pem(revoked) + public_pem(stamps.crl()))
    answer = ask(content)
    assert answer["seal"]["state"] == "revoked" and answer["seal"]["signer"] == SEALED_BY
    assert {"means": "certificate", "agrees": False} in answer["findings"]
    assert "证书已吊销" in page(content)


@pytest.mark.parametrize("moment", [datetime(2025, 12, 1, tzinfo=UTC), datetime(2031, 5, 1, tzinfo=UTC)])
def test_a_paper_of_a_moved_clock_holds(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """The stamp has the real time, and the certificates are judged at that time."""
    monkeypatch.setattr(test_rendering, "MOMENT", moment)
    answer = ask(test_rendering.make("fee_notice"))
    assert answer["seal"]["state"] == "valid"
    assert datetime.fromisoformat(answer["seal"]["stamped_at"]).date() != moment.date()


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7\n", b"%PDF-" + b"\x00" * 5000, b"%PDF-1.7\n%%EOF", b"%PDF-1.4\nstartxref\n9\n%%EOF"],
)
def test_what_cannot_be_read_is_said_to_be_so(content: bytes) -> None:
    answer = ask(content)
    assert answer["status"] == "unknown" and answer["seal"]["state"] in ("unreadable", "none")


def test_the_states_are_those_of_the_process() -> None:
    told = {seals.VALID, seals.TAMPERED, seals.CHANGED_LATER, seals.FOLLOWED, seals.UNTRUSTED, seals.REVOKED}
    assert told | {seals.UNREADABLE, "none"} == set(SealState.values)
    assert paper.sealer() is paper.sealer(), "one sealer a process: it keeps what it has checked"
