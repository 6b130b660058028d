"""The signer alone: what it signs, what it refuses, what it notes."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, Signer

from portal.authority import make_demo
from portal.env import DEMO_FILE_LINE
from signer import journal, protocol, store
from signer.app import from_environment

MOMENT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
SECRET = "a-secret-for-this-test-alone-0123456789"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_demo(tmp_path, f"{DEMO_FILE_LINE}\n".encode())
    return tmp_path


def environment(home: Path, **changes: str) -> dict[str, str]:
    return {
        "PORTAL_MODE": "test",
        "SIGNER_SECRET": SECRET,
        "SIGNER_DIRECTORY": str(home / "seals"),
        "SIGNER_JOURNAL": str(home / "journal.jsonl"),
    } | changes


class Door:
    """A signer with its door."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.signer = from_environment(environment(home))

    def ask(
        self, body: bytes, *, path: str = protocol.SIGN, method: str = "POST", proof: str | None = None
    ) -> Any:
        sent: list[dict[str, Any]] = []
        given = protocol.proof(SECRET, body) if proof is None else proof
        headers = [(protocol.PROOF.lower().encode(), given.encode())]
        scope = {"type": "http", "method": method, "path": path, "headers": headers}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.signer(scope, receive, send))
        return sent[0]["status"], json.loads(sent[1]["body"])

    def sign(self, attributes: bytes, seal: str = "court", **changes: Any) -> Any:
        return self.ask(asked(attributes, seal), **changes)

    def lines(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in (self.home / "journal.jsonl").read_text().splitlines()]


def asked(attributes: bytes, seal: str = "court") -> bytes:
    encoded = base64.b64encode(attributes).decode()
    return json.dumps({"seal": seal, "reference": "某1234-2026-000001-1", "attributes": encoded}).encode()


@pytest.fixture
def door(home: Path) -> Door:
    return Door(home)


def attributes(door: Door, seal: str = "court", digest: bytes = b"d" * 32) -> cms.CMSAttributes:
    """What pyHanko would have signed."""
    signer = Signer(signing_cert=door.signer.seals[seal].certificate)
    settings = PdfCMSSignedAttributes()
    return asyncio.run(signer.signed_attrs(digest, "sha256", attr_settings=settings, use_pades=True))


def test_a_pdf_signature_is_signed_and_noted(door: Door) -> None:
    data = attributes(door).dump()
    status, answer = door.sign(data)
    assert status == 200
    key = door.signer.seals["court"].key.public_key()
    key.verify(base64.b64decode(answer["signature"]), data, ec.ECDSA(hashes.SHA256()))
    (line,) = door.lines()
    assert (line["seal"], line["reference"], line["digest"]) == (
        "court",
        "某1234-2026-000001-1",
        (b"d" * 32).hex(),
    )


def _changed(door: Door, kind: str, value: Any) -> bytes:
    made = [entry for entry in attributes(door) if entry["type"].native != kind]
    return bytes(cms.CMSAttributes([*made, cms.CMSAttribute({"type": kind, "values": [value]})]).dump())


REFUSED = {
    "no attributes": lambda door: b"",
    "a text": lambda door: "请签这一句".encode(),
    "attributes of another seal": lambda door: attributes(door, "neighbour").dump(),
    "a short digest": lambda door: attributes(door, digest=b"d" * 20).dump(),
    "over a time stamp": lambda door: _changed(door, "content_type", "tst_info"),
    "one attribute more": lambda door: _changed(door, "signing_time", cms.Time({"utc_time": MOMENT})),
    "bytes behind": lambda door: attributes(door).dump() + b"x",
    "two of a kind": lambda door: cms.CMSAttributes([*attributes(door), attributes(door)[0]]).dump(),
}


@pytest.mark.parametrize("name", REFUSED)
def test_nothing_else_is_signed(door: Door, name: str) -> None:
    assert door.sign(bytes(REFUSED[name](door)))[0] == 422
    assert door.lines() == []


def test_only_who_knows_the_secret_is_served(door: Door) -> None:
    data = attributes(door).dump()
    assert door.sign(data, proof="")[0] == 401
    assert door.sign(data, proof=protocol.proof("another-secret", asked(data)))[0] == 401
    assert door.sign(data, proof="é")[0] == 401
    assert door.sign(data, seal="nobody")[0] == 404
    assert door.sign(data, seal="../ca")[0] == 404
    assert door.ask(b"x" * (protocol.MAX_BODY_BYTES + 1))[0] == 413
    for body in (b"", b"[]", b"{}", b'{"seal": ["court"], "reference": 1, "attributes": 3}', b"\xff"):
        assert door.ask(body)[0] in (404, 422)
    assert door.lines() == []


def test_certificates_are_public_and_nothing_else_is_shown(door: Door) -> None:
    status, answer = door.ask(b"", path="/seals/court", method="GET", proof="")
    assert status == 200 and answer["certificate"].startswith("-----BEGIN CERTIFICATE-----")
    assert "PRIVATE" not in json.dumps(answer)
    assert door.ask(b"", path="/healthz", method="GET", proof="") == (200, {"status": "ok"})
    for path in ("/seals/", "/seals/court.key.pem", "/seals/../authorities/seals", "/journal", "/"):
        assert door.ask(b"", path=path, method="GET")[0] == 404


def test_what_cannot_be_noted_is_not_signed(door: Door) -> None:
    data = attributes(door).dump()
    door.signer.journal.close()
    status, answer = door.sign(data)
    assert status == 503 and "signature" not in answer


def test_the_journal_is_a_chain_that_shows_what_was_taken_out(door: Door, home: Path) -> None:
    path = home / "journal.jsonl"
    for number in range(4):
        door.sign(attributes(door, digest=bytes([number]) * 32).dump())
    assert journal.first_break(path) == 0
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:1], *lines[2:]]))
    assert journal.first_break(path) == 2
    path.write_bytes(b"".join([lines[0], lines[1].replace(b"court", b"above"), *lines[2:]]))
    assert journal.first_break(path) == 3


def test_a_journal_cut_off_by_a_crash_goes_on(door: Door, home: Path) -> None:
    path = home / "journal.jsonl"
    for _round in range(2):
        door.sign(attributes(door).dump())
    path.write_bytes(path.read_bytes()[:-20])
    again = Door(home)
    again.sign(attributes(again).dump())
    assert journal.first_break(path) == 0
    assert len(path.read_bytes().splitlines()) == 3


def test_a_signer_without_its_things_does_not_start(home: Path) -> None:
    for name in environment(home):
        less = environment(home)
        del less[name]
        with pytest.raises(SystemExit, match=name):
            from_environment(less)
    for changes in (
        {"SIGNER_SECRET": "short"},
        {"SIGNER_DIRECTORY": str(home / "tsa-none")},
        {"PORTAL_MODE": "production"},  # demo keys
    ):
        with pytest.raises(SystemExit):
            from_environment(environment(home, **changes))


def test_key_and_certificate_must_belong_together(home: Path) -> None:
    (home / "seals" / "above.cert.pem").write_bytes((home / "seals" / "filing.cert.pem").read_bytes())
    with pytest.raises(store.BadStore, match="do not belong together"):
        store.load(home / "seals", production=False)


def test_production_wants_private_files(home: Path) -> None:
    for path in (home / "seals").glob("*.key.pem"):
        path.write_bytes(path.read_bytes().partition(b"\n")[2])
        path.chmod(0o400)
    assert set(store.load(home / "seals", production=True)) == {"court", "filing", "neighbour", "above"}
    (home / "seals" / "court.key.pem").chmod(0o444)
    with pytest.raises(store.BadStore, match="open to other users"):
        store.load(home / "seals", production=True)


def test_the_mark_of_demo_keys_is_known_to_the_signer() -> None:
    assert DEMO_FILE_LINE.encode().startswith(store.DEMO_MARK)


def test_keys_are_made_once(home: Path) -> None:
    before = {path: path.read_bytes() for path in home.rglob("*.pem")}
    (home / "seals" / "above.cert.pem").unlink()
    make_demo(home, f"{DEMO_FILE_LINE}\n".encode())
    after = {path: path.read_bytes() for path in home.rglob("*.pem")}
    changed = {path.name for path in before if before[path] != after[path]}
    assert changed == {"above.cert.pem", "above.key.pem"}
    key = serialization.load_pem_private_key(after[home / "seals" / "above.key.pem"], password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert all(path.stat().st_mode & 0o077 == 0 for path in home.rglob("*.pem"))
