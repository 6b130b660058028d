"""The signer alone: what it signs, what it refuses, what it notes."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from asn1crypto import cms
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, Signer

from launcher.paths import ROOT
from portal.authority import make_demo
from portal.env import DEMO_FILE_LINE
from portal.keys import make as make_keys
from signer import anchors, journal, protocol, store
from signer.app import from_environment
from tests.support.disk import no_room_beyond

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


def anchor_text(number: int, previous: str, **changes: Any) -> str:
    values = {"first": 1, "last": 5, "streams": 2, "root": "a" * 64, "time": "2026-11-21T02:00:00Z"} | changes
    return anchors.compose(number=number, previous=previous, **values)


def of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def ask_for(door: Door, text: str, **changes: Any) -> Any:
    return door.ask(text.encode(), path=protocol.ANCHOR, **changes)


@pytest.mark.req("SEC-44", "F-13")
def test_anchors_are_signed_in_turn_and_never_two_for_a_number(door: Door, home: Path) -> None:
    one = anchor_text(1, journal.START)
    two = anchor_text(2, of(one))
    fork = anchor_text(2, of(one), root="b" * 64)
    assert ask_for(door, two)[0] == 409, "the first comes first"
    for text in (one, two):
        status, answer = ask_for(door, text)
        assert status == 200
        key = serialization.load_pem_public_key(ask_for(door, "", method="GET", proof="")[1]["key"].encode())
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(base64.b64decode(answer["signature"]), text.encode(), ec.ECDSA(hashes.SHA256()))
    assert ask_for(door, two)[0] == 200, "the same once more"
    again = Door(home)  # as after a crash
    assert ask_for(again, two)[0] == 200
    for text in (one, fork, anchor_text(3, of(one)), anchor_text(4, of(two))):
        assert ask_for(again, text) == (409, {"code": "out_of_turn"})
    assert ask_for(again, anchor_text(3, of(two), first=6, last=5))[0] == 200, "an empty one"
    noted = [json.loads(line) for line in (home / anchors.JOURNAL).read_text().splitlines()]
    assert [line["reference"] for line in noted] == ["1", "2", "3"]
    assert journal.first_break(home / anchors.JOURNAL) == 0
    assert door.lines() == [], "no paper was sealed"


@pytest.mark.req("SEC-44")
def test_nothing_but_an_anchor_is_signed_with_its_key(door: Door, home: Path) -> None:
    good = anchor_text(1, journal.START)
    for text in (
        "", "请签这一句", good + "x", good[:-1], good.replace("v1", "v2"), good.replace("1-5", "7-5"), good.replace("\n", "\r\n"),
        attributes(door).dump().decode("latin-1"),
    ):  # fmt: skip
        assert ask_for(door, text) == (422, {"code": "no_anchor"})
    assert door.ask(b"\xff", path=protocol.ANCHOR)[0] == 422
    assert ask_for(door, good, proof="")[0] == 401
    assert door.sign(attributes(door).dump(), seal="anchors/anchor")[0] == 404
    assert (home / anchors.JOURNAL).read_text() == ""
    assert door.signer.book is not None
    door.signer.book.journal.close()
    assert ask_for(door, good) == (503, {"code": "journal_closed"})


def test_a_signer_without_an_anchor_key_seals_papers_only(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "seals" / anchors.KEY).unlink()
    door = Door(home)
    assert "no key of anchors at" in capsys.readouterr().err
    assert door.sign(attributes(door).dump())[0] == 200
    assert ask_for(door, anchor_text(1, journal.START)) == (404, {"code": "no_anchor_key"})
    (home / "seals" / anchors.KEY).write_text("no key")
    with pytest.raises(SystemExit, match="cannot be read"):
        Door(home)


SHELL_LINES = re.compile(r"(find secrets/seals [^;`]+ \+)")


def test_a_first_start_as_documented_has_the_key_of_anchors(home: Path, tmp_path: Path) -> None:
    """`python -m portal.keys`, the court's seal, the handbook's commands, and what compose mounts: then the signer signs anchors."""
    place = tmp_path / "installation"
    make_keys(place / "secrets", demo=False)
    mark = f"{DEMO_FILE_LINE}\n".encode()
    for name in ("court.key.pem", "court.cert.pem"):  # here the court's authority would have issued them
        (place / "secrets" / "seals" / name).write_bytes(
            (home / "seals" / name).read_bytes().removeprefix(mark)
        )
        (place / "secrets" / "seals" / name).chmod(0o644)
    commands = SHELL_LINES.findall((ROOT / "docs" / "operations.md").read_text())
    assert len(commands) == 2
    for command in commands:
        subprocess.run(["/bin/sh", "-c", command], cwd=place, check=True)
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["signer"]
    mounted = {target: source for source, target, *_mode in (one.split(":") for one in service["volumes"])}
    seals = place / mounted[service["environment"]["SIGNER_DIRECTORY"]]
    modes = {path.relative_to(seals).as_posix(): path.stat().st_mode & 0o777 for path in seals.rglob("*")}
    assert modes == {
        "anchors": 0o500, anchors.KEY: 0o400, "court.key.pem": 0o400, "court.cert.pem": 0o400,
    }  # fmt: skip
    documented = environment(place, PORTAL_MODE="production", SIGNER_DIRECTORY=str(seals))
    started = from_environment(documented)
    assert started.book is not None and started.book.number == 0
    (seals / "anchors").chmod(0o700)
    (seals / anchors.KEY).unlink()
    with pytest.raises(SystemExit, match=r"the key of anchors .*anchor\.key\.pem is not there"):
        from_environment(documented)


def test_an_anchor_that_a_crash_cut_off_was_not_signed(door: Door, home: Path) -> None:
    one = anchor_text(1, journal.START)
    ask_for(door, one)
    ask_for(door, anchor_text(2, of(one)))
    path = home / anchors.JOURNAL
    path.write_bytes(path.read_bytes()[:-20])
    assert ask_for(Door(home), anchor_text(2, of(one), root="b" * 64))[0] == 200


@pytest.mark.parametrize("room", [0, 1, 100])
def test_what_cannot_be_noted_whole_is_not_signed(door: Door, home: Path, room: int) -> None:
    one, data = anchor_text(1, journal.START), attributes(door).dump()
    assert ask_for(door, one)[0] == door.sign(data)[0] == 200
    two, other = anchor_text(2, of(one)), anchor_text(2, of(one), root="b" * 64)
    files = {name: (home / name).read_bytes() for name in (anchors.JOURNAL, "journal.jsonl")}
    with no_room_beyond(len(files[anchors.JOURNAL]) + room):
        assert ask_for(door, two) == (503, {"code": "journal_closed"})
    with no_room_beyond(len(files["journal.jsonl"]) + room):
        assert door.sign(data) == (503, {"code": "journal_closed"})
    assert {name: (home / name).read_bytes() for name in files} == files, "nothing half is left"
    again = Door(home)
    assert again.signer.book is not None and again.signer.book.number == 1, "two was not signed"
    assert ask_for(door, other)[0] == door.sign(data)[0] == 200
    for name in files:
        assert journal.first_break(home / name) == 0
