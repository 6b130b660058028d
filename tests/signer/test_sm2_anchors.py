"""An anchor key of SM2 beside one of ECDSA: both are checked for ever, neither passes for the other (SEC-43, docs/adr/0041)."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from eventlog import offline
from eventlog.offline import Finding, Signed, Verdict
from portal.authority import make_demo
from portal.env import DEMO_FILE_LINE
from signer import anchors, journal, keys, protocol, store
from tests.signer.test_signer import Door, anchor_text, ask_for, of
from tests.support import sm2

P256_OID, SM2_OID = bytes.fromhex("2a8648ce3d030107"), keys.SM2_CURVE[2:]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_demo(tmp_path, f"{DEMO_FILE_LINE}\n".encode())
    return tmp_path


@pytest.fixture
def key(home: Path) -> Path:
    """Where the anchor key lies; an SM2 key lies there now."""
    return sm2.make_key(home / "seals" / anchors.KEY)


def shown(door: Door) -> str:
    return str(door.ask(b"", path=protocol.ANCHOR, method="GET", proof="")[1]["key"])


def signed(door: Door, text: str) -> Signed:
    status, answer = ask_for(door, text)
    assert status == 200, answer
    return Signed(text, answer["signature"], offline.key_id_of(shown(door).encode()))


@pytest.mark.req("SEC-43")
def test_the_key_moves_to_sm2_and_back_and_all_that_was_signed_holds(home: Path, tmp_path: Path) -> None:
    place = home / "seals" / anchors.KEY
    older = place.read_bytes()
    newer = sm2.make_key(tmp_path / "new.pem").read_bytes()
    published: list[Signed] = []
    pems, previous = "", journal.START
    for number, content in enumerate((older, newer, older), start=1):
        place.unlink()
        place.write_bytes(content)
        door = Door(home)  # restarted with another key, and the same journal
        text = anchor_text(number, previous, first=5 * number - 4, last=5 * number)
        published.append(signed(door, text))
        pems, previous = pems + shown(door), of(text)
    one, two, three = published
    known = offline.read_keys(pems)
    assert len(known) == 2 and one.key_id == three.key_id != two.key_id
    assert list(offline.check_anchors(published, known)) == []
    assert sm2.believes(tmp_path, _pem(pems, two.key_id), two.text, two.signature)
    lacking = {name: found for name, found in known.items() if name != two.key_id}
    changed = replace(two, text=two.text.replace("streams: 2", "streams: 3"))
    for keyring, list_of in (
        (lacking, published),
        (known, [one, changed, three]),
        (known, [one, replace(two, key_id=one.key_id), three]),
        (known | {two.key_id: known[one.key_id]}, published),
    ):
        assert list(offline.check_anchors(list_of, keyring)) == [Finding(Verdict.ANCHOR, "anchor", 2)]
    passed_off = [replace(one, key_id=two.key_id), two, three]
    assert list(offline.check_anchors(passed_off, known)) == [Finding(Verdict.ANCHOR, "anchor", 1)]


def _pem(pems: str, key_id: str) -> str:
    blocks = [found[0] for found in offline.BLOCK.finditer(pems)]
    return next(block for block in blocks if offline.key_id_of(block.encode()) == key_id)


@pytest.mark.req("SEC-43")
def test_a_public_key_of_one_kind_does_not_read_as_the_other(key: Path, tmp_path: Path) -> None:
    national = keys.read(key, production=False).public_pem
    usual = keys.P256(ec.generate_private_key(ec.SECP256R1())).public_pem
    for pem, own, other in ((national, SM2_OID, P256_OID), (usual, P256_OID, SM2_OID)):
        assert offline.read_key(pem) is not None
        der = base64.b64decode("".join(pem.splitlines()[1:-1]))
        assert own in der
        swapped = base64.encodebytes(der.replace(own, other)).decode()
        relabelled = f"-----BEGIN PUBLIC KEY-----\n{swapped}-----END PUBLIC KEY-----\n"
        assert offline.read_keys(relabelled) == {}, "no such point on that curve"
        assert list(offline.read_keys(relabelled + pem)) == [offline.key_id_of(pem.encode())]


@pytest.mark.req("SEC-43")
def test_another_way_of_signing_with_the_same_key_is_no_signature(key: Path, tmp_path: Path) -> None:
    ((_name, public),) = offline.read_keys(keys.read(key, production=False).public_pem).items()
    text = anchor_text(1, journal.START)
    assert offline.is_signed(public, text, sm2.signed(key, text, tmp_path)), "the control"
    another = ("-rawin", "-digest", "sm3", "-pkeyopt", "distid:ALICE123@YAHOO.COM")
    assert not offline.is_signed(public, text, sm2.signed(key, text, tmp_path, *another))
    (tmp_path / "digest").write_bytes(offline.sm3(text.encode()))
    bare = sm2.openssl("pkeyutl", "-sign", "-inkey", key, "-in", tmp_path / "digest").stdout
    assert bare and not offline.is_signed(public, text, base64.b64encode(bare).decode()), "no identity in it"


@pytest.mark.req("SEC-43")
def test_what_was_noted_and_not_signed_is_signed_when_it_is_asked_again(home: Path, key: Path) -> None:
    door, text = Door(home), anchor_text(1, journal.START)
    away = key.rename(key.with_suffix(".away"))
    assert ask_for(door, text) == (503, {"code": "not_signed"})
    away.rename(key)
    assert ask_for(door, anchor_text(1, journal.START, root="b" * 64))[0] == 409, "one text for a number"
    made = signed(door, text)
    assert list(offline.check_anchors([made], offline.read_keys(shown(door)))) == []
    noted = [json.loads(line)["reference"] for line in (home / anchors.JOURNAL).read_text().splitlines()]
    assert noted == ["1"]


@pytest.mark.req("SEC-43")
def test_a_signer_whose_openssl_cannot_sign_does_not_start(
    home: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Door(home)
    broken = home / "bin" / "openssl"
    broken.parent.mkdir()
    monkeypatch.setenv("PATH", str(broken.parent))
    with pytest.raises(SystemExit, match="OpenSSL's program is not there"):
        Door(home)
    broken.write_text("#!/bin/sh\necho no such curve >&2\nexit 1\n")
    broken.chmod(0o700)
    with pytest.raises(SystemExit, match="cannot sign with it: no such curve"):
        Door(home)


def test_production_wants_an_sm2_key_of_its_own(key: Path, tmp_path: Path) -> None:
    assert isinstance(keys.read(key, production=True), keys.SM2)
    key.chmod(0o440)
    with pytest.raises(store.BadStore, match="open to other users"):
        keys.read(key, production=True)
    marked = tmp_path / "marked.pem"
    marked.write_bytes(f"{DEMO_FILE_LINE}\n".encode() + key.read_bytes())
    marked.chmod(0o400)
    assert isinstance(keys.read(marked, production=False), keys.SM2), "OpenSSL reads past the mark"
    with pytest.raises(store.BadStore, match="demo key"):
        keys.read(marked, production=True)
    other = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for content in (other, b"", b"-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n"):
        marked.unlink()
        marked.write_bytes(content)
        with pytest.raises(store.BadStore):
            keys.read(marked, production=False)
